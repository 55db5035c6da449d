// The Go peer: fasthttp, and go-redis' cluster client.
package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"log"
	"net/url"
	"os"
	"strings"

	"github.com/valyala/fasthttp"
	"gopkg.in/redis.v5"
)

const connectionsPerNode = 64

type session struct {
	Sub string `json:"sub"`
}

func main() {
	var nodes []string
	for _, address := range strings.Split(os.Getenv("REDIS_HOSTS"), ",") {
		nodes = append(nodes, strings.TrimPrefix(address, "redis://"))
	}
	cluster := redis.NewClusterClient(&redis.ClusterOptions{
		Addrs:    nodes,
		Password: os.Getenv("REDIS_PASSWORD"),
		PoolSize: connectionsPerNode,
	})
	server := &fasthttp.Server{
		Handler:               func(request *fasthttp.RequestCtx) { answer(cluster, request) },
		NoDefaultServerHeader: true,
		NoDefaultContentType:  true,
	}
	log.Fatal(server.ListenAndServe("127.0.0.1:" + os.Getenv("PORT")))
}

func answer(cluster *redis.ClusterClient, request *fasthttp.RequestCtx) {
	request.Response.Header.Set("Cache-Control", "no-store")
	header := string(request.Request.Header.Peek("Authorization"))
	if string(request.Path()) != "/v1/auth" || !strings.HasPrefix(header, "Bearer ") {
		request.SetStatusCode(fasthttp.StatusUnauthorized)
		return
	}
	hash := sha256.Sum256([]byte(header[len("Bearer "):]))
	record, err := cluster.Get("session:" + hex.EncodeToString(hash[:])).Bytes()
	if err == redis.Nil {
		request.SetStatusCode(fasthttp.StatusUnauthorized)
		return
	}
	var found session
	if err != nil || json.Unmarshal(record, &found) != nil {
		request.SetStatusCode(fasthttp.StatusServiceUnavailable)
		return
	}
	request.Response.Header.Set("X-Auth-Subject", url.QueryEscape(found.Sub))
}

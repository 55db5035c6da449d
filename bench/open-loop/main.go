// An open-loop load generator: requests are due at random times of a fixed mean rate (a Poisson process), whether or not earlier ones
// have been answered. A response time counts from when the request was due, so a request that had to wait for a connection is not
// measured too short (the "coordinated omission" of closed-loop generators). wrk, h2load and autocannon cannot do that with a token
// of its own for each request and in microseconds.
//
// usage: open-loop URL RATE SECONDS FILE     FILE: the tokens, one per line, sent in turn
//
// Prints tab-separated: responses with 200, others and failures, and p50, p99, p99.9 and the maximum in microseconds.
package main

import (
	"fmt"
	"log"
	"math/rand"
	"net/url"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/codahale/hdrhistogram"
	"github.com/valyala/fasthttp"
)

const (
	connections = 256
	timeout     = 10 * time.Second
)

type request struct {
	due   time.Time
	token string
}

type results struct {
	answered, failed int64
	micros           *hdrhistogram.Histogram
}

func newResults() *results {
	return &results{micros: hdrhistogram.New(1, 10*timeout.Microseconds(), 3)}
}

func main() {
	if len(os.Args) != 5 {
		log.Fatal("usage: open-loop URL RATE SECONDS FILE")
	}
	target := os.Args[1]
	rate, rateError := strconv.ParseFloat(os.Args[2], 64)
	seconds, secondsError := strconv.ParseFloat(os.Args[3], 64)
	content, fileError := os.ReadFile(os.Args[4])
	parsed, urlError := url.Parse(target)
	for _, err := range []error{rateError, secondsError, fileError, urlError} {
		if err != nil {
			log.Fatal(err)
		}
	}
	client := &fasthttp.HostClient{Addr: parsed.Host, MaxConns: connections, ReadTimeout: timeout, WriteTimeout: timeout}
	// Longer than all requests of a run, so that the source of requests never waits.
	queue := make(chan request, int(rate*seconds*2)+connections)
	all := newResults()
	var workers sync.WaitGroup
	var merging sync.Mutex
	for i := 0; i < connections; i++ {
		workers.Add(1)
		go func() {
			defer workers.Done()
			own := newResults()
			work(client, target, queue, own)
			merging.Lock()
			defer merging.Unlock()
			all.answered += own.answered
			all.failed += own.failed
			all.micros.Merge(own.micros)
		}()
	}
	arrive(queue, strings.Fields(string(content)), rate, time.Duration(seconds*float64(time.Second)))
	close(queue)
	workers.Wait()
	quantile := all.micros.ValueAtQuantile
	fmt.Printf("%d\t%d\t%d\t%d\t%d\t%d\n", all.answered, all.failed, quantile(50), quantile(99), quantile(99.9), all.micros.Max())
}

// arrive puts the requests into the queue when they are due.
func arrive(queue chan<- request, tokens []string, rate float64, duration time.Duration) {
	// Go's timers round to milliseconds when the process is idle; the system's sleep of this thread does not.
	runtime.LockOSThread()
	start := time.Now()
	random := rand.New(rand.NewSource(start.UnixNano()))
	var offset time.Duration
	for i := 0; ; i++ {
		offset += time.Duration(random.ExpFloat64() / rate * float64(time.Second))
		if offset > duration {
			return
		}
		due := start.Add(offset)
		if wait := time.Until(due); wait > 0 {
			pause := syscall.NsecToTimespec(wait.Nanoseconds())
			_ = syscall.Nanosleep(&pause, nil)
		}
		queue <- request{due, tokens[i%len(tokens)]}
	}
}

func work(client *fasthttp.HostClient, target string, queue <-chan request, own *results) {
	sent := fasthttp.AcquireRequest()
	received := fasthttp.AcquireResponse()
	sent.SetRequestURI(target)
	for next := range queue {
		sent.Header.Set("Authorization", "Bearer "+next.token)
		err := client.Do(sent, received)
		_ = own.micros.RecordValue(time.Since(next.due).Microseconds())
		if err == nil && received.StatusCode() == fasthttp.StatusOK {
			own.answered++
		} else {
			own.failed++
		}
	}
}

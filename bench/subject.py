#!/usr/bin/env python3
"""Compares the times of logins with and without a subject that has many tokens and is listed by four clients.

usage: bench/subject.py URL TOKENS SECONDS

The caller is "bench" with the secret "bench-secret". Prints the 99th percentiles and their ratio.
"""

import base64
import http.client
import itertools
import json
import sys
import threading
import time
import urllib.parse

CREATORS = 8
LISTERS = 4
LOGINS_PER_SECOND = 100


class Client:
    def __init__(self, url):
        server = urllib.parse.urlsplit(url)
        self.connection = http.client.HTTPConnection(server.hostname, server.port)
        self.headers = {
            "Authorization": "Basic " + base64.b64encode(b"bench:bench-secret").decode(),
            "Content-Type": "application/json",
        }

    def call(self, method, path, body=None):
        self.connection.request(method, path, body and json.dumps(body), self.headers)
        response = self.connection.getresponse()
        content = response.read()
        if response.status >= 300:
            raise RuntimeError(f"{method} {path.split('?')[0]}: {response.status} {content[:200]}")
        return json.loads(content)

    def login(self, sub):
        self.call("POST", "/v1/tokens", {"sub": sub})


def in_threads(number, work):
    threads = [threading.Thread(target=work, args=(i,), daemon=True) for i in range(number)]
    for thread in threads:
        thread.start()
    return threads


def fill(url, tokens):
    def create(thread):
        client = Client(url)
        for _ in range(thread, tokens, CREATORS):
            client.login("big")

    for thread in in_threads(CREATORS, create):
        thread.join()


def list_until(url, stop, pages):
    client = Client(url)
    cursor = ""
    while not stop.is_set():
        page = client.call("GET", "/v1/subjects/big/tokens" + cursor)
        pages.append(len(page["tokens"]))
        cursor = "?next=" + page["next"] if "next" in page else ""


def p99_of_logins(url, seconds, name):
    """At a steady rate, so that a slow login does not delay the measurement of the next ones unnoticed."""
    client = Client(url)
    times = []
    start = time.monotonic()
    for n in itertools.count():
        due = start + n / LOGINS_PER_SECOND
        if due > start + seconds:
            break
        time.sleep(max(0, due - time.monotonic()))
        client.login(f"{name}-{n}")
        times.append(time.monotonic() - due)
    times.sort()
    return times[len(times) * 99 // 100] * 1000


def main(url, tokens, seconds):
    p99_of_logins(url, 5, "warm-up")
    alone = p99_of_logins(url, int(seconds), "alone")
    fill(url, int(tokens))
    stop, pages = threading.Event(), []
    listers = in_threads(LISTERS, lambda i: list_until(url, stop, pages))
    beside = p99_of_logins(url, int(seconds), "beside")
    stop.set()
    for lister in listers:
        lister.join()
    print(f"p99 of logins: {alone:.1f} ms alone; {beside:.1f} ms with {tokens} tokens of one subject, {len(pages)} pages listed")
    print(f"ratio: {beside / alone:.2f}")


if __name__ == "__main__":
    main(*sys.argv[1:])

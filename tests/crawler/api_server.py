"""The APIs of hex.pm, GitHub and ecosyste.ms for tests, in the formats that they document.

    api_server.py LOG

Prints its port, then serves until its standard input ends. The first part of a path is how the
server behaves, the rest is as at the real address:

    /ok/...      well
    /limit/...   429 with Retry-After to the first request, then well
    /reset/...   403 with X-RateLimit-Remaining 0 and a reset in 1 s to the first request
    /spent/...   well, but says with the first answer that the limit is used up for 1 s
    /long/...    429 with a reset in a day
    /turns/...   five requests a token, then 403 until its reset in 1 s
    /flaky/...   500 to the first two requests, then well
    /down/...    503 always
    /cut/...     the first answer ends half-way
    /torn/...    every answer ends half-way
    /junk/...    no JSON        /object/...  JSON, but an object
    /null/...    [null]         /types/...   a package whose members are of wrong types
    /big/...     an endless answer
    /away/...    302 to another name of this machine
    /forbidden/  403 that is not about a limit

LOG gets a line a request: path, authorization or -, If-None-Match or -, user agent.
"""
import datetime
import hashlib
import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlparse

LOG = sys.argv[1]
LOCK = threading.Lock()
COUNTS = {}
TURNS = {}


def hex_page(page):
    def package(i, links, licences=("Apache-2.0",)):
        return {"name": f"p{i}", "url": f"https://hex.pm/api/packages/p{i}",
                "meta": {"links": links, "licenses": list(licences), "description": "d"},
                "downloads": {"all": i}, "releases": [],
                "inserted_at": "2015-03-24T20:31:35Z",
                "updated_at": f"20{10 + i % 15}-04-02T04:55:41.123Z"}
    pages = [
        [package(1, {"GitHub": "https://github.com/one/first"}),
         package(2, {"Docs": "https://hexdocs.pm/p2", "Source": "http://www.github.com/Two/Second.git"}),
         package(3, {"Website": "https://example.org"}),
         package(4, {"Changelog": "https://github.com/four/x/blob/main/CHANGELOG.md"}, ["MIT", "ISC"])],
        [package(5, {"github": "https://github.com/ONE/First/tree/main/sub"}),
         package(6, {"GitLab": "https://gitlab.com/group/sub/name/-/tree/main"}),
         package(7, {}),
         package(8, {"GitHub": "git@github.com:owner/name.git"})],
    ]
    return pages[page - 1] if page <= len(pages) else []


def ecosystems_page(page):
    if page > 1:
        return []
    return [
        {"id": 1, "name": "a", "repository_url": "https://github.com/o/a", "licenses": "Apache 2.0",
         "normalized_licenses": ["Apache-2.0"], "latest_release_published_at": None,
         "repo_metadata": {"full_name": "o/a", "stargazers_count": 30, "fork": False,
                           "archived": False, "topics": ["otp", "genserver"],
                           "language": "Elixir", "pushed_at": "2025-06-01T00:00:00.000Z"}},
        {"id": 2, "name": "b", "repository_url": "https://github.com/o/b", "licenses": None,
         "normalized_licenses": [], "latest_release_published_at": "2020-01-01T00:00:00.000Z",
         "repo_metadata": {"stargazers_count": 3, "fork": True, "source_name": "x/b",
                           "archived": True, "topics": None, "language": "Erlang",
                           "pushed_at": None}},
        {"id": 3, "name": "c", "repository_url": None, "licenses": None,
         "normalized_licenses": [], "repo_metadata": None},
        {"id": 4, "name": "d", "repository_url": "https://github.com/o/d", "licenses": "MIT",
         "normalized_licenses": ["MIT"], "repo_metadata": {"language": "Gleam"}},
    ]


# 2,300 repositories on few days, so that the search has to be halved.
EPOCH = datetime.date(2008, 1, 1)
MADE = sorted(EPOCH + datetime.timedelta(days=4000 + (i * 7) % 40) for i in range(2300))


def github_page(query, page):
    words = dict(word.split(":", 1) for word in query.split() if ":" in word)
    first, last = (datetime.date.fromisoformat(d) for d in words["created"].split(".."))
    if words["language"] != "elixir":
        return {"total_count": 0, "incomplete_results": False, "items": []}
    found = [i for i, day in enumerate(MADE) if first <= day <= last]
    if page > 10:
        return None
    items = [{"id": i, "full_name": f"o/r{i}", "html_url": f"https://github.com/o/r{i}",
              "fork": i % 10 == 0, "archived": i % 50 == 0, "stargazers_count": i,
              "topics": ["elixir"], "language": "Elixir", "pushed_at": "2025-01-01T00:00:00Z",
              "license": {"key": "mit", "spdx_id": "MIT"} if i % 2 else None}
             for i in found[(page - 1) * 100:page * 100]]
    return {"total_count": len(found), "incomplete_results": False, "items": items}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def answer(self, status, value=None, headers=(), cut=False, raw=None):
        data = raw if raw is not None else json.dumps(value).encode()
        tag = '"' + hashlib.sha256(data).hexdigest()[:16] + '"'
        if status == 200 and not cut and self.headers.get("If-None-Match") == tag:
            status, data = 304, b""
        self.send_response(status)
        for name, text in headers:
            self.send_header(name, text)
        if status in (200, 304):
            self.send_header("ETag", tag)
        self.send_header("Content-Type", "application/json")
        if status != 304:
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data[:len(data) // 2] if cut else data)
        if cut:
            self.close_connection = True

    def content(self, path, query):
        page = int(query.get("page", ["1"])[0])
        if path == "packages":
            return hex_page(page)
        if path == "registries/hex.pm/packages":
            return ecosystems_page(page)
        if path == "search/repositories":
            return github_page(query["q"][0], page)
        return None

    def do_GET(self):
        url = urlparse(self.path)
        way, _, path = url.path[1:].partition("/")
        token = self.headers.get("Authorization", "-")
        with LOCK, open(LOG, "a", encoding="utf-8") as log:
            log.write(f"{self.path} {token} {self.headers.get('If-None-Match', '-')} "
                      f"{self.headers.get('User-Agent')}\n")
            count = COUNTS[way] = COUNTS.get(way, 0) + 1
        now = int(time.time())
        limits = [("X-RateLimit-Limit", "100"), ("X-RateLimit-Remaining", "99"),
                  ("X-RateLimit-Reset", str(now + 60))]
        spent = [("X-RateLimit-Limit", "2"), ("X-RateLimit-Remaining", "0"),
                 ("X-RateLimit-Reset", str(now + 1))]
        if way == "limit" and count == 1:
            self.answer(429, {"message": "slow down"}, [("Retry-After", "1")])
        elif way == "reset" and count == 1:
            self.answer(403, {"message": "API rate limit exceeded"}, spent)
        elif way == "long":
            self.answer(429, {}, [("X-RateLimit-Remaining", "0"),
                                  ("X-RateLimit-Reset", str(now + 86400))])
        elif way == "turns" and self.refuse(token, now):
            return
        elif way == "flaky" and count <= 2:
            self.answer(500, {"message": "oops"})
        elif way == "down":
            self.answer(503, {"message": "away"})
        elif way == "junk":
            self.answer(200, raw=b"<html>welcome</html>")
        elif way == "object":
            self.answer(200, {"packages": []})
        elif way == "null":
            self.answer(200, [None])
        elif way == "types":
            page = parse_qs(url.query).get("page") == ["1"]
            self.answer(200, [{"name": 1, "meta": [], "updated_at": {}, "repo_metadata": 7,
                               "repository_url": ["x"], "normalized_licenses": {"a": 1}},
                              {"meta": {"links": {"GitHub": 5}, "licenses": [1, None]}}]
                        if page else [])
        elif way == "big":
            self.send_response(200)
            self.end_headers()
            self.close_connection = True
            for _ in range(1000):
                self.wfile.write(b'["' + b"a" * 100000)
        elif way == "away":
            self.answer(302, {}, [("Location",
                                   f"http://localhost:{self.server.server_port}/ok/{path}?{url.query}")])
        elif way == "forbidden":
            self.answer(403, {"message": "no"})
        else:
            value = self.content(path, parse_qs(url.query))
            status = 422 if value is None else 200
            cut = way == "torn" or (way == "cut" and count == 1)
            self.answer(status, value, spent if way == "spent" and count == 1 else limits, cut)

    def refuse(self, token, now):
        """Whether the token's requests are used up; answers then."""
        with LOCK:
            used, reset = TURNS.get(token, (0, 0))
            if now >= reset:
                used, reset = 0, now + 1
            TURNS[token] = (used + 1, reset)
        if used < 5:
            return False
        self.answer(403, {"message": "API rate limit exceeded"},
                    [("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", str(reset))])
        return True


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass  # clients that break off are what is tested


server = Server(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_port, flush=True)
sys.stdin.read()

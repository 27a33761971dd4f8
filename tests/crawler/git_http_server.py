"""A git server for tests: real `git http-backend` behind loopback HTTP.

    git_http_server.py ROOT LOG

Prints its port, then serves the repositories below ROOT until its standard input ends. Prefixes
before the repository's path make it misbehave as real servers do:

    /cut/REPO       the answer with the pack ends half-way
    /flip/REPO      one byte in the middle of the pack is wrong
    /moved/REPO     301 to /REPO
    /away/REPO      301 to the same path at another name of this machine (localhost)
    /login/REPO     401, asks for a password
    /status/N/REPO  answers with that status
    /v0/...         as without it, but knows no protocol of git but the first
    /plain/REPO     gives no single blobs (uploadpack.allowFilter is off)
    /swap/REPO      a pack in an answer is that of the repository REPO-other
    /stall/REPO     begins to answer a POST and then says nothing
    /torn/REPO      closes the connection within the head of the answer
    /short/REPO     claims that the answer is longer than it is
    /junk/REPO      an answer that is no packet
    /many/REPO      a pack that claims four thousand million objects
    /refs/REPO      an endless list of refs
    /round/REPO     301 to itself
    /local/REPO     301 to file:///etc/passwd

LOG gets a line a request: method, path, whether it carried credentials, and the bytes of the
answer's body.
"""
import os
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ROOT, LOG = sys.argv[1], sys.argv[2]
RESULT = "application/x-git-upload-pack-result"
WAYS = ("cut", "flip", "plain", "swap", "many", "stall", "short", "refs")
LOCK = threading.Lock()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def note(self):
        credentials = "credentials" if "Authorization" in self.headers else "anonymous"
        with LOCK, open(LOG, "a", encoding="utf-8") as log:
            log.write(f"{self.command} {self.path} {credentials}\n")

    def misbehave(self, way, rest):
        """Answers that need no git; False when the way is none of these."""
        if way == "stall" and self.command == "POST":
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b"0011shallow-info")
            self.wfile.flush()
            time.sleep(20)
            self.close_connection = True
        elif way == "torn":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-")
            self.close_connection = True
        elif way == "short" and self.command == "POST":
            self.answer(200, [("Content-Type", RESULT)], b"0000", 100)
            self.close_connection = True
        elif way == "junk":
            self.answer(200, [("Content-Type", RESULT)], b"<html>welcome</html>" * 10)
        elif way == "refs" and self.command == "POST":
            self.send_response(200)
            self.end_headers()
            self.close_connection = True
            for i in range(10**9):
                line = b"%040x refs/heads/%060d\n" % (i, i)
                self.wfile.write(b"%04x" % (len(line) + 4) + line)
        elif way == "round":
            self.answer(301, [("Location", self.path)])
        elif way == "local":
            self.answer(301, [("Location", "file:///etc/passwd")])
        else:
            return False
        return True

    def body(self):
        if self.headers.get("Transfer-Encoding", "") == "chunked":
            data = b""
            while True:
                size = int(self.rfile.readline().split(b";")[0], 16)
                data += self.rfile.read(size)
                self.rfile.readline()
                if size == 0:
                    return data
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def answer(self, status, headers=(), data=b"", whole_length=None):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data) if whole_length is None else whole_length))
        self.end_headers()
        self.wfile.write(data)

    def serve(self):
        self.note()
        body = self.body()
        path, _, query = self.path.partition("?")
        old = path.startswith("/v0/")
        if old:
            path = path[3:]
        way, _, rest = path[1:].partition("/")
        if way in ("moved", "away"):
            host = self.headers["Host"] if way == "moved" else f"localhost:{self.server.server_port}"
            mark = "?" if query else ""
            before = "v0/" if old else ""
            self.answer(301, [("Location", f"http://{host}/{before}{rest}{mark}{query}")])
            return
        if way == "login":
            self.answer(401, [("WWW-Authenticate", 'Basic realm="test"')])
            return
        if way == "status":
            self.answer(int(rest.split("/")[0]))
            return
        if self.misbehave(way, rest):
            return
        if way in WAYS:
            path = "/" + rest
        else:
            way = ""
        if way == "swap" and b"command=fetch" in body:
            path = "/" + rest.replace("/git-upload-pack", "-other/git-upload-pack")
            head = subprocess.run(["git", "-C", ROOT + path.rpartition("/")[0], "rev-parse", "HEAD"],
                                  stdout=subprocess.PIPE, check=True).stdout
            at = body.index(b"want ") + 5
            body = body[:at] + head[:40] + body[at + 40:]
        environment = {
            "PATH": os.environ["PATH"],
            "GIT_PROJECT_ROOT": ROOT,
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_CONFIG_COUNT": "2",
            "GIT_CONFIG_KEY_0": "safe.directory",
            "GIT_CONFIG_VALUE_0": "*",
            "GIT_CONFIG_KEY_1": "uploadpack.allowFilter",
            "GIT_CONFIG_VALUE_1": "false" if way == "plain" else "true",
            "GIT_PROTOCOL": "" if old else self.headers.get("Git-Protocol", ""),
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "REMOTE_ADDR": "127.0.0.1",
        }
        out = subprocess.run(["git", "http-backend"], input=body, env=environment, check=False,
                             stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
        head, _, data = out.partition(b"\r\n\r\n")
        status, headers = 200, []
        for line in head.decode().split("\r\n"):
            name, _, value = line.partition(": ")
            if name == "Status":
                status = int(value.split()[0])
            elif name != "Content-Length" and name:
                headers.append((name, value))
        whole = len(data)
        if way and b"PACK" in data:
            middle = data.index(b"PACK") + 12 + (len(data) - data.index(b"PACK")) // 2
            if way == "cut":
                data = data[:middle]
            elif way == "many":
                at = data.index(b"PACK") + 8
                data = data[:at] + b"\xff\xff\xff\xf0" + data[at + 4:]
            elif way == "flip":
                data = data[:middle] + bytes([data[middle] ^ 0x55]) + data[middle + 1:]
        self.answer(status, headers, data, whole)
        if len(data) != whole:
            self.close_connection = True

    do_GET = serve
    do_POST = serve


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass  # clients that break off are what is tested


server = Server(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_port, flush=True)
sys.stdin.read()

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

LOG gets a line a request: method, path, and whether it carried credentials.
"""
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ROOT, LOG = sys.argv[1], sys.argv[2]
LOCK = threading.Lock()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def note(self):
        credentials = "credentials" if "Authorization" in self.headers else "anonymous"
        with LOCK, open(LOG, "a", encoding="utf-8") as log:
            log.write(f"{self.command} {self.path} {credentials}\n")

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
        way, _, rest = path[1:].partition("/")
        if way in ("moved", "away"):
            host = self.headers["Host"] if way == "moved" else f"localhost:{self.server.server_port}"
            mark = "?" if query else ""
            self.answer(301, [("Location", f"http://{host}/{rest}{mark}{query}")])
            return
        if way == "login":
            self.answer(401, [("WWW-Authenticate", 'Basic realm="test"')])
            return
        if way == "status":
            self.answer(int(rest.split("/")[0]))
            return
        if way in ("cut", "flip"):
            path = "/" + rest
        else:
            way = ""
        environment = {
            "PATH": os.environ["PATH"],
            "GIT_PROJECT_ROOT": ROOT,
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "safe.directory",
            "GIT_CONFIG_VALUE_0": "*",
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
            else:
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

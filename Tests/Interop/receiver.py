"""A server that is called back. Writes one JSON line per request it got, after it has checked the signature with the
library of Standard Webhooks. Usage: receiver.py PORT SECRET-FILE LOG"""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from standardwebhooks.webhooks import Webhook

port, secret_file, log = int(sys.argv[1]), sys.argv[2], sys.argv[3]
seen = {}


def is_signed(body, headers):
    try:
        with open(secret_file) as file:
            Webhook(file.read().strip()).verify(body, headers)
        return True
    except Exception as problem:
        return str(problem) or type(problem).__name__


class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        count = seen[self.path] = seen.get(self.path, 0) + 1
        with open(log, "a") as file:
            file.write(json.dumps({
                "path": self.path, "headers": headers, "body": json.loads(body), "signed": is_signed(body, headers),
            }) + "\n")
        status = {"/gone": 410, "/away": 302}.get(self.path, 204)
        if self.path == "/second" and count == 1:
            status = 500
        self.send_response(status)
        if status == 302:
            self.send_header("Location", f"http://127.0.0.1:{port}/followed")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


ThreadingHTTPServer(("127.0.0.1", port), Receiver).serve_forever()

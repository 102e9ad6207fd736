# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""A backend that webhooks are sent to: it answers as it is told, and remembers every request."""

import hashlib
import hmac
import json
import socket
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from .waiting import eventually


class Request:
    """One request that came in."""

    def __init__(self, path, headers, body):
        self.path, self.headers, self.body = path, headers, body
        self.time = time.monotonic()
        self.json = json.loads(body)
        self.events = self.json["events"]

    def is_signed(self, app, secret=None):
        """Whether the signature of Pusher's is right over the very bytes."""
        expected = hmac.new((secret or app.secret).encode(), self.body, hashlib.sha256).hexdigest()
        return self.headers["X-Pusher-Key"] == app.key and self.headers["X-Pusher-Signature"] == expected


class Receiver:
    """An HTTP server on loopback that may be stopped and started again.

    `status` is what it answers: a number, or a function of the request that gives one. `delay` is how long it thinks. Where it
    `is_endless` the bodies of its answers trickle for a minute.
    """

    def __init__(self, port=None, path="/hook"):
        # The port is its own from now on: a test may name it long before it starts.
        self._held = socket.socket()
        self._held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._held.bind(("127.0.0.1", port or 0))
        self.port, self.path = self._held.getsockname()[1], path
        self.status, self.delay, self.answer_headers, self.is_endless = 200, 0, {}, False
        self.requests, self.taken = [], []
        self._server = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}{self.path}"

    def start(self):
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                request = Request(self.path, self.headers, body)
                receiver.requests.append(request)
                status = receiver.status(request) if callable(receiver.status) else receiver.status
                time.sleep(receiver.delay)
                if 200 <= status < 300:
                    receiver.taken.append(request)
                try:
                    self.send_response(status)
                    for name, value in receiver.answer_headers.items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", "600" if receiver.is_endless else "0")
                    self.end_headers()
                    for _ in range(600 if receiver.is_endless else 0):
                        self.wfile.write(b"x")
                        time.sleep(0.1)
                except OSError:
                    pass  # The server has not waited.

            do_GET = do_POST

            def log_message(self, *_):
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            allow_reuse_address = True

            def handle_error(self, *_):
                pass

        self._server = Server(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def stop(self):
        """Nobody listens any more."""
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    @property
    def events(self):
        """The events of all requests that were answered with success, in their order, repeated ones too."""
        return [event for request in list(self.taken) for event in request.events]

    def named(self, name, **members):
        """The events of a name that have these members."""
        found = [event for event in self.events if event["name"] == name]
        return [event for event in found if all(event.get(key) == value for key, value in members.items())]

    def expect(self, name, seconds=15.0, **members):
        """Waits for the first event of a name with these members."""
        return eventually(f"{name} {members}", lambda: self.named(name, **members), seconds)[0]

    @property
    def duplicates(self):
        """How often events came that had come before."""
        return sum(count - 1 for count in Counter(event["id"] for event in self.events).values())

# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""Another system that knows apps: an HTTP server that answers what the test says."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


class AppService:
    """Answers `?key=` and `?id=`. `status` is answered in the place of everything, where there is one; `asked` has the
    queries, and `tokens` what they were called with."""

    def __init__(self, *apps):
        self.apps, self.status, self.body = list(apps), None, None
        self.asked, self.tokens = [], set()
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                query = parse_qs(urlsplit(self.path).query)
                service.asked.append(urlsplit(self.path).query)
                service.tokens.add(self.headers.get("Authorization"))
                found = [app for app in service.apps if [app.key] == query.get("key") or [app.id] == query.get("id")]
                body = service.body or (json.dumps(found[0].entry).encode() if found else b"")
                self.send_response(service.status or (200 if body else 404))
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_port}/apps"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

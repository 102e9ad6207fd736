# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""An application's web server: pages that load push.js, and the endpoint that signs for their users."""

import http.server
import json
import pathlib
import threading
import urllib.parse

CLIENT = pathlib.Path(__file__).resolve().parents[2] / "Sources" / "HTTPProxy" / "Client"
SCRIPTS = {
    "/push.js": "push.js", "/push.mjs": "push.mjs", "/plugin/webman/push/push.js": "push.js",
    "/plugin/workbunny/webman-push-server/push.js": "push.js",
}
AUTHORIZATIONS = ("/plugin/webman/push/auth", "/subscribe/auth")


class Site:
    """Serves `pages` (HTML by path) and the client's files; signs every channel for the app."""

    def __init__(self, app):
        self.app, self.pages, self.asked = app, {}, []
        site = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                site.get(self)

            def do_POST(self):
                site.post(self)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_port}"

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def get(self, handler):
        path = urllib.parse.urlsplit(handler.path).path
        if path in SCRIPTS:
            return answer(handler, 200, "text/javascript; charset=utf-8", (CLIENT / SCRIPTS[path]).read_bytes())
        if path in self.pages:
            return answer(handler, 200, "text/html; charset=utf-8", self.pages[path].encode(), "session=s1; Path=/")
        return answer(handler, 204 if path == "/favicon.ico" else 404, "text/plain", b"")

    def post(self, handler):
        body = handler.rfile.read(int(handler.headers["Content-Length"]))
        if handler.path not in AUTHORIZATIONS:
            return answer(handler, 404, "text/plain", b"")
        form = dict(urllib.parse.parse_qsl(body.decode()))
        self.asked.append({**form, "cookie": handler.headers.get("Cookie", "")})
        channel, data = form["channel_name"], form.get("channel_data")
        signed = data if channel.startswith("presence-") else None
        reply = {"auth": self.app.auth(form["socket_id"], channel, signed)}
        if signed is not None:
            reply["channel_data"] = signed
        return answer(handler, 200, "application/json", json.dumps(reply).encode())


def answer(handler, status, kind, body, cookie=None):
    handler.send_response(status)
    handler.send_header("Content-Type", kind)
    handler.send_header("Content-Length", str(len(body)))
    if cookie:
        handler.send_header("Set-Cookie", cookie)
    handler.end_headers()
    handler.wfile.write(body)

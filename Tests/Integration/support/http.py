# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""Plain HTTP requests, one connection each."""

import http.client
import json as _json
from dataclasses import dataclass


@dataclass
class Response:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self):
        return self.body.decode()

    @property
    def json(self):
        return _json.loads(self.body)


def request(method, port, path, body=None, headers=None, seconds=10.0, source=None, tls=None):
    """Makes a request; a body that is no text or bytes is sent as JSON.

    Bound to an address of its own only where a test needs that: a port that the system chooses for a bound socket may be
    the very one that a server is about to open, and the connection would be one with itself.
    """
    headers = dict(headers or {})
    if body is not None and not isinstance(body, (str, bytes)):
        body = _json.dumps(body, ensure_ascii=False)
        headers.setdefault("Content-Type", "application/json")
    if isinstance(body, str):
        body = body.encode()
    options = {"timeout": seconds, "source_address": (source, 0) if source else None}
    if tls:
        connection = http.client.HTTPSConnection("127.0.0.1", port, context=tls, **options)
    else:
        connection = http.client.HTTPConnection("127.0.0.1", port, **options)
    try:
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        return Response(response.status, response.headers, response.read())
    finally:
        connection.close()


def get(port, path, **options):
    return request("GET", port, path, **options)


def post(port, path, body=None, **options):
    return request("POST", port, path, body, **options)


def bearer(credential):
    """The header that carries a key or a token."""
    return {"Authorization": f"Bearer {credential}"}

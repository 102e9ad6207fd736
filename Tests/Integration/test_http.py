# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""The HTTP interface, on its own port and on the WebSocket's (chat protocol, section 4)."""

from urllib.parse import quote, urlencode

from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from support import http
from support.case import ServerCase, unique
from support.contents import CONTENTS
from support.server import SERVER_KEY
from support.wire import Plain, Wire

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Send(ServerCase):
    settings = {"limits.messagesPerSecond": 0, "limits.recipientsPerSecond": 0}

    def setUp(self):
        super().setUp()
        self.uid = unique("bob")
        self.bob = self.connect(self.uid)

    def call(self, method, path, body=None, headers=None, port=None):
        """Makes a call with a server key, and checks the frame around the answer's data."""
        headers = {**http.bearer(SERVER_KEY), **(headers or {})}
        answer = http.request(method, port or self.server.http_port, path, body, headers)
        self.assertEqual(answer.headers.get_content_type(), "application/json")
        self.assertEqual((list(answer.json), answer.json["code"]), (["message", "code", "data"], answer.status))
        return answer

    def test_the_seeds_url_on_both_ports(self):
        query = urlencode({"to_uid": self.uid, "content": "fdsfdsf", "sk": SERVER_KEY})
        for port in (self.server.http_port, self.server.ws_port):
            with self.subTest(port):
                answer = http.get(port, f"/chat/send?{query}")
                frame = self.bob.receive()
                self.assertRegex(
                    answer.text,
                    r'^\{"message":"send请求成功","code":200,"data":\{"id":"' + frame["id"] + r'","to_uid":"' + self.uid
                    + r'","type":"chat","uid":"0","time":\d{10},"content":\{"type":"text","value":"fdsfdsf"\},'
                    r'"onLine":1\}\}$',
                )
                self.assert_has(frame, uid="0", type="chat", content={"type": "text", "value": "fdsfdsf"})

    def test_every_way_to_give_parameters(self):
        parameters = {"to_uid": self.uid, "content": '{"a": [1]}', "type": "note", "uid": "shop"}
        query, path = urlencode(parameters), "/chat/send"
        answers = [
            self.call("GET", f"{path}?{query}"), self.call("POST", path, query, FORM),
            self.call("POST", f"{path}?{query}"),
            self.call("POST", path, f'{{"to_uid":"{self.uid}","content":{{"a": [1]}},"type":"note","uid":"shop"}}'),
            self.call("POST", path, {**parameters, "content": {"a": [1]}}),
        ]
        for answer in answers:
            self.assertEqual(answer.status, 200, answer.text)
            frame = self.bob.receive()
            self.assert_has(frame, id=answer.json["data"]["id"], uid="shop", type="note", content={"a": [1]})

    def test_content_of_a_query_is_json_only_where_it_is(self):
        cases = {
            '{"a":1}': {"a": 1}, "[1,2]": [1, 2], "{not json": None, "[1,": None, "12": None, "true": None, '"x"': None,
            " {}": None, "新内容 & = + %": None, "a\nb\0c": None, '{"a":1,"a":2}': None, "": None,
        }
        for text, value in cases.items():
            with self.subTest(text):
                expected = {"type": "text", "value": text} if value is None else value
                for method, path, body in (
                    ("GET", f"/chat/send?to_uid={self.uid}&content={quote(text, safe='')}", None),
                    ("POST", "/chat/send", urlencode({"to_uid": self.uid, "content": text})),
                ):
                    answer = self.call(method, path, body, FORM if body else None)
                    self.assertEqual(answer.status, 200, answer.text)
                    received = self.bob.receive()["content"]
                    self.assertEqual((received, answer.json["data"]["content"]), (expected, expected))

    def test_content_of_a_json_body_stays_as_written(self):
        for name, content in CONTENTS.items():
            with self.subTest(name):
                body = f'{{"to_uid":"{self.uid}","content": {content} ,"ack":"stored"}}'
                answer = self.call("POST", "/chat/send", body, {"Content-Type": "application/json; charset=utf-8"})
                self.assertEqual(answer.status, 200, answer.text)
                self.assertEqual(self.bob.receive().raw["content"], content)
                self.assertIn(f'"content":{content},', answer.text)
                row, = self.server.rows("id = ?", int(answer.json["data"]["id"]))
                self.assertEqual(row["content"], content)

    def test_several_recipients_and_nobody_there(self):
        offline = unique("offline")
        answer = self.call("POST", "/chat/send", {"to_uid": [self.uid, offline], "content": 1, "ack": "stored"})
        self.assert_has(answer.json["data"], to_uid=[self.uid, offline], onLine=1)
        rows = self.server.rows("id = ?", int(answer.json["data"]["id"]))
        self.assertEqual({row["to_uid"]: row["state"] for row in rows}, {self.uid: 1, offline: 0})
        answer = self.call("POST", "/chat/send", {"to_uid": offline, "content": 1})
        self.assertEqual(answer.json["data"]["onLine"], 0)

    def test_client_id_makes_a_retry_harmless(self):
        body = {"to_uid": self.uid, "content": 1, "client_id": "retry", "ack": "stored"}
        first, second = [self.call("POST", "/chat/send", body).json["data"]["id"] for _ in range(2)]
        self.assertEqual(first, second)
        self.assertEqual(len(self.bob.rest()), 1)
        self.assertEqual(len(self.server.rows("to_uid = ?", self.uid)), 1)

    def test_a_user_sends_in_their_own_name_only(self):
        sender = unique("alice")
        token = self.server.issue(sender)
        for method, path, body, headers in (
            ("GET", f"/chat/send?to_uid={self.uid}&content=x&uid=boss&access_token={token}", None, None),
            ("GET", f"/chat/send?to_uid={self.uid}&content=x&uid=boss", None, http.bearer(token)),
            ("POST", "/chat/send", {"to_uid": self.uid, "content": 1, "uid": "boss", "access_token": token}, None),
        ):
            with self.subTest(f"{method} {headers}"):
                answer = http.request(method, self.server.http_port, path, body, headers)
                self.assertEqual((answer.status, answer.json["data"]["uid"]), (200, sender))
                frame = self.bob.receive()
                self.assertEqual(frame["uid"], sender)
                self.assertNotIn(token, frame.text)

    def test_refused_credentials(self):
        query = f"to_uid={self.uid}&content=x"
        token = self.server.issue(unique("alice"))
        for name, (path, headers) in {
            "none": (f"/chat/send?{query}", {}), "wrong key": (f"/chat/send?{query}", http.bearer("no")),
            "empty key": (f"/chat/send?{query}", http.bearer("")), "wrong sk": (f"/chat/send?{query}&sk=no", {}),
            "key with more": (f"/chat/send?{query}", http.bearer(SERVER_KEY + "x")),
            "wrong token": (f"/chat/send?{query}&access_token={token[:-6]}AAAA", {}),
            "UDP secret": (f"/chat/send?{query}", http.bearer("integration-udp-secret")),
            "basic": (f"/chat/send?{query}", {"Authorization": f"Basic {SERVER_KEY}"}),
        }.items():
            with self.subTest(name):
                answer = http.get(self.server.http_port, path, headers=headers)
                self.assertEqual((answer.status, answer.json["code"], answer.json["data"]), (401, 401, []))
        self.assertEqual(self.bob.rest(), [])

    def test_refused_parameters(self):
        good = {"to_uid": self.uid, "content": 1}
        for name, body in {
            "no recipient": {"content": 1}, "bad recipient": {**good, "to_uid": "a b"},
            "no content": {"to_uid": self.uid}, "many": {**good, "to_uid": [f"u{n}" for n in range(101)]},
            "reserved type": {**good, "type": "login"},
            "bad type": {**good, "type": "a b"}, "bad uid": {**good, "uid": "a b"}, "no JSON": '{"to_uid":',
            "long client_id": {**good, "client_id": "x" * 65}, "a number": "12", "empty": "",
            "repeated": f'{{"to_uid":"{self.uid}","content":1,"content":2}}', "deep": "[" * 100_000,
            "no UTF-8": b'{"to_uid":"' + self.uid.encode() + b'","content":"\xff"}',
        }.items():
            with self.subTest(name):
                answer = self.call("POST", "/chat/send", body, {"Content-Type": "application/json"})
                self.assertEqual((answer.status, answer.json["data"]), (400, []), answer.text)
        self.assertEqual(self.bob.rest(), [])

    def test_sizes(self):
        largest = {"to_uid": self.uid, "content": "x" * (64 * 1024 - 2)}
        self.assertEqual(self.call("POST", "/chat/send", largest).status, 200)
        self.assertEqual(len(self.bob.receive()["content"]), 64 * 1024 - 2)
        largest["content"] += "x"
        self.assertEqual(self.call("POST", "/chat/send", largest).status, 413)
        self.assertEqual(self.call("POST", "/chat/send", "[" + " " * (1024 * 1024) + "]").status, 413)
        self.assertEqual(self.bob.rest(), [])


class OtherRoutes(ServerCase):
    settings = {"http.corsOrigins": "https://shop.example"}

    def post(self, path, body, headers=None):
        return http.post(self.server.http_port, path, body, headers=headers or http.bearer(SERVER_KEY))

    def get(self, path, headers=None):
        return http.get(self.server.http_port, path, headers=http.bearer(SERVER_KEY) if headers is None else headers)

    def test_index_carries_out_an_array_in_order(self):
        bob = self.connect(unique("bob"))
        uid, offline = bob.uid, unique("offline")
        sends = [{"to_uid": uid, "content": 0}, {"to_uid": uid}, {"to_uid": offline, "content": 1, "uid": "shop"},
                 {"to_uid": "a b", "content": 1}, {"to_uid": uid, "content": 2, "type": "note", "ack": "stored"}]
        answer = self.post("/chat/index", sends)
        self.assertEqual((answer.status, answer.json["code"]), (200, 200))
        results = answer.json["data"]
        self.assertEqual([result.get("onLine", result.get("code")) for result in results], [1, 400, 0, 400, 1])
        frames = [bob.receive() for _ in range(2)]
        self.assertEqual([frame["content"] for frame in frames], [0, 2])
        self.assertEqual([frame["id"] for frame in frames], [results[0]["id"], results[4]["id"]])
        self.assertEqual(results[2]["uid"], "shop")

    def test_index_takes_a_hundred(self):
        bob = self.connect(unique("bob"))
        sends = [{"to_uid": bob.uid, "content": number} for number in range(100)]
        self.assertEqual(len(self.post("/chat/index", sends).json["data"]), 100)
        self.assertEqual([bob.receive()["content"] for _ in range(100)], list(range(100)))
        for body in (sends + sends[:1], [], {"to_uid": "x", "content": 1}):
            answer = self.post("/chat/index", body)
            self.assertEqual((answer.status, answer.json["data"]), (400, []))

    def test_online(self):
        uid, offline = unique("bob"), unique("offline")
        self.connect(uid)
        answer = self.get(f"/chat/online?uid={uid},{offline},{uid}")
        self.assertEqual((answer.status, answer.json["data"]), (200, {uid: 1, offline: 0}))
        for bad in ("", "?uid=", "?uid=a%20b", "?uid=" + ",".join(f"u{number}" for number in range(101))):
            self.assertEqual(self.get(f"/chat/online{bad}").status, 400, bad)

    def test_kick(self):
        uid = unique("bob")
        app, pc, weixin = [self.connect(uid, source) for source in ("app", "pc", "weixin")]
        answer = self.post("/chat/kick", {"uid": uid, "source": "pc", "message": "bye"})
        self.assertEqual((answer.status, answer.json["data"]), (200, {"closed": 1}))
        frames, code, _ = pc.until_closed()
        self.assertEqual([frame.text for frame in frames], ['{"type":"kick","code":441,"message":"bye","data":[]}'])
        self.assertEqual(code, 4010)
        self.assertEqual(app.rest() + weixin.rest(), [])
        answer = http.post(self.server.ws_port, "/chat/kick", f"uid={uid}", headers={**http.bearer(SERVER_KEY), **FORM})
        self.assertEqual(answer.json["data"], {"closed": 2})
        self.assertEqual([chat.until_closed()[1] for chat in (app, weixin)], [4010, 4010])
        self.assertEqual(self.post("/chat/kick", {"uid": uid}).json["data"], {"closed": 0})
        self.assertEqual(self.post("/chat/kick", {}).status, 400)

    def test_what_only_a_backend_may_do(self):
        uid = unique("alice")
        alice = self.connect(uid)
        token = http.bearer(self.server.issue(uid, "pc"))
        for answer in (
            self.post("/chat/index", [{"to_uid": uid, "content": 1}], token),
            self.get(f"/chat/online?uid={uid}", token), self.post("/chat/kick", {"uid": uid}, token),
        ):
            self.assertEqual((answer.status, answer.json["code"], answer.json["data"]), (403, 403, []))
        for answer in (
            self.post("/chat/index", [{"to_uid": uid, "content": 1}], {"X": "y"}), self.get("/chat/online?uid=a", {}),
            self.post("/chat/kick", {"uid": uid}, {"X": "y"}),
        ):
            self.assertEqual((answer.status, answer.json["data"]), (401, []))
        self.assertEqual(alice.rest(), [])

    def test_a_users_rate_is_that_of_a_session(self):
        token = http.bearer(self.server.issue(unique("alice")))
        statuses = [self.get("/chat/send?to_uid=x&content=1", token).status for _ in range(80)]
        self.assertIn(429, statuses)
        self.assertGreaterEqual(statuses.count(200), 40)
        self.assertEqual(self.get("/chat/send?to_uid=x&content=1").status, 200, "a backend has no such limit")

    def test_unknown_routes_and_methods(self):
        self.assertEqual(self.get("/chat/nothing").status, 404)
        self.assertEqual(self.get("/chat/kick?uid=x").status, 404)
        self.assertIn(self.get("/%00").status, (400, 404))
        self.assertEqual(http.request("DELETE", self.server.http_port, "/chat/send").status, 404)

    def test_origins(self):
        shop = "https://shop.example"
        for origin, allowed in ((shop, shop), ("https://evil.example", None), ("null", None)):
            with self.subTest(origin):
                headers = {**http.bearer(SERVER_KEY), "Origin": origin}
                for answer in (
                    self.get("/chat/online?uid=a", headers), self.get("/chat/nothing", headers),
                    http.request("OPTIONS", self.server.http_port, "/chat/send",
                                 headers={"Origin": origin, "Access-Control-Request-Method": "POST"}),
                ):
                    self.assertEqual(answer.headers["Access-Control-Allow-Origin"], allowed)

    def test_metrics_count_what_happens(self):
        before = self.server.metrics()
        alice, bob = self.connect(unique("alice")), self.connect(unique("bob"))
        alice.ask({"to_uid": bob.uid, "content": 1, "client_id": "c"})
        after = self.server.metrics()
        changes = {
            "push_chat_messages_total": 1, "push_chat_logins_accepted_total": 2, "push_archive_rows_total": 1,
            "push_chat_sessions": 2,
        }
        for name, change in changes.items():
            self.assertEqual(after[name] - before[name], change, name)

    def test_keep_alive_and_pipelining(self):
        request = f"GET /chat/online?uid=a&sk={SERVER_KEY} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
        with Wire(self.server) as wire:
            wire.send(request * 20)
            received = b""
            while received.count(b'{"a":0}') < 20:
                received += wire.socket.recv(65536)
            self.assertEqual(received.count(b"HTTP/1.1 200 OK"), 20)

    def test_who_asks_whether_to_go_on_is_told_to(self):
        """PHP's curl does with larger bodies, and waits a second where nobody tells it."""
        body = f'{{"to_uid":"x","content":"{"x" * 5000}"}}'
        head = (
            f"POST /chat/send HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {SERVER_KEY}\r\nExpect: 100-continue\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        for port in (self.server.ws_port, self.server.http_port):
            with self.subTest(port), Plain(port) as plain:
                plain.socket.settimeout(3)
                plain.send(head.encode())
                self.assertRegex(plain.head(), "^HTTP/1.1 100 ")
                plain.send(body.encode())
                self.assertRegex(plain.head(), "^HTTP/1.1 200 ")

    def test_a_websocket_is_refused_on_the_http_port(self):
        with self.assertRaises(InvalidStatus) as raised:
            connect(f"ws://127.0.0.1:{self.server.http_port}/", proxy=None)
        self.assertIn(raised.exception.response.status_code, (404, 426))

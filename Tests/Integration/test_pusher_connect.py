# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""Pusher Channels: from the handshake to the greeting, or to the close that says why not; pings, and what ends a
connection."""

import re

from support.case import unique
from support.pusher import QUERY, Closed
from support.pusher_case import APP, OTHER, PusherCase
from support.waiting import eventually
from support.wire import BINARY, PING, PONG, TEXT, Wire, frame, handshake

ESTABLISHED = re.compile(
    r'\{"event":"pusher:connection_established","data":"'
    r'\{\\"socket_id\\":\\"\d+\.\d+\\",\\"activity_timeout\\":(\d+)\}"\}'
)
DISABLED = OTHER.but(id="5", key="disabled", enabled=False)
SMALL = OTHER.but(id="6", key="small", maxConnections=2)
PAGES = OTHER.but(id="7", key="pages", origins=["https://shop.example", "https://*.wide.example"])


class Greeting(PusherCase):
    def test_is_the_first_frame_and_its_data_a_string(self):
        with self.open_app() as client:
            event = client.receive()
            self.assertRegex(event.text, ESTABLISHED)
            self.assertEqual(int(ESTABLISHED.fullmatch(event.text)[1]), 120)

    def test_every_protocol_and_every_way_to_ask_for_it(self):
        queries = [
            "", QUERY, "client=js", "protocol=4", "protocol=5&client=java-client&version=2.4.2",
            "protocol=7&x=%20&&=&y",
            "client=Pysher&version=1.0.7&protocol=6", "flash=false&protocol=7", "protocol=7&protocol=7&client=%E4",
        ]
        for query in queries:
            with self.subTest(query), self.open_app(query=query) as client:
                client.expect_established()

    def test_socket_ids_differ_and_cannot_be_guessed(self):
        ids = [self.pusher().socket_id for _ in range(20)]
        self.assertEqual(len(set(ids)), 20)
        for id in ids:
            self.assertRegex(id, r"^\d+\.\d+$")
        tails = sorted(int(id.split(".")[1]) for id in ids)
        self.assertGreater(min(b - a for a, b in zip(tails, tails[1:])), 1, tails)

    def test_subprotocol_is_echoed_where_it_is_ours(self):
        cases = {
            ("pusher-channels-protocol-7",): "pusher-channels-protocol-7",
            ("pusher-channels-protocol-5",): "pusher-channels-protocol-5",
            ("chat, pusher-channels-protocol-7",): "pusher-channels-protocol-7",
            ("chat", "pusher-channels-protocol-6, pusher-channels-protocol-7"): None,
            ("chat",): "",
            (): "",
        }
        for offers, agreed in cases.items():
            with self.subTest(offers):
                client = self.open_app(headers=[f"Sec-WebSocket-Protocol: {offer}" for offer in offers])
                found = re.findall(r"(?im)^sec-websocket-protocol: *(.*?)\r?$", client.response)
                if agreed is None:
                    # One of the two, and only one.
                    self.assertEqual(len(found), 1)
                    self.assertRegex(found[0], "^pusher-channels-protocol-[67]$")
                else:
                    self.assertEqual(found, [agreed] if agreed else [])
                client.expect_established()

    def test_what_follows_the_handshake_at_once_is_answered_behind_the_greeting(self):
        ping = frame(TEXT, '{"event": "pusher:ping", "data": ""}')
        subscribe = frame(TEXT, '{"event":"pusher:subscribe","data":{"auth":"","channel":"early"}}')
        client = self.open_app(behind=ping + subscribe).expect_established()
        self.assertEqual(client.receive().text, '{"event":"pusher:pong","data":"{}"}')
        client.expect("pusher_internal:subscription_succeeded", "early")

    def test_in_pieces(self):
        with Wire(self.server) as wire:
            for byte in handshake(f"/app/{self.app.key}?{QUERY}") + frame(TEXT, '{"event":"pusher:ping"}'):
                wire.send(bytes([byte]))
            self.assertRegex(wire.head(), "^HTTP/1.1 101 ")
            self.assertIn(b"connection_established", wire.read_frame()[1])
            self.assertIn(b"pusher:pong", wire.read_frame()[1])


class Refusals(PusherCase):
    apps = (APP, DISABLED, SMALL, PAGES)

    def refused(self, code, *, path=None, query=QUERY, app=APP, headers=()):
        """The handshake is completed, an error says why not, and the close too: whoever knows only one of them."""
        with self.open_app(app, path=path, query=query, headers=headers) as client:
            events, closed = client.until_closed()
            self.assertEqual([event.name for event in events], ["pusher:error"])
            self.assert_error(events[0], code)
            self.assertEqual(closed, code)
            return events[0]["data"]["message"]

    def test_unknown_keys(self):
        for key in ("nobody", "278d425bdf160c73980", f"{APP.key}x", APP.key.upper(), APP.id, "%00", "a" * 3000):
            with self.subTest(key[:40]):
                self.refused(4001, path=f"/app/{key}")

    def test_paths_that_name_no_app(self):
        for path in ("/app/", "/app", f"/app/{APP.key}/more"):
            with self.subTest(path), self.open_app(path=path) as client:
                events, code = client.until_closed()
                self.assertIn(code, (4001, 4005))
                self.assert_error(events[-1], code)

    def test_a_disabled_app(self):
        self.refused(4003, app=DISABLED)

    def test_versions(self):
        codes = {
            4007: ("3", "8", "0", "1", "-7", "999999999"), 4008: ("",),
            4006: ("x", "7.0", "%37x", "7%00", "9" * 30, "seven", "0x7"),
        }
        for code, versions in codes.items():
            for version in versions:
                with self.subTest(version):
                    self.refused(code, query=f"client=js&protocol={version}")

    def test_the_connection_quota_is_given_back(self):
        first, second = self.pusher(SMALL), self.pusher(SMALL)
        for _ in range(3):
            self.refused(4004, app=SMALL)
        self.pusher()
        first.close()

        def has_room():
            with self.open_app(SMALL) as client:
                return client.receive().name == "pusher:connection_established"

        eventually("there is room again", has_room)
        second.crash()
        eventually("there is more room again", has_room)

    def test_origins(self):
        good = ("https://shop.example", "HTTPS://Shop.Example", "https://a.wide.example", "https://a.b.wide.example")
        bad = (
            "http://shop.example", "https://shop.example.evil", "https://evil.example", "https://wide.example", "null",
            "https://shop.example:8443", "https://evilwide.example", "https://.wide.example",
        )
        for origin in good:
            with self.subTest(origin), self.open_app(PAGES, headers=[f"Origin: {origin}"]) as client:
                client.expect_established()
        for origin in bad:
            with self.subTest(origin):
                self.refused(4009, app=PAGES, headers=[f"Origin: {origin}"])
        with self.open_app(headers=["Origin: https://evil.example"]) as client:
            client.expect_established()

    def test_a_refused_peer_is_not_heard(self):
        channel = unique("public")
        listener = self.pusher()
        listener.subscribe(channel)
        behind = frame(TEXT, f'{{"event":"pusher:subscribe","data":{{"channel":"{channel}"}}}}')
        with self.open_app(path="/app/nobody", behind=behind) as client:
            events, code = client.until_closed()
            self.assertEqual(([event.name for event in events], code), (["pusher:error"], 4001))
        self.assertEqual(self.api.channel(channel, "subscription_count")["subscription_count"], 1)


class Pings(PusherCase):
    def test_both_kinds_are_answered(self):
        client = self.pusher()
        for text in (
            '{"event":"pusher:ping"}', '{"event":"pusher:ping","data":{}}', '{"event":"pusher:ping","data":""}',
            '{"event":"pusher:ping","data":"{}"}', '{"data":null,"event":"pusher:ping"}',
            '{"event":"pusher\\u003aping"}',
            ' {"event" : "pusher:ping", "more": [1, {"x": null}]} ',
        ):
            with self.subTest(text):
                client.send(text)
                self.assertEqual(client.receive().text, '{"event":"pusher:pong","data":"{}"}')
        client.wire.send(frame(PING, b"payload"))
        self.assertEqual(client.wire.read_frame(), (PONG, b"payload"))

    def test_pongs_that_nobody_asked_for_are_nothing(self):
        client = self.pusher()
        client.send_event("pusher:pong")
        client.send('{"event":"pusher:pong","data":""}')
        client.wire.send(frame(PONG, b"x"))
        self.assertEqual(client.rest(), [])

    def test_binary_is_closed_1003(self):
        client = self.pusher()
        client.wire.send(frame(BINARY, '{"event":"pusher:ping"}'))
        self.assertEqual(client.until_closed()[1], 1003)

    def test_broken_text_is_closed_1007(self):
        client = self.pusher()
        client.wire.send(frame(TEXT, b'{"event":"\xff"}'))
        self.assertEqual(client.until_closed(), ([], 1007))

    def test_a_message_that_is_too_large_is_closed_1009(self):
        client = self.pusher()
        client.send('{"event":"pusher:ping","data":"' + "x" * 100_000 + '"}')
        self.assertEqual(client.until_closed(), ([], 1009))


class Silence(PusherCase):
    settings = {"channels.activityTimeout": "1s", "channels.pongTimeout": "1s"}

    def test_a_silent_client_is_pinged_and_then_closed_4201(self):
        for version in (5, 7):
            with self.subTest(version):
                client = self.pusher(query=f"protocol={version}")
                self.assertEqual(client.established.data["activity_timeout"], 1)
                events, code = client.until_closed()
                self.assertEqual(events[0].text, '{"event":"pusher:ping","data":"{}"}')
                self.assert_error(events[1], 4201)
                self.assertEqual((len(events), code), (2, 4201))

    def test_the_oldest_version_is_pinged_by_websocket(self):
        client = self.pusher(query="protocol=4")
        self.assertEqual(client.wire.read_frame()[0], PING)
        events, code = client.until_closed()
        self.assertEqual((len(events), code), (1, 4201))

    def test_whoever_answers_in_any_way_stays(self):
        answers = (
            frame(TEXT, '{"event":"pusher:pong","data":{}}'), frame(PONG), frame(TEXT, '{"event":"pusher:ping"}'),
            frame(PING), frame(TEXT, "nonsense"),
        )
        clients = [self.pusher() for _ in answers]
        for _ in range(3):
            for client, answer in zip(clients, answers):
                client.until("pusher:ping")
                client.wire.send(answer)
        for client in clients:
            client.until("pusher:ping")

    def test_what_the_server_sends_is_no_sign_of_life(self):
        channel = unique("public")
        client = self.pusher()
        client.subscribe(channel)
        names = []
        with self.assertRaises(Closed) as closed:
            while True:
                self.api.trigger(channel, "news")
                names.append(client.receive().name)
        self.assertEqual(closed.exception.code, 4201)
        self.assertIn("pusher:ping", names)


class PathPrefix(PusherCase):
    settings = {"channels.pathPrefix": "/push/ws", "auth.timeout": "1s"}

    def test_with_and_without(self):
        for path in (f"/push/ws/app/{self.app.key}", f"/app/{self.app.key}"):
            with self.subTest(path), self.open_app(path=path) as client:
                client.expect_established()
        with self.open_app(path="/push/ws/app/nobody") as client:
            self.assertEqual(client.until_closed()[1], 4001)

    def test_another_prefix_is_no_app(self):
        with Wire(self.server) as wire:
            wire.upgrade(f"/push/app/{self.app.key}")
            # It is a connection of the chat's, which does not log in.
            self.assertNotIn(b"pusher", wire.read_frame()[1])
            self.assertEqual(wire.read_close()[0], 4009)


class Restart(PusherCase):
    def test_everyone_is_told_to_come_back_by_frame_and_by_code(self):
        clients = [self.pusher(query=f"protocol={version}") for version in (4, 5, 6, 7)]
        self.assertEqual(self.server.stop(), 0)
        for client in clients:
            events, code = client.until_closed()
            self.assertEqual([event.name for event in events], ["pusher:error"])
            self.assert_error(events[0], 4200)
            self.assertEqual(code, 4200)
        self.server.start()
        self.first_process = self.server.process

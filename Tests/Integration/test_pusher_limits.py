# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""Pusher Channels: what one client may take, that all of it is given back, and who does not read."""

import time

from support.case import unique
from support.pusher import QUERY, Closed
from support.pusher_case import APP, PusherCase
from support.waiting import eventually
from support.wire import BINARY, TEXT, Wire, frame, handshake

ONE = APP.but(id="30", key="one", maxConnections=1)
PAGES = APP.but(id="31", key="pages", maxConnections=1, origins=["https://shop.example"])


class Quota(PusherCase):
    apps = (ONE, PAGES, APP)
    settings = {"websocket.headTimeout": "2s", "server.loops": 2}

    def assert_given_back(self, app=ONE):
        """There is one place, and it is free."""

        def greeted():
            with self.open_app(app, headers=["Origin: https://shop.example"]) as client:
                return client.receive().name == "pusher:connection_established"

        eventually("the place is free", greeted)

    def test_by_every_end_that_a_client_can_bring_about(self):
        ends = {
            "close": lambda client: client.close(), "crash": lambda client: client.crash(),
            "binary": lambda client: client.wire.send(frame(BINARY, b"x")),
            "no UTF-8": lambda client: client.wire.send(frame(TEXT, b"\xff")),
            "reserved bits": lambda client: client.wire.send(frame(TEXT, "{}", rsv=4)),
            "too large": lambda client: client.send("x" * 100_000),
            "close without code": lambda client: client.wire.send(frame(8)),
            "terminated": lambda client: self.api.post("/users/u/terminate_connections", {}),
        }
        for name, end in ends.items():
            with self.subTest(name):
                client = self.pusher()
                client.join("presence-x", "a")
                client.signin("u")
                end(client)
                self.assert_given_back()
                self.assertEqual(self.api.channels(), {})

    def test_by_handshakes_that_are_refused(self):
        for _ in range(5):
            with self.open_app(query="protocol=3") as client:
                self.assertEqual(client.until_closed()[1], 4007)
            with self.open_app(PAGES, headers=["Origin: https://evil.example"]) as client:
                self.assertEqual(client.until_closed()[1], 4009)
        self.assert_given_back()
        self.assert_given_back(PAGES)

    def test_by_handshakes_that_break_off(self):
        whole = handshake(f"/app/{ONE.key}?{QUERY}")
        for cut in (10, len(whole) - 3, len(whole)):
            for _ in range(5):
                wire = Wire(self.server)
                wire.send(whole[:cut])
                wire.reset()
        self.assert_given_back()

    def test_of_many_at_once(self):
        """One gets in, however many come."""
        for _ in range(5):
            wires = [Wire(self.server) for _ in range(20)]
            for wire in wires:
                wire.send(handshake(f"/app/{ONE.key}?{QUERY}"))
            texts = []
            for wire in wires:
                wire.head()
                texts.append(wire.read_frame()[1])
            self.assertEqual(sum(b"connection_established" in text for text in texts), 1)
            self.assertEqual(sum(b"4004" in text for text in texts), 19)
            for wire in wires:
                wire.reset()
            self.assert_given_back()


class Subscriptions(PusherCase):
    settings = {"limits.channelsPerConnection": 10}

    def test_of_one_connection(self):
        client, other = self.pusher(), self.pusher()
        channels = [unique("public") for _ in range(10)]
        for channel in channels:
            client.subscribe(channel)
        for prefix in ("public", "private-x", "presence-x", "cache-x"):
            channel = unique(prefix)
            client.ask_subscribe(channel, '{"user_id":"a"}' if prefix == "presence-x" else None)
            self.assert_refused(client, channel)
            self.assertFalse(self.api.channel(channel)["occupied"])
        # What it has already takes no more room.
        client.subscribe(channels[0])
        client.unsubscribe(channels[0])
        client.subscribe(unique("public"))
        other.subscribe(unique("public"))

    def test_refused_members_do_not_take_room(self):
        client = self.pusher()
        for _ in range(20):
            channel = unique("private-x")
            client.ask_subscribe(channel, auth="wrong")
            self.assert_refused(client, channel)
        client.subscribe(unique("public"))


class SlowReaders(PusherCase):
    settings = {"websocket.unsentBytes": "64KiB", "server.loops": 2}

    def test_who_does_not_read_is_dropped_and_leaves(self):
        channel = unique("presence-x")
        healthy = self.member(channel, "healthy")
        stuck = self.enterContext(Wire(self.server, receive_buffer=4096))
        stuck.upgrade(f"/app/{APP.key}?{QUERY}")
        text = stuck.read_frame()[1].decode()
        socket_id = text.split('socket_id\\":\\"')[1].split("\\")[0]
        data = '{"user_id":"stuck"}'
        auth = APP.auth(socket_id, channel, data)
        escaped = data.replace('"', '\\"')
        stuck.send(frame(TEXT, '{"event":"pusher:subscribe","data":{"channel":"%s","auth":"%s","channel_data":"%s"}}'
                         % (channel, auth, escaped)))
        self.assertEqual(healthy.expect("pusher_internal:member_added", channel).data["user_id"], "stuck")
        received = 0
        for number in range(3000):
            begun = time.monotonic()
            self.api.trigger(channel, "large", "x" * 10_000)
            events = healthy.until("large", channel)
            self.assertLess(time.monotonic() - begun, 5)
            received += 1
            if any(event.name == "pusher_internal:member_removed" for event in events):
                break
        else:
            self.fail("it is still a member")
        self.assertGreater(received, 5)
        self.assertEqual(self.api.users(channel), ["healthy"])
        self.assertEqual(self.server.metrics()["push_ws_slow_consumers_closed_total"], 1)

    def test_a_presence_channel_that_is_larger_than_what_may_be_unsent(self):
        """A hundred members with two kilobytes each are one frame, which has to arrive."""
        channel = unique("presence-x")
        clients = [self.pusher() for _ in range(60)]
        for number, client in enumerate(clients):
            client.ask_subscribe(channel, {"user_id": number, "user_info": {"x": "x" * 2000}})
        for client in clients:
            client.until("pusher_internal:subscription_succeeded", channel)
        late = self.pusher()
        self.assertEqual(late.join(channel, "late")["count"], 61)
        self.assertEqual(late.rest(), [])


class Refusals(PusherCase):
    def test_a_client_that_is_only_confused_stays(self):
        """Ten wrong subscriptions at each start of a page do no harm to it."""
        client = self.pusher()
        for _ in range(100):
            client.ask_subscribe("private-x", auth="wrong")
            self.assert_refused(client, "private-x")
        client.subscribe(unique("public"))

    def test_one_that_does_nothing_else_is_told_to_stay_away_for_a_while(self):
        client = self.pusher()
        try:
            for _ in range(1000):
                client.ask_subscribe("private-x", auth="wrong")
        except OSError:
            pass  # It has heard enough.
        events = []
        try:
            while True:
                events.append(client.receive())
        except Closed as closed:
            self.assertIn(closed.code, (4100, 1006))
        self.assertGreater(len(events), 100)
        self.assertLess(len(events), 1000)

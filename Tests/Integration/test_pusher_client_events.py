# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""Pusher Channels: events of clients. Who may send them, and that nothing is changed on their way."""

import json

from support.case import unique
from support.contents import CONTENTS
from support.pusher_case import APP, OTHER, PusherCase

MUTE = OTHER.but(id="9", key="mute", clientEvents=False)
SLOW = OTHER.but(id="10", key="slow", clientEvents=True, clientEventsPerSecond=2)
SMALL = OTHER.but(id="11", key="small", clientEvents=True, clientEventsPerSecond=0, maxEventBytes=100)
DEFAULT = OTHER.but(id="12", key="default")


class ClientEvents(PusherCase):
    apps = (APP, MUTE, SMALL, DEFAULT)

    def pair(self, channel, app=None):
        """Two clients on a channel."""
        clients = self.pusher(app), self.pusher(app)
        for client, user in zip(clients, "ab"):
            client.subscribe(channel, {"user_id": user} if channel.startswith("presence-") else None)
        clients[0].rest()
        return clients

    def rejected(self, client, event, channel, data=1, code=None):
        client.trigger(channel, event, data)
        self.assert_error(client.receive(), code)

    def test_go_to_all_others_and_not_to_the_sender(self):
        for prefix in ("private-x", "presence-x", "private-cache-x", "presence-cache-x"):
            channel = unique(prefix)
            with self.subTest(channel):
                sender, other = self.pair(channel)
                third, stranger = self.pusher(), self.pusher()
                third.subscribe(channel, {"user_id": "c"} if channel.startswith("presence-") else None)
                other.rest(), third.rest(), sender.rest()
                sender.trigger(channel, "client-x", {"a": [1]})
                for client in (other, third):
                    event = client.expect("client-x", channel)
                    expected = {"event": "client-x", "channel": channel, "data": {"a": [1]}}
                    if channel.startswith("presence-"):
                        expected["user_id"] = "a"
                    self.assertEqual(event, expected)
                self.assertEqual(sender.rest() + stranger.rest(), [])

    def test_data_byte_for_byte(self):
        channel = unique("private-x")
        sender, other = self.pair(channel)
        for name, content in CONTENTS.items():
            with self.subTest(name):
                sender.send(f'{{"event":"client-x","channel":"{channel}","data":{content}}}')
                self.assertEqual(other.expect("client-x", channel).raw["data"], content)
        sender.send(f'{{"data" :\t{{ "a" : 1.0 }}\n,"channel":"{channel}" , "event":"client-x"}}')
        self.assertEqual(other.expect("client-x", channel).raw["data"], '{ "a" : 1.0 }')

    def test_every_frame_has_data(self):
        channel = unique("private-x")
        sender, other = self.pair(channel)
        sender.send(f'{{"event":"client-x","channel":"{channel}"}}')
        self.assertIsNone(other.expect("client-x", channel)["data"])

    def test_names_byte_for_byte(self):
        channel = unique("private-x")
        sender, other = self.pair(channel)
        longest = f'"client-{"x" * 193}"'
        for name in ('"client-x"', '"client-é👍"', r'"client-\u00e9\"\\\/"', '"client- "', longest, '"client-:"'):
            with self.subTest(name):
                sender.send(f'{{"event":{name},"channel":"{channel}","data":1}}')
                self.assertEqual(other.receive().name, json.loads(name))

    def test_a_name_that_is_written_with_escapes(self):
        """What is checked is what the receiver will read."""
        channel = unique("private-x")
        sender, other = self.pair(channel)
        sender.send(f'{{"event":"\\u0063lient-x","channel":"{channel}","data":1}}')
        self.assertEqual(other.expect("client-x", channel)["data"], 1)
        sender.send(f'{{"event":"pusher_internal\\u003amember_added","channel":"{channel}","data":1}}')
        self.assert_error(sender.receive())
        self.assertEqual(other.rest(), [])

    def test_the_senders_own_user_id_is_not_taken(self):
        for prefix in ("presence-x", "private-x"):
            channel = unique(prefix)
            sender, other = self.pair(channel)
            sender.send({"event": "client-x", "channel": channel, "data": 1, "user_id": "forged"})
            self.assertEqual(other.expect("client-x", channel).get("user_id"), "a" if prefix == "presence-x" else None)

    def test_who_may_not(self):
        channel = unique("private-x")
        sender, other = self.pair(channel)
        outsider = self.pusher()
        self.rejected(outsider, "client-x", channel)
        public, encrypted, cache = unique("public"), unique("private-encrypted-x"), unique("cache-x")
        for name in (public, encrypted, cache):
            for client in (sender, other):
                client.subscribe(name)
                client.rest()
            self.rejected(sender, "client-x", name)
        for name in ("x", "", "client", "Client-x", " client-x", "pusher:x", "pusher_internal:member_added", "news"):
            with self.subTest(name):
                self.rejected(sender, name, channel)
        self.rejected(sender, "client-" + "x" * 194, channel)
        self.rejected(sender, "client-x", "no such name")
        sender.send_event("client-x", 1)
        self.assert_error(sender.receive())
        sender.unsubscribe(channel)
        self.rejected(sender, "client-x", channel)
        self.assertEqual(other.rest() + sender.rest(), [])

    def test_before_the_subscription_is_there(self):
        """In one write: the subscription is asked for first, so the event is a member's."""
        channel = unique("private-x")
        other = self.pusher()
        other.subscribe(channel)
        sender = self.pusher()
        sender.ask_subscribe(channel)
        sender.trigger(channel, "client-x", 1)
        sender.expect("pusher_internal:subscription_succeeded", channel)
        self.assertEqual(other.expect("client-x", channel)["data"], 1)

    def test_the_app_has_to_allow_them(self):
        for app in (MUTE, DEFAULT):
            channel = unique("private-x")
            sender, other = self.pair(channel, app)
            self.rejected(sender, "client-x", channel)
            self.assertEqual(other.rest() + sender.rest(), [])

    def test_size(self):
        for app, most in ((APP, 10_240), (SMALL, 100)):
            with self.subTest(app.key):
                channel = unique("private-x")
                sender, other = self.pair(channel, app)
                sender.trigger(channel, "client-x", "x" * (most - 2))
                self.assertEqual(len(other.expect("client-x", channel)["data"]), most - 2)
                self.rejected(sender, "client-x", channel, "x" * (most + 1))
                self.assertEqual(other.rest() + sender.rest(), [])

    def test_order(self):
        channel = unique("presence-x")
        sender, other = self.pair(channel)
        for number in range(500):
            sender.trigger(channel, "client-x", number)
        self.assertEqual([other.expect("client-x", channel)["data"] for _ in range(500)], list(range(500)))


class Rates(PusherCase):
    apps = (SLOW, APP.but(id="13", key="ten", clientEventsPerSecond=10))

    def test_too_many_are_errors_4301_and_the_connection_stays(self):
        channel = unique("private-x")
        sender, other = self.pusher(), self.pusher()
        for client in (sender, other):
            client.subscribe(channel)
        for number in range(30):
            sender.trigger(channel, "client-x", number)
        errors = sender.rest()
        self.assertGreater(len(errors), 20)
        for error in errors:
            self.assert_error(error, 4301)
        passed = other.rest()
        self.assertEqual(len(passed) + len(errors), 30)
        self.assertGreaterEqual(len(passed), 2)
        # The first ones passed, in their order; others of the app have rates of their own.
        self.assertEqual([event["data"] for event in passed], sorted(event["data"] for event in passed))
        other.trigger(channel, "client-x", "mine")
        self.assertEqual(sender.expect("client-x", channel)["data"], "mine")
        # What is no client event is not counted.
        for _ in range(50):
            sender.send_event("pusher:ping")
        for _ in range(50):
            sender.expect("pusher:pong")

    def test_ten_in_a_second_pass(self):
        app = self.apps[1]
        channel = unique("private-x")
        sender, other = self.pusher(app), self.pusher(app)
        for client in (sender, other):
            client.subscribe(channel)
        for number in range(10):
            sender.trigger(channel, "client-x", number)
        self.assertEqual([other.expect("client-x", channel)["data"] for _ in range(10)], list(range(10)))

# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""Pusher Channels: public, private and encrypted channels, their names, and how subscriptions end."""

import json
import string

from support.apps import sign
from support.case import unique
from support.pusher_case import APP, OTHER, PusherCase
from support.waiting import eventually


class Subscribing(PusherCase):
    def test_public_in_every_form(self):
        client = self.pusher()
        for number, text in enumerate((
            '{"event":"pusher:subscribe","data":{"channel":"%s"}}',
            '{"event":"pusher:subscribe","data":{"auth":"","channel":"%s"}}',
            '{"event":"pusher:subscribe","data":"{\\"channel\\":\\"%s\\"}"}',
            '{"data":{"channel":"%s","channel_data":null,"auth":null},"event":"pusher:subscribe"}',
            '{"event":"pusher:subscribe","channel":null,"data":{"channel":"%s","more":{"a":[1]}}}',
        )):
            channel = unique("public")
            with self.subTest(text):
                client.send(text % channel)
                text = client.expect("pusher_internal:subscription_succeeded", channel).text
                expected = {"event": "pusher_internal:subscription_succeeded", "channel": channel, "data": "{}"}
                self.assertEqual(json.loads(text), expected)
                self.api.trigger(channel, "number", str(number))
                self.assertEqual(client.expect("number", channel)["data"], str(number))

    def test_private_and_encrypted(self):
        client = self.pusher()
        for prefix in ("private-", "private-encrypted-", "private-cache-", "private-encrypted-cache-"):
            with self.subTest(prefix):
                channel = unique(prefix + "x")
                self.assertEqual(client.subscribe(channel)["data"], "{}")
                if "cache-" in channel:
                    client.expect("pusher:cache_miss", channel)
                self.api.trigger(channel, "news", '{"nonce":"bm9uY2U=","ciphertext":"Y2lwaGVy"}')
                event = client.expect("news", channel)
                self.assertEqual(event["data"], '{"nonce":"bm9uY2U=","ciphertext":"Y2lwaGVy"}')

    def test_private_with_channel_data_is_signed_with_it(self):
        client, channel = self.pusher(), unique("private-x")
        client.subscribe(channel, '{"user_id":"1"}')

    def test_wrong_signatures(self):
        client = self.pusher()
        other = self.pusher()
        channel = unique("private-x")
        good = APP.auth(client.socket_id, channel)
        key, digest = good.split(":")
        wrong = {
            "none": "", "no key": digest, "no digest": f"{key}:", "only a colon": ":",
            "another key": f"{OTHER.key}:{digest}",
            "another socket's": APP.auth(other.socket_id, channel),
            "another channel's": APP.auth(client.socket_id, "x"),
            "another secret's": f"{key}:{sign(OTHER.secret, f'{client.socket_id}:{channel}')}",
            "upper case": f"{key}:{digest.upper()}", "shorter": good[:-1], "longer": good + "0",
            "not hex": good[:-1] + "g",
            "two keys": f"{key}:{good}", "blanks": f" {good} ", "long": f"{key}:{digest * 100}",
            "with what was not sent": APP.auth(client.socket_id, channel, "{}"), "non-ASCII": f"{key}:{'é' * 32}",
        }
        for name, auth in wrong.items():
            with self.subTest(name):
                client.ask_subscribe(channel, auth=auth)
                data = self.assert_refused(client, channel, 401, "AuthError")
                # Which string was to be signed, but never what it is signed with.
                self.assertIn(f"{client.socket_id}:{channel}" if auth else "socket_id:channel", data["error"])
                self.assertNotIn(digest, data["error"])
                self.assertNotIn(APP.secret, data["error"])
        client.send_event("pusher:subscribe", {"channel": channel})
        self.assert_refused(client, channel, 401, "AuthError")
        self.api.trigger(channel, "secret")
        self.assertEqual(client.rest(), [])
        self.assertFalse(self.api.channel(channel)["occupied"])
        # It may try again on the same connection.
        client.subscribe(channel, auth=good)

    def test_data_that_was_signed_but_is_not_sent(self):
        client, channel = self.pusher(), unique("private-x")
        client.ask_subscribe(channel, "{}", auth=APP.auth(client.socket_id, channel))
        self.assert_refused(client, channel, 401, "AuthError")

    def test_names(self):
        client = self.pusher()
        allowed = string.ascii_letters + string.digits + "_-=@,.;"
        for channel in (allowed, "a", "-", "1", "private", "presence", "cache", "x" * 164, ".", "private-" + allowed):
            with self.subTest(channel):
                client.subscribe(channel)
                client.unsubscribe(channel)
        for channel in (
            "a b", "a/b", "a:b", "a#b", "#a", "#server-to-user-", "#server-to-user-a b", "é", "a\0", "a\n", "a\"b", "*",
            "a?",
            "x" * 300, "private-é", "presence-a/b", "#private-x", "a+b", "a%20b",
        ):
            with self.subTest(channel[:40]):
                client.ask_subscribe(channel)
                event = client.receive()
                if event.name == "pusher:error":
                    self.assert_error(event)
                else:
                    self.assertEqual((event.name, event.channel), ("pusher:subscription_error", channel))
                    self.assertIn("error", event.data)
        client.send_event("pusher:subscribe", {"channel": ""})
        self.assertIn(client.receive().name, ("pusher:error", "pusher:subscription_error"))
        self.assertEqual(client.rest(), [])

    def test_apps_do_not_hear_each_other(self):
        channel = unique("public")
        ours, theirs = self.pusher(), self.pusher(OTHER)
        ours.subscribe(channel)
        theirs.subscribe(channel)
        self.api.trigger(channel, "ours")
        ours.expect("ours", channel)
        self.assertEqual(theirs.rest(), [])
        private = unique("private-x")
        theirs.ask_subscribe(private, auth=APP.auth(theirs.socket_id, private))
        self.assert_refused(theirs, private, 401)

    def test_many_channels_on_one_connection(self):
        client = self.pusher()
        channels = [unique("public") for _ in range(200)]
        for channel in channels:
            client.ask_subscribe(channel)
        for channel in channels:
            client.expect("pusher_internal:subscription_succeeded", channel)
        for start in (0, 100):
            self.api.trigger(channels[start : start + 100], "to all")
        received = [client.receive() for _ in channels]
        self.assertEqual({event.name for event in received}, {"to all"})
        self.assertEqual([event.channel for event in received], channels)


class Duplicates(PusherCase):
    def test_are_counted_once(self):
        client = self.pusher()
        data = {"user_id": "1"}
        for channel in (unique("public"), unique("private-x"), unique("presence-x"), unique("cache-x")):
            with self.subTest(channel):
                channel_data = data if channel.startswith("presence-") else None
                client.subscribe(channel, channel_data)
                client.rest()
                client.ask_subscribe(channel, channel_data)
                event = client.receive()
                if event.name == "pusher:error":
                    self.assert_error(event)
                else:
                    self.assertEqual(event.name, "pusher_internal:subscription_succeeded")
                client.rest()
                counted = self.api.channel(channel, "subscription_count")
                self.assertEqual(counted, {"occupied": True, "subscription_count": 1})
                self.api.trigger(channel, "once")
                self.assertEqual([event.name for event in client.rest()], ["once"])
                client.unsubscribe(channel)
                client.rest()
                self.assertFalse(self.api.channel(channel)["occupied"])

    def test_sent_at_once(self):
        for channel in (unique("public"), unique("presence-x"), unique("cache-x")):
            with self.subTest(channel):
                client = self.pusher()
                for _ in range(3):
                    client.ask_subscribe(channel, '{"user_id":"1"}' if channel.startswith("presence-") else None)
                client.rest()
                self.assertEqual(self.api.channel(channel, "subscription_count")["subscription_count"], 1)
                client.unsubscribe(channel)
                client.rest()
                self.assertFalse(self.api.channel(channel)["occupied"])


class Leaving(PusherCase):
    def test_nothing_answers_and_nothing_follows(self):
        for channel in (unique("public"), unique("private-x"), unique("presence-x"), unique("private-encrypted-x")):
            with self.subTest(channel):
                client = self.pusher()
                client.subscribe(channel, {"user_id": "1"} if channel.startswith("presence-") else None)
                client.unsubscribe(channel)
                self.assertEqual(client.rest(), [])
                self.api.trigger(channel, "after")
                self.assertEqual(client.rest(), [])

    def test_as_a_string_too(self):
        client, channel = self.pusher(), unique("public")
        client.subscribe(channel)
        client.send_event("pusher:unsubscribe", json.dumps({"channel": channel}))
        self.assertEqual(client.rest(), [])
        self.assertFalse(self.api.channel(channel)["occupied"])

    def test_what_was_never_joined(self):
        client = self.pusher()
        for channel in (unique("public"), unique("private-x"), unique("presence-x"), "no name", "#server-to-user-x"):
            client.unsubscribe(channel)
        self.assertEqual([event for event in client.rest() if event.name != "pusher:error"], [])

    def test_and_coming_back_at_once(self):
        for prefix in ("public", "private-x", "presence-x", "cache-x", "presence-cache-x"):
            channel = unique(prefix)
            with self.subTest(channel):
                client = self.pusher()
                data = '{"user_id":"1"}' if channel.startswith("presence-") else None
                for _ in range(10):
                    client.ask_subscribe(channel, data)
                    client.unsubscribe(channel)
                client.ask_subscribe(channel, data)
                client.rest()
                self.api.trigger(channel, "after")
                self.assertEqual([event.name for event in client.rest()], ["after"])
                self.assertEqual(self.api.channel(channel, "subscription_count")["subscription_count"], 1)
                client.close()
                other = self.pusher()
                other.rest()
                self.assertFalse(self.api.channel(channel)["occupied"])

    def test_by_every_end_of_a_connection(self):
        for end in ("close", "crash"):
            channel = unique("public")
            client = self.pusher()
            client.subscribe(channel)
            self.assertTrue(self.api.channel(channel)["occupied"])
            getattr(client, end)()
            eventually("the channel is left", lambda: not self.api.channel(channel)["occupied"])


class Counting(PusherCase):
    def test_each_change_is_told_to_all(self):
        channel = unique("public")
        first, second = self.pusher(counts=True), self.pusher(counts=True)
        first.subscribe(channel)
        self.counted(first, channel, 1)
        second.subscribe(channel)
        self.counted(second, channel, 2)
        self.counted(first, channel, 2)
        second.unsubscribe(channel)
        self.counted(first, channel, 1)
        self.assertEqual(second.rest(), [])
        second.subscribe(channel)
        self.counted(second, channel, 2)
        self.counted(first, channel, 2)
        second.crash()
        self.counted(first, channel, 1)

    def counted(self, client, channel, count):
        event = client.expect("pusher_internal:subscription_count", channel)
        self.assertEqual(json.loads(event.text), {
            "event": "pusher_internal:subscription_count", "channel": channel,
            "data": f'{{"subscription_count":{count}}}',
        })

    def test_not_on_presence_channels(self):
        channel = unique("presence-x")
        client = self.member(channel, "1", counts=True)
        self.assertEqual(client.rest(), [])

    def test_not_where_the_app_does_not_ask(self):
        client = self.pusher(OTHER, counts=True)
        client.subscribe(unique("public"))
        self.assertEqual(client.rest(), [])

    def test_private_and_cache(self):
        for channel in (unique("private-x"), unique("cache-x")):
            client = self.pusher(counts=True)
            client.subscribe(channel)
            names = [event.name for event in client.rest()]
            self.assertIn("pusher_internal:subscription_count", names)

    def test_a_large_channel_is_told_less_often_but_told(self):
        channel = unique("public")
        first = self.pusher(counts=True)
        first.subscribe(channel)
        clients = [self.pusher(counts=True) for _ in range(199)]
        for client in clients:
            client.ask_subscribe(channel)
        counts = []
        while not counts or counts[-1] != 200:
            counts.append(first.until("pusher_internal:subscription_count", channel, 15)[-1].data["subscription_count"])
        self.assertEqual(counts[0], 1)
        self.assertEqual(counts, sorted(counts))
        self.assertLess(len([count for count in counts if count > 100]), 10)

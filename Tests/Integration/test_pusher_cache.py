# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""Pusher Channels: cache channels. What was there first comes first."""

import threading

from support.case import unique
from support.pusher_api import PusherAPI
from support.pusher_case import PusherCase

PREFIXES = ("cache-x", "private-cache-x", "private-encrypted-cache-x", "presence-cache-x")


class CacheChannels(PusherCase):
    settings = {"server.loops": 2}

    def ask(self, client, channel):
        client.ask_subscribe(channel, '{"user_id":"u"}' if channel.startswith("presence-") else None)

    def subscribe(self, channel):
        client = self.pusher()
        self.ask(client, channel)
        client.expect("pusher_internal:subscription_succeeded", channel)
        return client

    def test_nothing_yet_is_a_miss(self):
        for prefix in PREFIXES:
            channel = unique(prefix)
            with self.subTest(channel):
                client = self.subscribe(channel)
                event = client.expect("pusher:cache_miss", channel)
                self.assertEqual(event, {"event": "pusher:cache_miss", "channel": channel, "data": "{}"})
                self.assertEqual(client.rest(), [])

    def test_the_last_event_is_kept_whoever_is_there(self):
        for prefix in PREFIXES:
            channel = unique(prefix)
            with self.subTest(channel):
                self.api.trigger(channel, "first", "1")
                self.api.trigger(channel, "news", '{"a": "\\"é\\u00e9\\n"}')
                client = self.subscribe(channel)
                event = client.expect("news", channel)
                self.assertEqual(event, {"event": "news", "channel": channel, "data": '{"a": "\\"é\\u00e9\\n"}'})
                self.assertEqual(client.rest(), [])
                # Still there when all have gone.
                client.close()
                self.subscribe(channel).expect("news", channel)

    def test_the_members_come_before_it(self):
        channel = unique("presence-cache-x")
        self.api.trigger(channel, "news")
        client = self.pusher()
        self.assertEqual(client.join(channel, "a")["ids"], ["a"])
        client.expect("news", channel)

    def test_client_events_are_not_kept(self):
        channel = unique("private-cache-x")
        self.api.trigger(channel, "news")
        first, second = self.subscribe(channel), self.subscribe(channel)
        first.expect("news", channel), second.expect("news", channel)
        first.trigger(channel, "client-x", 1)
        second.expect("client-x", channel)
        self.subscribe(channel).expect("news", channel)

    def test_other_channels_keep_nothing(self):
        for prefix in ("public", "private-x", "xcache-", "private-x-cache-", "Cache-"):
            channel = unique(prefix)
            with self.subTest(channel):
                self.api.trigger(channel, "news")
                self.assertEqual(self.subscribe(channel).rest(), [])

    def test_an_excluded_socket_may_read_it_later(self):
        channel = unique("cache-x")
        client = self.subscribe(channel)
        client.expect("pusher:cache_miss", channel)
        self.api.trigger(channel, "news", socket_id=client.socket_id)
        self.assertEqual(client.rest(), [])
        client.unsubscribe(channel)
        client.subscribe(channel)
        client.expect("news", channel)

    def test_in_batches_and_by_the_old_path(self):
        first, second = unique("cache-x"), unique("cache-x")
        batch = [{"channel": first, "name": "batch", "data": "1"}, {"channel": first, "name": "last", "data": "2"}]
        self.assertEqual(self.api.post("/batch_events", {"batch": batch}).status, 200)
        self.subscribe(first).expect("last", first)
        self.assertEqual(self.api.post(f"/channels/{second}/events", "{}", query={"name": "old"}).status, 202)
        self.subscribe(second).expect("old", second)

    def test_the_api_tells_what_is_kept(self):
        channel = unique("cache-x")
        client = self.subscribe(channel)
        self.assertIsNone(self.api.channel(channel, "cache")["cache"])
        self.api.trigger(channel, "news", '{"a":1}')
        cache = self.api.channel(channel, "cache")["cache"]
        self.assertEqual(cache["data"], '{"a":1}')
        self.assertTrue(1790 <= cache["ttl"] <= 1800, cache)
        client.expect("pusher:cache_miss", channel)
        answer = self.api.get(f"/channels/{unique('public')}", info="cache")
        self.assertEqual(answer.status, 400)

    def test_kept_then_live_without_a_gap_or_an_inversion(self):
        """While one caller publishes numbers, clients on both loops come: each gets one, and then all that follow."""
        for prefix in ("cache-x", "presence-cache-x"):
            channel = unique(prefix)
            with self.subTest(channel):
                self.follow_numbers(channel)

    def follow_numbers(self, channel):
        ends = threading.Event()
        published = []

        def publish():
            api = PusherAPI(self.server, self.app)
            while not ends.is_set():
                api.trigger(channel, "number", str(len(published)))
                published.append(len(published))

        publisher = threading.Thread(target=publish)
        publisher.start()
        clients = []
        try:
            for _ in range(40):
                client = self.pusher()
                self.ask(client, channel)
                clients.append(client)
        finally:
            ends.set()
            publisher.join(30)
        self.api.trigger(channel, "end")
        for client in clients:
            events = client.until("end", channel)
            names = [event.name for event in events if event.name != "pusher_internal:member_added"]
            self.assertEqual(names[0], "pusher_internal:subscription_succeeded")
            self.assertLessEqual(names.count("pusher:cache_miss"), 1)
            self.assertIn(names[1], ("number", "pusher:cache_miss", "end"))
            numbers = [int(event["data"]) for event in events if event.name == "number"]
            if names[1] == "pusher:cache_miss":
                self.assertTrue(not numbers or numbers[0] == 0, numbers[:3])
            self.assertEqual(numbers, list(range(numbers[0], len(published))) if numbers else [])

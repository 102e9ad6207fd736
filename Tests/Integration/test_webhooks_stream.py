# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""Webhooks by a stream of Redis, which other programs may read as well."""

import json
import unittest

from support.apps import AppsFile
from support.case import unique
from support.pusher import Pusher
from support.pusher_case import APP, OTHER
from support.redis import Redis
from support.server import PushServer
from support.waiting import eventually
from support.webhooks import Receiver

STREAM = "workbunny:webman-push-server:webhook-stream"
GROUP = STREAM + ":swift-push-server"


class Stream(unittest.TestCase):
    """Each test has a server, a receiver and a Redis."""

    def setUp(self):
        self.redis = self.enterContext(Redis())
        self.receiver = self.enterContext(Receiver())
        self.server = self.new_server()
        self.apps(APP.but(subscriptionCount=False, webhooks=[{"url": self.receiver.url}]))

    def new_server(self, **settings):
        server = PushServer({
            "webhooks.leaveDelay": "1s", "webhooks.queue": "redis-stream", "redis.url": self.redis.url,
            "webhooks.timeout": "2s", **settings,
        })
        self.addCleanup(server.remove)
        return server

    def apps(self, app, server=None):
        server = server or self.server
        self.app = app
        server.settings["apps.file"] = AppsFile(server.directory, [app]).path

    def pusher(self, server=None):
        return self.enterContext(Pusher(server or self.server, self.app)).expect_established()

    def subscribe(self, count=1):
        channels = [unique("public") for _ in range(count)]
        self.client = self.pusher()
        for channel in channels:
            self.client.subscribe(channel)
        return channels

    def occupied(self):
        return [event["channel"] for event in self.receiver.named("channel_occupied")]

    def entries(self):
        """The entries of the stream, their fields by name."""
        found = []
        for _, flat in self.redis.command("XRANGE", STREAM, "-", "+"):
            found.append({name.decode(): value.decode() for name, value in zip(flat[::2], flat[1::2])})
        return found

    def pending(self):
        return self.redis.command("XPENDING", STREAM, GROUP)[0]

    def add(self, name, data, time="1795210475.0261"):
        data = data if isinstance(data, str) else json.dumps(data)
        return self.redis.command("XADD", STREAM, "*", "name", name, "data", data, "time", time)

    def test_events_come_by_the_stream_and_leave_it_when_they_are_taken(self):
        self.server.start()
        channels = self.subscribe(50)
        eventually("all are told", lambda: len(self.occupied()) == 50)
        self.assertEqual(self.occupied(), channels)
        eventually("the stream is empty", lambda: not self.entries() and self.pending() == 0)
        self.assertEqual(self.receiver.duplicates, 0)
        self.assertTrue(all(request.is_signed(self.app) for request in self.receiver.requests))

    def test_every_member_survives_the_way(self):
        self.server.start()
        room, cache = unique("presence-x"), unique("cache-x")
        client = self.pusher()
        client.join(room, "u", {"name": "é"})
        client.trigger(room, "client-a", {"n": [1, "é\n"]})
        client.trigger(room, "client-b", "text")
        client.subscribe(cache)
        self.receiver.expect("member_added", channel=room, user_id="u")
        event = self.receiver.expect("client_event", event="client-a")
        self.assertEqual(json.loads(event["data"]), {"n": [1, "é\n"]})
        self.assertEqual((event["user_id"], event["socket_id"]), ("u", client.socket_id))
        self.assertEqual(self.receiver.expect("client_event", event="client-b")["data"], "text")
        self.receiver.expect("cache_miss", channel=cache)

    def test_while_a_receiver_does_not_take_them_entries_stay_in_the_seeds_format(self):
        self.receiver.status = 500
        self.server.start()
        room = unique("presence-x")
        self.pusher().join(room, "u", {"n": "A"})
        eventually("two entries", lambda: len(self.entries()) == 2)
        added = next(entry for entry in self.entries() if entry["name"] == "member_added")
        self.assertEqual(set(added), {"name", "data", "time"})
        data = json.loads(added["data"])
        self.assertEqual(set(data), {"id", "app_key", "channel", "user_id", "user_info", "time_ms"})
        self.assertEqual((data["app_key"], data["channel"], data["user_info"]), (self.app.key, room, {"n": "A"}))
        self.assertEqual(float(added["time"]), data["time_ms"])
        self.assertEqual(self.pending(), 2)
        self.receiver.status = 200
        eventually("the stream is empty", lambda: not self.entries() and self.pending() == 0, 30)

    def test_events_wait_while_redis_is_away(self):
        self.server.start()
        [first] = self.subscribe()
        self.receiver.expect("channel_occupied", channel=first)
        self.redis.kill()
        channels = self.subscribe(5)
        eventually("they wait", lambda: self.server.metrics()["push_webhook_waiting"] == 5)
        self.assertEqual(self.server.readiness()[0], 200)
        self.redis.start()
        eventually("all are told", lambda: self.occupied() == [first, *channels], 30)

    def test_a_kill_loses_nothing_at_any_place(self):
        self.receiver.stop()
        self.server.start()
        channels = self.subscribe(10)
        eventually("all are in the stream", lambda: len(self.entries()) == 10)
        self.server.kill()
        self.redis.kill()
        self.server.spawn()
        eventually("it lives", lambda: self.server.answers("/health/live"))
        more = self.subscribe(3)
        eventually("they wait", lambda: self.server.metrics()["push_webhook_waiting"] >= 3)
        self.server.kill()
        self.redis.start()
        self.receiver.start()
        self.server.start()
        eventually("all are told", lambda: set(self.occupied()) == {*channels, *more}, 30)
        eventually("the stream is empty", lambda: not self.entries() and self.pending() == 0, 30)

    def test_what_is_given_up_leaves_the_stream_and_can_be_sent_again(self):
        self.receiver.status = 500
        self.server.settings["webhooks.retryFor"] = "1s"
        self.server.start()
        [channel] = self.subscribe()
        eventually("it is given up", lambda: channel in self.server.command("webhooks", "list").stdout, 20)
        eventually("the stream is empty", lambda: not self.entries() and self.pending() == 0)
        self.receiver.status = 200
        self.server.command("webhooks", "replay", "--all")
        self.receiver.expect("channel_occupied", channel=channel)

    def test_entries_of_others_are_left_and_hostile_ones_do_no_harm(self):
        self.server.start()
        stranger = {"id": "x", "app_key": "another", "channel": "c", "time_ms": 1}
        # So old that no server waits for it any more.
        self.redis.command("XADD", STREAM, "1-1", "name", "channel_occupied", "data", json.dumps(stranger), "time", "1")
        for name, data in (
            ("server_event", {"event": "pusher:pong", "data": {}, "id": "x", "time_ms": 1795210475.0}),
            ("channel_occupied", stranger), ("channel_occupied", {**stranger, "id": "x\"y", "app_key": self.app.key}),
            ("channel_occupied", "not json"), ("channel_occupied", "[1]"), ("what", {"app_key": self.app.key}),
            ("channel_occupied", {"app_key": self.app.key}), ("member_added", {"id": 5, "app_key": self.app.key}),
            ("channel_occupied", {"id": "y", "app_key": self.app.key, "time_ms": 1e300}),
        ):
            self.add(name, data)
        self.redis.command("XADD", STREAM, "*", "x", "y")
        # One that another server wrote for an app of ours is as good as our own.
        self.add("channel_vacated", {"id": "z", "app_key": self.app.key, "channel": "theirs", "time_ms": 1795210475.5})
        [channel] = self.subscribe()
        self.receiver.expect("channel_vacated", channel="theirs")
        self.receiver.expect("channel_occupied", channel=channel)
        eventually("all but that of an unknown app are acknowledged", lambda: self.pending() == 1)
        self.assertEqual(len(self.entries()), 11, "those of others are where they were")

    def test_an_event_of_an_app_that_one_server_does_not_know_is_left_to_one_that_does(self):
        self.server.start()
        self.add("channel_vacated", {"id": "z", "app_key": OTHER.key, "channel": "theirs", "time_ms": 1795210475.5})
        [channel] = self.subscribe()
        self.receiver.expect("channel_occupied", channel=channel)
        eventually("it is pending", lambda: self.pending() == 1)
        [[entry, *_]] = self.redis.command("XPENDING", STREAM, GROUP, "-", "+", "10")
        # As if it had been left for long.
        self.redis.command("XCLAIM", STREAM, GROUP, "unknown-app", "0", entry.decode(), "IDLE", "3600000", "JUSTID")
        other = self.new_server(**{"server.node": 2})
        self.apps(OTHER.but(webhooks=[{"url": self.receiver.url}]), other)
        other.start()
        self.receiver.expect("channel_vacated", channel="theirs")
        eventually("it is acknowledged", lambda: self.pending() == 0)

    def test_large_entries_that_no_answer_could_hold_together_come_all_the_same(self):
        for number in range(10):
            self.add("client_event", {
                "id": f"large-{number}", "app_key": self.app.key, "channel": "private-c", "event": "client-a",
                "data": "x" * 8_000_000, "time_ms": 1795210475.5,
            })
        self.server.start()
        eventually("all are told", lambda: len(self.receiver.named("client_event")) == 10, 60)
        self.assertEqual([event["id"] for event in self.receiver.events], [f"large-{number}" for number in range(10)])
        eventually("the stream is empty", lambda: self.pending() == 0)

    def test_the_dead_letters_of_one_endpoint_hold_up_no_other(self):
        with Receiver() as dead:
            url = dead.url
        self.apps(APP.but(subscriptionCount=False, webhooks=[{"url": self.receiver.url}, {"url": url}]))
        self.server.settings.update({"webhooks.maxBytes": "1MiB", "webhooks.retryFor": "1s"})
        self.server.start()
        client, room = self.pusher(), unique("presence-x")
        client.join(room, "u")
        for number in range(150):
            client.trigger(room, f"client-{number}", "x" * 9000)
            if number % 30 == 29:
                count = number + 1
                eventually("all are told", lambda: len(self.receiver.named("client_event")) == count, 60)
        self.assertEqual(self.server.metrics()["push_webhook_dropped_total"], 0)

    def test_an_app_may_keep_its_entries_for_other_readers(self):
        self.apps(APP.but(subscriptionCount=False, webhooks=[
            {"url": "redis-stream", "events": ["channel_occupied"]}, {"url": self.receiver.url},
        ]))
        self.server.start()
        [channel] = self.subscribe()
        self.client.close()
        self.receiver.expect("channel_vacated", channel=channel)
        eventually("all are acknowledged", lambda: self.pending() == 0)
        eventually("one stays", lambda: [entry["name"] for entry in self.entries()] == ["channel_occupied"])

    def test_back_to_the_local_queue_with_events_that_never_reached_redis(self):
        self.redis.kill()
        self.server.spawn()
        eventually("it lives", lambda: self.server.answers("/health/live"))
        [channel] = self.subscribe()
        eventually("it waits", lambda: self.server.metrics()["push_webhook_waiting"] == 1)
        self.server.kill()
        self.server.settings["webhooks.queue"] = "sqlite"
        self.server.start()
        self.receiver.expect("channel_occupied", channel=channel)

    def test_it_needs_a_redis(self):
        done = self.server.command("check-config", settings={"redis.url": ""})
        self.assertEqual(done.returncode, 78)
        self.assertIn("needs redis.url", done.stderr)

    def test_an_app_that_names_the_stream_needs_it(self):
        self.apps(APP.but(webhooks=[{"url": "redis-stream"}]))
        settings = {"webhooks.queue": "sqlite"}
        done = self.server.command("check-config", settings=settings)
        self.assertEqual(done.returncode, 78)
        self.assertIn(f"is not redis-stream, which an endpoint of app {self.app.id} names", done.stderr)

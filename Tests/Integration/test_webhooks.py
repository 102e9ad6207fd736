# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""Webhooks: what backends hear of, how it is written and signed, and what they do not hear of."""

import json
import re
import signal
import time

import pusher

from support.apps import sign
from support.case import unique
from support.pusher_api import PusherAPI
from support.pusher_case import APP, OTHER, PusherCase
from support.waiting import eventually
from support.webhooks import Receiver

RECEIVER = Receiver()
FILTERED = Receiver(path="/filtered?token=hidden-token")
HOOKED = APP.but(
    webhooks=[
        {"url": RECEIVER.url},
        {
            "url": FILTERED.url, "events": ["member_added", "server_event"], "channels": ["presence-only"],
            "headers": {"Authorization": "Bearer hidden-header"}, "secret": "a-secret-of-its-own",
        },
    ]
)


class Webhooks(PusherCase):
    apps = (HOOKED, OTHER)
    settings = {"server.loops": 2, "webhooks.leaveDelay": "1s"}

    @classmethod
    def setUpClass(cls):
        cls.receiver = cls.enterClassContext(RECEIVER)
        cls.filtered = cls.enterClassContext(FILTERED)
        super().setUpClass()

    def test_occupied_and_vacated(self):
        channel = unique("public")
        with self.pusher() as one, self.pusher() as two:
            one.subscribe(channel)
            two.subscribe(channel)
            self.receiver.expect("channel_occupied", channel=channel)
        event = self.receiver.expect("channel_vacated", channel=channel)
        self.assertEqual(set(event), {"name", "channel", "id"})
        self.assertEqual(len(self.receiver.named("channel_occupied", channel=channel)), 1)

    def test_who_comes_back_in_time_was_never_away(self):
        channel = unique("presence-x")
        one = self.pusher()
        one.join(channel, "u")
        self.receiver.expect("member_added", channel=channel, user_id="u")
        for _ in range(3):
            one.close()
            one = self.pusher()
            one.join(channel, "u")
        other = unique("public")
        with self.pusher() as fence:
            fence.subscribe(other)
        # Whatever left before the fence would have been told before it.
        self.receiver.expect("channel_vacated", channel=other)
        for name in ("channel_vacated", "member_removed"):
            self.assertEqual(self.receiver.named(name, channel=channel), [])
        for name in ("channel_occupied", "member_added"):
            self.assertEqual(len(self.receiver.named(name, channel=channel)), 1)

    def test_members(self):
        channel = unique("presence-x")
        one = self.member(channel, "u-1", {"name": "é"})
        two = self.member(channel, "u-1")
        self.member(channel, "u-2")
        event = self.receiver.expect("member_added", channel=channel, user_id="u-1")
        self.assertEqual(set(event), {"name", "channel", "user_id", "id"})
        self.receiver.expect("member_added", channel=channel, user_id="u-2")
        one.close()
        two.close()
        self.receiver.expect("member_removed", channel=channel, user_id="u-1")
        self.assertEqual(len(self.receiver.named("member_added", channel=channel)), 2)

    def test_a_client_event_is_told_with_strings(self):
        channel = unique("presence-x")
        client = self.member(channel, "u")
        client.trigger(channel, "client-a", {"n": [1, "é\n"]})
        client.trigger(channel, "client-b", "text")
        event = self.receiver.expect("client_event", channel=channel, event="client-a")
        self.assertEqual(set(event), {"name", "channel", "event", "data", "socket_id", "user_id", "id"})
        self.assertEqual(json.loads(event["data"]), {"n": [1, "é\n"]})
        self.assertEqual((event["socket_id"], event["user_id"]), (client.socket_id, "u"))
        self.assertEqual(self.receiver.expect("client_event", channel=channel, event="client-b")["data"], "text")

    def test_cache_misses_and_counts(self):
        channel = unique("cache-x")
        self.pusher().subscribe(channel)
        self.receiver.expect("cache_miss", channel=channel)
        event = self.receiver.expect("subscription_count", channel=channel)
        self.assertIsInstance(event["subscription_count"], int)

    def test_a_filter_of_events_and_channels(self):
        wanted, other = unique("presence-only"), unique("presence-x")
        for channel in (other, wanted):
            self.member(channel, "u")
            PusherAPI(self.server, HOOKED).trigger(channel, "news", "plain")
        self.filtered.expect("member_added", channel=wanted)
        event = self.filtered.expect("server_event", channel=wanted)
        self.assertEqual((event["event"], event["data"]), ("news", "plain"))
        self.assertEqual({event["channel"] for event in self.filtered.events}, {wanted})
        self.assertEqual({event["name"] for event in self.filtered.events}, {"member_added", "server_event"})
        self.assertEqual(self.receiver.named("server_event"), [], "not asked for")
        for request in self.filtered.requests:
            self.assertEqual(request.headers["Authorization"], "Bearer hidden-header")
            self.assertTrue(request.is_signed(HOOKED, "a-secret-of-its-own"))
            self.assertIn("token=hidden-token", request.path)

    def test_the_request_is_as_libraries_check_it(self):
        channel = unique("public")
        self.pusher().subscribe(channel)
        self.receiver.expect("channel_occupied", channel=channel)
        library = pusher.Pusher(HOOKED.id, HOOKED.key, HOOKED.secret)
        for request in self.receiver.requests:
            self.assertEqual(request.headers["Content-Type"], "application/json")
            self.assertTrue(request.is_signed(HOOKED))
            self.assertIsInstance(request.json["time_ms"], int)
            self.assertLess(abs(request.json["time_ms"] / 1000 - time.time()), 60)
            read = library.validate_webhook(
                request.headers["X-Pusher-Key"], request.headers["X-Pusher-Signature"], request.body.decode()
            )
            self.assertEqual(read, request.json)
            forged = library.validate_webhook(HOOKED.key, sign("x", request.body.decode()), request.body.decode())
            self.assertIsNone(forged)
        self.assertEqual(self.receiver.duplicates, 0)

    def test_events_of_one_moment_share_a_request(self):
        prefix = unique("public")
        client = self.pusher()
        before = len(self.receiver.requests)
        for number in range(200):
            client.ask_subscribe(f"{prefix}-{number}")
        eventually("all are told", lambda: len(self.occupied(prefix)) == 200)
        self.assertEqual(
            {event["channel"] for event in self.occupied(prefix)}, {f"{prefix}-{number}" for number in range(200)}
        )
        requests = self.receiver.requests[before:]
        self.assertLess(len(requests), 100)
        self.assertLessEqual(max(len(request.events) for request in requests), 50)

    def occupied(self, prefix):
        return [event for event in self.receiver.named("channel_occupied") if event["channel"].startswith(prefix)]

    def test_nothing_secret_is_shown(self):
        channel = unique("presence-only")
        self.addCleanup(setattr, self.filtered, "answer_headers", {})
        # A connection that stays would go on to be served.
        self.filtered.status, self.filtered.answer_headers = 500, {"Connection": "close"}
        self.member(channel, "u")
        eventually("it is refused", lambda: "status 500" in self.server.log)
        self.filtered.stop()
        problems = lambda: self.server.log.count("webhook endpoint does not take events")
        eventually("it is unreachable", lambda: problems() >= 2, 20)
        self.filtered.status = 200
        self.filtered.start()
        checked = self.server.command("check-config")
        self.assertEqual(checked.returncode, 0, checked.stderr)
        self.assertIn("apps.3.webhooks.2.url", checked.stdout)
        self.filtered.expect("member_added", channel=channel, seconds=30)
        for text in (checked.stdout, self.server.log):
            for hidden in ("hidden-token", "hidden-header", "a-secret-of-its-own", HOOKED.secret):
                self.assertNotIn(hidden, text)

    def test_a_reload_takes_other_endpoints(self):
        channel = unique("public")
        with Receiver() as new:
            self.addCleanup(self.reload, self.apps)
            self.reload((OTHER.but(webhooks=[{"url": new.url, "events": ["channel_occupied"]}]), HOOKED))
            self.pusher(OTHER).subscribe(channel)
            new.expect("channel_occupied", channel=channel)
            self.assertTrue(all(request.is_signed(OTHER) for request in new.requests))
        self.assertEqual(self.receiver.named("channel_occupied", channel=channel), [])

    def reload(self, apps):
        self.apps_file.write(apps)
        before = len(self.server.log)
        self.server.process.signal(signal.SIGHUP)
        eventually("it is reloaded", lambda: re.search("configuration reloaded", self.server.log[before:]))


CHAT = Receiver(path="/chat")
CHAT_APP = APP.but(webhooks=[{"url": CHAT.url}])


class ChatWebhooks(PusherCase):
    """What happens in the chat is told to the backend of its app."""

    apps = (CHAT_APP,)
    settings = {"server.loops": 2, "webhooks.leaveDelay": "1s", "chat.app": CHAT_APP.id}

    @classmethod
    def setUpClass(cls):
        cls.receiver = cls.enterClassContext(CHAT)
        super().setUpClass()

    def test_users_come_and_go(self):
        uid = unique("alice")
        first, second = self.connect(uid, "app"), self.connect(uid, "pc")
        event = self.receiver.expect("user_online", user_id=uid)
        self.assertEqual(set(event), {"name", "user_id", "id"})
        first.close()
        first = self.connect(uid, "app")
        second.close()
        first.close()
        self.receiver.expect("user_offline", user_id=uid)
        self.assertEqual(len(self.receiver.named("user_online", user_id=uid)), 1)
        self.assertEqual(len(self.receiver.named("user_offline", user_id=uid)), 1)

    def test_messages_and_those_to_nobody(self):
        sender, there, away = unique("alice"), unique("bob"), unique("carol")
        self.connect(there)
        chat = self.connect(sender)
        for uid in (there, away):
            chat.message(uid, {"type": "text", "value": "é"})
            event = self.receiver.expect("message", user_id=uid)
            message = json.loads(event["data"])
            self.assertEqual((message["uid"], message["content"]), (sender, {"type": "text", "value": "é"}))
        self.receiver.expect("message_offline", user_id=away)
        self.assertEqual(self.receiver.named("message_offline", user_id=there), [])

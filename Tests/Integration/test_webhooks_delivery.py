# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""Webhooks: receivers that are down, slow or refuse, and servers that are stopped and killed."""

import json
import sqlite3
import time
import unittest

from support.apps import AppsFile
from support.case import unique
from support.pusher import Pusher
from support.pusher_api import PusherAPI
from support.pusher_case import APP
from support.server import PushServer
from support.waiting import eventually
from support.webhooks import Receiver


class Delivery(unittest.TestCase):
    """Each test has a server and a receiver, and one more receiver that always works."""

    def setUp(self):
        self.receiver, self.other = self.enterContext(Receiver()), self.enterContext(Receiver())
        self.app = APP.but(subscriptionCount=False, webhooks=[{"url": self.receiver.url}, {"url": self.other.url}])
        self.server = PushServer({"webhooks.leaveDelay": "1s", "webhooks.grace": "3s", "webhooks.timeout": "2s"})
        self.addCleanup(self.server.remove)
        self.server.settings["apps.file"] = AppsFile(self.server.directory, [self.app]).path

    def start(self, **settings):
        self.server.settings.update({name.replace("_", "."): value for name, value in settings.items()})
        return self.server.start()

    def pusher(self):
        return self.enterContext(Pusher(self.server, self.app)).expect_established()

    def kept(self):
        """How many deliveries the outbox has."""
        with sqlite3.connect(f"file:{self.server.data}/webhooks.sqlite?mode=ro", uri=True) as database:
            return database.execute("SELECT count(*) FROM delivery").fetchone()[0]

    def subscribe(self, count=1):
        """Occupies channels, which are told in this order."""
        channels = [unique("public") for _ in range(count)]
        self.client = self.pusher()
        for channel in channels:
            self.client.subscribe(channel)
        return channels

    def occupied(self, receiver):
        return [event["channel"] for event in receiver.named("channel_occupied")]

    def test_a_receiver_that_is_down_gets_everything_later_and_holds_up_nobody(self):
        self.receiver.stop()
        self.start()
        channels = self.subscribe(120)
        eventually("the other has all", lambda: len(self.occupied(self.other)) == 120)
        eventually("a try has failed", lambda: self.server.metrics()["push_webhook_failures_total"] > 0)
        self.receiver.start()
        eventually("it has all too", lambda: len(self.occupied(self.receiver)) == 120, 30)
        self.assertEqual(self.occupied(self.receiver), channels, "in their order")
        self.assertEqual(self.receiver.duplicates + self.other.duplicates, 0)
        eventually("nothing waits", lambda: self.server.metrics()["push_webhook_waiting"] == 0)
        self.assertEqual(self.server.metrics()["push_webhook_bytes"], 0)

    def test_a_try_after_a_refusal_is_stamped_and_signed_anew(self):
        self.receiver.status = lambda _: 500 if len(self.receiver.requests) < 3 else 200
        self.start()
        [channel] = self.subscribe()
        self.receiver.expect("channel_occupied", channel=channel, seconds=30)
        times = [request.json["time_ms"] for request in self.receiver.requests]
        self.assertEqual(sorted(set(times)), times)
        self.assertEqual(len({request.events[0]["id"] for request in self.receiver.requests}), 1)
        self.assertTrue(all(request.is_signed(self.app) for request in self.receiver.requests))

    def test_redirects_are_refusals(self):
        self.receiver.status, self.receiver.answer_headers = 307, {"Location": self.other.url + "/elsewhere"}
        self.start()
        [channel] = self.subscribe()
        self.other.expect("channel_occupied", channel=channel)
        eventually("it was tried again", lambda: len(self.receiver.requests) > 1)
        self.assertEqual([request for request in self.other.requests if "elsewhere" in request.path], [])

    def test_an_answer_that_takes_almost_too_long_counts(self):
        self.receiver.delay = 1.6
        self.start()
        [channel] = self.subscribe()
        self.receiver.expect("channel_occupied", channel=channel)
        eventually("nothing waits", lambda: self.server.metrics()["push_webhook_waiting"] == 0)
        self.assertEqual(self.server.metrics()["push_webhook_failures_total"], 0)
        self.assertEqual(self.receiver.duplicates, 0)

    def test_an_answer_that_takes_too_long_is_asked_for_again_with_the_same_ids(self):
        self.receiver.delay = 4
        self.start()
        [channel] = self.subscribe()
        self.other.expect("channel_occupied", channel=channel)
        eventually("a second request", lambda: len(self.receiver.requests) > 1, 20)
        self.receiver.delay = 0
        eventually("nothing waits", lambda: self.server.metrics()["push_webhook_waiting"] == 0, 20)
        self.receiver.expect("channel_occupied", channel=channel)
        self.assertGreater(self.receiver.duplicates, 0)

    def test_a_body_that_does_not_end_costs_its_connection_alone(self):
        self.receiver.is_endless = True
        self.start()
        for _ in range(3):
            self.receiver.expect("channel_occupied", channel=self.subscribe()[0])
        self.assertEqual(self.receiver.duplicates, 0)
        self.assertEqual(self.server.metrics()["push_webhook_failures_total"], 0)

    def test_what_is_committed_survives_a_kill(self):
        self.receiver.stop()
        self.start()
        channels = self.subscribe(20)
        eventually("the other has all", lambda: len(self.occupied(self.other)) == 20)
        eventually("20 are kept", lambda: self.kept() == 20)
        self.server.kill()
        self.receiver.start()
        self.start()
        eventually("it has all", lambda: len(self.occupied(self.receiver)) >= 20)
        self.assertEqual(self.occupied(self.receiver)[:20], channels)
        self.assertEqual(self.receiver.duplicates, 0)

    def test_a_kill_between_a_request_and_its_answer_repeats_the_event_under_its_id(self):
        self.receiver.delay = 1.5
        self.start()
        [channel] = self.subscribe()
        eventually("it is on its way", lambda: self.receiver.requests)
        self.server.kill()
        eventually("the receiver has it", lambda: self.occupied(self.receiver) == [channel])
        self.receiver.delay = 0
        self.start()
        eventually("it has it twice", lambda: self.occupied(self.receiver) == [channel, channel])
        self.assertEqual(self.receiver.duplicates, 1)

    def test_after_a_kill_what_did_not_come_back_is_told(self):
        self.start()
        gone, kept = self.subscribe(2)
        member = self.pusher()
        room = unique("presence-x")
        member.join(room, "stays")
        leaver = self.pusher()
        leaver.join(room, "leaves")
        for user in ("stays", "leaves"):
            self.receiver.expect("member_added", user_id=user)
        self.server.kill()
        self.start()
        back = self.pusher()
        back.subscribe(kept)
        back.join(room, "stays")
        self.receiver.expect("channel_vacated", channel=gone)
        self.receiver.expect("member_removed", channel=room, user_id="leaves")
        fence = unique("public")
        self.pusher().subscribe(fence)
        self.receiver.expect("channel_occupied", channel=fence)
        for channel in (kept, room):
            self.assertEqual(self.receiver.named("channel_vacated", channel=channel), [])
            self.assertEqual(len(self.receiver.named("channel_occupied", channel=channel)), 1)
        self.assertEqual(self.receiver.named("member_removed", user_id="stays"), [])
        self.assertEqual(len(self.receiver.named("member_added", user_id="stays")), 1)

    def test_a_stop_tells_of_nobody_and_sends_what_waits(self):
        events = ["channel_occupied", "channel_vacated", "server_event"]
        self.app = self.app.but(webhooks=[{"url": self.receiver.url, "events": events}])
        AppsFile(self.server.directory, [self.app])
        self.receiver.delay = 1
        self.start()
        channels = self.subscribe(3)
        PusherAPI(self.server, self.app).trigger(channels[0], "x", "y")
        eventually("it waits", lambda: self.server.metrics()["push_webhook_waiting"] > 0)
        self.assertEqual(self.receiver.named("server_event"), [])
        self.assertEqual(self.server.stop(), 0)
        self.assertEqual(len(self.receiver.named("server_event", channel=channels[0])), 1)
        self.assertEqual(self.occupied(self.receiver), channels)
        self.assertEqual(self.kept(), 0)
        self.assertEqual(self.receiver.named("channel_vacated"), [])
        self.receiver.delay = 0
        self.start()
        for channel in channels:
            self.receiver.expect("channel_vacated", channel=channel)
        self.assertEqual(self.receiver.duplicates, 0)

    def test_a_stop_does_not_wait_for_a_dead_receiver(self):
        self.receiver.stop()
        self.start(webhooks_timeout="10s")
        [channel] = self.subscribe()
        self.other.expect("channel_occupied", channel=channel)
        eventually("tries fail", lambda: self.server.metrics()["push_webhook_failures_total"] > 1)
        began = time.monotonic()
        self.assertEqual(self.server.stop(), 0)
        self.assertLess(time.monotonic() - began, 4)
        self.assertEqual(self.kept(), 1)

    def test_events_beyond_what_may_wait_are_dropped_and_counted(self):
        self.receiver.stop()
        self.start(webhooks_maxBytes="1MiB")
        client = self.pusher()
        room = unique("presence-x")
        client.join(room, "u")
        for _ in range(200):
            client.trigger(room, "client-a", "x" * 9000)
        eventually("some are dropped", lambda: self.server.metrics()["push_webhook_dropped_total"] > 0)
        self.assertLessEqual(self.server.metrics()["push_webhook_bytes"], 1024 * 1024)
        self.assertEqual(self.server.log.count("webhook events find no room"), 1)
        self.assertEqual(self.server.readiness()[0], 200)

    # Dead letters

    def dead_letters(self, *options):
        done = self.server.command("webhooks", "list", "--json", *options)
        self.assertEqual(done.returncode, 0, done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def replay(self, *arguments):
        done = self.server.command("webhooks", "replay", *arguments)
        return done.returncode, done.stdout.strip()

    def give_up(self, count):
        """Events that the receiver does not take in time."""
        self.receiver.status = 503
        self.start(webhooks_retryFor="1s")
        channels = self.subscribe(count)
        eventually("they are given up", lambda: len(self.dead_letters()) == count, 30)
        return channels

    def test_what_is_given_up_is_listed_and_sent_again_while_the_server_runs(self):
        channels = self.give_up(3)
        letters = self.dead_letters()
        self.assertEqual([letter["channel"] for letter in letters], channels)
        for letter in letters:
            self.assertEqual((letter["app"], letter["name"]), (self.app.id, "channel_occupied"))
            self.assertEqual((letter["url"], letter["reason"]), (self.receiver.url, "status 503"))
        self.assertEqual(self.dead_letters("--app", "77"), [])
        self.assertIn(channels[0], self.server.command("webhooks", "list").stdout)
        self.assertIn("webhook events are given up", self.server.log)
        self.assertEqual(self.server.metrics()["push_webhook_dead_letters"], 3)
        self.receiver.status = 200
        self.assertEqual(self.replay(str(letters[1]["id"])), (0, "1 to be sent again"))
        self.receiver.expect("channel_occupied", channel=channels[1])
        self.assertEqual(self.replay(str(letters[1]["id"]))[0], 1, "it is no dead letter any more")
        self.assertEqual(self.replay("--all", "--app", "77"), (0, "0 to be sent again"))
        self.assertEqual(self.replay("--all", "--app", self.app.id), (0, "2 to be sent again"))
        eventually("all are there", lambda: set(self.occupied(self.receiver)) == set(channels))
        self.assertEqual({event["id"] for event in self.receiver.named("channel_occupied")},
                         {event["id"] for event in self.other.named("channel_occupied")})
        eventually("nothing is left", lambda: self.server.metrics()["push_webhook_bytes"] == 0)
        self.assertEqual(self.dead_letters(), [])

    def test_what_is_sent_again_while_no_server_runs_waits_for_the_next(self):
        channels = self.give_up(2)
        self.server.stop()
        self.assertEqual(self.replay("--all"), (0, "2 to be sent again"))
        self.receiver.status = 200
        self.start()
        eventually("both are there", lambda: self.occupied(self.receiver)[:2] == channels)

    def test_the_command_refuses_what_means_nothing(self):
        self.assertEqual(self.replay("--all"), (0, "0 to be sent again"), "there is no outbox yet")
        self.assertIn("Nothing was given up.", self.server.command("webhooks", "list").stdout)
        for arguments in ((), ("1", "--all"), ("x",)):
            self.assertEqual(self.replay(*arguments)[0], 64, arguments)

    def test_one_event_that_is_never_taken_holds_up_the_others_for_its_time_alone(self):
        poison = unique("public-poison")
        self.receiver.status = lambda request: 500 if any(e["channel"] == poison for e in request.events) else 200
        self.start(webhooks_retryFor="3s")
        client = self.pusher()
        channels = [unique("public") for _ in range(4)]
        for channel in (*channels[:2], poison, *channels[2:]):
            client.subscribe(channel)
        eventually("the others are told", lambda: self.occupied(self.receiver) == channels, 40)
        self.assertEqual([letter["channel"] for letter in self.dead_letters()], [poison])

    def test_what_waits_for_an_endpoint_that_is_gone_is_given_up(self):
        self.receiver.stop()
        self.start()
        [channel] = self.subscribe()
        self.other.expect("channel_occupied", channel=channel)
        self.server.stop()
        AppsFile(self.server.directory, [self.app.but(webhooks=[{"url": self.other.url}])])
        self.start()
        eventually("it is given up", lambda: [each["channel"] for each in self.dead_letters()] == [channel])

# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""Pusher Channels on two event loops: fan-out in order, and presence that always agrees with a model of it."""

import os
import random
import threading
import time

from support.case import unique
from support.pusher_api import PusherAPI
from support.pusher_case import PusherCase
from support.waiting import eventually

ADDED, REMOVED = "pusher_internal:member_added", "pusher_internal:member_removed"
SECONDS = 20.0


class FanOut(PusherCase):
    settings = {"server.loops": 2}

    def test_everyone_gets_everything_in_order(self):
        channel = unique("private-x")
        clients = [self.pusher() for _ in range(50)]
        for client in clients:
            client.subscribe(channel)
        for number in range(200):
            self.api.trigger(channel, "number", str(number))
        for client in clients:
            self.assertEqual([client.expect("number", channel)["data"] for _ in range(200)], list(map(str, range(200))))

    def test_senders_on_both_loops(self):
        """Each receiver has what each sender sent, in its order, and nothing of its own."""
        channel = unique("presence-x")
        clients = [self.member(channel, f"u{number}") for number in range(6)]
        for client in clients:
            client.rest()
        for number in range(100):
            for client in clients:
                client.trigger(channel, "client-x", number)
        for index, client in enumerate(clients):
            received = {}
            for _ in range(100 * (len(clients) - 1)):
                event = client.expect("client-x", channel)
                received.setdefault(event["user_id"], []).append(event["data"])
            others = {f"u{number}" for number in range(len(clients)) if number != index}
            self.assertEqual(received, {user: list(range(100)) for user in others})
            self.assertEqual(client.rest(), [])

    def test_publishers_at_once(self):
        channel = unique("public")
        clients = [self.pusher() for _ in range(6)]
        for client in clients:
            client.subscribe(channel)

        def publish(name):
            api = PusherAPI(self.server, self.app)
            for number in range(100):
                api.trigger(channel, name, str(number))

        threads = [threading.Thread(target=publish, args=(f"p{number}",)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        for client in clients:
            received = {}
            for _ in range(400):
                event = client.receive()
                received.setdefault(event.name, []).append(int(event["data"]))
            self.assertEqual(sorted(received), [f"p{number}" for number in range(4)])
            for name, numbers in received.items():
                self.assertEqual(sorted(numbers), list(range(100)), name)

    def test_presence_over_loops(self):
        channel = unique("presence-x")
        watcher = self.member(channel, "w")
        for _ in range(6):
            members = [self.member(channel, "a", {"n": number}) for number in range(4)]
            self.assertEqual(watcher.expect(ADDED, channel).data, {"user_id": "a", "user_info": {"n": 0}})
            for member in members:
                member.close()
            self.assertEqual(watcher.expect(REMOVED, channel).data, {"user_id": "a"})
        self.assertEqual(watcher.rest(), [])


    def test_whoever_speaks_has_come_before_and_goes_after(self):
        channel = unique("presence-x")
        watchers = [self.member(channel, f"w{number}") for number in range(4)]
        for watcher in watchers:
            watcher.rest()
        for number in range(100):
            user = f"u{number}"
            client = self.pusher()
            client.join(channel, user)
            client.trigger(channel, "client-x", 1)
            client.unsubscribe(channel)
            client.close()
            for watcher in watchers:
                names = [watcher.receive().name for _ in range(3)]
                self.assertEqual(names, [ADDED, "client-x", REMOVED])

    def test_the_last_count_is_right(self):
        chance = random.Random(7)
        for prefix in ("public", "private-x", "cache-x"):
            channel = unique(prefix)
            clients = {self.pusher(counts=True): False for _ in range(20)}
            for _ in range(500):
                client = chance.choice(list(clients))
                client.unsubscribe(channel) if clients[client] else client.ask_subscribe(channel)
                clients[client] = not clients[client]
            for client in clients:
                if not clients[client]:
                    client.ask_subscribe(channel)
            heard = {client: client.rest() for client in clients}
            for client in clients:
                counts = [event for event in heard[client] + client.rest()
                          if event.name == "pusher_internal:subscription_count"]
                self.assertEqual(counts[-1].data, {"subscription_count": 20})


class View:
    """What a client believes of a channel's members by what it was told."""

    def __init__(self, channel, client, case):
        self.channel, self.client, self.case = channel, client, case
        self.members = None

    def read(self, events):
        for event in events:
            if event.channel != self.channel:
                continue
            if event.name == "pusher_internal:subscription_succeeded":
                presence = event.data["presence"]
                self.case.assertEqual(presence["count"], len(presence["ids"]), event.text)
                self.case.assertEqual(set(presence["ids"]), set(presence["hash"]), event.text)
                self.members = dict(presence["hash"])
            elif event.name == ADDED:
                # Nobody comes who is there, and nobody goes who is not.
                self.case.assertNotIn(event.data["user_id"], self.members, event.text)
                self.members[event.data["user_id"]] = event.data["user_info"]
            elif event.name == REMOVED:
                self.case.assertIn(event.data["user_id"], self.members, event.text)
                del self.members[event.data["user_id"]]


class RandomPresence(PusherCase):
    """Users with several sockets on two loops come, go and crash. PUSH_TEST_SEED repeats the decisions of a run."""

    settings = {"server.loops": 2}

    def setUp(self):
        super().setUp()
        self.seed = os.environ.get("PUSH_TEST_SEED") or str(random.SystemRandom().getrandbits(32))
        print(f"PUSH_TEST_SEED={self.seed} ", end="", flush=True)
        self.chance = random.Random(self.seed)
        self.channels = [unique("presence-x"), unique("presence-cache-x")]
        self.users = [f"u{number}" for number in range(5)]
        # By socket: its client, its user, and its view of each channel it is in.
        self.sockets = []
        self.infos = 0
        self.told = None

    def test_presence_is_always_what_the_model_says(self):
        deadline = time.monotonic() + SECONDS
        rounds = 0
        while time.monotonic() < deadline:
            for _ in range(self.chance.randrange(1, 15)):
                self.step()
            self.compare()
            rounds += 1
        self.assertGreater(rounds, 5)
        for client, *_ in self.sockets:
            client.crash()
        self.sockets = []
        self.compare()

    def step(self):
        """One thing that a client does; nothing is read, so what follows may overtake it on the other loop."""
        what = self.chance.random()
        if not self.sockets or what < 0.25 and len(self.sockets) < 20:
            self.sockets.append((self.pusher(), self.chance.choice(self.users), {}))
            return
        socket = self.chance.choice(self.sockets)
        client, user, views = socket
        channel = self.chance.choice(self.channels)
        if what < 0.65:
            self.infos += 1
            client.ask_subscribe(channel, {"user_id": user, "user_info": {"n": self.infos}})
            views.setdefault(channel, View(channel, client, self))
        elif what < 0.82:
            client.unsubscribe(channel)
            views.pop(channel, None)
        else:
            self.sockets.remove(socket)
            client.crash() if what < 0.93 else client.close()

    def compare(self):
        """When all is quiet, the server, the model and every member agree."""
        # What was asked for is done when the pong comes, and what that means to others is on its way.
        events = {client: client.rest() for client, *_ in self.sockets}
        for channel in self.channels:
            present = {user for _, user, views in self.sockets if channel in views}
            count = sum(channel in views for _, _, views in self.sockets)

            def agrees():
                told = self.api.channel(channel, "user_count", "subscription_count")
                expected = {"occupied": count > 0, "user_count": len(present), "subscription_count": count}
                self.told = (told, sorted(self.api.users(channel)))
                return self.told == (expected, sorted(present))

            try:
                eventually("the server agrees", agrees)
            except AssertionError:
                self.fail(f"seed {self.seed}: {channel}: {self.told} and not {sorted(present)} on {count} sockets")
        infos = {}
        for client, user, views in self.sockets:
            events[client] += client.rest()
            for channel in self.channels:
                if channel not in views:
                    continue
                view = View(channel, client, self)
                view.members = views[channel].members
                view.read(self.since_last_success(events[client], channel))
                views[channel] = view
                present = {user for _, user, views in self.sockets if channel in views}
                self.assertEqual(set(view.members), present, f"seed {self.seed}: {channel} as {user} sees it")
                # All have been told the same of everyone.
                self.assertEqual(infos.setdefault(channel, view.members), view.members, f"seed {self.seed}: {channel}")

    def since_last_success(self, events, channel):
        """What matters of a channel that may have been left and joined again."""
        at = [number for number, event in enumerate(events)
              if event.name == "pusher_internal:subscription_succeeded" and event.channel == channel]
        return events[at[-1]:] if at else events

# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""Terminals come and go in every way while senders send, the archive stalls and the server ends: a model says what each
terminal must have seen. PUSH_TEST_SEED repeats the decisions of a run; its threads keep their own time."""

import os
import random
import signal
import time

from support.case import unique
from support.replay_case import RedisMariaDBCase
from support.schedule import HTTPSender, Terminal, UDPSender, WebSocketSender
from support.waiting import eventually

SETTLE = 2.0
PING_INTERVAL = 2.0
# The cursor is looked at and written once a second each, on a machine that may do much else.
SLACK = 8.0
PONG = 4.0
SECONDS = 25.0


def sent_at(id):
    """When a message was sent, in seconds since 1970."""
    return (int(id) >> 20) / 1000


class RandomSchedule(RedisMariaDBCase):
    replay_settings = {
        "archive.settle": f"{SETTLE:g}s", "archive.replayLimit": 20, "server.loops": 2,
        "websocket.pingInterval": f"{PING_INTERVAL:g}s", "websocket.idleTimeout": "5s",
    }

    def setUp(self):
        super().setUp()
        self.seed = os.environ.get("PUSH_TEST_SEED") or str(random.SystemRandom().getrandbits(32))
        print(f"PUSH_TEST_SEED={self.seed} ", end="", flush=True)
        # When the archive was away, and when the server ended: what was young then is older at the next login.
        self.outages, self.ends = [], []

    def test_nothing_is_missed_and_only_what_may_be_is_repeated(self):
        uids = [unique("u") for _ in range(4)]
        modes = [("app", None), ("pc", "some"), ("app", "some"), ("pc", None), ("app", "never"), ("pc", None)]
        terminals = []
        for index, uid in enumerate(uids):
            for source, acks in modes[index % 3 * 2 : index % 3 * 2 + 2]:
                terminals.append(Terminal(uid, source, self.token(uid, source), acks, self.seed, self.server))
        for terminal in terminals:
            self.assertEqual(terminal.visit(20, until=self.store(terminal.uid, ["first"])[0]).end, "clean")
        alice = unique("alice")
        senders = [
            HTTPSender("http", uids, self.seed, self.server), UDPSender("udp", uids, self.seed, self.server),
            WebSocketSender("ws", self.token(alice), uids, self.seed, self.server),
        ]
        for actor in (*terminals, *senders):
            actor.start()
        self.go_through(random.Random(f"{self.seed} events"))
        for group in (senders, terminals):
            for actor in group:
                actor.ends.set()
            for actor in group:
                actor.join(60)
                self.assertFalse(actor.is_alive(), actor.name)
                self.assertIsNone(actor.error, actor.name)
        eventually("the archive is back", self.is_ready, 30)
        safe = {uid: set() for uid in uids}
        for sender in senders:
            self.assertGreater(len(sender.safe), 20, f"{sender.name} has hardly sent anything")
            for uid, id in sender.safe:
                safe[uid].add(id)
        for terminal in terminals:
            mark, = self.store(terminal.uid, ["mark"])
            terminal.visit(60, until=mark)
            with self.subTest(terminal.name, acks=terminal.acks, seed=self.seed):
                self.check(terminal, safe[terminal.uid] | {mark})

    def go_through(self, chance):
        """What happens to the archive and the server."""
        events = [lambda: self.stall(chance.uniform(0.5, 2))] * 2 + [lambda: self.stall(5), self.restart, self.kill]
        chance.shuffle(events)
        pause = (SECONDS - 12) / len(events)
        for event in events:
            time.sleep(chance.uniform(0.5, 1.5) * pause)
            event()
        time.sleep(pause)

    def stall(self, seconds):
        begun = time.time()
        self.mariadb.process.signal(signal.SIGSTOP)
        time.sleep(seconds)
        self.mariadb.process.signal(signal.SIGCONT)
        self.outages.append((begun, time.time()))

    def restart(self):
        self.ends.append(time.time())
        self.assertEqual(self.server.stop(), 0)
        self.server.start()

    def kill(self):
        self.server.kill()
        self.ends.append(time.time())
        self.server.start()

    def check(self, terminal, safe):
        """What the model says of a terminal."""
        seen = {}
        problems = []
        for number, visit in enumerate(terminal.visits):
            where = f"connection {number} of {len(terminal.visits)}"
            ids = [id for id, *_ in visit.frames]
            replayed = [id for id, state, _ in visit.frames if state == 0]
            if replayed != sorted(set(replayed)):
                problems.append(f"{where}: what was missed is out of order or came twice")
            if not visit.notices:
                if [state for _, state, _ in visit.frames] != [0] * len(replayed) + [1] * (len(ids) - len(replayed)):
                    problems.append(f"{where}: a live message overtook one that was missed")
                if len(set(ids)) < len(ids):
                    problems.append(f"{where}: a message came twice")
            repeated = [id for id in set(ids) & set(seen) if not self.may_repeat(id, visit, terminal, *seen[id])]
            if repeated:
                ages = sorted(round(visit.begun - sent_at(id), 1) for id in repeated)
                problems.append(f"{where}: {len(repeated)} repeated, s old at the login: {ages[0]} to {ages[-1]}")
            for id, _, moment in visit.frames:
                seen[id] = (visit, moment)
        missing = sorted(safe - set(seen))
        if missing:
            problems.append(f"{len(missing)} of {len(safe)} are missing\n{self.history(terminal, missing)}")
        self.assertEqual(problems, [])

    def history(self, terminal, missing):
        """What happened to a terminal, in the order of time: seconds, and what."""
        begun = terminal.visits[0].begun
        events = [(start, f"archive away until {end - begun:.2f}") for start, end in self.outages]
        events += [(end, "server ends") for end in self.ends]
        for number, visit in enumerate(terminal.visits):
            text = f"connection {number}, since {visit.since}, {len(visit.frames)} frames, notices {visit.notices}, {visit.end}"
            if visit.frames:
                ages = [f"{sent_at(id) - begun:.2f} ({state}, {moment - begun:.2f})" for id, state, moment in visit.frames]
                text += f", sent at (state, seen at) {ages[0]} to {ages[-1]}, highest {max(visit.frames)[0]}"
            events.append((visit.begun, text))
        events += [(sent_at(missing[0]), f"first missing, {missing[0]}"), (sent_at(missing[-1]), "last missing")]
        return "\n".join(f"{when - begun:.2f} {what}" for when, what in sorted(events))

    def may_repeat(self, id, visit, terminal, before, moment):
        """Whether a message that was seen at a moment of an earlier connection may come again in this one."""
        begun = visit.begun
        if visit.since and id > visit.since:
            return True
        if begun - sent_at(id) < SETTLE + SLACK or before.end != "clean" or before.notices:
            return True
        # The pong that says that it was read had no time to come: it is asked for once a second.
        if before.ended - moment < PONG:
            return True
        if any(start < begun and end > moment - SLACK for start, end in self.outages):
            return True
        if any(moment - SLACK < end < begun and end - moment < SETTLE + PING_INTERVAL + SLACK for end in self.ends):
            return True
        if terminal.acks:
            acknowledged = [
                each for earlier in terminal.visits if earlier.begun < begun
                for each, when in earlier.acknowledged if when < begun - SLACK
            ]
            return not acknowledged or id > max(acknowledged)
        return False

# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""Pusher Channels: one frame each of these ends other servers. Here it is one error, for whoever sent it."""

import json
import os
import random

from support.case import unique
from support.pusher import Closed
from support.pusher_case import PusherCase

# What ends a worker of one of the seeds' servers, and what else a peer may send.
FRAMES = (
    '{"a":1}', '{"event":1}', '{"event":["x"]}', "5", '"s"', '{"event":"pusher:subscribe","data":{"channel":["x"]}}',
    '{"event":"pusher:subscribe","data":"x"}', '{"event":"pusher:subscribe"}',
    '{"event":"client-a","channel":["x"],"data":{"a":1}}',
    '{"event":"pusher:subscribe","data":{"channel":"presence-x","channel_data":"{\\"user_id\\":\\"1\\"}","auth":"x"}}',
    '{"event":"pusher:subscribe","data":{"channel":"presence-x","channel_data":{"user_id":"1"},"auth":"x"}}',
    '{"event":"pusher:subscribe","data":{"channel":"presence-x","channel_data":5,"auth":["x"]}}',
    '{"event":"pusher:subscribe","data":{"channel":5}}', '{"event":"pusher:subscribe","data":{"channel":null}}',
    '{"event":"pusher:subscribe","data":{}}', '{"event":"pusher:subscribe","data":[]}',
    '{"event":"pusher:subscribe","data":7}',
    '{"event":"pusher:subscribe","data":null}', '{"event":"pusher:subscribe","data":"{\\"channel\\":[1]}"}',
    '{"event":"pusher:subscribe","data":"\\"\\\\\\"nested\\\\\\"\\""}',
    '{"event":"pusher:subscribe","data":{"channel":"a","channel":"b"}}',
    '{"event":"pusher:unsubscribe"}', '{"event":"pusher:unsubscribe","data":{"channel":{}}}',
    '{"event":"pusher:unsubscribe","data":1}',
    '{"event":"pusher:signin"}', '{"event":"pusher:signin","data":{"auth":{},"user_data":[]}}',
    '{"event":"pusher:signin","data":"x"}',
    '{"event":"client-a"}', '{"event":"client-a","channel":null}', '{"event":"client-a","channel":7,"data":null}',
    '{"event":"client-a","channel":"private-x","data":1}', '{"event":"client-","channel":"private-x","data":1}',
    '{"event":"pusher_internal:member_added","channel":"presence-x","data":"{}"}',
    '{"event":"pusher:nonsense","data":{}}',
    '{"event":"pusher:error","data":{"code":4001}}', '{"event":"pusher:connection_established","data":{}}',
    '{"event":"pusher:"}',
    '{"event":null}', '{"event":true}', '{"event":{}}', '{"event":""}', '{"event":"x"}', "{}", "[]", "null", "true",
    "0", "-1e5", '""',
    "", " ", "{", "}", "[", '{"event"', '{"event":', '{"event":"pusher:ping"', '{"event":"pusher:ping"}}', "\0",
    '{"event":"\\ud800"}',
    "{'event':'pusher:ping'}", "[[[[[[[[[[", "[" * 5000, '{"a":' * 2000, "1e999999", "\ufeff{}",
    '{"event":"pusher:ping","event":"x"}',
    '[{"event":"pusher:ping"}]', "ping", "NaN",
    '{"event":"client-a","channel":"private-x","data":' + "[" * 500 + "]" * 500 + "}",
)


class Malformed(PusherCase):
    def setUp(self):
        super().setUp()
        self.channel = unique("presence-bystander")
        self.bystander, self.other = self.member(self.channel, "a"), self.member(self.channel, "b")
        self.bystander.rest()
        self.addCleanup(self.assert_undisturbed)

    def assert_undisturbed(self):
        """The bystander is still there, hears of nobody else, and can be reached."""
        self.assertTrue(self.server.process.is_running)
        self.other.trigger(self.channel, "client-x", 1)
        self.api.trigger(self.channel, "news")
        self.assertEqual([event.name for event in self.bystander.rest()], ["client-x", "news"])
        self.other.rest()

    def test_each_is_one_error_and_nothing_else(self):
        for text in FRAMES:
            with self.subTest(text[:100]):
                with self.pusher() as client:
                    client.send(text)
                    try:
                        events = client.rest()
                    except Closed as closed:
                        self.fail(f"it closed the connection: {closed}")
                    self.assertEqual(len(events), 1, [event.text for event in events])
                    if events[0].name == "pusher:subscription_error":
                        self.assertIsInstance(events[0]["data"], str)
                    else:
                        self.assert_error(events[0])
                self.assert_undisturbed()

    def test_all_of_them_on_one_connection(self):
        client = self.pusher()
        for text in FRAMES:
            client.send(text)
        self.assertEqual(len(client.rest()), len(FRAMES))
        client.subscribe(unique("public"))

    def test_who_does_nothing_else_is_closed_in_the_end(self):
        client = self.pusher()
        with self.assertRaises((Closed, OSError)):
            for _ in range(20_000):
                client.send("{")
            client.rest()
        self.assert_undisturbed()

    def test_frames_that_are_almost_right(self):
        seed = os.environ.get("PUSH_TEST_SEED") or str(random.SystemRandom().getrandbits(32))
        print(f"PUSH_TEST_SEED={seed} ", end="", flush=True)
        chance = random.Random(seed)
        client = self.pusher()
        whole = [
            '{"event":"pusher:subscribe","data":{"channel":"presence-","auth":":","channel_data":"{\\"user_id\\":1}"}}',
            '{"event":"pusher:subscribe","data":"{\\"channel\\":\\"pub\\"}"}',
            '{"event":"pusher:signin","data":{"auth":"a:b","user_data":"{}"}}',
            '{"event":"client-a","channel":"private-x","data":{"a":[1.5e3,null,true,"\\u00e9"]}}',
        ]
        pieces = ['"', "\\", "{", "}", "[", ",", ":", "\0", "😀", "1", " ", "null", "é", "\\u0000", "\\ud83d"]
        for number in range(1500):
            text = list(chance.choice(whole))
            for _ in range(chance.randrange(1, 4)):
                at = chance.randrange(len(text))
                text[at : at + chance.randrange(3)] = chance.choice(pieces)
            try:
                client.send("".join(text))
            except OSError:
                client = self.pusher()
            if number % 100 == 99:
                client.crash()
                client = self.pusher()
        self.assert_undisturbed()

    def test_bodies_of_calls(self):
        bodies = (
            "", "x", "5", '"s"', "null", "[]", "{}", "{", '{"name":1}', '{"name":"x"}', '{"name":"x","data":"d"}',
            '{"name":"x","data":"d","channels":"a"}', '{"name":"x","data":"d","channels":[1]}',
            '{"name":"x","data":"d","channels":[]}',
            '{"name":"x","data":"d","channel":["a"]}', '{"name":["x"],"data":"d","channel":"a"}',
            '{"name":"","data":"d","channel":"a"}',
            '{"name":"x","data":"d","channel":"a b"}', '{"name":"x","channel":"a"}', "[" * 5000,
            '{"name":"x","name":"y","data":"","channel":"a"}',
            '{"name":"x","data":"d","channel":"a","socket_id":"x"}',
            '{"name":"x","data":"d","channel":"a","socket_id":5}',
            '{"name":"x","data":"d","channel":"a","info":5}', '{"name":"x","data":"\\ud800","channel":"a"}',
        )
        for body in bodies:
            with self.subTest(body[:60]):
                answer = self.api.call("POST", "/events", body, {"Content-Type": "application/json"})
                self.assertIn(answer.status, (200, 400) if "ud800" in body else (400,), answer.text)
                self.assertTrue(answer.text)
        batches = (
            '{"batch":5}', '{"batch":[5]}', '{"batch":{}}', '{"batch":[{}]}', '{"batch":[{"name":"x"}]}',
            '{"batch":[{"name":"x","channel":"a","data":"d"},5]}', '{"batch":[null]}',
        )
        for body in (*bodies[:8], *batches):
            with self.subTest(batch=body[:60]):
                answer = self.api.call("POST", "/batch_events", body, {"Content-Type": "application/json"})
                self.assertEqual(answer.status, 400, answer.text)
        self.assert_undisturbed()

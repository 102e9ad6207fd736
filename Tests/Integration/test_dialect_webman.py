# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""The dialect of webman/push 1.1: frames as its server was captured sending them. Where that was a mistake, the test
says what is right instead."""

import json

from support.case import unique
from support.dialect import PushJS
from support.dialect_case import WEBMAN, DialectCase


def error(message):
    return json.dumps({"event": "pusher:error", "data": {"code": None, "message": message}})


class WebmanPush(DialectCase):
    apps = (WEBMAN,)

    def test_greets(self):
        self.assert_frames(
            self.open_dialect(),
            '{"event":"pusher:connection_established","data":"{\\"socket_id\\":\\"1.1\\",\\"activity_timeout\\":55}"}',
        )

    def test_a_client_that_names_the_protocol_is_one_of_pushers(self):
        client = self.pusher()
        client.subscribe("news")
        self.api.trigger("news", "ev", "x")
        self.assertEqual(list(client.receive()), ["event", "channel", "data"])

    def test_answers(self):
        channel = unique("pub")
        subscribed = f'{{"event":"pusher_internal:subscription_succeeded","data":"{{}}","channel":"{channel}"}}'
        self.assert_answers(
            self.dialect(),
            (
                ('{"event":"pusher:ping","data":{}}', ['{"event":"pusher:pong","data":"{}"}']),
                ("notjson", []),
                ("{}", []),
                ('{"event":"pusher:subscribe","data":{}}', [error("Empty channel")]),
                ('{"event":"pusher:zzz"}', [error("Unknown event")]),
                ('{"event":"hello"}', [error("Empty channel")]),
                (
                    '{"event":"hello","channel":"pub"}',
                    [error("Client event rejected - only supported on private and presence channels")],
                ),
                (
                    '{"event":"client-x","channel":"private-a","data":{}}',
                    [error("Client event rejected - you didn't subscribe this channel")],
                ),
                (f'{{"event":"pusher:subscribe","data":{{"channel":"{channel}"}}}}', [subscribed]),
                # It was counted twice there.
                (f'{{"event":"pusher:subscribe","data":{{"channel":"{channel}"}}}}', [subscribed]),
                (f'{{"event":"pusher:unsubscribe","data":{{"channel":"{channel}"}}}}', []),
            ),
        )
        self.assertFalse(self.api.channel(channel)["occupied"])

    def test_a_wrong_signature_is_answered_by_itself(self):
        client = self.dialect()
        client.ask_subscribe("private-a", auth="testkey:0000")
        # That server sent the right one.
        self.assert_frames(client, error("Received invalid Auth testkey:0000"))

    def test_client_events(self):
        channel = unique("private")
        sender, receiver = self.dialect(), self.dialect()
        sender.subscribe(channel)
        receiver.subscribe(channel)
        sender.trigger(channel, "client-x", {"t": "中/文"})
        sender.trigger(channel, "client-y", "str")
        self.assert_frames(
            receiver,
            f'{{"event":"client-x","data":"{{\\"t\\":\\"中/文\\"}}","channel":"{channel}"}}',
            f'{{"event":"client-y","data":"\\"str\\"","channel":"{channel}"}}',
        )
        sender.trigger(channel, "hello", 1)
        self.assert_frames(sender, error("Client event rejected - client events must be prefixed by 'client-'"))

    def test_presence(self):
        channel = unique("presence")
        first, second, again = self.dialect(), self.dialect(), self.dialect()
        first.ask_subscribe(channel, '{"user_id":"u1","user_info":{"n":"A"}}')
        self.assert_frames(
            first,
            '{"event":"pusher_internal:subscription_succeeded","data":"{\\"presence\\":{\\"count\\":1,'
            '\\"ids\\":[\\"u1\\"],'
            f'\\"hash\\":{{\\"u1\\":{{\\"n\\":\\"A\\"}}}}}}}}","channel":"{channel}"}}',
        )
        both = (
            '{"event":"pusher_internal:subscription_succeeded","data":"{\\"presence\\":{\\"count\\":2,'
            '\\"ids\\":[\\"u1\\",\\"u2\\"],\\"hash\\":{\\"u1\\":{\\"n\\":\\"A\\"},\\"u2\\":{\\"n\\":\\"B\\"}}}}",'
            f'"channel":"{channel}"}}'
        )
        second.ask_subscribe(channel, '{"user_id":"u2","user_info":{"n":"B"}}')
        self.assert_frames(second, both)
        self.assert_frames(
            first,
            '{"event":"pusher_internal:member_added","data":"{\\"user_id\\":\\"u2\\",\\"user_info\\":'
            '{\\"n\\":\\"B\\"}}",'
            f'"channel":"{channel}"}}',
        )
        again.ask_subscribe(channel, '{"user_id":"u1","user_info":{"n":"A"}}')
        self.assert_frames(again, both)
        again.close()
        first.unsubscribe(channel)
        self.assert_frames(
            second,
            f'{{"event":"pusher_internal:member_removed","data":"{{\\"user_id\\":\\"u1\\"}}","channel":"{channel}"}}',
        )
        # Whoever left was told as well, there.
        self.assertEqual(first.rest(), [])

    def test_what_describes_a_member_is_complete(self):
        client = self.dialect()
        client.ask_subscribe("presence-x", '{"user_id":"u1"}')
        self.assert_frames(client, error("Bad channel_data"))
        client.ask_subscribe("presence-x")
        self.assert_frames(client, error("Empty channel_data"))
        # PHP made a list of these.
        client.ask_subscribe("presence-num", '{"user_id":0,"user_info":{"n":"z"}}')
        self.assert_frames(
            client,
            '{"event":"pusher_internal:subscription_succeeded","data":"{\\"presence\\":{\\"count\\":1,'
            '\\"ids\\":[\\"0\\"],'
            '\\"hash\\":{\\"0\\":{\\"n\\":\\"z\\"}}}}","channel":"presence-num"}',
        )

    def test_events_of_backends(self):
        channel = unique("private")
        client = self.dialect()
        client.subscribe(channel)
        for data, received in (('{"m":1}', '{"m":1}'), ("x", "x"), ({"m": 1}, '{"m": 1}')):
            self.api.trigger(channel, "ev", data)
            event = client.receive()
            self.assertEqual(list(event.items()), [("event", "ev"), ("data", received), ("channel", channel)])

    def test_the_server_closes_with_a_code(self):
        client = self.open_dialect(path="/app/nokey")
        events, code = client.until_closed()
        self.assertEqual(([event.name for event in events], code), (["pusher:error"], 4001))


class WebmansOwnClient(DialectCase):
    """What webman/push's push.js does with the frames it gets."""

    apps = (WEBMAN,)

    def test_works(self):
        channel, room = unique("private"), unique("presence")
        client, other = PushJS(self.open_dialect()), self.dialect()
        client.client.established = None
        self.assertRegex(client.socket_id, r"^\d+\.\d+$")
        client.client.send_event("pusher:subscribe", {
            "channel": channel, "auth": self.app.auth(client.socket_id, channel),
        })
        self.assertEqual(client.next("pusher_internal:subscription_succeeded"), {})
        data = '{"user_id":"u1","user_info":{"n":"A"}}'
        client.client.send_event("pusher:subscribe", {
            "channel": room, "auth": self.app.auth(client.socket_id, room, data), "channel_data": data,
        })
        self.assertEqual(client.next("pusher_internal:subscription_succeeded")["presence"]["hash"], {"u1": {"n": "A"}})
        other.join(room, "u2", {"n": "B"})
        self.assertEqual(
            client.next("pusher_internal:member_added"), {"user_id": "u2", "user_info": {"n": "B"}}
        )
        other.subscribe(channel)
        for value in ({"a": [1.0, {}]}, "text", 7, [], True):
            other.trigger(channel, "client-x", value)
            self.assertEqual(client.next("client-x"), value)
        self.api.trigger(channel, "ev", '{"from":"backend"}')
        self.assertEqual(client.next("ev"), {"from": "backend"})
        other.close()
        self.assertEqual(client.next("pusher_internal:member_removed"), {"user_id": "u2"})
        client.client.send_event("pusher:ping")
        client.next("pusher:pong")

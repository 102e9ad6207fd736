# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""What goes wrong in webman/push and workbunny's servers, shown not to go wrong here, in each of their dialects."""

import functools
import json
import random
import time

from support.case import unique
from support.dialect import PushJS
from support.dialect_case import DIALECTS, WEBMAN, WORKBUNNY_2, WORKBUNNY_3, DialectCase
from support.pusher import Closed
from support.wire import BINARY, PING, frame
from test_pusher_malformed import FRAMES

# Each of these was one frame that ended a worker of one of them, with all its connections.
FATAL = (
    '{"a":1}', '{"event":1}', '{"event":["x"]}', "5", '"s"', '{"event":"pusher:subscribe","data":{"channel":["x"]}}',
    '{"event":"pusher:subscribe","data":"x"}', '{"event":"pusher:subscribe"}',
    '{"event":"client-a","channel":["x"],"data":{"a":1}}',
    '{"event":"pusher:unsubscribe","data":{"channel":"presence-x"}}',
    '{"event":"pusher:subscribe","data":{"channel":"presence-x","channel_data":"{\\"user_id\\":\\"1\\"}","auth":"x"}}',
)


def each(*apps):
    """Runs a test for each of these apps."""
    def decorate(test):
        @functools.wraps(test)
        def run(self):
            for app in apps:
                with self.subTest(app.settings["dialect"]):
                    test(self, app)
        return run
    return decorate


class DialectsCase(DialectCase):
    """Each test is run in every dialect that it is about."""

    def api_of(self, app):
        return type(self.api)(self.server, app)

    def members(self, app, channel, *users):
        """Clients that have joined a presence channel, and have read who came behind them."""
        clients = [self.dialect(app) for _ in users]
        for client, user in zip(clients, users):
            client.join(channel, user)
        for client in clients:
            client.rest()
        return clients

    def events(self, client):
        return [(event.name, self.user(event)) for event in client.rest()]

    @staticmethod
    def user(event):
        data = event.data
        return data.get("user_id") if isinstance(data, dict) else None


class OneFrame(DialectsCase):
    """Ends nobody but, at worst, its sender."""

    @each(*DIALECTS)
    def test_with_a_bystander(self, app):
        channel = unique("presence-bystander")
        bystander, other = self.members(app, channel, "a", "b")
        for text in FATAL + FRAMES:
            with self.subTest(app.settings["dialect"], text=text[:80]), self.dialect(app) as client:
                client.send(text)
                events = client.rest()
                self.assertLessEqual(len(events), 1, [event.text for event in events])
                for event in events:
                    self.assertIn(
                        event.name, ("pusher:error", "pusher_internal:unsubscription_succeeded"), event.text
                    )
        self.assertTrue(self.server.process.is_running)
        other.trigger(channel, "client-x", {"a": 1})
        other.rest()
        self.assertEqual([event.name for event in bystander.rest()], ["client-x"])

    @each(*DIALECTS)
    def test_of_random_bytes(self, app):
        generator = random.Random(5)
        channel = unique("presence-bystander")
        bystander, other = self.members(app, channel, "a", "b")
        for text in FATAL * 5:
            mutated = bytearray(text.encode())
            for _ in range(generator.randint(1, 4)):
                mutated[generator.randrange(len(mutated))] = generator.randint(32, 126)
            with self.dialect(app) as client:
                client.send(mutated.decode())
                client.rest()
        other.trigger(channel, "client-x", 1)
        other.rest()
        self.assertEqual([event.name for event in bystander.rest()], ["client-x"])

    @each(*DIALECTS)
    def test_that_is_binary_closes_its_connection(self, app):
        client = self.dialect(app)
        client.wire.send(frame(BINARY, b"{}"))
        self.assertEqual(client.until_closed()[1], 1003)


class Connecting(DialectsCase):
    @each(*DIALECTS)
    def test_is_for_the_path_alone(self, app):
        for path, headers in ((f"/x/app/{app.key}", ()), ("/foo", (f"X-Note: /app/{app.key}",))):
            client = self.open_dialect(app, path=path, headers=headers)
            client.send_event("pusher:ping")
            # Other paths are the chat's.
            self.assertNotIn("event", json.loads(client.wire.read_frame()[1]))

    @each(*DIALECTS)
    def test_without_an_app_is_not_kept_open(self, app):
        version = {"webman-push": "", "workbunny-2": "push-server 2", "workbunny-3": "push-server 3"}
        query = "X-Push-WS-Client=" + version[app.settings["dialect"]].replace(" ", "+")
        for path, code in (("/app/nokey", 4001), ("/app/", 4005)):
            self.assertEqual(self.open_dialect(app, path=path, query=query).until_closed()[1], code)

    @each(*DIALECTS)
    def test_gives_a_name_that_sdks_take_and_nobody_guesses(self, app):
        names = [self.dialect(app).socket_id for _ in range(20)]
        self.assertEqual(len(set(names)), 20)
        for name in names:
            self.assertRegex(name, r"^\d+\.\d+$")
        self.assertEqual(len({name.split(".")[1] for name in names}), 20)

    @each(*DIALECTS)
    def test_says_how_often_to_ping(self, app):
        self.assertGreater(self.dialect(app).established.data["activity_timeout"], 0)


class Signatures(DialectsCase):
    @each(*DIALECTS)
    def test_are_never_told(self, app):
        client = self.dialect(app)
        right = app.auth(client.socket_id, "private-a")
        client.ask_subscribe("private-a", auth=f"{app.key}:" + "0" * 64)
        answer = client.receive()
        self.assertEqual(answer.name, "pusher:error")
        self.assertNotIn(right.split(":")[1], answer.text)
        self.assertIn("0" * 64, answer.text)

    @each(*DIALECTS)
    def test_are_looked_at_in_every_form(self, app):
        data = {"user_id": "u", "user_info": "{}"}
        client = self.dialect(app)
        for auth in ("", "x", ":", f"{app.key}:", app.key, f"other:{'0' * 64}", "0" * 64):
            for channel, channel_data in (
                ("private-a", None), ("private-a", data), ("presence-a", data), ("presence-a", json.dumps(data)),
            ):
                client.ask_subscribe(channel, channel_data, auth=auth)
                self.assertEqual(client.receive().name, "pusher:error")

    @each(*DIALECTS)
    def test_of_the_sample_endpoint_let_into_private_channels(self, app):
        """It answers with channel_data that it has not signed."""
        client, channel = self.dialect(app), unique("private")
        data = {"user_id": "100", "user_info": "{'name':'x'}"}
        client.ask_subscribe(channel, data, auth=app.auth(client.socket_id, channel))
        self.assertEqual(client.receive().name, "pusher_internal:subscription_succeeded")

    @each(*DIALECTS)
    def test_of_pushers_form_let_into_presence_channels(self, app):
        """A string of channel_data ended workbunny's workers."""
        client, channel = self.dialect(app), unique("presence")
        client.ask_subscribe(channel, '{"user_id":"a","user_info":{"n":1}}')
        self.assertEqual(client.receive().name, "pusher_internal:subscription_succeeded")

    @each(*DIALECTS)
    def test_of_objects_let_in_as_php_writes_them(self, app):
        client, channel = self.dialect(app), unique("presence")
        client.ask_subscribe(channel, {"user_info": '{"u":"a/b ü"}', "user_id": "ü/1"})
        event = client.receive()
        self.assertEqual(event.name, "pusher_internal:subscription_succeeded")
        self.assertEqual(event.data["presence"]["ids"], ["ü/1"])


class Presence(DialectsCase):
    @each(*DIALECTS)
    def test_is_of_users(self, app):
        """workbunny 2 told of each connection; workbunny 3 lost the user with the first, and all others with him."""
        channel = unique("presence")
        watcher, first, second, other = self.members(app, channel, "w", "u", "u", "o")
        self.assertEqual(self.events(watcher), [])
        second.close()
        self.assertEqual(self.events(watcher), [])
        self.assertEqual(self.api_of(app).channel(channel, "user_count")["user_count"], 3)
        first.crash()
        deadline = time.monotonic() + 10
        events = []
        while not events and time.monotonic() < deadline:
            events = self.events(watcher)
        self.assertEqual(events, [("pusher_internal:member_removed", "u")])
        self.assertEqual(self.events(other), [("pusher_internal:member_removed", "u")])
        late = self.dialect(app)
        self.assertEqual(set(late.join(channel, "l")["hash"]), {"w", "o", "l"})

    @each(*DIALECTS)
    def test_ends_without_channel_data(self, app):
        channel = unique("presence")
        watcher, leaver = self.members(app, channel, "w", "u")
        leaver.unsubscribe(channel)
        acks = [] if app is WEBMAN else ["pusher_internal:unsubscription_succeeded"]
        # webman/push told the leaver that he had left.
        self.assertEqual([event.name for event in leaver.rest()], acks)
        self.assertEqual(self.events(watcher), [("pusher_internal:member_removed", "u")])
        self.assertEqual(set(self.dialect(app).join(channel, "l")["hash"]), {"w", "l"})

    @each(WORKBUNNY_2, WORKBUNNY_3)
    def test_ends_with_channel_data_too(self, app):
        channel = unique("presence")
        watcher, leaver = self.members(app, channel, "w", "u")
        data = json.dumps({"user_id": "u"})
        leaver.send_event("pusher:unsubscribe", {"channel": channel, "channel_data": data})
        self.assertEqual([event.name for event in leaver.rest()], ["pusher_internal:unsubscription_succeeded"])
        self.assertEqual(self.events(watcher), [("pusher_internal:member_removed", "u")])

    @each(*DIALECTS)
    def test_lists_are_objects_and_ids_are_strings(self, app):
        channel = unique("presence")
        for number in range(3):
            members = self.dialect(app).join(channel, str(number), {"n": number})
        self.assertEqual(members["ids"], ["0", "1", "2"])
        self.assertEqual(set(members["hash"]), {"0", "1", "2"})
        self.assertIsInstance(members["hash"], dict)

    @each(*DIALECTS)
    def test_of_nobody_is_not_left(self, app):
        watcher, = self.members(app, channel := unique("presence"), "w")
        stranger = self.dialect(app)
        stranger.unsubscribe(channel)
        stranger.rest()
        self.assertEqual(self.events(watcher), [])
        self.assertEqual(self.api_of(app).channel(channel, "user_count")["user_count"], 1)


class LargePresence(DialectsCase):
    apps = tuple(app.but(maxPresenceMembers=200) for app in DIALECTS)

    def test_lists_all_members(self):
        """webman/push stopped at 101."""
        app, channel = self.apps[0], unique("presence")
        for number in range(104):
            client = self.dialect(app)
            client.ask_subscribe(channel, json.dumps({"user_id": f"u{number}", "user_info": {}}))
        members = client.until("pusher_internal:subscription_succeeded", channel)[-1].data["presence"]
        self.assertEqual((members["count"], len(members["ids"]), len(members["hash"])), (104, 104, 104))


class Subscriptions(DialectsCase):
    @each(*DIALECTS)
    def test_count_once(self, app):
        client, channel = self.dialect(app), unique("room")
        for _ in range(3):
            client.subscribe(channel)
        client.unsubscribe(channel)
        client.rest()
        self.assertNotIn(channel, self.api_of(app).channels())
        # One more is none.
        client.unsubscribe(channel)
        client.rest()
        client.subscribe(channel)
        self.assertIn(channel, self.api_of(app).channels())

    @each(*DIALECTS)
    def test_need_a_name(self, app):
        client = self.dialect(app)
        for data in ({}, {"channel": ""}, {"channel": None}, {"channel": "a\n"}, {"channel": "x" * 201}):
            client.send_event("pusher:subscribe", data)
            self.assertEqual(client.receive().name, "pusher:error")
        self.assertNotIn("", self.api_of(app).channels())

    @each(*DIALECTS)
    def test_are_to_names_not_to_patterns(self, app):
        names = ("room*", "room:a:b", "room:a", "room", "r[o]om", "room?", "a/b", "a%2Fb", "房间", "a b")
        clients = {name: self.dialect(app) for name in names}
        prefix = unique("p")
        for name, client in clients.items():
            client.subscribe(f"private-{prefix}{name}")
        sender = self.dialect(app)
        for name in names:
            sender.subscribe(f"private-{prefix}{name}")
            sender.trigger(f"private-{prefix}{name}", "client-e", name)
        sender.rest()
        for name, client in clients.items():
            self.assertEqual([event.channel for event in client.rest()], [f"private-{prefix}{name}"])


class ClientEvents(DialectsCase):
    def pair(self, app):
        channel = unique("private")
        clients = [self.dialect(app), self.dialect(app)]
        for client in clients:
            client.subscribe(channel)
        return channel, *clients

    @each(*DIALECTS)
    def test_keep_their_names(self, app):
        """workbunny 2 named all of them like the first one that it had ever seen."""
        channel, sender, receiver = self.pair(app)
        for name in ("client-a", "client-b", "client-a", "client-c"):
            sender.trigger(channel, name, 1)
        sender.rest()
        self.assertEqual(
            [event.name for event in receiver.rest()], ["client-a", "client-b", "client-a", "client-c"]
        )

    @each(*DIALECTS)
    def test_keep_their_data(self, app):
        text = '{"empty":{},"list":[],"float":1.0,"big":123456789012345678901234567890,"path":"a/b","u":"\\u00e9é"}'
        channel, sender, receiver = self.pair(app)
        sender.send(f'{{"event":"client-e","channel":"{channel}","data":{text}}}')
        event = receiver.receive()
        data = event["data"] if app is WEBMAN else event.raw["data"]
        self.assertEqual(data, text)

    @each(*DIALECTS)
    def test_are_bounded(self, app):
        channel, sender, receiver = self.pair(app)
        for number in range(400):
            sender.trigger(channel, "client-e", number)
        refused = [event for event in sender.rest() if event.name == "pusher:error"]
        received = receiver.rest()
        self.assertGreaterEqual(len(received), 200)
        self.assertEqual(len(received) + len(refused), 400)
        self.assertEqual({str(event["data"]["code"]) for event in refused}, {"4301"})

    @each(*DIALECTS)
    def test_are_not_for_who_has_left(self, app):
        channel, sender, receiver = self.pair(app)
        sender.unsubscribe(channel)
        sender.rest()
        sender.trigger(channel, "client-e", 1)
        self.assertEqual([event.name for event in sender.rest()], ["pusher:error"])
        self.assertEqual(receiver.rest(), [])


class Ending(DialectsCase):
    @each(*DIALECTS)
    def test_by_the_backend_closes_all_connections_of_a_user(self, app):
        """workbunny 2 closed one of them, sometimes; workbunny 3 none."""
        first, second, other = self.members(app, unique("presence"), "u", "u", "o")
        self.assertEqual(self.api_of(app).post("/users/u/terminate_connections", {}).status, 200)
        self.assertEqual([client.until_closed()[1] for client in (first, second)], [4009, 4009])
        self.assertEqual(self.events(other)[-1:], [("pusher_internal:member_removed", "u")])

    @each(*DIALECTS)
    def test_by_the_server_has_a_code(self, app):
        client = self.dialect(app)
        with self.assertRaises(Closed) as closed:
            while True:
                client.send("notjson")
                for _ in range(300):
                    client.send("5")
                client.rest()
        self.assertEqual(closed.exception.code, 4100)


class Silence(DialectsCase):
    settings = {"channels.activityTimeout": "1s", "channels.pongTimeout": "1s"}

    @each(*DIALECTS)
    def test_ends_a_connection_however_much_it_is_sent(self, app):
        """What went out kept a dead peer alive in webman/push, and nothing ended one in workbunny 2."""
        client, channel = self.dialect(app), unique("room")
        client.subscribe(channel)
        api = self.api_of(app)
        deadline = time.monotonic() + 20
        names, code = [], None
        while code is None and time.monotonic() < deadline:
            api.trigger(channel, "ev", "{}")
            # It reads, and answers no ping.
            opcode, payload = client.wire.read_frame()
            if opcode == PING:
                names.append("ping")
            elif opcode == 1:
                names.append(json.loads(payload)["event"])
            else:
                code = int.from_bytes(payload[:2], "big")
        self.assertEqual(code, 4201)
        self.assertIn("ping", names)
        self.assertNotIn("pusher:ping", names)
        last = "pusher:error" if app is WEBMAN else "pusher:terminate_connection"
        self.assertEqual(names[-1], last)

    @each(*DIALECTS)
    def test_is_ended_by_any_frame(self, app):
        """What could not be read was no sign of life in workbunny 3."""
        client = self.dialect(app)
        for _ in range(6):
            time.sleep(0.5)
            client.send('{"event":"hello","channel":"x","data":1}')
            client.rest()


class PushJSOfWebman(DialectCase):
    apps = (WEBMAN,)

    def test_reads_all_that_it_is_sent(self):
        """An event whose data it could not parse ended it."""
        client = PushJS(self.open_dialect())
        client.client.send_event("pusher:subscribe", {"channel": "cache-a"})
        client.next("pusher_internal:subscription_succeeded")
        client.next("pusher:cache_miss")
        self.api.trigger("cache-a", "ev", {"a": 1})
        self.assertEqual(client.next("ev"), {"a": 1})

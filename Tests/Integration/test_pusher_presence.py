# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""Pusher Channels: presence is of users, not of sockets."""

import json

from support.apps import sign
from support.case import unique
from support.pusher_case import APP, OTHER, PusherCase
from support.waiting import eventually

ADDED, REMOVED = "pusher_internal:member_added", "pusher_internal:member_removed"
SUCCEEDED = "pusher_internal:subscription_succeeded"


class Members(PusherCase):
    def test_the_shape_of_every_frame(self):
        channel = unique("presence-x")
        first, second = self.pusher(), self.pusher()
        event = first.subscribe(channel, '{"user_id":"a","user_info":{"name":"Mr. Channels","n":[1,{}]}}')
        self.assertIsInstance(event["data"], str)
        self.assertEqual(event.data, {"presence": {
            "count": 1, "ids": ["a"], "hash": {"a": {"name": "Mr. Channels", "n": [1, {}]}},
        }})
        presence = second.join(channel, "b", {"name": "B"})
        self.assertEqual(presence["ids"], ["a", "b"])
        self.assertEqual(presence["hash"], {"a": {"name": "Mr. Channels", "n": [1, {}]}, "b": {"name": "B"}})
        self.assertEqual(presence["count"], 2)
        event = first.expect(ADDED, channel)
        self.assertIsInstance(event["data"], str)
        self.assertEqual(event.data, {"user_id": "b", "user_info": {"name": "B"}})
        second.unsubscribe(channel)
        event = first.expect(REMOVED, channel)
        self.assertIsInstance(event["data"], str)
        self.assertEqual(event.data, {"user_id": "b"})
        # Neither goes to whom it is about.
        self.assertEqual(second.rest(), [])

    def test_documented_signature(self):
        """The vector of pusher-protocol, which does not depend on our own signing."""
        text = '1234.1234:presence-foobar:{"user_id":10,"user_info":{"name":"Mr. Channels"}}'
        digest = "31935e7d86dba64c2a90aed31fdc61869f9b22ba9d8863bba239c03ca481bc80"
        self.assertEqual(sign(APP.secret, text), digest)

    def test_users_without_info(self):
        channel = unique("presence-x")
        watcher = self.member(channel, "w")
        for data in ('{"user_id":"a"}', '{"user_id":"a","user_info":null}', '{"user_id":"a","user_info":{}}'):
            with self.subTest(data):
                client = self.pusher()
                members = client.subscribe(channel, data).data["presence"]["hash"]
                self.assertIsInstance(members, dict)
                self.assertIn("a", members)
                self.assertIn(members["a"], (None, {}))
                self.assertIn(watcher.expect(ADDED, channel).data.get("user_info"), (None, {}))
                client.close()
                watcher.expect(REMOVED, channel)

    def test_info_is_passed_on_byte_for_byte(self):
        channel = unique("presence-x")
        watcher = self.member(channel, "w")
        infos = (
            '"text"', "7", "[]", "{}", '{"z":1,"a":2,"0":3}', '{"a":1.0,"b":1e3,"big":123456789012345678901234567890}',
            r'{"n":"\u00e9\/\"\\"}', '{"n":"é👍"}', "false", "0", '""',
        )
        for number, info in enumerate(infos):
            with self.subTest(info):
                client = self.pusher()
                data = client.subscribe(channel, f'{{"user_id":"u{number}","user_info":{info}}}')["data"]
                self.assertIn(f'"u{number}":{info}', data)
                self.assertIn(f'"user_info":{info}', watcher.expect(ADDED, channel)["data"])
                client.close()
                watcher.expect(REMOVED, channel)

    def test_numeric_ids_become_text(self):
        channel = unique("presence-x")
        watcher = self.member(channel, "w")
        number, text = self.pusher(), self.pusher()
        presence = number.subscribe(channel, '{"user_id":10,"user_info":{"name":"Mr. Channels"}}').data["presence"]
        self.assertEqual((presence["ids"], presence["count"]), (["w", "10"], 2))
        self.assertEqual(presence["hash"]["10"], {"name": "Mr. Channels"})
        self.assertEqual(watcher.expect(ADDED, channel).data["user_id"], "10")
        # The same user as text.
        self.assertEqual(text.join(channel, "10")["count"], 2)
        number.close()
        text.trigger(channel, "client-x", 1)
        self.assertEqual(watcher.expect("client-x", channel)["user_id"], "10")
        self.assertEqual(self.api.users(channel), ["w", "10"])

    def test_ids_that_careless_servers_make_a_list_of(self):
        channel = unique("presence-x")
        clients = [self.pusher() for _ in range(3)]
        for number, client in enumerate(clients):
            presence = client.subscribe(channel, {"user_id": number, "user_info": {}}).data["presence"]
        self.assertEqual(presence, {"count": 3, "ids": ["0", "1", "2"], "hash": {"0": {}, "1": {}, "2": {}}})

    def test_ids_with_everything_in_them(self):
        channel = unique("presence-x")
        watcher = self.member(channel, "w")
        users = ('"quoted"', "back\\slash", "é👍", "a b", "\n\t\0", "x" * 128, "</script>", "\u2028", "-1.5", "null")
        for user in users:
            with self.subTest(user):
                client = self.pusher()
                presence = client.join(channel, user, {"n": 1})
                self.assertEqual(presence["ids"], ["w", user])
                self.assertIn(user, presence["hash"])
                self.assertEqual(watcher.expect(ADDED, channel).data["user_id"], user)
                client.trigger(channel, "client-x", 1)
                self.assertEqual(watcher.expect("client-x", channel)["user_id"], user)
                self.assertEqual(self.api.users(channel), ["w", user])
                client.close()
                self.assertEqual(watcher.expect(REMOVED, channel).data, {"user_id": user})

    def test_bad_members(self):
        client, channel = self.pusher(), unique("presence-x")
        for data in (
            "", "x", "5", '"s"', "[]", "{}", "null", '{"user_id":null}', '{"user_id":""}', '{"user_id":{}}',
            '{"user_id":[]}',
            '{"user_id":true}', '{"user_info":{}}', '{"user_id":"a"', '{"user_id":"a"} x',
            '{"user_id":"' + "x" * 129 + '"}',
            '{"user_id":"a","user_id":"b"}', '{"user_id":"a","user_info":{"x":"' + "x" * 3000 + '"}}',
            '{"user_id":"\\ud800"}',
        ):
            with self.subTest(data[:40]):
                client.ask_subscribe(channel, data)
                self.assert_refused(client, channel)
        client.ask_subscribe(channel)
        self.assert_refused(client, channel)
        client.send_event("pusher:subscribe", {
            "channel": channel, "auth": APP.auth(client.socket_id, channel, '{"user_id":"a"}'),
            "channel_data": {"user_id": "a"},
        })
        self.assertIn(client.receive().name, ("pusher:error", "pusher:subscription_error"))
        self.assertEqual(client.rest(), [])
        self.assertFalse(self.api.channel(channel)["occupied"])
        client.join(channel, "a")

    def test_signature_is_of_the_text_as_it_came(self):
        channel = unique("presence-x")
        escaped = '{"user_id":"\\u00e9","user_info":{"b":1,"a":"\\/"}}'
        for data in ('{ "user_id" : "a" }', escaped, '{"user_info":{},"user_id":7}'):
            with self.subTest(data):
                client = self.pusher()
                client.subscribe(channel, data)
                other = self.pusher()
                auth = APP.auth(other.socket_id, channel, json.dumps(json.loads(data)) + " ")
                other.ask_subscribe(channel, data, auth)
                self.assert_refused(other, channel, 401, "AuthError")
                client.close()


class Users(PusherCase):
    def test_only_the_first_comes_and_only_the_last_goes(self):
        channel = unique("presence-x")
        watcher = self.member(channel, "w")
        first = self.member(channel, "a", {"from": "first"})
        self.assertEqual(watcher.expect(ADDED, channel).data["user_info"], {"from": "first"})
        second = self.pusher()
        presence = second.join(channel, "a", {"from": "second"})
        # What was said first stays, though its connection goes.
        self.assertEqual(presence, {"count": 2, "ids": ["w", "a"], "hash": {"w": None, "a": {"from": "first"}}})
        third = self.member(channel, "a", {"from": "third"})
        first.crash()
        fourth = self.pusher()
        self.assertEqual(fourth.join(channel, "b")["hash"]["a"], {"from": "first"})
        self.assertEqual(watcher.expect(ADDED, channel).data["user_id"], "b")
        second.unsubscribe(channel)
        second.rest()
        self.assertEqual(watcher.rest(), [])
        self.assertEqual([event.name for event in third.rest()], [ADDED])
        third.close()
        self.assertEqual(watcher.expect(REMOVED, channel).data, {"user_id": "a"})
        # Who comes again says something new.
        self.member(channel, "a", {"from": "fifth"})
        self.assertEqual(watcher.expect(ADDED, channel).data["user_info"], {"from": "fifth"})

    def test_one_connection_in_many_channels(self):
        channels = [unique("presence-x") for _ in range(20)]
        watcher, client = self.pusher(), self.pusher()
        for channel in channels:
            watcher.join(channel, "w")
            client.join(channel, "a")
            watcher.expect(ADDED, channel)
        client.crash()
        events = [watcher.receive() for _ in channels]
        self.assertEqual({event.name for event in events}, {REMOVED})
        self.assertEqual({event.channel for event in events}, set(channels))

    def test_joining_twice_does_not_leave_a_ghost(self):
        channel = unique("presence-x")
        watcher = self.member(channel, "w")
        client = self.member(channel, "a")
        watcher.expect(ADDED, channel)
        client.ask_subscribe(channel, '{"user_id":"a"}')
        # As somebody else: either it is refused, or it is the same subscription still.
        client.ask_subscribe(channel, '{"user_id":"b"}')
        client.rest()
        self.assertEqual(watcher.rest(), [])
        client.unsubscribe(channel)
        self.assertEqual(watcher.expect(REMOVED, channel).data, {"user_id": "a"})
        self.assertEqual(self.api.users(channel), ["w"])

    def test_coming_back_at_once(self):
        channel = unique("presence-x")
        watcher = self.member(channel, "w")
        client = self.pusher()
        for _ in range(20):
            client.ask_subscribe(channel, '{"user_id":"a"}')
            client.unsubscribe(channel)
        client.ask_subscribe(channel, '{"user_id":"a"}')
        client.rest()
        # Came and went, came and went: never twice the same.
        names = [event.name for event in watcher.rest()]
        self.assertEqual(names, ([ADDED, REMOVED] * 21)[: len(names)])
        self.assertEqual(len(names) % 2, 1)
        self.assertEqual(self.api.users(channel), ["w", "a"])

    def test_the_api_counts_users_and_connections(self):
        channel = unique("presence-x")
        for user in ("a", "a", "b"):
            self.member(channel, user)
        counted = self.api.channel(channel, "user_count", "subscription_count")
        self.assertEqual(counted, {"occupied": True, "user_count": 2, "subscription_count": 3})
        self.assertEqual(self.api.channels("presence-", "user_count")[channel], {"user_count": 2})

    def test_the_same_id_in_two_apps(self):
        channel = unique("presence-x")
        ours, theirs = self.member(channel, "a"), self.pusher(OTHER)
        self.assertEqual(theirs.join(channel, "b")["ids"], ["b"])
        self.assertEqual(ours.rest(), [])


class Cap(PusherCase):
    apps = (APP.but(maxPresenceMembers=3), OTHER)

    def test_users_are_counted_and_who_is_there_may_come_again(self):
        channel = unique("presence-x")
        members = [self.member(channel, user) for user in ("a", "b", "c")]
        late = self.pusher()
        for _ in range(3):
            late.ask_subscribe(channel, '{"user_id":"d"}')
            self.assert_refused(late, channel)
        self.assertEqual(self.member(channel, "a").rest(), [])
        self.assertEqual(self.api.users(channel), ["a", "b", "c"])
        self.assertEqual(self.api.channel(channel, "subscription_count")["subscription_count"], 4)
        for member in members:
            self.assertEqual([event for event in member.rest() if event.name != ADDED], [])
        members[1].close()
        eventually("there is room", lambda: self.api.users(channel) == ["a", "c"])
        late.join(channel, "d")
        self.assertEqual(sorted(self.api.users(channel)), ["a", "c", "d"])

    def test_who_was_refused_hears_nothing(self):
        channel = unique("presence-x")
        members = [self.member(channel, user) for user in ("a", "b", "c")]
        late = self.pusher()
        late.ask_subscribe(channel, '{"user_id":"d"}')
        self.assert_refused(late, channel)
        self.api.trigger(channel, "news")
        members[0].until("news", channel)
        late.trigger(channel, "client-x", 1)
        self.assert_error(late.receive())
        self.assertEqual(late.rest(), [])
        late.unsubscribe(channel)
        late.crash()
        self.assertEqual(self.api.users(channel), ["a", "b", "c"])


class DefaultCap(PusherCase):
    def test_a_hundred(self):
        channel = unique("presence-x")
        clients = [self.pusher() for _ in range(101)]
        for number, client in enumerate(clients[:100]):
            client.ask_subscribe(channel, {"user_id": number})
        for client in clients[:100]:
            client.until(SUCCEEDED, channel)
        clients[100].ask_subscribe(channel, '{"user_id":"late"}')
        self.assert_refused(clients[100], channel)
        presence = clients[100].join(channel, "7")
        self.assertEqual((presence["count"], len(presence["hash"])), (100, 100))

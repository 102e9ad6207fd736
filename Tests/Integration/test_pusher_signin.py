# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""Pusher Channels: users who have signed in: events to them, whom they watch, and how they are sent away."""

import json
import time

from support.apps import sign
from support.case import unique
from support.pusher_api import PusherAPI
from support.pusher_case import APP, OTHER, PusherCase
from support.waiting import eventually

STRICT = OTHER.but(id="14", key="strict", userAuthentication=True)
WATCHLIST = "pusher_internal:watchlist_events"


def watched(event):
    """Who is online and who is offline, as a watchlist event says."""
    by_name = {"online": [], "offline": []}
    for each in event.data["events"]:
        by_name[each["name"]] += each["user_ids"]
    return sorted(by_name["online"]), sorted(by_name["offline"])


class Signin(PusherCase):
    def test_documented_signature(self):
        digest = "4708d583dada6a56435fb8bc611c77c359a31eebde13337c16ab43aa6de336ba"
        self.assertEqual(sign(APP.secret, '1234.1234::user::{"id":"12345"}'), digest)

    def test_success_repeats_what_was_signed(self):
        everything = '{ "id" : "%s", "user_info":{"n":"é\\"\\u00e9"},"watchlist":[] }'
        for data in ('{"id":"%s"}', everything, '{"x":[1],"id":"%s"}'):
            with self.subTest(data):
                client = self.pusher()
                text = data % unique("u")
                client.ask_signin(text)
                event = client.expect("pusher:signin_success")
                self.assertIsInstance(event["data"], str)
                self.assertEqual(json.loads(event["data"])["user_data"], text)
                self.assertEqual(client.rest(), [])

    def test_data_as_a_string(self):
        client = self.pusher()
        text = json.dumps({"id": unique("u")})
        auth = APP.user_auth(client.socket_id, text)
        client.send_event("pusher:signin", json.dumps({"auth": auth, "user_data": text}))
        client.expect("pusher:signin_success")

    def test_wrong_signatures_are_errors_and_the_connection_stays(self):
        client, other = self.pusher(), self.pusher()
        text = json.dumps({"id": unique("u")})
        good = APP.user_auth(client.socket_id, text)
        digest = good.split(":")[1]
        for auth in (
            "", good[:-1], good + "0", digest, f"{OTHER.key}:{digest}", APP.user_auth(other.socket_id, text),
            APP.auth(client.socket_id, "user", text), OTHER.user_auth(client.socket_id, text),
            f"{APP.key}:{digest.upper()}",
        ):
            with self.subTest(auth):
                client.ask_signin(text, auth)
                event = client.receive()
                self.assert_error(event)
                self.assertNotIn(digest, event.text)
        client.ask_signin(text, good)
        client.expect("pusher:signin_success")

    def test_bad_users(self):
        client = self.pusher()
        for text in (
            "", "x", "[]", "{}", '{"id":null}', '{"id":""}', '{"id":5}', '{"id":["a"]}', '{"id":"a b"}', '{"id":"é"}',
            '{"id":"' + "x" * 201 + '"}', '{"id":"a","watchlist":"b"}', '{"id":"a","watchlist":[{}]}', '{"id":"a"',
            '{"id":"a","id":"b"}', '{"user_id":"a"}', '{"id":"a/b"}',
        ):
            with self.subTest(text[:40]):
                client.ask_signin(text)
                self.assert_error(client.receive())
        for data in ({}, {"auth": "x"}, {"user_data": "{}"}, {"auth": 1, "user_data": 2}, "x", 5, None, []):
            with self.subTest(data):
                client.send({"event": "pusher:signin", "data": data})
                self.assert_error(client.receive())
        self.assertEqual(client.rest(), [])
        client.signin(unique("u"))

    def test_a_second_user_fails_and_the_first_stays(self):
        client, user = self.pusher(), unique("u")
        client.signin(user)
        client.ask_signin({"id": unique("u")})
        self.assert_error(client.receive())
        client.subscribe(f"#server-to-user-{user}")
        client.ask_signin({"id": user})
        client.expect("pusher:signin_success")
        self.assertEqual(client.rest(), [])

    def test_long_ids_with_every_character(self):
        user = "-_=@,.;aZ9" * 20
        client = self.pusher()
        client.signin(user)
        client.subscribe(f"#server-to-user-{user}")
        self.api.trigger(f"#server-to-user-{user}", "news")
        client.expect("news", f"#server-to-user-{user}")


class ServerToUser(PusherCase):
    def test_only_its_owner_may_subscribe(self):
        user = unique("u")
        channel = f"#server-to-user-{user}"
        client, stranger, anybody = self.pusher(), self.pusher(), self.pusher()
        client.signin(user)
        stranger.signin(unique("u"))
        self.assertEqual(client.subscribe(channel, auth="")["data"], "{}")
        for other in (stranger, anybody):
            for auth in ("", None, APP.auth(other.socket_id, channel)):
                other.ask_subscribe(channel, auth=auth)
                self.assert_refused(other, channel, 401, "AuthError")
        self.api.trigger(channel, "news", '{"a":1}')
        event = client.expect("news", channel)
        self.assertEqual(event, {"event": "news", "channel": channel, "data": '{"a":1}'})
        self.assertEqual(stranger.rest() + anybody.rest(), [])

    def test_all_of_a_users_connections(self):
        user = unique("u")
        clients = [self.pusher() for _ in range(3)]
        for client in clients:
            client.signin(user)
            client.subscribe(f"#server-to-user-{user}")
        self.api.trigger(f"#server-to-user-{user}", "news", socket_id=clients[0].socket_id)
        for client in clients[1:]:
            client.expect("news", f"#server-to-user-{user}")
        self.assertEqual(clients[0].rest(), [])

    def test_no_client_events_there(self):
        user = unique("u")
        client = self.pusher()
        client.signin(user)
        client.subscribe(f"#server-to-user-{user}")
        client.trigger(f"#server-to-user-{user}", "client-x", 1)
        self.assert_error(client.receive())

    def test_presence_as_who_has_signed_in(self):
        channel = unique("presence-x")
        client = self.pusher()
        client.signin({"id": "me", "user_info": {"name": "Me"}})
        client.ask_subscribe(channel)
        event = client.expect("pusher_internal:subscription_succeeded", channel)
        self.assertEqual(event.data["presence"], {"count": 1, "ids": ["me"], "hash": {"me": {"name": "Me"}}})


class Watchlist(PusherCase):
    settings = {"server.loops": 2}

    def test_first_how_things_are_and_then_each_change(self):
        alice, bob, carol = unique("alice"), unique("bob"), unique("carol")
        first = self.pusher()
        first.signin(bob)
        watcher = self.pusher()
        watcher.signin({"id": alice, "watchlist": [bob, carol]})
        event = watcher.expect(WATCHLIST)
        self.assertIsInstance(event["data"], str)
        self.assertEqual(set(event), {"event", "data"})
        self.assertEqual(watched(event), ([bob], [carol]))
        second = self.pusher()
        second.signin(carol)
        self.assertEqual(watched(watcher.expect(WATCHLIST)), ([carol], []))
        # A second connection changes nothing, nor does its end.
        again = self.pusher()
        again.signin(carol)
        again.close()
        self.pusher().signin(unique("nobody"))
        self.assertEqual(watcher.rest(), [])
        second.crash()
        self.assertEqual(watched(watcher.expect(WATCHLIST)), ([], [carol]))
        first.close()
        self.assertEqual(watched(watcher.expect(WATCHLIST)), ([], [bob]))

    def test_nobody_to_watch(self):
        for watchlist in ({}, {"watchlist": []}):
            client = self.pusher()
            client.signin({"id": unique("u"), **watchlist})
            self.assertEqual(client.rest(), [])

    def test_watching_each_other(self):
        alice, bob = unique("alice"), unique("bob")
        first, second = self.pusher(), self.pusher()
        first.signin({"id": alice, "watchlist": [bob]})
        self.assertEqual(watched(first.expect(WATCHLIST)), ([], [bob]))
        second.signin({"id": bob, "watchlist": [alice]})
        self.assertEqual(watched(second.expect(WATCHLIST)), ([alice], []))
        self.assertEqual(watched(first.expect(WATCHLIST)), ([bob], []))

    def test_another_apps_user_of_the_same_name(self):
        alice, bob = unique("alice"), unique("bob")
        watcher = self.pusher()
        watcher.signin({"id": alice, "watchlist": [bob]})
        watcher.expect(WATCHLIST)
        self.pusher(OTHER).signin(bob)
        self.assertEqual(watcher.rest(), [])

    def test_the_first_hundred_count_and_the_rest_is_an_error_4302(self):
        users = [unique("w") for _ in range(150)]
        watcher = self.pusher()
        watcher.ask_signin({"id": unique("alice"), "watchlist": users})
        events = watcher.rest()
        self.assertEqual(events[0].name, "pusher:signin_success")
        by_name = {event.name: event for event in events[1:]}
        self.assertEqual(set(by_name), {WATCHLIST, "pusher:error"})
        self.assertEqual(watched(by_name[WATCHLIST]), ([], sorted(users[:100])))
        self.assert_error(by_name["pusher:error"], 4302)
        self.pusher().signin(users[149])
        self.pusher().signin(users[99])
        self.assertEqual(watched(watcher.expect(WATCHLIST)), ([users[99]], []))


class Terminating(PusherCase):
    settings = {"server.loops": 2}

    def test_every_signed_in_connection_of_the_user_by_either_path(self):
        for path in ("/users/{}/terminate_connections", "//users/{}/terminate_connections"):
            with self.subTest(path):
                user, presence = unique("u"), unique("presence-x")
                clients = [self.pusher() for _ in range(4)]
                for client in clients:
                    client.signin(user)
                signed_out = self.pusher()
                signed_out.join(presence, user)
                bystander = self.pusher()
                bystander.signin(unique("u"))
                other = self.pusher(OTHER)
                other.signin(user)
                answer = self.api.post(path.format(user), {})
                self.assertEqual((answer.status, answer.json), (200, {}))
                for client in clients:
                    events, code = client.until_closed()
                    self.assertEqual(code, 4009)
                    self.assert_error(events[-1], 4009)
                for client in (signed_out, bystander, other):
                    self.assertEqual(client.rest(), [])
                # Who is nobody's is no error, and the user may come again.
                self.assertEqual(self.api.post(path.format(user), {}).status, 200)
                self.pusher().signin(user)

    def test_they_leave_everything(self):
        user, channel = unique("u"), unique("presence-x")
        watcher = self.pusher()
        watcher.signin({"id": unique("w"), "watchlist": [user]})
        watcher.expect(WATCHLIST)
        client = self.pusher()
        client.signin(user)
        watcher.expect(WATCHLIST)
        client.join(channel, user)
        self.api.post(f"/users/{user}/terminate_connections", {})
        client.until_closed()
        self.assertEqual(watched(watcher.expect(WATCHLIST)), ([], [user]))
        eventually("the channel is empty", lambda: not self.api.channel(channel)["occupied"])

    def test_who_may(self):
        user = unique("u")
        client = self.pusher()
        client.signin(user)
        forger = PusherAPI(self.server, APP.but(secret="not the secret"))
        for path in (f"/users/{user}/terminate_connections", f"//users/{user}/terminate_connections"):
            self.assertEqual(forger.post(path, {}).status, 401)
            self.assertIn(forger.call("GET", path).status, (401, 404, 405))
        theirs = PusherAPI(self.server, OTHER)
        theirs.post(f"//users/{user}/terminate_connections", {})
        for bad in ("a%20b", "%C3%A9", "x" * 201):
            self.assertEqual(self.api.post(f"/users/{bad}/terminate_connections", {}).status, 400, bad)
        self.assertEqual(client.rest(), [])


class SigninRequired(PusherCase):
    apps = (STRICT, APP)

    def test_who_has_not_signed_in_after_half_a_minute_is_closed_4009(self):
        silent, refused, signed_in, free = self.pusher(), self.pusher(), self.pusher(), self.pusher(APP)
        signed_in.signin(unique("u"))
        silent.subscribe(unique("public"))
        refused.ask_signin({"id": "a"}, "wrong")
        self.assert_error(refused.receive())
        begun = time.monotonic()
        for client in (silent, refused):
            events, code = client.until_closed(40)
            self.assert_error(events[-1], 4009)
            self.assertEqual(code, 4009)
        self.assertGreater(time.monotonic() - begun, 20)
        self.assertEqual(signed_in.rest() + free.rest(), [])

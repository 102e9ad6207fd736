# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""Pusher Channels with libraries that others have written: Pysher as the client, and the official HTTP library."""

import json

import pusher
from pusher.errors import PusherBadAuth, PusherBadRequest

from support.case import unique
from support.pusher_case import APP, OTHER, PusherCase
from support.pysher_client import PysherClient
from support.waiting import eventually

MASTER_KEY = "bWFzdGVyIGtleSBvZiB0aGlydHktdHdvIGJ5dGVzISE="


def library(server, app=APP, port=None):
    return pusher.Pusher(
        app.id, app.key, app.secret, ssl=False, host="127.0.0.1", port=port or server.http_port,
        encryption_master_key_base64=MASTER_KEY,
    )


class Libraries(PusherCase):
    settings = {"server.loops": 2}

    def setUp(self):
        super().setUp()
        self.backend_library = library(self.server)

    def pysher(self, user=None, app=None):
        return self.enterContext(PysherClient(self.server, app or self.app, user))

    def test_publishing_to_every_kind_of_channel(self):
        client = self.pysher({"user_id": 7, "user_info": {"name": "é"}})
        for prefix in ("public", "private-x", "presence-x"):
            channel = unique(prefix)
            with self.subTest(channel):
                answer = json.loads(client.subscribe(channel, "news"))
                if prefix == "presence-x":
                    self.assertEqual(answer, {"presence": {"count": 1, "ids": ["7"], "hash": {"7": {"name": "é"}}}})
                else:
                    self.assertEqual(answer, {})
                for port in (self.server.http_port, self.server.ws_port):
                    sent = {"a": ["é", 1.5, None]}
                    self.assertEqual(library(self.server, port=port).trigger(channel, "news", sent), {})
                    self.assertEqual(json.loads(client.expect(channel, "news")), sent)
                self.assertEqual(self.backend_library.trigger([channel, unique("x")], "news", "plain text"), {})
                self.assertEqual(client.expect(channel, "news"), "plain text")

    def test_leaving_out_the_sender(self):
        channel = unique("private-x")
        one, two = self.pysher(), self.pysher()
        for client in (one, two):
            client.subscribe(channel, "news", "last")
        self.backend_library.trigger(channel, "news", "x", socket_id=one.socket_id)
        self.backend_library.trigger(channel, "last", "x")
        one.expect(channel, "last")
        two.expect(channel, "news")

    def test_batches(self):
        first, second = unique("public"), unique("private-x")
        client = self.pysher()
        client.subscribe(first, "news"), client.subscribe(second, "news")
        channels = [first, second] * 5
        batch = [{"channel": name, "name": "news", "data": {"n": number}} for number, name in enumerate(channels)]
        self.assertEqual(self.backend_library.trigger_batch(batch), {})
        for number, name in enumerate(channels):
            self.assertEqual(json.loads(client.expect(name, "news")), {"n": number})

    def test_what_is_told_of_channels(self):
        presence, public = unique("presence-x"), unique("public")
        clients = [self.pysher({"user_id": user}) for user in ("a", "a", "b")]
        for client in clients:
            client.subscribe(presence)
        clients[0].expect(presence, "pusher_internal:member_added")
        clients[0].subscribe(public)
        told = self.backend_library.channel_info(presence, ["user_count", "subscription_count"])
        self.assertEqual(told, {"occupied": True, "user_count": 2, "subscription_count": 3})
        self.assertEqual(self.backend_library.channel_info(public), {"occupied": True})
        self.assertEqual(self.backend_library.channel_info(unique("x")), {"occupied": False})
        self.assertEqual(sorted(user["id"] for user in self.backend_library.users_info(presence)["users"]), ["a", "b"])
        told = self.backend_library.channels_info("presence-", ["user_count"])["channels"]
        self.assertEqual(told[presence], {"user_count": 2})
        self.assertIn(public, self.backend_library.channels_info()["channels"])
        with self.assertRaises(PusherBadRequest):
            self.backend_library.users_info(public)
        with self.assertRaises(PusherBadRequest):
            self.backend_library.channels_info(attributes=["user_count"])

    def test_members_come_and_go(self):
        channel = unique("presence-x")
        watcher = self.pysher({"user_id": "w"})
        watcher.subscribe(channel)
        with PysherClient(self.server, self.app, {"user_id": "a", "user_info": {"name": "A"}}) as client:
            client.subscribe(channel)
            added = json.loads(watcher.expect(channel, "pusher_internal:member_added"))
            self.assertEqual(added, {"user_id": "a", "user_info": {"name": "A"}})
        removed = json.loads(watcher.expect(channel, "pusher_internal:member_removed"))
        self.assertEqual(removed, {"user_id": "a"})

    def test_client_events(self):
        channel = unique("private-x")
        one, two = self.pysher(), self.pysher()
        for client in (one, two):
            client.subscribe(channel, "client-x")
        one.trigger(channel, "client-x", {"n": 1})
        self.assertEqual(two.expect(channel, "client-x"), {"n": 1})
        two.trigger(channel, "client-x", "text")
        self.assertEqual(one.expect(channel, "client-x"), "text")

    def test_its_authorizations_are_accepted(self):
        client = self.pusher()
        private, presence, encrypted = unique("private-x"), unique("presence-x"), unique("private-encrypted-x")
        data = {presence: {"user_id": "a", "user_info": {"n": "é"}}}
        for channel in (private, presence, encrypted):
            answer = self.backend_library.authenticate(channel, client.socket_id, data.get(channel))
            client.subscribe(channel, answer.get("channel_data"), answer["auth"])
        self.backend_library.trigger(encrypted, "news", {"secret": True})
        event = client.expect("news", encrypted)
        self.assertEqual(set(event.data), {"nonce", "ciphertext"})
        self.assertNotIn("secret", event.text)

    def test_users_are_signed_in_reached_and_sent_away(self):
        user = unique("u")
        clients = [self.pusher() for _ in range(3)]
        for client in clients:
            answer = self.backend_library.authenticate_user(client.socket_id, {"id": user, "user_info": {"n": 1}})
            client.ask_signin(answer["user_data"], answer["auth"])
            client.expect("pusher:signin_success")
            client.subscribe(f"#server-to-user-{user}")
        self.assertEqual(self.backend_library.send_to_user(user, "news", {"a": 1}), {})
        for client in clients:
            self.assertEqual(client.expect("news", f"#server-to-user-{user}").data, {"a": 1})
        self.assertEqual(self.backend_library.terminate_user_connections(user), {})
        for client in clients:
            self.assertEqual(client.until_closed()[1], 4009)

    def test_wrong_secrets(self):
        with self.assertRaises(PusherBadAuth):
            library(self.server, APP.but(secret="a secret of nobody")).trigger("x", "news", "")
        with self.assertRaises(PusherBadAuth):
            library(self.server, OTHER.but(id=APP.id)).channels_info()

    def test_an_unknown_key_ends_it(self):
        """By the error's code: Pysher does not look at the one of the close."""
        with PysherClient(self.server, APP.but(key="nobody"), waits=False) as client:
            eventually("it has given up", lambda: client.client.connection.disconnect_called)
            self.assertEqual(client.connects, 0)


class Restart(PusherCase):
    def test_a_client_comes_back(self):
        public, private, presence = unique("public"), unique("private-x"), unique("presence-x")
        with PysherClient(self.server, self.app, {"user_id": "a"}) as client:
            for channel in (public, private, presence):
                client.subscribe(channel, "news")
            for end in (self.server.stop, self.server.kill):
                connects = client.connects
                end()
                self.server.start()
                self.first_process = self.server.process
                eventually("Pysher has come back", lambda: client.connects > connects, 30)
                for channel in (public, private, presence):
                    client.expect(channel, "pusher_internal:subscription_succeeded", 20)
                backend = library(self.server)
                for channel in (public, private, presence):
                    backend.trigger(channel, "news", "x")
                    client.expect(channel, "news")

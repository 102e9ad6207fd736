# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""The HTTP proxy alone in front of real servers (chat protocol, section 4)."""

import random
import unittest

from support import http
from support.case import ServerCase, unique
from support.proxy import HTTPProxy, LossyRelay
from support.server import SERVER_KEY, PushServer
from support.waiting import eventually


class Forwarding(ServerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The same data directory, so that both know the same users.
        cls.proxy = cls.enterClassContext(HTTPProxy([cls.server.udp_port], {"data.directory": cls.server.data}))

    def test_a_message_reaches_its_terminal(self):
        chat = self.connect(unique("u"))
        body = {"to_uid": chat.uid, "content": {"a": [1.0, "ü"]}, "uid": "shop", "type": "note", "ack": "stored"}
        response = self.proxy.call("/chat/send", body)
        frame = chat.receive()
        self.assert_has(frame, uid="shop", to_uid=chat.uid, type="note", content={"a": [1.0, "ü"]})
        data = response.json["data"]
        self.assertEqual((response.status, data["id"], data["onLine"]), (200, frame["id"], 1))
        self.assertEqual(data["time"], frame["time"])
        direct = http.post(self.server.http_port, "/chat/send", body, headers=http.bearer(SERVER_KEY)).json
        self.assertEqual(list(direct["data"]), list(data))
        self.assertEqual((direct["message"], direct["code"]), (response.json["message"], response.json["code"]))

    def test_a_user_sends_with_their_token(self):
        chat = self.connect(unique("u"))
        token = self.server.issue(unique("sender"))
        response = self.proxy.call("/chat/send", {"to_uid": chat.uid, "content": 1, "uid": "forged"}, key=token)
        self.assertEqual(response.status, 200)
        self.assertTrue(chat.receive()["uid"].startswith("sender"))
        self.assertEqual(self.proxy.call("/chat/online?uid=1", key=token).status, 403)

    def test_a_hundred_sends_arrive_in_order(self):
        chat = self.connect(unique("u"))
        response = self.proxy.call("/chat/index", [{"to_uid": chat.uid, "content": n} for n in range(100)])
        frames = chat.rest()
        self.assertEqual([frame["content"] for frame in frames], list(range(100)))
        self.assertEqual([element["id"] for element in response.json["data"]], [frame["id"] for frame in frames])

    def test_online_and_kick(self):
        app, uid = self.connect(unique("u")), None
        uid = app.uid
        pc = self.connect(uid, "pc")
        self.assertEqual(self.proxy.call(f"/chat/online?uid={uid},nobody").json["data"], {uid: 1, "nobody": 0})
        self.assertEqual(self.proxy.call("/chat/kick", {"uid": uid}).json["data"], {"closed": 2})
        for chat in (app, pc):
            frames, code, _ = chat.until_closed()
            self.assertEqual(([frame["type"] for frame in frames], code), (["kick"], 4010))
        self.assertEqual(self.proxy.call("/chat/kick", {"uid": uid}).json["data"], {"closed": 0})

    def test_history_is_read_from_the_configured_archive(self):
        uid, peer = unique("u"), unique("peer")
        sent = self.proxy.call("/chat/send", {"to_uid": uid, "uid": peer, "content": {"n": 1}, "ack": "stored"}).json
        path = f"/chat/history?uid={uid}&with={peer}"
        history = self.proxy.call(path).json["data"]
        self.assertEqual([message["id"] for message in history["messages"]], [sent["data"]["id"]])
        self.assertEqual(history["messages"][0]["content"], {"n": 1})
        self.assertFalse(history["more"])
        direct = http.get(self.server.http_port, path, headers=http.bearer(SERVER_KEY))
        self.assertEqual(direct.text, self.proxy.call(path).text)
        self.assertEqual(self.proxy.call(f"/chat/unread?uid={uid}").json["data"], {peer: 1})

    def test_what_does_not_fit_into_a_datagram_is_413(self):
        response = self.proxy.call("/chat/send", {"to_uid": "1", "content": "x" * 62_000})
        self.assertEqual((response.status, response.json["code"]), (413, 413))
        self.assertEqual(self.proxy.call("/chat/send", {"to_uid": "1", "content": "x" * 60_000}).status, 200)

    def test_metrics_and_no_secret_in_the_log(self):
        metrics = self.proxy.metrics()
        self.assertEqual((metrics["push_nodes"], metrics["push_nodes_available"]), (1, 1))
        self.assertNotIn("secret", self.proxy.process.log)


class LostDatagrams(ServerCase):
    def test_what_is_lost_or_doubled_on_its_way_arrives_once(self):
        seed = random.randrange(1 << 32)
        print(f"seed {seed}", end=" ", flush=True)
        relay = self.enterContext(LossyRelay(self.server.udp_port, seed))
        proxy = self.enterContext(HTTPProxy([relay.port]))
        chat = self.connect(unique("u"))
        for number in range(30):
            response = proxy.call("/chat/send", {"to_uid": chat.uid, "content": number})
            self.assertEqual(response.status, 200, response.text)
        response = proxy.call("/chat/index", [{"to_uid": chat.uid, "content": n} for n in range(30, 80)])
        self.assertTrue(all("id" in element for element in response.json["data"]), response.text)
        self.assertEqual([frame["content"] for frame in chat.rest()], list(range(80)))
        self.assertGreater(relay.lost, 0)
        self.assertGreater(proxy.metrics()["push_forward_retries_total"], 0)


class TwoNodes(unittest.TestCase):
    def test_a_node_that_is_killed_costs_no_more_than_what_was_on_its_way(self):
        with PushServer() as first, PushServer({"server.node": 1}) as second:
            with HTTPProxy([first.udp_port, second.udp_port]) as proxy:
                for _ in range(4):
                    self.assertEqual(self.send(proxy).status, 200)
                for server in (first, second):
                    self.assertEqual(len(server.rows()), 2)
                first.kill()
                statuses = [self.send(proxy).status for _ in range(20)]
                self.assertLessEqual(set(statuses), {200, 503})
                # Half of them at most, and only until the proxy knows.
                eventually("the other node is used alone", lambda: self.send(proxy).status == 200)
                self.assertEqual({self.send(proxy).status for _ in range(6)}, {200})
                self.assertTrue(proxy.is_ready())
                second.kill()
                eventually("the proxy is not ready", lambda: not proxy.is_ready())
                self.assertEqual(self.send(proxy).status, 503)
                first.start()
                eventually("the first node is used again", proxy.is_ready)
                self.assertEqual(self.send(proxy).status, 200)

    def send(self, proxy):
        return proxy.call("/chat/send", {"to_uid": "nobody", "content": 1, "ack": "stored"})

# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""The file of apps: what is wrong with it is said with its line, and SIGHUP takes what has changed, all or nothing."""

import json
import os
import re

from websockets.sync.client import connect

from support.waiting import eventually
from test_reload import ReloadCase

FIRST = "- {id: 1, key: first-key, secret: first-secret-of-an-app}\n"
SECOND = "- {id: 2, key: second-key, secret: second-secret-of-an-app}\n"
SECRETS = ("first-secret-of-an-app", "second-secret-of-an-app")


def open_socket(case, server, key):
    """A WebSocket for an app, closed at the end of the test."""
    url = f"ws://127.0.0.1:{server.ws_port}/app/{key}?protocol=7"
    socket = connect(url, compression=None, proxy=None, open_timeout=10, ping_interval=None, close_timeout=5)
    case.addCleanup(socket.close)
    return socket


def handshake(case, server, key):
    """What a client of an app hears first: an event's name, or the code of an error."""
    frame = json.loads(open_socket(case, server, key).recv(10))
    return frame["data"]["code"] if frame["event"] == "pusher:error" else frame["event"]


class Apps(ReloadCase):
    """A server whose apps stand in a file that the configuration names."""

    def setUp(self):
        super().setUp()
        self.server.stop()
        self.generated = os.path.join(self.server.data, "apps.yaml")
        os.remove(self.generated)
        self.apps = os.path.join(self.server.directory, "my apps.yaml")
        self.write(self.apps, FIRST)
        self.server.settings["apps.file"] = self.apps
        self.server.start()

    def opens(self, key):
        return handshake(self, self.server, key) == "pusher:connection_established"

    def test_a_reload_takes_the_file_and_closes_clients_of_apps_that_are_gone(self):
        socket = open_socket(self, self.server, "first-key")
        socket.recv(10)
        self.assertFalse(self.opens("second-key"))
        self.write(self.apps, FIRST + SECOND)
        self.reload()
        self.assertTrue(self.opens("second-key"))
        self.assertRegex(self.server.log, r"apps changed.*changed=\"?2\b")
        socket.send('{"event":"pusher:ping"}')
        self.assertEqual(json.loads(socket.recv(10))["event"], "pusher:pong")
        self.write(self.apps, SECOND)
        self.reload()
        self.assertFalse(self.opens("first-key"))
        self.assertTrue(self.opens("second-key"))
        eventually("the client of the first app is closed", lambda: self.close_code(socket) == 4001)

    def close_code(self, socket):
        try:
            socket.recv(0.1)
        except Exception:
            pass
        return socket.close_code

    def test_a_wrong_file_changes_nothing(self):
        self.write(self.apps, SECOND + "- {id: 3, key: k, secert: first-secret-of-an-app}\n")
        self.refused("log:\n  level: notice\n", "secert: unknown key; did you mean 'secret'?", "my apps.yaml:2")
        os.remove(self.apps)
        self.refused(None, "my apps.yaml: cannot be read")
        self.assertTrue(self.opens("first-key"))
        self.assertFalse(self.opens("second-key"))
        self.write(self.apps, SECOND)
        self.reload()
        self.assertTrue(self.opens("second-key"))
        for secret in SECRETS:
            self.assertNotIn(secret, self.server.log)

    def test_another_file_is_taken(self):
        other = os.path.join(self.server.directory, "other.yaml")
        self.write(other, SECOND)
        self.server.stop()
        del self.server.settings["apps.file"]
        self.write(self.config, f"apps:\n  file: '{self.apps}'\n")
        self.server.start()
        line = self.reload(f"apps:\n  file: '{other}'\n")
        self.assertEqual(self.changed(line), ({"apps.file"}, set()))
        self.assertEqual([self.opens(key) for key in ("first-key", "second-key")], [False, True])

    def test_check_config_checks_and_shows_the_apps_without_secrets(self):
        done = self.server.command("check-config")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(f"apps.1.secret = <hidden> ({self.apps}:1)\n", done.stdout)
        self.assertIn("apps.1.maxEventBytes = 10KiB (default)\n", done.stdout)
        done = self.server.command("check-config", "--print", "apps.1.key")
        self.assertEqual(done.stdout, "first-key\n")
        self.write(self.apps, FIRST + "- {id: 1, key: first-key, secret: short}\n")
        for command in ("check-config", "serve"):
            done = self.server.command(command)
            self.assertEqual(done.returncode, 78, done.stderr)
            for word in ("my apps.yaml:2: id: '1' is that", "key: 'first-key' is that", "secret: <hidden> is not", "apps.file = "):
                self.assertIn(word, done.stderr)
            for secret in (*SECRETS, "short"):
                self.assertNotIn(secret, done.stdout + done.stderr)

    def test_none_is_generated_where_one_is_named_or_at_a_reload(self):
        self.assertFalse(os.path.exists(self.generated))
        self.server.stop()
        del self.server.settings["apps.file"]
        self.server.start()
        with open(self.generated) as file:
            text = file.read()
        key = re.search(r'key: "([^"]+)"', text)[1]
        os.remove(self.generated)
        self.refused(None, "apps.file is not set, and there is no")
        self.assertFalse(os.path.exists(self.generated))
        self.assertTrue(self.opens(key))

    def test_a_file_that_is_named_and_not_there_is_an_error(self):
        os.remove(self.apps)
        for command in ("check-config", "serve"):
            done = self.server.command(command)
            self.assertEqual(done.returncode, 78, done.stderr)
            self.assertIn("my apps.yaml: cannot be read: No such file or directory", done.stderr)
        self.assertFalse(os.path.exists(self.apps))

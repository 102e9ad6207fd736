# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""Logins out of Redis, in every form that the applications write them (chat protocol, section 1)."""

import base64
import json
import time

from support.case import unique
from support.php import needs_php, php
from support.redis_case import RedisCase, access_token

REFUSED = 401


class Records(RedisCase):
    def test_the_seeds_record(self):
        uid = "123456"
        grant = '{"uid":123456,"token":"123456","expires":15666063466}'
        self.record(uid, f'{{"app":{grant},"info":{{"uid":"123456","xx":"xx"}}}}')
        chat = self.open("MTIzNDU2LjEyMzQ1Ni5hcHA").expect_login()
        self.assert_has(chat.login["data"], uid="123456", source="app")
        self.assertEqual(self.code("123456", uid, "info"), REFUSED)

    def test_what_makes_a_grant_valid(self):
        now = int(time.time())
        uid = unique("u")
        cases = {
            "string token": ({"token": "t"}, 200), "number token": ({"token": 77}, 200),
            "uid of the user": ({"token": "t", "uid": uid}, 200),
            "uid of another": ({"token": "t", "uid": "other"}, 401),
            "ahead": ({"token": "t", "expires": now + 60}, 200), "behind": ({"token": "t", "expires": now - 60}, 401),
            "ahead in ms": ({"token": "t", "expires": (now + 60) * 1000}, 200),
            "behind in ms": ({"token": "t", "expires": (now - 60) * 1000}, 401),
            "ahead as text": ({"token": "t", "expires": str(now + 60)}, 200),
            "behind as text": ({"token": "t", "expires": str(now - 60)}, 401),
            "never": ({"token": "t", "expires": 0}, 200), "time is no expiry": ({"token": "t", "time": 1}, 200),
            "unreadable expiry": ({"token": "t", "expires": {}}, 401), "empty token": ({"token": ""}, 401),
            "null token": ({"token": None}, 401), "true": ({"token": True}, 401), "no token": ({"uid": uid}, 401),
            "list": (["t"], 401), "text": ("t", 401),
        }
        for name, (grant, expected) in cases.items():
            with self.subTest(name):
                self.record(uid, {"app": grant})
                self.assertEqual(self.code("77" if name == "number token" else "t", uid), expected)

    def test_unreadable_records_let_nobody_in(self):
        uid = unique("u")
        for value in ("", "null", "[]", "{", "x" * 100_000, b"\xff\xfe", '{"app":' * 50, "O:8:\"stdClass\":0:{}"):
            with self.subTest(value[:20]):
                self.record(uid, value)
                self.assertEqual(self.code("t", uid), REFUSED)
        self.redis.command("DEL", f"login{uid}")
        self.redis.command("RPUSH", f"login{uid}", "not a string")
        self.assertIn(self.code("t", uid), (401, 503))
        self.redis.command("DEL", f"login{uid}")

    def test_tokens_that_base64_writes_with_signs(self):
        uid = unique("u")
        token = "a>b?c~d.e>>>???~~~"
        self.record(uid, {"app": {"token": token}})
        plain = base64.b64encode(f"{token}.{uid}.app".encode()).decode()
        self.assertRegex(plain, r"[+].*|.*[/]")
        replaced = plain.translate(str.maketrans("+/=", "-_,"))
        for form in (replaced, plain, plain.rstrip("="), replaced.rstrip(",")):
            with self.subTest(form):
                self.open(form).expect_login()

    def test_several_terminals_of_one_record(self):
        uid = unique("u")
        self.record(uid, {source: {"token": f"t-{source}"} for source in ("app", "pc", "weixin", "fax")})
        for source in ("app", "pc", "weixin"):
            self.assertEqual(self.code(f"t-{source}", uid, source), 200)
        self.assertEqual(self.code("t-app", uid, "pc"), REFUSED)
        self.assertEqual(self.code("t-fax", uid, "fax"), REFUSED)

    def test_issue_and_revoke_write_where_the_server_reads(self):
        uid = unique("u")
        self.record(uid, {"info": {"name": "é"}, "pc": {"token": "old"}})
        self.open(self.server.issue(uid)).expect_login()
        record = json.loads(self.redis.command("GET", f"login{uid}"))
        self.assertEqual((record["info"], record["pc"]["token"]), ({"name": "é"}, "old"))
        done = self.server.command("token", "revoke", "--uid", uid, "--source", "pc")
        self.assertEqual((done.returncode, done.stdout), (0, "revoked\n"))
        self.assertEqual(self.code("old", uid, "pc"), REFUSED)

    def test_the_server_changes_no_record(self):
        uid = unique("u")
        written = b'{ "app" : {"token":"t"} ,"info":[1, 2.50]}'
        self.record(uid, written)
        self.open(access_token("t", uid)).expect_login().close()
        self.assertEqual(self.redis.command("GET", f"login{uid}"), written)


@needs_php
class PHPRecords(RedisCase):
    CODE = """
        $record = ['app' => ['uid' => 123456, 'token' => $argv[1], 'expires' => 15666063466, 'time' => 1.5],
                   'pc' => ['uid' => '123456', 'token' => 99, 'expires' => null],
                   'info' => ['name' => "\\u{65b0}\\0\\"", 'vip' => true, 'list' => [1, 2, [3]]]];
        echo $argv[2], serialize($record);
    """

    def test_serialize_bare_and_with_think_serialize(self):
        uid = "123456"
        for prefix in ("", "think_serialize:"):
            with self.subTest(prefix):
                self.record(uid, php(self.CODE, "tökén", prefix))
                self.assertEqual(self.code("tökén", uid), 200)
                self.assertEqual(self.code("99", uid, "pc"), 200)
                self.assertEqual(self.code("98", uid, "pc"), REFUSED)
                self.record(uid, php(self.CODE, "tökén", prefix)[:-1])
                self.assertEqual(self.code("tökén", uid), REFUSED)

    def test_expired_there(self):
        code = "echo serialize(['app' => ['token' => 't', 'expires' => time() - 1]]);"
        self.record("u", php(code))
        self.assertEqual(self.code("t", "u"), REFUSED)

    def test_objects_are_refused(self):
        for code in (
            "echo serialize((object)['app' => ['token' => 't']]);",
            "echo serialize(['app' => (object)['token' => 't']]);",
            "$a = ['token' => 't']; $b = ['app' => &$a, 'pc' => &$a]; echo serialize($b);",
            "echo serialize(['app' => ['token' => 't'], 'x' => new ArrayObject([1])]);",
        ):
            with self.subTest(code):
                self.record("u", php(code))
                self.assertEqual(self.code("t", "u"), REFUSED)

    def test_issue_keeps_the_form_of_the_record(self):
        uid = unique("u")
        self.record(uid, php(self.CODE, "t", "think_serialize:"))
        self.open(self.server.issue(uid, "weixin")).expect_login()
        written = self.redis.command("GET", f"login{uid}")
        self.assertTrue(written.startswith(b"think_serialize:a:"))
        show = "echo json_encode(unserialize(substr(stream_get_contents(STDIN), 16)));"
        record = json.loads(php(show, input=written))
        self.assertEqual(record["info"], {"name": "新\0\"", "vip": True, "list": [1, 2, [3]]})
        self.assertEqual(record["app"]["token"], "t")


class Prefix(RedisCase):
    redis_settings = {"redis.prefix": "shop:"}

    def test_prefix_is_used(self):
        self.record("u", {"app": {"token": "t"}})
        self.assertEqual(self.code("t", "u"), 200)
        self.redis.command("SET", "loginv", json.dumps({"app": {"token": "t"}}))
        self.assertEqual(self.code("t", "v"), REFUSED)

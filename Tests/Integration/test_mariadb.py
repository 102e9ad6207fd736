# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""The archive in MariaDB: the table, and rows exact to the byte (chat protocol, section 6)."""

from support import http
from support.archive_case import ArchiveCase
from support.case import unique
from support.contents import CONTENTS
from support.server import SERVER_KEY, PushServer


class Rows(ArchiveCase):
    def test_table_is_as_documented(self):
        described = self.mariadb.query("SHOW COLUMNS FROM chat", self.database)
        columns = {row[0]: (row[1].replace("(20)", "").replace("(4)", ""), row[2]) for row in described}
        self.assertEqual(
            columns,
            {
                "id": ("bigint unsigned", "NO"), "uid": ("varchar(64)", "NO"), "to_uid": ("varchar(64)", "NO"),
                "type": ("varchar(64)", "NO"), "content": ("mediumtext", "NO"), "state": ("tinyint", "NO"),
                "create_time": ("bigint", "NO"), "update_time": ("bigint", "NO"),
            },
        )
        indexes = {}
        for row in self.mariadb.query("SHOW INDEX FROM chat", self.database):
            indexes.setdefault(row[2], []).append(row[4])
        self.assertEqual(indexes.pop("PRIMARY"), ["id", "to_uid"])
        self.assertEqual(sorted(indexes.values()), [["to_uid", "id"], ["uid", "to_uid", "id"]])
        collation = self.mariadb.query(
            f"SELECT TABLE_COLLATION FROM information_schema.TABLES WHERE TABLE_SCHEMA='{self.database}'"
        )
        self.assertEqual(collation, [["utf8mb4_bin"]] * 3)

    def test_a_row_is_there_when_the_ack_comes(self):
        alice, bob = self.connect(unique("alice")), self.connect(unique("bob"))
        sender, online, offline = alice.uid, bob.uid, unique("carol")
        ack = alice.ask({"to_uid": [online, offline], "type": "note", "content": {"a": "é"}, "client_id": "1"})
        self.assert_has(ack, type="ack", code=200, data={"onLine": 1})
        time = bob.receive()["time"]
        row = {
            "id": int(ack["id"]), "uid": sender, "type": "note", "content": '{"a": "é"}', "create_time": time,
            "update_time": time,
        }
        expected = [{**row, "to_uid": online, "state": 1}, {**row, "to_uid": offline, "state": 0}]
        self.assertEqual(self.rows(f"uid = '{sender}'"), expected)

    def test_contents_as_written(self):
        alice = self.connect(unique("alice"))
        for name, content in CONTENTS.items():
            with self.subTest(name):
                uid = unique("bob")
                alice.send(f'{{"to_uid":"{uid}","content": {content} ,"client_id":"{uid}"}}')
                self.assert_has(alice.receive(), type="ack", code=200)
                self.assertEqual([row["content"] for row in self.rows(f"to_uid = '{uid}'")], [content])

    def test_largest_content(self):
        alice, uid = self.connect(unique("alice")), unique("bob")
        content = '"' + "👍" * ((64 * 1024 - 2) // 4) + '"'
        alice.send(f'{{"to_uid":"{uid}","content":{content},"client_id":"1"}}')
        self.assert_has(alice.receive(), type="ack", code=200)
        self.assertEqual([row["content"] for row in self.rows(f"to_uid = '{uid}'")], [content])

    def test_uids_that_differ_in_case_only_are_two_users(self):
        alice = self.connect(unique("alice"))
        name = unique("Case")
        ack = alice.ask({"to_uid": [name, name.lower()], "content": 1, "client_id": "1"})
        self.assert_has(ack, type="ack")
        self.assertEqual(len(self.rows(f"id = {ack['id']}")), 2)

    def test_udp_and_http_messages_are_archived_too(self):
        uid, sender = unique("bob"), unique("system")
        data = {"to_uid": uid, "uid": sender, "time": "1599877568", "content": {"n": 1}}
        reply = self.backend().ask("to_uid", data, ack="stored")
        self.assert_has(reply, onLine=0, code=200)
        answer = http.post(
            self.server.http_port, "/chat/send", {"to_uid": uid, "content": "two", "ack": "stored"},
            headers=http.bearer(SERVER_KEY),
        )
        self.assertEqual(answer.status, 200)
        first, second = self.rows(f"to_uid = '{uid}'")
        self.assert_has(
            first, id=int(reply["id"]), uid=sender, type="chat", content='{"n": 1}', state=0, create_time=1599877568
        )
        self.assert_has(second, id=int(answer.json["data"]["id"]), uid="0", content='"two"')

    def test_thousands_of_rows_all_arrive_in_order(self):
        alice, uid = self.connect(unique("alice")), unique("bob")
        for number in range(5000):
            alice.message(uid, number)
        self.assert_has(alice.ask({"to_uid": uid, "content": "last", "client_id": "1"}), type="ack")
        self.assertEqual([row["content"] for row in self.rows(f"to_uid = '{uid}'")], [*map(str, range(5000)), '"last"'])


class OtherTables(ArchiveCase):
    archive_settings = {"mariadb.table": "messages_2026"}

    def test_another_name(self):
        alice = self.connect(unique("alice"))
        ack = alice.ask({"to_uid": "bob", "content": 1, "client_id": "1"})
        tables = self.mariadb.query("SHOW TABLES", self.database)
        self.assertEqual(sorted(tables), [["cursor"], ["messages_2026"], ["read_cursor"]])
        rows = self.mariadb.rows(self.database, f"id = {ack['id']}", "messages_2026")
        self.assertEqual([row["to_uid"] for row in rows], ["bob"])

    def test_a_table_of_another_schema_is_not_touched_and_ends_the_start(self):
        name, url = self.mariadb.database()
        self.mariadb.query("CREATE TABLE chat (id int primary key auto_increment, note text)", name)
        self.mariadb.query("INSERT INTO chat (note) VALUES ('mine')", name)
        before = self.mariadb.query("SHOW CREATE TABLE chat", name)
        server = PushServer({"storage.archive": "mariadb", "mariadb.url": url})
        self.addCleanup(server.remove)
        server.spawn()
        self.assertNotIn(server.process.wait(20), (0, None))
        self.assertIn("push-server migrate", server.log)
        self.assertIn("chat", server.log)
        self.assertEqual(self.mariadb.query("SHOW CREATE TABLE chat", name), before)
        self.assertEqual(self.mariadb.query("SELECT note FROM chat", name), [["mine"]])

    def test_migrate_makes_the_seeds_table_one_that_the_server_starts_with(self):
        name, url = self.mariadb.database()
        self.mariadb.query(
            "CREATE TABLE chat (id BIGINT PRIMARY KEY, uid INT, to_uid INT, type VARCHAR(20), content TEXT, state INT,"
            " create_time INT, update_time INT)",
            name,
        )
        self.mariadb.query(
            """INSERT INTO chat VALUES (15998775680003, 1, 2, 'chat', '{"n": 1}', 0, 1599877568, 1599877568)""", name
        )
        server = PushServer({"storage.archive": "mariadb", "mariadb.url": url})
        self.addCleanup(server.remove)
        shown = server.command("migrate")
        self.assertEqual(shown.returncode, 0, shown.stderr)
        self.assertIn("Rows that can be kept: 1.", shown.stdout)
        self.assertIn("--apply", shown.stdout)
        self.assertEqual(self.mariadb.query("SHOW TABLES", name), [["chat"]])
        done = server.command("migrate", "--apply")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"the old table is chat_before_\d{14}\.")
        again = server.command("migrate", "--apply")
        self.assertEqual(again.returncode, 0, again.stderr)
        self.assertIn("nothing to do", again.stdout)
        server.start()
        row, = self.mariadb.rows(name)
        self.assert_has(row, uid="1", to_uid="2", content='{"n": 1}', state=0, create_time=1599877568)
        self.assertEqual(row["id"], 1599877568 * 1048576000 + 15998775680003 % 1048576000)
        server.stop()

    def test_a_table_from_an_earlier_start_is_used(self):
        before = len(self.mariadb.rows(self.database, table="messages_2026"))
        self.server.stop()
        self.server.start()
        alice = self.connect(unique("alice"))
        self.assert_has(alice.ask({"to_uid": "bob", "content": 1, "client_id": "1"}), type="ack")
        self.assertEqual(len(self.mariadb.rows(self.database, table="messages_2026")), before + 1)

# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""RFC 6455 where it is broken or rarely used: handshakes, frames by hand, pings and the end of a connection."""

import base64
import hashlib
import struct

from support.case import ServerCase, unique
from support.chat import Chat
from support.wire import BINARY, CLOSE, PING, PONG, TEXT, Wire, frame, handshake

PROTOCOL_ERROR = 1002


class Handshakes(ServerCase):
    def answer(self, request):
        with Wire(self.server) as wire:
            wire.send(request)
            return wire.head()

    def test_accept_key(self):
        key = base64.b64encode(b"0123456789abcdef").decode()
        request = handshake().replace(b"Sec-WebSocket-Key: ", b"Sec-WebSocket-Key: " + key.encode() + b"\r\nX-Other: ")
        digest = hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()
        accept = f"sec-websocket-accept: {base64.b64encode(digest).decode()}"
        self.assertIn(accept.lower(), self.answer(request).lower())

    def test_bad_handshakes(self):
        good = handshake()
        cases = {
            "version 8": (good.replace(b"Version: 13", b"Version: 8"), "426"),
            "no key": (b"\r\n".join(line for line in good.split(b"\r\n") if b"Key" not in line), "400"),
            "short key": (good.replace(b"Key: ", b"Key: AA"), "400"),
            "POST": (good.replace(b"GET", b"POST", 1), "40"),
            "no HTTP": (b"HELLO\r\n\r\n", "400"),
            "HTTP/2 preface": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "400"),
            "a head of 100 KB": (good[:-2] + b"X-Long: " + b"x" * 100_000 + b"\r\n\r\n", "431"),
            "a thousand headers": (good[:-2] + b"X-Many: 1234567890\r\n" * 1000 + b"\r\n", "431"),
        }
        for name, (request, status) in cases.items():
            with self.subTest(name):
                self.assertRegex(self.answer(request), rf"^HTTP/1\.1 {status}")

    def test_no_compression_is_agreed_on(self):
        head = self.answer(handshake(headers=["Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"]))
        self.assertRegex(head, "^HTTP/1.1 101 ")
        self.assertNotIn("extensions", head.lower())

    def test_in_pieces(self):
        token = self.server.issue(unique("alice"))
        request = handshake(f"/?access_token={token}") + frame(TEXT, '{"type":"ping"}')
        with Wire(self.server) as wire:
            for byte in request:
                wire.send(bytes([byte]))
            self.assertRegex(wire.head(), "^HTTP/1.1 101 ")
            self.assertIn(b'"login"', wire.read_frame()[1])
            self.assertIn(b'"pong"', wire.read_frame()[1])


class Frames(ServerCase):
    def wire(self, behind=b""):
        wire = self.enterContext(Wire(self.server))
        wire.upgrade(f"/?access_token={self.server.issue(unique('alice'))}", behind=behind)
        self.assertIn(b'"code":200', wire.read_frame()[1])
        return wire

    def test_violations_are_closed_1002(self):
        violations = {
            "reserved bit 1": frame(TEXT, "{}", rsv=4), "reserved bit 3": frame(TEXT, "{}", rsv=1),
            "unmasked": frame(TEXT, "{}", mask=False), "opcode 3": frame(3, "{}"), "opcode 15": frame(15),
            "fragmented ping": frame(PING, fin=False), "long ping": frame(PING, "x" * 126),
            "fragmented close": frame(CLOSE, fin=False), "continuation of nothing": frame(0, "{}"),
            "message in a message": frame(TEXT, "{", fin=False) + frame(TEXT, "}"),
            "length in a longer form": frame(TEXT, "{}", length=(16, 2)),
            "length in the longest form": frame(TEXT, "{}", length=(64, 2)),
            "highest bit of a length": frame(TEXT, "", length=(64, 2**63)),
            "close with half a code": frame(CLOSE, b"\x03"),
            "close with code 999": frame(CLOSE, struct.pack("!H", 999)),
            "close with code 1005": frame(CLOSE, struct.pack("!H", 1005)),
            "close with code 1016": frame(CLOSE, struct.pack("!H", 1016)),
            "close with code 5000": frame(CLOSE, struct.pack("!H", 5000)),
        }
        for name, data in violations.items():
            with self.subTest(name):
                wire = self.wire()
                wire.send(data)
                code, reason = wire.read_close()
                self.assertEqual(code, PROTOCOL_ERROR)
                self.assertTrue(reason)

    def test_close_with_an_invalid_reason_is_closed_1007(self):
        wire = self.wire()
        wire.send(frame(CLOSE, struct.pack("!H", 1000) + b"\xff"))
        self.assertEqual(wire.read_close()[0], 1007)

    def test_close_is_answered_with_its_code_and_the_socket_ends(self):
        for code in (1000, 1001, 3000, 4999, None):
            with self.subTest(code):
                wire = self.wire()
                wire.send(frame(CLOSE, struct.pack("!H", code) + "bye é".encode() if code else b""))
                self.assertEqual(wire.read_close()[0], code)

    def test_a_peer_that_does_not_answer_a_close_is_not_waited_for_long(self):
        with Wire(self.server) as wire:
            wire.upgrade("/?access_token=nobody")
            self.assertEqual(wire.read_close(answer=False)[0], 4009)

    def test_nothing_behind_a_close_is_read(self):
        bob = self.connect(unique("bob"))
        uid = bob.uid
        wire = self.wire()
        message = frame(TEXT, f'{{"to_uid":"{uid}","content":1}}')
        wire.send(frame(CLOSE, struct.pack("!H", 1000)) + message + b"\xff" * 9)
        self.assertEqual(wire.read_close()[0], 1000)
        self.assertEqual(bob.rest(), [])

    def test_pings_are_answered_with_their_payload(self):
        wire = self.wire()
        for payload in (b"", b"x", bytes(range(125))):
            wire.send(frame(PING, payload))
            self.assertEqual(wire.read_frame(), (PONG, payload))
        wire.send(frame(PONG, b"unasked"))
        wire.send(frame(PING, b"after"))
        self.assertEqual(wire.read_frame(), (PONG, b"after"))

    def test_control_frames_between_fragments(self):
        wire = self.wire()
        first = [frame(TEXT, '{"type"', fin=False), frame(PING, b"1"), frame(0, "", fin=False)]
        wire.send(b"".join([*first, frame(0, ':"pi', fin=False), frame(PING, b"2"), frame(0, 'ng"}')]))
        self.assertEqual([wire.read_frame() for _ in range(2)], [(PONG, b"1"), (PONG, b"2")])
        self.assertRegex(wire.read_frame()[1], b'^{"type":"pong"')

    def test_a_character_over_two_fragments(self):
        bob = self.connect(unique("bob"))
        data = f'{{"to_uid":"{bob.uid}","content":"é👍"}}'.encode()
        wire = self.wire()
        last = len(data) - 1
        wire.send(b"".join(frame(0 if at else TEXT, data[at : at + 1], fin=at == last) for at in range(len(data))))
        self.assertEqual(bob.receive()["content"], "é👍")

    def test_many_frames_in_one_write_and_one_frame_in_many(self):
        wire = self.wire(behind=frame(PING, b"first"))
        self.assertEqual(wire.read_frame(), (PONG, b"first"))
        wire.send(b"".join(frame(PING, b"%d" % number) for number in range(500)))
        self.assertEqual([wire.read_frame() for _ in range(500)], [(PONG, b"%d" % number) for number in range(500)])
        for byte in frame(PING, b"slow"):
            wire.send(bytes([byte]))
        self.assertEqual(wire.read_frame(), (PONG, b"slow"))


class Silence(ServerCase):
    settings = {"websocket.pingInterval": "1s", "websocket.idleTimeout": "3s"}

    def test_a_silent_peer_is_pinged_and_then_closed_4201(self):
        with Wire(self.server) as wire:
            wire.upgrade(f"/?access_token={self.server.issue(unique('alice'))}")
            self.assertEqual(wire.read_frame()[0], TEXT)
            self.assertEqual(wire.read_frame()[0], PING)
            self.assertEqual(wire.read_close()[0], 4201)

    def test_whoever_answers_stays(self):
        with Wire(self.server) as wire, Chat(self.server, self.server.issue(unique("bob"))) as bob:
            wire.upgrade(f"/?access_token={self.server.issue(unique('alice'))}")
            wire.read_frame()
            answers = 0
            while answers < 3:
                self.assertEqual(wire.read_frame()[0], PING)
                wire.send(frame(PONG))
                answers += 1
            # A client that answers pings by itself, as browsers do, was there all the time.
            self.assertEqual(bob.expect_login().ask({"type": "ping"})["type"], "pong")

    def test_the_text_ping_is_a_sign_of_life(self):
        with Wire(self.server) as wire:
            wire.upgrade(f"/?access_token={self.server.issue(unique('alice'))}")
            wire.read_frame()
            for _ in range(3):
                self.assertEqual(wire.read_frame()[0], PING)
                wire.send(frame(TEXT, "ping"))


class Echo(ServerCase):
    settings = {"websocket.echoPath": "/echo"}

    def test_says_nothing_at_first_and_echoes_in_kind(self):
        with Wire(self.server) as wire:
            wire.upgrade("/echo", behind=frame(PING))
            self.assertEqual(wire.read_frame(), (PONG, b""))
            for opcode, payload in ((TEXT, "é".encode()), (BINARY, b"\xff\x00"), (TEXT, b""), (BINARY, b"")):
                wire.send(frame(opcode, payload))
                self.assertEqual(wire.read_frame(), (opcode, payload))

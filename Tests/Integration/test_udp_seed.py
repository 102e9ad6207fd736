# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""The seed's own UDP examples, in PHP and in Python, unchanged but for address and secret."""

import json
import socket

from support.case import ServerCase, unique
from support.php import needs_php, php
from support.server import SECRET

# The function and the packet of the seed's documentation.
NESTED = r"""
function udpGet($sendMsg = '', $ip = '127.0.0.1', $port = '9502') {
	$handle = stream_socket_client("udp://{$ip}:{$port}", $errno, $errstr);
	if (!$handle) {
		die("ERROR: {$errno} - {$errstr}\n");
	}
	fwrite($handle, $sendMsg . "\n");
	$result = fread($handle, 1024);
	fclose($handle);
	return $result;
}
$_GET = ['to_uid' => $argv[2]];
$apiAuth = json_decode('{"sk":"123456","means":"to_uid"}', true);
$data = json_decode('{"to_uid":"123456","type":"chat","uid":"123456","time":"1599877568",
	"content":{"type":"text","value":"新内容"}}', true);
$apiAuth['sk'] = $argv[3];
$apiAuth['data'] = array_merge($data, $_GET);
$data = json_encode($apiAuth, JSON_UNESCAPED_UNICODE);
$result = udpGet($data, '127.0.0.1', $argv[1]);//返回值
print_r($result);
"""

# The shorter example: everything in one object.
FLAT = r"""
function udpGet($sendMsg = '', $ip = '192.168.0.150', $port = '9502',$secret_key='123456') {
	$handle = stream_socket_client("udp://{$ip}:{$port}", $errno, $errstr);
	if (!$handle) {
		die("ERROR: {$errno} - {$errstr}\n");
	}
	fwrite($handle, $sendMsg . "\n");
	$result = fread($handle, 1024);
	fclose($handle);
	return $result;
}
$_GET = ['to_uid' => $argv[2], 'content' => 'fdsfdsf'];
$secret_key = $argv[3];
$_GET['sk']=$secret_key;
$data = json_encode($_GET, JSON_UNESCAPED_UNICODE);
$result = udpGet($data, '127.0.0.1', $argv[1]);
print_r($result);
"""

# Sends many and waits for each reply, as the seed's author measured.
LOOP = NESTED.split("$_GET")[0] + r"""
for ($i = 0; $i < (int)$argv[4]; $i++) {
    $packet = ['sk' => $argv[3], 'means' => 'to_uid', 'data' => ['to_uid' => $argv[2], 'content' => $i]];
    $reply = json_decode(udpGet(json_encode($packet), '127.0.0.1', $argv[1]), true);
    if ($reply['onLine'] !== 1) { die("reply $i\n"); }
}
echo 'done';
"""


class SeedExamples(ServerCase):
    def assert_delivered(self, bob, reply, **members):
        self.assertRegex(reply, r'^\{"onLine":1,"id":"\d{19}","code":200\}$')
        frame = bob.receive()
        self.assert_has(frame, id=json.loads(reply)["id"], to_uid=bob.uid, type="chat", **members)

    @needs_php
    def test_php_nested(self):
        bob = self.connect(unique("bob"))
        reply = php(NESTED, str(self.server.udp_port), bob.uid, SECRET).decode()
        self.assert_delivered(bob, reply, uid="123456", time=1599877568, content={"type": "text", "value": "新内容"})

    @needs_php
    def test_php_flat(self):
        bob = self.connect(unique("bob"))
        reply = php(FLAT, str(self.server.udp_port), bob.uid, SECRET).decode()
        self.assert_delivered(bob, reply, uid="0", content="fdsfdsf")

    @needs_php
    def test_php_in_a_loop(self):
        bob = self.connect(unique("bob"))
        uid = bob.uid
        self.assertEqual(php(LOOP, str(self.server.udp_port), uid, SECRET, "200"), b"done")
        self.assertEqual([bob.receive()["content"] for _ in range(200)], list(range(200)))

    @needs_php
    def test_php_with_the_wrong_secret_is_not_left_waiting(self):
        bob = self.connect(unique("bob"))
        reply = json.loads(php(NESTED, str(self.server.udp_port), bob.uid, "1234567898"))
        self.assertEqual(reply["onLine"], 0)
        self.assertEqual(bob.rest(), [])

    def test_python(self):
        bob = self.connect(unique("bob"))
        packet = {
            "sk": SECRET, "means": "to_uid",
            "data": {
                "to_uid": bob.uid, "type": "chat", "uid": "123456", "time": "1599877568",
                "content": {"type": "text", "value": "新内容"},
            },
        }
        with socket.socket(type=socket.SOCK_DGRAM) as handle:
            handle.settimeout(10)
            handle.connect(("127.0.0.1", self.server.udp_port))
            handle.send(json.dumps(packet, ensure_ascii=False).encode() + b"\n")
            reply = handle.recv(1024).decode()
        self.assert_delivered(bob, reply, uid="123456", time=1599877568, content={"type": "text", "value": "新内容"})

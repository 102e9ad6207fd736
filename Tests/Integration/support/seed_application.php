<?php
// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

// An application beside the server, as PHP applications of the first system are: it knows Redis keys, and nothing of the
// server. Lets a user in, and tells where the user's terminals are.
//
//     php seed_application.php PORT PASSWORD login UID SOURCE TOKEN FORMAT
//     php seed_application.php PORT PASSWORD find UID

/** Redis with the values of the application's cache: scalars as they are, arrays as `think_serialize:` or as JSON. */
final class Cache
{
    private const PREFIX = 'think_serialize:';
    private $socket;

    public function __construct(string $port, string $password)
    {
        $this->socket = stream_socket_client("tcp://127.0.0.1:$port");
        $this->call('AUTH', $password);
    }

    public function set(string $key, array $value, string $format): void
    {
        $this->call('SET', $key, $format === 'json' ? json_encode($value) : self::PREFIX . serialize($value));
    }

    public function hGet(string $key, string $field)
    {
        return $this->value($this->call('HGET', $key, $field));
    }

    public function hGetAll(string $key): array
    {
        $flat = $this->call('HGETALL', $key);
        $hash = [];
        for ($index = 0; $index < count($flat); $index += 2) {
            $hash[$flat[$index]] = $this->value($flat[$index + 1]);
        }
        return $hash;
    }

    private function value($text)
    {
        if ($text === null || strncmp($text, self::PREFIX, strlen(self::PREFIX)) !== 0) {
            return $text === null ? null : json_decode($text, true, 512, JSON_THROW_ON_ERROR);
        }
        $value = unserialize(substr($text, strlen(self::PREFIX)), ['allowed_classes' => false]);
        if ($value === false) {
            throw new RuntimeException("cannot be unserialized: $text");
        }
        return $value;
    }

    private function call(string ...$words)
    {
        $command = '*' . count($words) . "\r\n";
        foreach ($words as $word) {
            $command .= '$' . strlen($word) . "\r\n$word\r\n";
        }
        fwrite($this->socket, $command);
        return $this->reply();
    }

    private function reply()
    {
        $line = rtrim(fgets($this->socket), "\r\n");
        $rest = substr($line, 1);
        switch ($line[0]) {
            case '+':
            case ':':
                return $rest;
            case '$':
                return $rest === '-1' ? null : substr(stream_get_contents($this->socket, $rest + 2), 0, -2);
            case '*':
                return $rest === '0' ? [] : array_map(fn () => $this->reply(), range(1, (int) $rest));
            default:
                throw new RuntimeException($line);
        }
    }
}

[, $port, $password, $action, $uid] = $argv;
$cache = new Cache($port, $password);
if ($action === 'login') {
    [, , , , , $source, $token, $format] = $argv;
    $grant = ['uid' => $uid, 'token' => $token, 'expires' => time() + 3600];
    $cache->set("login$uid", [$source => $grant, 'info' => ['name' => 'é']], $format);
    exit;
}
// Which terminals the user has, and what the nodes that have them say of each.
$found = [];
foreach ($cache->hGet('ws_clientInfo', $uid) ?? [] as $source => $client) {
    $node = $cache->hGetAll('ws_fdInfo:' . $client['ip'] . $client['port']);
    $found[$source] = ['client' => $client, 'fd' => $node[$client['fd']]];
}
echo json_encode($found, JSON_FORCE_OBJECT);

<?php
// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

// Backends of webman/push and of workbunny/webman-push-server, which sign and ask as the API classes of those do, and know
// nothing of this server.
//
//     echo '{"class":"WebmanAPI","arguments":[...],"calls":[["trigger",[...]], ...]}' | php seed_clients.php
//
// Prints a list with what each call gave.

/** One request, and its answer as a list of status and body. */
function ask(string $method, string $url, ?string $body = null): array
{
    $context = stream_context_create(['http' => [
        'method' => $method, 'ignore_errors' => true, 'timeout' => 10, 'protocol_version' => 1.1,
        'header' => ['Content-Type: application/json', 'Connection: close'], 'content' => $body ?? '',
    ]]);
    $answer = file_get_contents($url, false, $context);
    preg_match('/ (\d+)/', $http_response_header[0], $status);
    return ['status' => (int)$status[1], 'body' => $answer];
}

/** What is signed of parameters: lists are joined by commas, nothing is escaped. */
function signed(array $parameters): string
{
    ksort($parameters);
    $pairs = [];
    foreach ($parameters as $name => $value) {
        $pairs[] = $name . '=' . (is_array($value) ? implode(',', $value) : $value);
    }
    return implode('&', $pairs);
}

/** webman/push: one path for every app, no auth_version, and a query without escapes. */
final class WebmanAPI
{
    private const BASE = '/apps/1024';

    public function __construct(private string $address, private string $key, private string $secret)
    {
    }

    public function trigger($channels, string $event, $data, ?string $socketId = null): bool
    {
        $body = ['name' => $event, 'data' => json_encode($data), 'channels' => (array)$channels];
        if ($socketId) {
            $body['socket_id'] = $socketId;
        }
        return $this->post('/events', $body)['status'] === 200;
    }

    public function getChannels(array $parameters = []): array
    {
        return $this->get('/channels', $parameters);
    }

    public function getChannelInfo(string $channel, array $parameters = [])
    {
        return $this->get('/channels/' . $channel, $parameters)['result'];
    }

    public function get(string $path, array $parameters = []): array
    {
        $answer = ask('GET', $this->url('GET', $path, $parameters));
        return $answer + ['result' => json_decode($answer['body'], true)];
    }

    public function post(string $path, $body): array
    {
        $text = is_string($body) ? $body : json_encode($body);
        return ask('POST', $this->url('POST', $path, ['body_md5' => md5($text)]), $text);
    }

    private function url(string $method, string $path, array $parameters): string
    {
        $parameters += ['auth_key' => $this->key, 'auth_timestamp' => time()];
        $text = "$method\n" . self::BASE . "$path\n" . signed($parameters);
        $parameters['auth_signature'] = hash_hmac('sha256', $text, $this->secret);
        return $this->address . self::BASE . $path . '?' . signed($parameters);
    }
}

/** workbunny: its own id in the path, data as it is, lists in the query. */
final class WorkbunnyAPI
{
    /** Parameters of the signature that are signed, but left to the server. */
    public array $unsent = [];

    public function __construct(
        private string $address, private string $key, private string $secret, private string $appId
    ) {
    }

    public function without(string ...$names): string
    {
        $this->unsent = $names;
        return 'ok';
    }

    public function trigger(array $channels, string $event, $data, array $parameters = []): array
    {
        return $this->post('/events', ['channels' => $channels, 'name' => $event, 'data' => $data] + $parameters);
    }

    public function triggerBatch(array $batch): array
    {
        return $this->post('/batch_events', ['batch' => $batch]);
    }

    public function getChannels(array $parameters = []): array
    {
        return $this->get('/channels', $parameters);
    }

    public function getChannelInfo(string $channel, array $parameters = []): array
    {
        return $this->get("/channels/$channel", $parameters);
    }

    public function getPresenceUsers(string $channel): array
    {
        return $this->get("/channels/$channel/users");
    }

    public function terminateUserConnections(string $user): array
    {
        return $this->post("/users/$user/terminate_connections", new stdClass());
    }

    public function get(string $path, array $parameters = []): array
    {
        return $this->decoded(ask('GET', $this->url('GET', $path, $parameters)));
    }

    public function post(string $path, $body): array
    {
        $text = json_encode($body);
        return $this->decoded(ask('POST', $this->url('POST', $path, ['body_md5' => md5($text)]), $text));
    }

    private function url(string $method, string $path, array $parameters): string
    {
        $path = "/apps/{$this->appId}$path";
        $parameters += ['auth_key' => $this->key, 'auth_timestamp' => time(), 'auth_version' => '1.0'];
        $parameters['auth_signature'] = hash_hmac('sha256', "$method\n$path\n" . signed($parameters), $this->secret);
        foreach ($this->unsent as $name) {
            unset($parameters[$name]);
        }
        return $this->address . $path . '?' . http_build_query($parameters);
    }

    private function decoded(array $answer): array
    {
        return $answer + ['result' => json_decode($answer['body'], true)];
    }
}

$task = json_decode(stream_get_contents(STDIN), true);
$api = new $task['class'](...$task['arguments']);
echo json_encode(array_map(fn ($call) => $api->{$call[0]}(...($call[1] ?? [])), $task['calls']));

// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

// Channels against the real server.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { push as makePush, WebSocket } from './support/clients.mjs';
import { app, authEndpoint, authorization, PushServer, sign } from './support/server.mjs';
import { eventually, next, record } from './support/waiting.mjs';

const succeeded = 'pusher:subscription_succeeded';
let server;
let counter = 0;

before(async () => { server = await PushServer.start({ PUSH_AUTH_RECHECK: '1s' }); });
after(() => server.remove());

const unique = (name) => `${name}-${counter += 1}`;

function push(t, options) {
  return makePush(t, { url: server.url, app_key: app.key, auth: authorization, ...options });
}

async function connected(t, options) {
  const client = push(t, options);
  if (client.connection.state !== 'connected') await next(client.connection, 'connected');
  return client;
}

async function joined(client, name) {
  const channel = client.subscribe(name);
  if (!channel.subscribed) await next(channel, succeeded);
  return channel;
}

const member = (id, info) => ({ channel_data: { user_id: id, user_info: info } });

test('states are told, and the socket id is that of the protocol', async (t) => {
  const client = push(t);
  const changes = record(client.connection, 'state_change');
  await next(client.connection, 'connected');
  assert.match(client.connection.socket_id, /^\d+\.\d+$/);
  client.disconnect();
  assert.deepEqual(changes.map(({ previous, current }) => `${previous} ${current}`), [
    'connecting connected', 'connected disconnected',
  ]);
  assert.equal(changes[1].retry_in, null);
  assert.equal(client.connection.socket_id, undefined);
});

test('an event of a backend reaches the channel, the client and those who listen to everything', async (t) => {
  const client = await connected(t);
  const channel = await joined(client, unique('news'));
  const global = [];
  channel.on_global((event, data) => global.push([event, data]));
  const atClient = next(client, 'message');
  const arrived = next(channel, 'message');
  await server.publish(channel.name, 'message', { text: 'hello', n: [1] });
  const [data, metadata] = await arrived;
  assert.deepEqual(data, { text: 'hello', n: [1] });
  assert.deepEqual(metadata, {
    event: 'message', channel: channel.name, user_id: undefined, raw: '{"text":"hello","n":[1]}',
  });
  assert.deepEqual((await atClient)[0], data);
  assert.deepEqual(global, [['message', data]]);
});

test('a text that is no JSON arrives as it is', async (t) => {
  const client = await connected(t);
  const channel = await joined(client, unique('news'));
  const arrived = next(channel, 'message');
  await server.call('POST', '/events', { channel: channel.name, name: 'message', data: 'no {JSON' });
  assert.equal((await arrived)[0], 'no {JSON');
});

test('numbers keep their digits with a parser that can', async (t) => {
  const parse = (text) => JSON.parse(text.replace(/(?<!\\)":(\d{16,})/g, '":"$1"'));
  const client = await connected(t, { parse });
  const channel = await joined(client, unique('news'));
  const arrived = next(channel, 'message');
  await server.call('POST', '/events', { channel: channel.name, name: 'message', data: '{"id":1882426818716237824}' });
  assert.deepEqual((await arrived)[0], { id: '1882426818716237824' });
});

test('subscribing is idempotent, and what was unsubscribed is silent', async (t) => {
  const client = await connected(t);
  const channel = await joined(client, unique('news'));
  assert.equal(client.subscribe(channel.name), channel);
  assert.equal(client.channel(channel.name), channel);
  const heard = record(channel, 'message');
  const other = await joined(client, unique('news'));
  assert.deepEqual(client.allChannels(), [channel, other]);
  client.unsubscribe(channel.name);
  assert.equal(client.channel(channel.name), undefined);
  assert.equal(channel.subscribed, false);
  const arrived = next(other, 'message');
  await server.publish(channel.name, 'message', 1);
  await server.publish(other.name, 'message', 2);
  await arrived;
  assert.deepEqual(heard, []);
  client.unsubscribeAll();
  assert.deepEqual(client.allChannels(), []);
});

test('a channel may be left and joined again at once', async (t) => {
  const client = await connected(t);
  const first = await joined(client, unique('private-a'));
  first.unsubscribe();
  const second = await joined(client, first.name);
  assert.notEqual(first, second);
  const arrived = next(second, 'message');
  await server.publish(second.name, 'message', 1);
  assert.equal((await arrived)[0], 1);
});

test('a channel that is left before it was joined is not joined', async (t) => {
  const client = await connected(t);
  const name = unique('private-a');
  client.subscribe(name);
  client.unsubscribe(name);
  await joined(client, unique('private-fence'));
  assert.deepEqual(WebSocket.last.sent.filter((text) => text.includes(name)), []);
});

test('private channels ask the endpoint with a form', async (t) => {
  const endpoint = await authEndpoint((form) => authorization(form));
  t.after(endpoint.stop);
  const client = await connected(t, { auth: endpoint.url });
  const channel = await joined(client, unique('private-a'));
  assert.deepEqual(endpoint.asked, [{ channel_name: channel.name, socket_id: client.connection.socket_id }]);
});

test('an endpoint gets the headers and parameters it wants', async (t) => {
  let seen;
  const endpoint = await authEndpoint((form, headers) => {
    seen = headers;
    return authorization(form);
  });
  t.after(endpoint.stop);
  const auth = { url: endpoint.url, params: () => ({ room: 'a b&c' }), headers: { 'X-CSRF-Token': 'secret' } };
  const client = await connected(t, { auth });
  await joined(client, unique('private-a'));
  assert.equal(endpoint.asked[0].room, 'a b&c');
  assert.equal(seen['x-csrf-token'], 'secret');
});

test('an endpoint that refuses is heard of, and asked again by the next subscribe', async (t) => {
  let isOpen = false;
  const endpoint = await authEndpoint((form) => (isOpen ? authorization(form) : { status: 403, body: 'Forbidden' }));
  t.after(endpoint.stop);
  const client = await connected(t, { auth: endpoint.url });
  const channel = client.subscribe(unique('private-a'));
  const [error] = await next(channel, 'pusher:subscription_error');
  assert.equal(error.type, 'AuthError');
  assert.equal(error.status, 403);
  assert.equal(error.retry_in, null);
  isOpen = true;
  await joined(client, channel.name);
  assert.equal(endpoint.asked.length, 2);
});

test('an endpoint that is away is asked again by itself', async (t) => {
  let count = 0;
  const isAway = () => (count += 1) < 3;
  const endpoint = await authEndpoint((form) => (isAway() ? { status: 503, body: 'later' } : authorization(form)));
  t.after(endpoint.stop);
  const client = await connected(t, { auth: endpoint.url });
  const channel = client.subscribe(unique('private-a'));
  const errors = record(channel, 'pusher:subscription_error');
  await next(channel, succeeded);
  assert.deepEqual(errors.map(({ status }) => status), [503, 503]);
});

test('an answer that is none is an error of the channel', async (t) => {
  for (const body of ['<html>', '[]', 'null', '{"auth":5}']) {
    const endpoint = await authEndpoint(() => ({ body }));
    const client = await connected(t, { auth: endpoint.url });
    const [error] = await next(client.subscribe(unique('private-a')), 'pusher:subscription_error');
    assert.equal(error.type, 'AuthError', body);
    client.disconnect();
    await endpoint.stop();
  }
});

test('functions of the application that throw are errors of the channel', async (t) => {
  const thrown = () => { throw new Error('mine'); };
  for (const options of [{ auth: thrown }, { auth: { url: 'x', params: thrown } }, { channel_data: thrown }]) {
    const client = await connected(t, options);
    const [error] = await next(client.subscribe(unique('presence-a')), 'pusher:subscription_error');
    assert.deepEqual([error.type, error.status, error.error], ['AuthError', 0, 'mine']);
    client.disconnect();
  }
});

test('a wrong signature is an error of the channel', async (t) => {
  const client = await connected(t, { auth: () => ({ auth: `${app.key}:${'0'.repeat(64)}` }) });
  const [error] = await next(client.subscribe(unique('private-a')), 'pusher:subscription_error');
  assert.equal(error.status, 401);
});

test('client events reach the others, and not the sender', async (t) => {
  const [alice, bob] = [await connected(t), await connected(t)];
  const name = unique('private-room');
  const [here, there] = [await joined(alice, name), await joined(bob, name)];
  const own = record(here, 'client-message');
  const arrived = next(there, 'client-message');
  assert.equal(here.trigger('client-message', { form_uid: 2, content: 'hello' }), true);
  assert.deepEqual((await arrived)[0], { form_uid: 2, content: 'hello' });
  const answered = next(here, 'client-answer');
  there.trigger('client-answer', ['ok']);
  await answered;
  assert.deepEqual(own, []);
});

test('what is triggered before the subscription waits for it, in order', async (t) => {
  const bob = await connected(t);
  const there = await joined(bob, unique('private-room'));
  const heard = record(there, 'client-n');
  const alice = push(t);
  const here = alice.subscribe(there.name);
  for (let n = 0; n < 15; n += 1) assert.equal(here.trigger('client-n', n), true);
  await eventually('all events arrive', () => heard.length === 15);
  assert.deepEqual(heard, Array.from({ length: 15 }, (_, n) => n));
});

test('what waits on several channels stays below the rate of the connection', async (t) => {
  const [alice, bob] = [push(t), await connected(t)];
  const errors = record(alice, 'pusher:error');
  const there = await Promise.all([0, 1, 2, 3].map(() => joined(bob, unique('private-room'))));
  const heard = there.map((channel) => record(channel, 'client-n'));
  for (const { name } of there) {
    const here = alice.subscribe(name);
    for (let n = 0; n < 8; n += 1) assert.equal(here.trigger('client-n', n), true);
  }
  await eventually('all events arrive', () => heard.every(({ length }) => length === 8));
  for (const values of heard) assert.deepEqual(values, [0, 1, 2, 3, 4, 5, 6, 7]);
  assert.deepEqual(errors, []);
});

test('nothing is sent to a channel that was left', async (t) => {
  const client = await connected(t);
  const channel = await joined(client, unique('private-room'));
  channel.unsubscribe();
  assert.equal(channel.trigger('client-n', 1), false);
});

test('no more wait than may', async (t) => {
  const client = push(t, { queueLimit: 2 });
  const channel = client.subscribe(unique('private-room'));
  const taken = [1, 2, 3].map((n) => channel.trigger('client-n', n));
  assert.deepEqual(taken, [true, true, false]);
});

test('a name without client- is an error of the caller', async (t) => {
  const client = await connected(t);
  const channel = await joined(client, unique('private-room'));
  assert.throws(() => channel.trigger('message', 1), /client-/);
});

test('presence: who is there, who comes, who goes, and who one is', async (t) => {
  const alice = await connected(t, member('alice', { name: 'Alice' }));
  const name = unique('presence-room');
  const here = alice.subscribe(name);
  const [welcome] = await next(here, succeeded);
  assert.equal(welcome, here.members);
  assert.equal(here.members.count, 1);
  assert.deepEqual(here.members.me, { id: 'alice', info: { name: 'Alice' } });

  const came = next(here, 'pusher:member_added');
  const bob = await connected(t, member(7, { name: 'Bob' }));
  const there = await joined(bob, name);
  assert.deepEqual((await came)[0], { id: '7', info: { name: 'Bob' } });
  assert.equal(there.members.myID, '7');
  const names = [];
  there.members.each(({ info }) => names.push(info.name));
  assert.deepEqual(names.sort(), ['Alice', 'Bob']);
  assert.deepEqual(there.members.get('alice').info, { name: 'Alice' });
  assert.equal(there.members.get(7), there.members.me);

  const waved = next(here, 'client-wave');
  there.trigger('client-wave', {});
  assert.equal((await waved)[1].user_id, '7');

  const left = next(here, 'pusher:member_removed');
  bob.unsubscribe(name);
  assert.equal((await left)[0].id, '7');
  assert.deepEqual(here.members.toArray().map(({ id }) => id), ['alice']);
});

test('presence: an id that is a word of the language is an id', async (t) => {
  const client = await connected(t, member('__proto__', { name: 'Proto' }));
  const channel = await joined(client, unique('presence-room'));
  assert.deepEqual(channel.members.toArray(), [{ id: '__proto__', info: { name: 'Proto' } }]);
  assert.equal(channel.members.get('constructor'), undefined);
});

test('channel_data may depend on the channel', async (t) => {
  const client = await connected(t, { channel_data: (name) => ({ user_id: name }) });
  const channel = await joined(client, unique('presence-room'));
  assert.equal(channel.members.me.id, channel.name);
});

test('the number of subscribers is told', async (t) => {
  const [alice, bob] = [await connected(t), await connected(t)];
  const channel = alice.subscribe(unique('news'));
  bob.subscribe(channel.name);
  await eventually('two are counted', () => channel.subscription_count === 2);
});

test('a cache channel gives its last event, or says that there is none', async (t) => {
  const [alice, bob] = [await connected(t), await connected(t)];
  const channel = alice.subscribe(unique('cache-news'));
  await next(channel, 'pusher:cache_miss');
  await server.publish(channel.name, 'message', 'last');
  assert.equal((await next(bob.subscribe(channel.name), 'message'))[0], 'last');
});

test('a user signs in: events to them, and whom they watch', async (t) => {
  const signed = (id, watchlist) => ({ socket_id: socketID }) => {
    const data = JSON.stringify({ id, watchlist });
    return { auth: sign(socketID, '', 'user', '', data), user_data: data };
  };
  const [ann, ben] = [unique('ann'), unique('ben')];
  const alice = await connected(t, { user_auth: signed(ann, [ben]) });
  const [bob] = [await connected(t, { user_auth: signed(ben, []) })];
  alice.signin();
  const [user] = await next(alice, 'pusher:signin_success');
  assert.equal(user.id, ann);
  assert.equal(alice.user.id, ann);
  const online = next(alice.user.watchlist, 'online');
  bob.signin();
  assert.deepEqual((await online)[0].user_ids, [ben]);

  const name = `#server-to-user-${ann}`;
  await eventually('the channel of the user is subscribed', () => alice.channel(name).subscribed);
  const arrived = next(alice.user, 'message');
  await server.publish(name, 'message', { for: ann });
  assert.deepEqual((await arrived)[0], { for: ann });
});

test('a sign-in that is refused is told', async (t) => {
  const client = await connected(t, { user_auth: () => ({ auth: `${app.key}:0`, user_data: '{"id":"eve"}' }) });
  client.signin();
  await next(client, 'pusher:signin_error');
  assert.equal(client.user.id, undefined);
});

test('who has signed in joins presence without channel_data, after every reconnect', async (t) => {
  const id = unique('ann');
  const userAuth = ({ socket_id: socketID }) => {
    const data = JSON.stringify({ id });
    const signed = { auth: sign(socketID, '', 'user', '', data), user_data: data };
    // Slower than what signs for channels.
    return new Promise((resolve) => { setTimeout(resolve, 50, signed); });
  };
  const auth = ({ socket_id: socketID, channel_name: name }) => ({ auth: sign(socketID, name) });
  const client = push(t, { auth, user_auth: userAuth });
  client.signin();
  const channel = await joined(client, unique('presence-room'));
  assert.equal(channel.members.me.id, id);
  const errors = record(channel, 'pusher:subscription_error');
  const again = next(channel, succeeded);
  WebSocket.last.breakOff();
  await again;
  assert.deepEqual(errors, []);
  assert.equal(channel.members.me.id, id);
});

test('a token of the chat brings its grants', async (t) => {
  const uid = unique('ann');
  const token = await server.issue(uid, { channels: ['private-user-{uid}', 'presence-room-*'] });
  const client = await connected(t, { auth: undefined, access_token: async () => token });
  await joined(client, `private-user-${uid}`);
  const room = await joined(client, unique('presence-room'));
  assert.deepEqual(room.members.toArray().map(({ id }) => id), [uid]);
  await server.revoke(uid);
  const [end] = await next(client.connection, 'disconnected');
  assert.equal(end.code, 4009);
  assert.equal(end.retry_in, null);
});

test("the server's own endpoints sign for who has a token", async (t) => {
  const uid = unique('ann');
  const token = await server.issue(uid, { channels: ['private-user-{uid}', 'presence-room-*'] });
  const endpoint = (path) => ({ url: `http://127.0.0.1:${server.httpPort}${path}`, params: { access_token: token } });
  const client = await connected(t, { auth: endpoint('/pusher/auth'), user_auth: endpoint('/pusher/user-auth') });
  await joined(client, `private-user-${uid}`);
  const room = await joined(client, unique('presence-room'));
  assert.equal(room.members.me.id, uid);
  const refused = next(client.subscribe(unique('private-other')), 'pusher:subscription_error');
  assert.equal((await refused)[0].status, 403);
  const signedIn = next(client, 'pusher:signin_success');
  client.signin();
  assert.equal((await signedIn)[0].id, uid);
});

test('a key that nobody knows is the end', async (t) => {
  const client = push(t, { app_key: 'nobody' });
  const errors = record(client.connection, 'error');
  const [end] = await next(client.connection, 'disconnected');
  assert.equal(end.code, 4001);
  assert.equal(end.retry_in, null);
  assert.equal(errors[0].code, 4001);
});

test('a killed server is come back to, and everything is subscribed again', async (t) => {
  const alice = await connected(t, member('alice'));
  const channels = [];
  for (const name of ['news', 'private-room', 'presence-room']) channels.push(await joined(alice, unique(name)));
  const firstID = alice.connection.socket_id;
  const [lost, changes] = [next(alice.connection, 'disconnected'), record(alice.connection, 'state_change')];
  await server.kill();
  const [{ code, retry_in: delay }] = await lost;
  assert.equal(code, 1006);
  assert.ok(delay >= 0 && delay <= 300);
  assert.ok(channels.every((channel) => !channel.subscribed));
  assert.equal(channels[1].trigger('client-late', 1), true);
  const back = Promise.all(channels.map((channel) => next(channel, succeeded)));
  await server.startAgain();
  await back;
  assert.notEqual(alice.connection.socket_id, firstID);
  assert.equal(channels[2].members.count, 1);
  assert.equal(changes[changes.length - 1].current, 'connected');
  const arrived = next(channels[0], 'message');
  await server.publish(channels[0].name, 'message', 'again');
  assert.equal((await arrived)[0], 'again');
});

test('a server that restarts is come back to', async (t) => {
  const client = await connected(t);
  const lost = next(client.connection, 'disconnected');
  await server.kill('SIGTERM');
  assert.equal((await lost)[0].code, 4200);
  const back = next(client.connection, 'connected');
  await server.startAgain();
  await back;
});

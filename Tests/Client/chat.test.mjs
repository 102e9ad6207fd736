// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

// The chat against the real server.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { chat as makeChat, WebSocket } from './support/clients.mjs';
import { PushServer, request } from './support/server.mjs';
import { eventually, next, record } from './support/waiting.mjs';

let server;
let counter = 0;

before(async () => {
  server = await PushServer.start({ PUSH_HTTP_SERVER_KEYS: 'key', PUSH_AUTH_RECHECK: '1s', PUSH_ARCHIVE_SETTLE: '0s' });
});
after(() => server.remove());

const unique = (name) => `${name}-${process.pid}-${counter += 1}`;
const text = (value) => ({ type: 'text', value });

/** A user who has logged in; `heard` has the messages from the first one on. */
async function user(t, uid, options) {
  const client = makeChat(t, { url: server.url, access_token: await server.issue(uid, options), ...options });
  client.heard = record(client, 'message');
  await next(client, 'login');
  return client;
}

async function leave(client, witness) {
  const { uid } = client;
  client.disconnect();
  await eventually('the server knows', async () => (await witness.online([uid]))[uid] === 0);
}

const acknowledged = (id) => WebSocket.opened.some(({ sent }) => sent.includes(JSON.stringify({ type: 'ack', id })));

async function pair(t, options) {
  const [ann, ben] = [unique('ann'), unique('ben')];
  return [await user(t, ann, options), await user(t, ben, options), ann, ben];
}


test('a login says who one is', async (t) => {
  const uid = unique('ann');
  const client = await user(t, uid, { source: 'pc' });
  assert.equal(client.uid, uid);
  assert.equal(client.source, 'pc');
  assert.equal(typeof client.device, 'string');
  assert.equal(client.connection.state, 'connected');
  assert.ok(!WebSocket.last.url.search.includes('access_token'));
});

test('a message arrives, and the sender knows', async (t) => {
  const [alice, bob, ann, ben] = await pair(t);
  const arrived = next(bob, 'message');
  const sent = await alice.send(ben, text('hi'), { client_id: 'c1', type: 'note', colour: 'red' });
  assert.deepEqual({ ...sent, id: undefined }, { id: undefined, client_id: 'c1', onLine: true, stored: true });
  const [message] = await arrived;
  assert.equal(message.id, sent.id);
  assert.deepEqual([message.uid, message.to_uid, message.type, message.colour], [ann, ben, 'note', 'red']);
  assert.deepEqual(message.content, text('hi'));
});

test('a hundred messages at once arrive in order, and each is answered', async (t) => {
  const [alice, bob, , ben] = await pair(t);
  const heard = record(bob, 'message');
  const sent = await Promise.all(Array.from({ length: 100 }, (_, n) => alice.send(ben, n)));
  await eventually('all arrive', () => heard.length === 100);
  assert.deepEqual(heard.map(({ content }) => content), Array.from({ length: 100 }, (_, n) => n));
  assert.equal(new Set(sent.map(({ id }) => id)).size, 100);
});

test('what the server refuses is rejected', async (t) => {
  const [alice, , , ben] = await pair(t);
  await assert.rejects(alice.send(ben, undefined), { code: 400, message: /content/ });
  await assert.rejects(alice.send(ben, 1, { type: 'kick' }), { code: 400 });
  await assert.rejects(alice.send(ben, 'x'.repeat(66000)), { code: 413 });
});

test('no more wait than may', async (t) => {
  const client = makeChat(t, { url: 'ws://127.0.0.1:9', access_token: 'x', outboxLimit: 1 });
  const first = client.send('ben', 1);
  await assert.rejects(client.send('ben', 2), { code: 429 });
  client.disconnect();
  await assert.rejects(first, { code: 0 });
});

test('history in pages, unread, and the read mark', async (t) => {
  const [alice, bob, ann, ben] = await pair(t);
  const ids = [];
  for (let n = 0; n < 5; n += 1) ids.push((await alice.send(ben, n)).id);
  const newest = await bob.history(ann, { limit: 2 });
  assert.deepEqual(newest.messages.map(({ content }) => content), [4, 3]);
  assert.equal(newest.more, true);
  const older = await bob.history(ann, { before: newest.messages[1].id, limit: 10 });
  assert.deepEqual(older.messages.map(({ id }) => id), [ids[2], ids[1], ids[0]]);
  assert.equal(older.more, false);
  assert.deepEqual(await bob.unread(), { [ann]: 5 });
  const told = next(alice, 'read');
  await bob.read(ann, ids[3]);
  assert.deepEqual((await told)[0], { uid: ben, id: ids[3] });
  assert.deepEqual(await bob.unread(), { [ann]: 1 });
});

test('many questions at once are all answered', async (t) => {
  const [alice, , , ben] = await pair(t);
  const answers = await Promise.all(Array.from({ length: 40 }, () => alice.history(ben, { limit: 1 })));
  assert.ok(answers.every(({ messages }) => messages.length === 0));
});

test('typing and who is online', async (t) => {
  const [alice, bob, ann, ben] = await pair(t);
  const told = next(bob, 'typing');
  assert.equal(alice.typing(ben), true);
  assert.deepEqual((await told)[0], { uid: ann });
  const stranger = unique('eve');
  assert.deepEqual(await alice.online([ben, stranger]), { [ben]: 1, [stranger]: 0 });
});

test('what the other terminals send is heard where that is asked for', async (t) => {
  const [ann, ben] = [unique('ann'), unique('ben')];
  const [app, pc] = [await user(t, ann), await user(t, ann, { source: 'pc', echo: true })];
  const heard = next(pc, 'message');
  await app.send(ben, 'from the app');
  const [message] = await heard;
  assert.deepEqual([message.uid, message.to_uid, message.content], [ann, ben, 'from the app']);
});

test('what was missed comes at the next login, in order, and once', async (t) => {
  const [alice, bob, , ben] = await pair(t);
  const { id } = await alice.send(ben, 'live');
  await eventually('it is acknowledged', () => acknowledged(id));
  await leave(bob, alice);
  for (const n of [1, 2, 3]) assert.equal((await alice.send(ben, n)).onLine, false);
  bob.connect();
  await eventually('the missed ones come', () => bob.heard.length === 4);
  const heard = bob.heard.map(({ content, state }) => [content, state]);
  assert.deepEqual(heard, [['live', 1], [1, 0], [2, 0], [3, 0]]);
});

test('what was acknowledged does not come to a client that knows nothing', async (t) => {
  const [alice, bob, , ben] = await pair(t);
  const { id } = await alice.send(ben, 'old');
  await eventually('it is acknowledged', () => acknowledged(id));
  await leave(bob, alice);
  await alice.send(ben, 'new');
  const again = await user(t, ben, { device: bob.device });
  await eventually('the other comes', () => again.heard.length === 1);
  assert.deepEqual(again.heard.map(({ content }) => content), ['new']);
});

test('by hand, only what was acknowledged is taken as had', async (t) => {
  const [ann, ben] = [unique('ann'), unique('ben')];
  const alice = await user(t, ann);
  const bob = await user(t, ben, { ack: 'manual' });
  const ids = [];
  for (const n of [1, 2, 3]) ids.push((await alice.send(ben, n)).id);
  await eventually('all are there', () => bob.heard.length === 3);
  assert.ok(!acknowledged(ids[2]));
  bob.ack(ids[0]);
  await leave(bob, alice);
  const again = await user(t, ben, { ack: 'manual' });
  await eventually('the others come', () => again.heard.length === 2);
  assert.deepEqual(again.heard.map(({ id }) => id), [ids[1], ids[2]]);
});

test('since takes the place of what the server knows', async (t) => {
  const [alice, bob, , ben] = await pair(t);
  const ids = [];
  for (const n of [1, 2, 3]) ids.push((await alice.send(ben, n)).id);
  await eventually('all are acknowledged', () => acknowledged(ids[2]));
  assert.equal(bob.since, ids[2]);
  await leave(bob, alice);
  const again = await user(t, ben, { since: ids[0] });
  await eventually('the later ones come', () => again.heard.length === 2);
  assert.deepEqual(again.heard.map(({ id }) => id), [ids[1], ids[2]]);
});

test('what is sent while the server is away is sent when it is back, once', async (t) => {
  const [alice, bob, , ben] = await pair(t);
  const heard = record(bob, 'message');
  await alice.send(ben, 'before');
  await server.kill();
  await eventually('the end is seen', () => alice.connection.state !== 'connected');
  const sent = Promise.all([1, 2, 3].map((n) => alice.send(ben, n)));
  const asked = alice.history(ben, { limit: 1 });
  await server.startAgain();
  assert.equal(new Set((await sent).map(({ id }) => id)).size, 3);
  assert.equal((await asked).messages.length, 1);
  await eventually('all arrive', () => heard.length >= 4);
  assert.deepEqual(heard.map(({ content }) => content), ['before', 1, 2, 3]);
});

test('a message whose answer was lost is not there twice', async (t) => {
  const [alice, bob, , ben] = await pair(t);
  const heard = record(bob, 'message');
  const socket = WebSocket.opened.find(({ sent }) => sent.length > 0 && sent[0].includes(alice._token));
  const { onmessage } = socket;
  socket.onmessage = () => {};
  const sent = alice.send(ben, 'once');
  await eventually('it has arrived', () => heard.length === 1);
  socket.onmessage = onmessage;
  socket.breakOff();
  const { id } = await sent;
  assert.equal(id, heard[0].id);
  await alice.send(ben, 'fence');
  await eventually('the fence arrives', () => heard.length === 2);
  assert.deepEqual(heard.map(({ content }) => content), ['once', 'fence']);
});

test('a token that nobody knows is the end', async (t) => {
  const client = makeChat(t, { url: server.url, access_token: 'bm9ib2R5LmV2ZS5hcHA' });
  const waiting = client.send('ben', 1);
  const refused = next(client, 'refused');
  await assert.rejects(waiting, { code: 4009 });
  assert.equal((await refused)[0].code, 401);
  assert.equal(client.connection.state, 'disconnected');
});

test('a login that runs out is had anew where the token is asked for', async (t) => {
  const uid = unique('ann');
  const tokens = [await server.issue(uid)];
  const client = makeChat(t, { url: server.url, access_token: () => tokens[tokens.length - 1] });
  await next(client, 'login');
  tokens.push(await server.issue(uid));
  const [{ code, retry_in: delay }] = await next(client.connection, 'disconnected');
  assert.equal(code, 4009);
  assert.ok(delay !== null);
  await next(client, 'login');
});

test('who is kicked does not come back, and hears why', async (t) => {
  const uid = unique('ann');
  const client = await user(t, uid);
  const [refused, ended] = [next(client, 'refused'), next(client.connection, 'disconnected')];
  const { body } = await request('POST', server.httpPort, '/chat/kick', JSON.stringify({ uid, sk: 'key' }));
  assert.equal(JSON.parse(body).data.closed, 1, body);
  assert.equal((await refused)[0].code, 441);
  assert.deepEqual([(await ended)[0].code, (await ended)[0].retry_in], [4010, null]);
});

test('a second login of the same terminal ends the first', async (t) => {
  const uid = unique('ann');
  const token = await server.issue(uid);
  const first = makeChat(t, { url: server.url, access_token: token });
  await next(first, 'login');
  const ended = next(first.connection, 'disconnected');
  const second = makeChat(t, { url: server.url, access_token: token });
  await next(second, 'login');
  assert.deepEqual([(await ended)[0].code, (await ended)[0].retry_in], [4010, null]);
});

test('a login can be renewed while it holds', async (t) => {
  const uid = unique('ann');
  const client = await user(t, uid);
  const renewed = next(client, 'login');
  client.login(await server.issue(uid));
  assert.equal((await renewed)[0].uid, uid);
  assert.equal(client.connection.state, 'connected');
});

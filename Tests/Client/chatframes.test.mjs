// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

// What a chat client does of frames that a healthy server has no reason to send, or not when a test would like it.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { chat as makeChat } from './support/clients.mjs';
import { ScriptedServer } from './support/scripted.mjs';
import { eventually, next, record } from './support/waiting.mjs';

const accepted = { type: 'login', code: 200, data: { token: 'dev1', uid: 'ann', source: 'app', session: 1, ping: 25 } };
const id = (n) => `18824268800432537${String(n).padStart(2, '0')}`;
const message = (n, more) => ({
  id: id(n), uid: 'ben', to_uid: 'ann', type: 'chat', time: 1, state: 1, content: n, ...more,
});

/** A server that lets everybody in, and then does what `heard` says. */
async function open(t, heard = () => {}, options = {}) {
  const server = await ScriptedServer.start({
    heard: (peer, frame) => (frame.type === 'login' ? peer.send(accepted) : heard(peer, frame)),
  });
  t.after(() => server.stop());
  const client = makeChat(t, { url: server.url, access_token: 't', ...options });
  await next(client, 'login');
  return { server, client, peer: server.last };
}

const acks = (peer) => peer.received.filter(({ type }) => type === 'ack').map(({ id: one }) => one);
const ack = ({ client_id: clientID }, n) => ({
  type: 'ack', code: 200, client_id: clientID, id: id(n), data: { onLine: 0 },
});

test('what comes too fast is sent again when it may be', async (t) => {
  let refusals = 2;
  let count = 0;
  const { client, peer } = await open(t, (from, frame) => {
    if (refusals > 0) {
      refusals -= 1;
      return from.send({ type: 'error', code: 429, message: 'too fast', client_id: frame.client_id, retry_after: 20 });
    }
    from.send(ack(frame, count += 1));
  });
  const sent = await Promise.all([1, 2, 3].map((n) => client.send('ben', n)));
  assert.equal(sent.length, 3);
  assert.equal(peer.received.filter(({ type }) => type === 'chat').length, 5);
});

test('more than may at once waits below the rate', async (t) => {
  const { client, peer } = await open(t, (from, frame) => from.send(ack(frame, 1)));
  const all = Promise.all(Array.from({ length: 25 }, (_, n) => client.send('ben', n)));
  await eventually('the first come', () => peer.received.length > 20);
  assert.ok(peer.received.length < 26);
  await all;
  const contents = peer.received.filter(({ type }) => type === 'chat').map(({ content }) => content);
  assert.deepEqual(contents, Array.from({ length: 25 }, (_, n) => n));
});

test('no more than eight questions wait at the server', async (t) => {
  const { client, peer } = await open(t);
  const questions = () => peer.received.filter(({ type }) => type === 'unread');
  const answers = Array.from({ length: 10 }, () => client.unread());
  await eventually('some are asked', () => questions().length === 8);
  const told = client.send('ben', 'passes them');
  await eventually('messages pass', () => peer.received.some(({ type }) => type === 'chat'));
  assert.equal(questions().length, 8);
  for (let n = 0; n < 10; n += 1) {
    await eventually('the next is asked', () => questions().length > n);
    peer.send({ type: 'unread', client_id: questions()[n].client_id, data: { ben: n } });
  }
  assert.deepEqual((await Promise.all(answers)).map(({ ben }) => ben), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  peer.send(ack(peer.received.find(({ type }) => type === 'chat'), 1));
  await told;
});

test('an archive that is away rejects a question, and the session goes on', async (t) => {
  const { client } = await open(t, (from, { client_id: clientID, type }) => (type === 'history'
    ? from.send({ type: 'error', code: 503, message: 'no archive', client_id: clientID })
    : from.send({ type: 'online', client_id: clientID, data: { ben: 1 } })));
  await assert.rejects(client.history('ben'), { code: 503, message: 'no archive' });
  assert.deepEqual(await client.online(['ben']), { ben: 1 });
});

test('what comes twice is told once, and acknowledged again where the ack was lost', async (t) => {
  const { client, server, peer } = await open(t);
  const heard = record(client, 'message');
  [1, 2].forEach((n) => peer.send(message(n)));
  await eventually('acknowledged together', () => acks(peer).length === 1);
  assert.deepEqual(acks(peer), [id(2)]);
  const again = next(client, 'login');
  peer.breakOff();
  await again;
  [1, 2, 3].forEach((n) => server.last.send(message(n, { state: 0 })));
  await eventually('the last is acknowledged', () => acks(server.last).includes(id(3)));
  assert.deepEqual(heard.map(({ content }) => content), [1, 2, 3]);
  const third = next(client, 'login');
  server.last.breakOff();
  await third;
  server.last.send(message(3, { state: 0 }));
  await eventually('acknowledged again', () => acks(server.last).includes(id(3)));
  assert.equal(heard.length, 3);
});

test('of two ids the longer one is above', async (t) => {
  const { peer } = await open(t);
  ['9', '10'].forEach((one) => peer.send(message(0, { id: one })));
  await eventually('acknowledged', () => acks(peer).length > 0);
  assert.deepEqual(acks(peer), ['10']);
});

test('by hand nothing is acknowledged by itself, and no id above what was', async (t) => {
  const { client, peer } = await open(t, () => {}, { ack: 'manual' });
  const heard = record(client, 'message');
  [1, 2, 2].forEach((n) => peer.send(message(n)));
  await eventually('they are there', () => heard.length === 2);
  client.ack(id(1));
  await eventually('acknowledged', () => acks(peer).length > 0);
  assert.deepEqual(acks(peer), [id(1)]);
});

test('since follows what comes in order, and stops at a gap', async (t) => {
  const { client, server, peer } = await open(t, () => {}, { ack: false, since: id(0) });
  assert.equal(peer.url.searchParams.get('since'), id(0));
  assert.equal(peer.url.searchParams.get('ack'), null);
  const delayed = next(client, 'delayed');
  peer.send(message(1));
  peer.send({ type: 'history', code: 503 });
  peer.send(message(5));
  await delayed;
  await eventually('the new one is there', () => client._known.size === 2);
  assert.equal(client.since, id(1));
  const again = next(client, 'login');
  peer.breakOff();
  await again;
  assert.equal(server.last.url.searchParams.get('since'), id(1));
  assert.equal(server.last.url.searchParams.get('token'), 'dev1');
});

test('what oneself sent from elsewhere is told, and not acknowledged', async (t) => {
  const { client, peer } = await open(t, () => {}, { echo: true });
  const heard = record(client, 'message');
  peer.send(message(1, { uid: 'ann', to_uid: 'ann' }));
  peer.send(message(2, { uid: 'ann', to_uid: 'ben' }));
  peer.send(message(2, { uid: 'ann', to_uid: 'carol' }));
  await eventually('acknowledged', () => acks(peer).length > 0);
  assert.deepEqual(acks(peer), [id(1)]);
  assert.deepEqual(heard.map(({ to_uid: to }) => to), ['ann', 'ben', 'carol']);
});

test('nothing that a server sends throws', async (t) => {
  const reported = [];
  const { error } = console;
  console.error = (one) => reported.push(one);
  t.after(() => { console.error = error; });
  const { client, peer } = await open(t);
  const heard = record(client, 'message');
  for (const text of ['x', '', 'null', '5', '[]', '{}', '{"type":5}', '{"type":"chat"}', '{"type":"ack"}',
    '{"type":"ack","client_id":["x"]}', '{"type":"history"}', '{"type":"edit","content":1}',
    '{"type":"push.x","content":1}',
    '{"type":"error"}', '{"type":"typing"}', '{"type":"pong"}', '{"type":"login","code":200}']) peer.send(text);
  peer.send(message(1));
  await eventually('the message is there', () => heard.length > 0);
  assert.deepEqual(heard.map(({ content }) => content), [1]);
  assert.deepEqual(reported, []);
});

test('a login store that is away is come back to', async (t) => {
  let count = 0;
  const server = await ScriptedServer.start({
    heard: (peer) => {
      if ((count += 1) > 1) return peer.send(accepted);
      peer.send({ message: 'later', type: 'login', code: 503, data: [] });
      peer.breakOff();
    },
  });
  t.after(() => server.stop());
  const client = makeChat(t, { url: server.url, access_token: 't' });
  const [{ code, retry_in: delay }] = await next(client.connection, 'disconnected');
  assert.equal(code, 4100);
  assert.ok(delay > 0);
  await next(client, 'login');
});

test('a question without an answer has an end', async (t) => {
  t.after(() => { globalThis.setTimeout = own; });
  const { setTimeout: own } = globalThis;
  const { client } = await open(t);
  globalThis.setTimeout = (action, milliseconds) => own(action, milliseconds === 15000 ? 1 : milliseconds);
  await assert.rejects(client.unread(), { code: 408 });
});

// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

// How a connection begins, shows that it lives, ends and comes back: against a server that does as it is told.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Push, push as makePush, WebSocket } from './support/clients.mjs';
import { ScriptedServer } from './support/scripted.mjs';
import { eventually, next, record } from './support/waiting.mjs';

const greeting = { event: 'pusher:connection_established', data: '{"socket_id":"1.1","activity_timeout":120}' };
const greets = { connected: (peer) => peer.send(greeting) };

async function serve(t, behaviour = greets) {
  const server = await ScriptedServer.start(behaviour);
  t.after(() => server.stop());
  return server;
}

const push = (t, server, options) => makePush(t, { url: server.url, app_key: 'key', ...options });

async function connected(t, server, options) {
  const client = push(t, server, options);
  await next(client.connection, 'connected');
  return client;
}

/** What a client does of an end: the change to `disconnected`. */
async function ended(t, end, options) {
  const server = await serve(t);
  const client = await connected(t, server, { maxDelay: 30000, ...options });
  const told = next(client.connection, 'disconnected');
  end(server.last, client);
  const [change] = await told;
  client.disconnect();
  return change;
}

for (const code of [4001, 4003, 4004, 4005, 4006, 4007, 4008, 4009, 4099, 4300, 4301, 4999]) {
  test(`${code}: does not come back`, async (t) => {
    assert.equal((await ended(t, (peer) => peer.close(code, 'why'))).retry_in, null);
  });
}

for (const [code, least, most] of [[4100, 4000, 5000], [4199, 4000, 5000], [4200, 0, 1000], [4201, 0, 1000],
  [4299, 0, 1000], [1001, 0, 1000], [1011, 0, 1000]]) {
  test(`${code}: comes back between ${least} and ${most} ms`, async (t) => {
    const change = await ended(t, (peer) => peer.close(code, 'why'));
    assert.equal(change.code, code);
    assert.equal(change.reason, 'why');
    assert.ok(change.retry_in >= least && change.retry_in <= most, String(change.retry_in));
  });
}

test('4000: comes back with TLS, once', async (t) => {
  const server = await serve(t, { connected: (peer) => peer.close(4000, 'TLS only') });
  const urls = [];
  class Recorded extends WebSocket {
    constructor(url) {
      urls.push(url);
      super(url.replace('wss:', 'ws:'));
    }
  }
  const client = push(t, server, { WebSocket: Recorded });
  await eventually('it gives up', () => client.connection.state === 'disconnected' && urls.length === 2);
  await eventually('for good', () => urls[1].startsWith('wss:') && client.connection.state === 'disconnected');
});

test('a connection that breaks counts by what was said before', async (t) => {
  const refused = { event: 'pusher:error', data: { code: 4001, message: 'no such app' } };
  const change = await ended(t, (peer) => {
    peer.send(refused);
    peer.breakOff();
  });
  assert.deepEqual([change.code, change.reason, change.retry_in], [4001, 'no such app', null]);
});

test('the wait grows from failure to failure, up to the longest', async (t) => {
  const random = Math.random;
  Math.random = () => 1;
  t.after(() => { Math.random = random; });
  class Refused {
    constructor() {
      setImmediate(() => this.onclose({ code: 1006, reason: '' }));
    }

    close() {}
  }
  const client = makePush(t, { url: 'ws://127.0.0.1:9', app_key: 'key', WebSocket: Refused, maxDelay: 16000 });
  const waits = [];
  for (let n = 0; n < 6; n += 1) {
    const [{ retry_in: delay }] = await next(client.connection, 'disconnected');
    waits.push(delay);
    client.connection.wake();
  }
  assert.deepEqual(waits, [1000, 2000, 4000, 8000, 16000, 16000]);
});

test('a device that is back does not wait, unless the server has asked for it', async (t) => {
  const random = Math.random;
  Math.random = () => 1;
  t.after(() => { Math.random = random; });
  const server = await serve(t);
  const client = await connected(t, server, { maxDelay: 30000 });
  let lost = next(client.connection, 'disconnected');
  server.last.breakOff();
  await lost;
  const back = next(client.connection, 'connected');
  client.connection.wake();
  await back;
  lost = next(client.connection, 'disconnected');
  server.last.close(4100, 'over capacity');
  await lost;
  client.connection.wake();
  assert.equal(client.connection.state, 'disconnected');
});

test('a silent server is pinged, and left when it stays silent', async (t) => {
  const server = await serve(t);
  const client = await connected(t, server, { heartbeat: 30, pingTimeout: 60 });
  const [{ code }] = await next(client.connection, 'disconnected');
  assert.equal(code, 4201);
  assert.deepEqual(server.peers[0].received[0], { event: 'pusher:ping', data: {} });
});

test('a server that answers is kept, and hears a ping however much it says', async (t) => {
  const server = await serve(t, {
    ...greets, heard: (peer, { event }) => event === 'pusher:ping' && peer.send({ event: 'pusher:pong', data: '{}' }),
  });
  const client = await connected(t, server, { heartbeat: 20, pingTimeout: 2000 });
  const lost = record(client.connection, 'disconnected');
  const talk = setInterval(() => server.last.send({ event: 'news', data: '1', channel: 'c' }), 5);
  t.after(() => clearInterval(talk));
  await eventually('three pings', () => server.last.received.length >= 3);
  assert.deepEqual(lost, []);
});

test('a server that answers late, but in time, is kept', async (t) => {
  let pongs = 0;
  const server = await serve(t, {
    ...greets,
    heard: (peer, { event }) => event === 'pusher:ping' && setTimeout(() => {
      pongs += 1;
      peer.send({ event: 'pusher:pong', data: '{}' });
    }, 30),
  });
  const client = await connected(t, server, { heartbeat: 10, pingTimeout: 500 });
  const lost = record(client.connection, 'disconnected');
  await eventually('the first would have run out', () => pongs >= 70);
  assert.deepEqual(lost, []);
});

test('the server may want to hear more often, within reason', async (t) => {
  const { setInterval: own } = globalThis;
  t.after(() => { globalThis.setInterval = own; });
  for (const [said, every] of [[10, 10000], [1, 5000], [120, 25000], [0, 25000], [-5, 25000], ['x', 25000]]) {
    const data = { socket_id: '1.1', activity_timeout: said };
    const server = await serve(t, { connected: (peer) => peer.send({ ...greeting, data }) });
    const intervals = [];
    globalThis.setInterval = (action, milliseconds) => {
      intervals.push(milliseconds);
      return own(action, milliseconds);
    };
    const client = await connected(t, server);
    globalThis.setInterval = own;
    client.disconnect();
    assert.ok(intervals.includes(every), `${said}: ${intervals}`);
  }
});

test('a connection that held was a good one: the wait starts anew', async (t) => {
  const [random, now] = [Math.random, Date.now];
  t.after(() => Object.assign(Math, { random }) && Object.assign(Date, { now }));
  Math.random = () => 1;
  const server = await serve(t);
  for (const [held, delay] of [[9000, 30000], [11000, 1000]]) {
    const client = await connected(t, server, { maxDelay: 30000 });
    client.connection._failures = 8;
    Date.now = () => now() + held;
    const told = next(client.connection, 'disconnected');
    server.last.breakOff();
    assert.equal((await told)[0].retry_in, delay);
    Date.now = now;
    client.disconnect();
  }
});

test('what waited for a subscription goes out in a burst, and then one by one', async (t) => {
  const server = await serve(t, {
    ...greets,
    heard: (peer, { event, data }) => event === 'pusher:subscribe'
      && peer.send({ event: 'pusher_internal:subscription_succeeded', channel: data.channel, data: '{}' }),
  });
  const client = push(t, server);
  const channel = client.subscribe('private-a');
  for (let n = 0; n < 12; n += 1) channel.trigger('client-n', n);
  await next(channel, 'pusher:subscription_succeeded');
  client.connection.wake();
  await eventually('all came', () => server.last.received.length >= 14);
  const events = server.last.received.map(({ event, data }) => (event === 'client-n' ? data : event));
  assert.deepEqual(events, ['pusher:subscribe', 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 'pusher:ping', 10, 11]);
});

test('the budget is of the connection: what waits on several channels takes turns', async (t) => {
  const server = await serve(t, {
    ...greets,
    heard: (peer, { event, data }) => event === 'pusher:subscribe' && data.channel === 'private-d'
      && ['a', 'b', 'c', 'd'].forEach((name) => peer.send({
        event: 'pusher_internal:subscription_succeeded', channel: `private-${name}`, data: '{}',
      })),
  });
  const client = push(t, server);
  const channels = ['a', 'b', 'c', 'd'].map((name) => client.subscribe(`private-${name}`));
  for (const channel of channels) for (let n = 0; n < 4; n += 1) channel.trigger('client-n', n);
  await next(channels[3], 'pusher:subscription_succeeded');
  client.connection.wake();
  const events = () => server.last.received.filter(({ event }) => event !== 'pusher:subscribe');
  await eventually('all came', () => events().length === 17);
  // Ten at once, and the others later.
  assert.equal(events().findIndex(({ event }) => event === 'pusher:ping'), 10);
  for (const { name } of channels) {
    assert.deepEqual(events().filter(({ channel }) => channel === name).map(({ data }) => data), [0, 1, 2, 3]);
  }
});

test('what is triggered while the socket is closing goes out on the next one', async (t) => {
  const server = await serve(t, {
    ...greets,
    heard: (peer, { event, data }) => event === 'pusher:subscribe'
      && peer.send({ event: 'pusher_internal:subscription_succeeded', channel: data.channel, data: '{}' }),
  });
  // As in browsers, a socket that is closing takes everything and sends nothing.
  class Closing extends WebSocket {
    readyState = 1;
    send(text) {
      if (this.readyState === 1) super.send(text);
    }
  }
  const client = await connected(t, server, { WebSocket: Closing });
  const channel = client.subscribe('private-a');
  await next(channel, 'pusher:subscription_succeeded');
  WebSocket.last.readyState = 2;
  assert.equal(channel.trigger('client-n', 1), true);
  assert.equal(channel.trigger('client-n', 2), true);
  assert.equal(client.connection.send('{}'), false);
  const again = next(channel, 'pusher:subscription_succeeded');
  server.last.breakOff();
  await again;
  const events = () => server.last.received.filter(({ event }) => event === 'client-n').map(({ data }) => data);
  await eventually('both came', () => events().length === 2);
  assert.deepEqual(events(), [1, 2]);
});

for (const [name, error, isOf] of [
  ['of a client event', { code: 4301, message: 'too many' }, false], ['of a frame', { code: null, message: 'no' }, true],
]) {
  test(`an error ${name} while the sign-in waits is ${isOf ? 'the' : 'not the'} sign-in's`, async (t) => {
    const server = await serve(t);
    let answer;
    const auth = () => new Promise((resolve) => { answer = resolve; });
    const client = await connected(t, server, { user_auth: auth });
    const failed = record(client, 'pusher:signin_error');
    client.signin();
    await eventually('it is asked', () => answer);
    const fence = async (data) => {
      const told = next(client, 'pusher:error');
      server.last.send({ event: 'pusher:error', data });
      await told;
    };
    // Not sent yet, it can have failed of nothing.
    await fence({ code: null, message: 'of something else' });
    assert.deepEqual(failed, []);
    answer({ auth: 'key:signed', user_data: '{"id":"ann"}' });
    await eventually('it is sent', () => server.last.received.some(({ event }) => event === 'pusher:signin'));
    await fence(error);
    assert.deepEqual(failed, isOf ? [error] : []);
  });
}

test('a sign-in without an answer has an end, and presence goes on', async (t) => {
  const server = await serve(t);
  const user = () => ({ auth: 'key:signed', user_data: '{"id":"ann"}' });
  const client = await connected(t, server, { user_auth: user, authTimeout: 50 });
  client.signin();
  client.subscribe('presence-a');
  const [{ message }] = await next(client, 'pusher:signin_error');
  assert.match(message, /no answer/);
  await eventually('it is asked for', () => server.last.received.some(({ event }) => event === 'pusher:subscribe'));
});

test('the answer to a subscription that was given up is not taken for that of the next', async (t) => {
  const server = await serve(t);
  let asked = 0;
  // The second time, nobody signs.
  const auth = () => ((asked += 1) === 1 ? { auth: 'key:signed' } : new Promise(() => {}));
  const client = await connected(t, server, { auth });
  client.subscribe('private-a');
  await eventually('it is asked for', () => server.last.received.length === 1);
  client.unsubscribe('private-a');
  const again = client.subscribe('private-a');
  server.last.send({ event: 'pusher_internal:subscription_succeeded', channel: 'private-a', data: '{}' });
  const fenced = next(client, 'fence');
  server.last.send({ event: 'fence', data: '1' });
  await fenced;
  assert.equal(again.subscribed, false);
});

test('a ping of the server is answered', async (t) => {
  const server = await serve(t);
  await connected(t, server);
  server.last.send({ event: 'pusher:ping', data: '{}' });
  await eventually('a pong', () => server.last.received.some(({ event }) => event === 'pusher:pong'));
});

test('a server that does not greet is left', async (t) => {
  const server = await serve(t, {});
  const client = push(t, server, { connectTimeout: 50 });
  const [{ code, previous }] = await next(client.connection, 'disconnected');
  assert.deepEqual([code, previous], [4201, 'connecting']);
});

test('nothing that a server sends throws', async (t) => {
  const server = await serve(t);
  const reported = [];
  const { error } = console;
  console.error = (...values) => reported.push(values);
  t.after(() => { console.error = error; });
  const client = await connected(t, server, { channel_data: { user_id: 'a' } });
  const channel = client.subscribe('presence-r');
  const frames = [
    'no JSON', '', 'null', '5', '"s"', '[]', '{}', '{"event":5}', '{"event":["x"]}', '{"event":"x"}',
    '{"event":"x","channel":5}', '{"event":"x","channel":"presence-r"}', '{"event":"pusher:error"}',
    '{"event":"pusher:error","data":null}', '{"event":"pusher:error","data":"x"}', '{"event":"pusher:signin_success"}',
    '{"event":"pusher:signin_success","data":"{\\"user_data\\":5}"}', '{"event":"pusher:terminate_connection"}',
    '{"event":"pusher_internal:watchlist_events","data":{"events":[null,5,{}]}}',
    '{"event":"pusher_internal:watchlist_events","data":{"events":5}}',
    '{"event":"pusher_internal:subscription_succeeded","channel":"presence-r"}',
    '{"event":"pusher_internal:subscription_succeeded","channel":"presence-r","data":{"presence":5}}',
    '{"event":"pusher_internal:subscription_succeeded","channel":"presence-r","data":{"presence":{"hash":null}}}',
    '{"event":"pusher_internal:member_added","channel":"presence-r","data":[]}',
    '{"event":"pusher_internal:member_removed","channel":"presence-r","data":"x"}',
    '{"event":"pusher_internal:subscription_count","channel":"presence-r","data":"x"}',
    '{"event":"pusher:connection_established","data":"{}"}',
    '{"event":"pusher:subscription_error","channel":"presence-r"}',
  ];
  frames.forEach((frame) => server.last.send(frame));
  const fenced = next(client, 'fence');
  server.last.send({ event: 'fence', data: '1' });
  await fenced;
  assert.deepEqual(reported, []);
  assert.equal(channel.members.count, 0);
});

test('a listener that throws is told of, and the others hear', async (t) => {
  const server = await serve(t);
  const reported = [];
  const { error } = console;
  console.error = (one) => reported.push(one.message);
  t.after(() => { console.error = error; });
  const client = await connected(t, server);
  client.on('x', () => { throw new Error('mine'); });
  const heard = next(client, 'x');
  server.last.send({ event: 'x', data: '5' });
  assert.deepEqual((await heard)[0], 5);
  assert.deepEqual(reported, ['mine']);
});

test('listeners: context, once, and off by event, callback and context', () => {
  const emitter = new Push.Emitter();
  const heard = [];
  const context = { name: 'context' };
  function listener(value) { heard.push([this && this.name, value]); }
  emitter.on('a', listener, context).on('a', listener).once('a', (value) => heard.push(value));
  emitter.emit('a', 1).emit('a', 2);
  assert.deepEqual(heard.splice(0), [['context', 1], [undefined, 1], 1, ['context', 2], [undefined, 2]]);
  emitter.off('a', undefined, context).emit('a', 3);
  assert.deepEqual(heard.splice(0), [[undefined, 3]]);
  emitter.on('b', listener, context).off('a', listener).emit('a', 4).emit('b', 5);
  assert.deepEqual(heard.splice(0), [['context', 5]]);
  emitter.off().emit('b', 6);
  assert.deepEqual(heard, []);
  assert.throws(() => emitter.on('a'), TypeError);
});

test('disconnect ends it, connect begins again, and instances says who is there', async (t) => {
  const server = await serve(t);
  const client = await connected(t, server);
  assert.ok(Push.instances.includes(client));
  const channel = client.subscribe('news');
  await eventually('subscribed', () => server.last.received.length === 1);
  client.disconnect();
  assert.ok(!Push.instances.includes(client));
  client.connect();
  await next(client.connection, 'connected');
  await eventually('subscribed again', () => server.last.received.length === 1);
  assert.equal(server.peers.length, 2);
  assert.equal(client.channel('news'), channel);
});

test('a client that ends itself in a listener stays ended', async (t) => {
  const server = await serve(t);
  const client = push(t, server);
  client.connection.on('state_change', ({ current }) => current === 'connected' && client.disconnect());
  const seen = record(client.connection, 'connected');
  await next(client.connection, 'disconnected');
  assert.deepEqual(seen, []);
  assert.equal(client.connection.state, 'disconnected');
  assert.deepEqual(server.last.received, []);
});

test('what is asked with: protocol, query, token, prefix', async (t) => {
  const server = await serve(t);
  const path = async (options) => {
    const client = await connected(t, server, options);
    client.disconnect();
    return server.last.url.pathname + server.last.url.search;
  };
  assert.equal(await path({}), '/app/key');
  assert.equal(await path({ url: `${server.url.replace('ws', 'http')}/prefix/` }), '/prefix/app/key');
  assert.equal(await path({ protocol: 7 }), `/app/key?protocol=7&client=push.js&version=${Push.version}`);
  assert.equal(await path({ query: { a: 'b c', d: undefined } }), '/app/key?a=b%20c');
  assert.equal(await path({ access_token: () => Promise.resolve('t=') }), '/app/key?access_token=t%3D');
});

test('a token that cannot be had is asked for again', async (t) => {
  const server = await serve(t);
  let count = 0;
  const token = () => { count += 1; if (count < 3) throw new Error('not now'); return 't'; };
  await connected(t, server, { access_token: token });
  assert.equal(count, 3);
});

test('an option that is undefined is none', async (t) => {
  const server = await serve(t);
  const client = await connected(t, server, { connectTimeout: undefined, heartbeat: undefined, maxDelay: undefined });
  assert.equal(client.options.heartbeat, 25000);
});

test('options that cannot work are errors of the caller', () => {
  assert.throws(() => new Push({ url: 'ws://host', WebSocket }), /app_key/);
  for (const url of [undefined, '', '/path', 'host', 'ftp://host', 'ws:']) {
    assert.throws(() => new Push({ url, app_key: 'key', WebSocket }), /url/, String(url));
  }
  const { WebSocket: own } = globalThis;
  globalThis.WebSocket = undefined;
  assert.throws(() => new Push({ url: 'ws://host', app_key: 'key' }), /WebSocket/);
  globalThis.WebSocket = own;
});

test('a URL that no socket takes is the end', async (t) => {
  const client = makePush(t, { url: 'wss://host', app_key: 'key' });
  const [{ reason, retry_in: delay }] = await next(client.connection, 'disconnected');
  assert.match(reason, /no WebSocket here/);
  assert.equal(delay, null);
});

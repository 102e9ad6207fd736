// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

// uni-app and mini programs: the same client on their sockets and requests, against the real server.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { chat, push as makePush } from './support/clients.mjs';
import { miniProgram, uniApp } from './support/platforms.mjs';
import { app, authEndpoint, authorization, PushServer } from './support/server.mjs';
import { eventually, next } from './support/waiting.mjs';

const succeeded = 'pusher:subscription_succeeded';
let server;
let endpoint;

before(async () => {
  server = await PushServer.start();
  endpoint = await authEndpoint((form) => authorization(form));
});
after(() => Promise.all([server.remove(), endpoint.stop()]));

const push = (t, options) => makePush(t, {
  WebSocket: undefined, url: server.url, app_key: app.key, auth: endpoint.url, ...options,
});

for (const [name, make] of [['uni', uniApp], ['wx', miniProgram]]) {
  test(`${name}: private channels, client events and what a backend sends`, async (t) => {
    const platform = make();
    const [alice, bob] = [push(t, { platform }), push(t, { platform })];
    const channel = `private-room-${name}`;
    const [here, there] = [alice.subscribe(channel), bob.subscribe(channel)];
    await Promise.all([next(here, succeeded), next(there, succeeded)]);
    const heard = next(there, 'client-message');
    here.trigger('client-message', { content: '你好' });
    assert.deepEqual((await heard)[0], { content: '你好' });
    const arrived = next(here, 'message');
    await server.publish(channel, 'message', { n: 1 });
    assert.deepEqual((await arrived)[0], { n: 1 });
  });

  test(`${name}: a connection that breaks is come back to when the network is`, async (t) => {
    const platform = make();
    const client = push(t, { platform, maxDelay: 30000 });
    await next(client.connection, 'connected');
    const random = Math.random;
    Math.random = () => 1;
    t.after(() => { Math.random = random; });
    const [lost, back] = [next(client.connection, 'disconnected'), next(client.connection, 'connected')];
    platform.tasks[0].breakOff();
    await lost;
    platform.tell('NetworkStatusChange', { isConnected: false });
    assert.equal(client.connection.state, 'disconnected');
    platform.tell('NetworkStatusChange', { isConnected: true });
    assert.equal(client.connection.state, 'connecting');
    await back;
    assert.equal(platform.tasks.length, 2);
  });

  test(`${name}: in front again, it asks whether the server is there`, async (t) => {
    const platform = make();
    const client = push(t, { platform });
    await next(client.connection, 'connected');
    const { send } = platform.tasks[0];
    const sent = [];
    platform.tasks[0].send = (message) => {
      sent.push(message.data);
      send(message);
    };
    platform.tell('AppShow');
    assert.deepEqual(sent, ['{"event":"pusher:ping","data":{}}']);
  });

  test(`${name}: where nobody listens, it tries again`, async (t) => {
    const platform = make();
    const client = push(t, { platform, url: 'ws://127.0.0.1:9' });
    const [{ code, retry_in: delay }] = await next(client.connection, 'disconnected');
    assert.equal(code, 1006);
    assert.ok(delay !== null);
    await eventually('another task', () => platform.tasks.length >= 2);
  });

  test(`${name}: nothing is left behind`, async (t) => {
    const platform = make();
    const client = push(t, { platform });
    await next(client.connection, 'connected');
    client.disconnect();
    assert.deepEqual([platform.listeners.NetworkStatusChange.size, platform.listeners.AppShow.size], [0, 0]);
  });

  test(`${name}: an endpoint that cannot be reached is an error of the channel`, async (t) => {
    const client = push(t, { platform: make(), auth: 'http://127.0.0.1:9/auth' });
    const [error] = await next(client.subscribe('private-a'), 'pusher:subscription_error');
    assert.equal(error.status, 0);
    assert.match(error.error, /request:fail/);
  });

  test(`${name}: the chat`, async (t) => {
    const platform = make();
    const [ann, ben] = [`ann-${name}`, `ben-${name}`];
    const options = { WebSocket: undefined, platform, url: server.url };
    const tokens = await Promise.all([server.issue(ann), server.issue(ben)]);
    const [alice, bob] = tokens.map((token) => chat(t, { ...options, access_token: token }));
    await Promise.all([next(alice, 'login'), next(bob, 'login')]);
    const arrived = next(bob, 'message');
    await alice.send(ben, 'hi');
    assert.equal((await arrived)[0].content, 'hi');
  });

  test(`${name}: found without being named`, async (t) => {
    const platform = make();
    const { WebSocket: own } = globalThis;
    globalThis[name] = platform;
    t.after(() => {
      delete globalThis[name];
      if (own) globalThis.WebSocket = own;
    });
    const client = push(t, {});
    await next(client.connection, 'connected');
    assert.equal(platform.tasks.length, 1);
  });
}

test('a page with a wx that opens no sockets takes the WebSocket', async (t) => {
  globalThis.wx = { ready: () => {} };
  t.after(() => { delete globalThis.wx; });
  const client = makePush(t, { url: server.url, app_key: app.key });
  await next(client.connection, 'connected');
});

test('wx: a connect that is refused at once is tried again', async (t) => {
  const platform = miniProgram();
  const { connectSocket } = platform;
  let count = 0;
  platform.connectSocket = (options) => {
    count += 1;
    if (count > 2) return connectSocket(options);
    options.fail({ errMsg: 'connectSocket:fail too many sockets' });
    return count === 1 ? undefined : {};
  };
  const client = push(t, { platform });
  const [{ reason }] = await next(client.connection, 'disconnected');
  assert.match(reason, /too many/);
  await next(client.connection, 'connected');
  assert.equal(count, 3);
});

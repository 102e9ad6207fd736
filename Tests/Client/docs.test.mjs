// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

// The examples of docs/push-js.md do what they say.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';

import { chat, Chat, push as makePush, Push, WebSocket } from './support/clients.mjs';
import { app, authEndpoint, authorization, PushServer } from './support/server.mjs';
import { eventually, next } from './support/waiting.mjs';

const page = fs.readFileSync(new URL('../../docs/push-js.md', import.meta.url), 'utf8');
const examples = [...page.matchAll(/^```js\n(.*?)^```/gms)].map(([, code]) => code);
const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor;

let server;
let endpoint;
before(async () => {
  server = await PushServer.start();
  endpoint = await authEndpoint((form) => authorization(form));
});
after(() => Promise.all([server.remove(), endpoint.stop()]));

/** Runs the example that holds a text, with what its reader would have, and gives what it prints. */
async function run(t, part, values = {}) {
  const found = examples.filter((code) => code.includes(part));
  assert.equal(found.length, 1, part);
  const code = found[0].replace("'ws://host:9501'", 'url').replace("'my-key'", 'app_key')
    .replace(/'\/[a-z/]*auth'/, 'endpoint');
  const ended = (client) => t.after(() => client.disconnect());
  const printed = [];
  class ThisPush extends Push {
    constructor(options) { ended(super({ WebSocket, ...options })); }
  }
  ThisPush.Chat = class extends Chat {
    constructor(options) { ended(super({ WebSocket, ...options })); }
  };
  const names = {
    Push: ThisPush, url: server.url, app_key: app.key, endpoint: endpoint.url,
    console: { log: (...line) => printed.push(line) }, ...values,
  };
  await new AsyncFunction(...Object.keys(names), code)(...Object.values(names));
  return printed;
}

const prints = (printed, line) => eventually(`${JSON.stringify(line)} in ${JSON.stringify(printed)}`, () => (
  printed.some((one) => JSON.stringify(one) === JSON.stringify(line))
));

test('channels', async (t) => {
  const printed = await run(t, "push.subscribe('user-1')");
  await prints(printed, ['connecting', 'connected']);
  const other = makePush(t, { url: server.url, app_key: app.key, auth: authorization });
  const room = other.subscribe('private-room-2');
  await eventually('both are there', () => room.subscription_count === 2);
  room.trigger('client-message', { from: 2, content: 'hi' });
  await prints(printed, [{ from: 2, content: 'hi' }]);
  await server.publish('user-1', 'message', { n: 1 });
  await prints(printed, [{ n: 1 }]);
});

test('presence', async (t) => {
  const printed = await run(t, "push.subscribe('presence-lobby')");
  await prints(printed, [1, 'John']);
  const other = makePush(t, {
    url: server.url, app_key: app.key, auth: authorization, channel_data: { user_id: '101' },
  });
  await next(other.subscribe('presence-lobby'), 'pusher:subscription_succeeded');
  await prints(printed, ['101', 'came']);
  other.disconnect();
  await prints(printed, ['101', 'left']);
});

test('a user of the chat', async (t) => {
  const token = await server.issue('ann', { channels: ['private-user-{uid}'] });
  await run(t, 'private-user-${uid}', { token, uid: 'ann' });
  const { channels } = await eventually('it is subscribed', async () => {
    const answer = await server.call('GET', '/channels');
    return answer.channels['private-user-ann'] && answer;
  });
  assert.deepEqual(Object.keys(channels), ['private-user-ann']);
});

test('the chat', async (t) => {
  const [token, other] = await Promise.all([server.issue('ann'), server.issue('bob')]);
  const bob = chat(t, { url: server.url, access_token: other });
  await next(bob, 'login');
  const arrived = next(bob, 'message');
  const printed = await run(t, 'new Push.Chat(', { token });
  await prints(printed, ['signed in as', 'ann']);
  assert.equal((await arrived)[0].content.value, 'hi');
  await bob.send('ann', 'hello');
  await prints(printed, ['bob', 'hello']);
});

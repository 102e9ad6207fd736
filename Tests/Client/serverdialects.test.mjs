// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

// The real server, its app in each dialect: the same client, and one that asks for Pusher's.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { push as makePush } from './support/clients.mjs';
import { app, PushServer, sign } from './support/server.mjs';
import { eventually, next, record } from './support/waiting.mjs';

const succeeded = 'pusher:subscription_succeeded';
const servers = {};

before(async () => {
  for (const dialect of ['pusher', 'webman-push', 'workbunny-2', 'workbunny-3']) {
    servers[dialect] = await PushServer.start({}, { dialect });
  }
});
after(() => Promise.all(Object.values(servers).map((server) => server.remove())));

/** A backend as that of webman-push-server: channel_data is an object, signed with its members in order. */
function signedObject({ socket_id: socketID, channel_name: name, channel_data: text }) {
  if (!name.startsWith('presence-')) return { auth: sign(socketID, name) };
  const given = JSON.parse(text);
  const ordered = Object.fromEntries(Object.keys(given).sort().map((key) => [key, given[key]]));
  return { auth: sign(socketID, name, JSON.stringify(ordered)), channel_data: given };
}

/** One as Pusher's libraries: what is signed is the text. */
function signedText({ socket_id: socketID, channel_name: name, channel_data: text }) {
  if (!name.startsWith('presence-')) return { auth: sign(socketID, name) };
  return { auth: sign(socketID, name, text), channel_data: text };
}

for (const [dialect, backends] of [
  ['pusher', { signedText }], ['webman-push', { signedText }],
  ['workbunny-2', { signedObject, signedText }], ['workbunny-3', { signedObject, signedText }],
]) {
  for (const [name, auth] of Object.entries(backends)) {
    const options = (id, more) => ({
      url: servers[dialect].url, app_key: app.key, auth,
      channel_data: { user_id: id, user_info: JSON.stringify({ n: id }) }, ...more,
    });

    test(`${dialect}, ${name}: presence, and who speaks Pusher's beside it`, async (t) => {
      const channel = `presence-${name}`;
      const ann = makePush(t, options('ann')).subscribe(channel);
      const [members] = await next(ann, succeeded);
      assert.deepEqual(members.me, { id: 'ann', info: { n: 'ann' } });
      const came = next(ann, 'pusher:member_added');
      const client = makePush(t, options('bob', { protocol: 7, auth: signedText }));
      const bob = client.subscribe(channel);
      await next(bob, succeeded);
      assert.deepEqual((await came)[0], { id: 'bob', info: { n: 'bob' } });
      assert.deepEqual(bob.members.toArray().map(({ id }) => id).sort(), ['ann', 'bob']);
      const left = next(ann, 'pusher:member_removed');
      client.unsubscribe(channel);
      assert.equal((await left)[0].id, 'bob');
    });

    test(`${dialect}, ${name}: who leaves a presence channel and comes again`, async (t) => {
      const channel = `presence-again-${name}`;
      const watcher = makePush(t, options('ann')).subscribe(channel);
      await next(watcher, succeeded);
      const client = makePush(t, options('bob'));
      await next(client.subscribe(channel), succeeded);
      const left = next(watcher, 'pusher:member_removed');
      client.unsubscribe(channel);
      await left;
      await next(client.subscribe(channel), succeeded);
      await eventually('bob is there again', () => watcher.members.count === 2);
    });
  }

  const [auth] = Object.values(backends);
  const push = (t, more) => makePush(t, { url: servers[dialect].url, app_key: app.key, auth, ...more });

  test(`${dialect}: client events both ways, byte for byte`, async (t) => {
    const [own, pusher] = [push(t), push(t, { protocol: 7 })].map((client) => client.subscribe('private-room'));
    await Promise.all([next(own, succeeded), next(pusher, succeeded)]);
    for (const [from, to] of [[own, pusher], [pusher, own]]) {
      const heard = record(to, 'client-message');
      const values = [{ content: '中/文', list: [], none: {}, float: 1.5 }, ['a'], 'str'];
      values.forEach((value) => from.trigger('client-message', value));
      await eventually('all arrive', () => heard.length === values.length);
      assert.deepEqual(heard, values);
    }
  });

  test(`${dialect}: what a backend sends`, async (t) => {
    const channel = push(t).subscribe('user-1');
    await next(channel, succeeded);
    const arrived = next(channel, 'message');
    await servers[dialect].publish('user-1', 'message', { from_uid: 2, content: '你好' });
    assert.deepEqual((await arrived)[0], { from_uid: 2, content: '你好' });
  });

  test(`${dialect}: a wrong signature does not join, and is heard of`, async (t) => {
    const client = push(t, { auth: () => ({ auth: `${app.key}:${'0'.repeat(64)}` }) });
    const told = Promise.race([
      next(client.subscribe('private-room'), 'pusher:subscription_error'), next(client.connection, 'error'),
    ]);
    await told;
    assert.equal(client.channel('private-room').subscribed, false);
  });

  test(`${dialect}: what was refused is asked for again`, async (t) => {
    let isRight = false;
    const signed = (form) => (isRight ? auth(form) : { auth: `${app.key}:${'0'.repeat(64)}` });
    const client = push(t, { auth: signed });
    const channel = client.subscribe('private-room');
    await next(channel, 'pusher:subscription_error');
    isRight = true;
    client.subscribe('private-room');
    await next(channel, succeeded);
  });

  test(`${dialect}: a key that nobody knows is the end`, async (t) => {
    const client = push(t, { app_key: 'nobody' });
    const [{ code, retry_in: delay }] = await next(client.connection, 'disconnected');
    assert.deepEqual([code, delay], [4001, null]);
  });

  test(`${dialect}: pings are answered`, async (t) => {
    const client = push(t, { heartbeat: 20, pingTimeout: 3000 });
    const pongs = [];
    const { _received: received } = client;
    client._received = (text) => {
      if (JSON.parse(text).event === 'pusher:pong') pongs.push(text);
      received.call(client, text);
    };
    await eventually('some pongs', () => pongs.length >= 3);
    assert.equal(client.connection.state, 'connected');
  });
}

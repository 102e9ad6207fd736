// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

// The same client with the servers of every dialect.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { push } from './support/clients.mjs';
import { dialects, speaking } from './support/dialects.mjs';
import { ScriptedServer } from './support/scripted.mjs';
import { authEndpoint } from './support/server.mjs';
import { eventually, next, record } from './support/waiting.mjs';

const succeeded = 'pusher:subscription_succeeded';

async function meet(t, dialect, options) {
  const server = await ScriptedServer.start(speaking(dialect));
  t.after(() => server.stop());
  const auth = () => ({ auth: 'workbunny:signed' });
  const client = push(t, { url: server.url, app_key: 'workbunny', auth, ...options });
  await next(client.connection, 'connected');
  return { server, client, peer: server.last };
}

for (const [name, dialect] of Object.entries(dialects)) {
  test(`${name}: the greeting gives the socket id, and nothing but the key is asked with`, async (t) => {
    const { client, peer } = await meet(t, dialect);
    assert.equal(client.connection.socket_id, dialect.socketID);
    assert.equal(peer.url.pathname + peer.url.search, '/app/workbunny');
  });

  test(`${name}: events come with what the backend has sent, as text or as a value`, async (t) => {
    const { client, peer } = await meet(t, dialect);
    const channel = client.subscribe('user-1');
    await next(channel, succeeded);
    const heard = record(channel, 'message');
    for (const data of ['{"m":1}', { m: 1 }, 'x', ['中/文'], 5, null]) {
      peer.send(dialect.frame('message', data, 'user-1'));
    }
    await eventually('all came', () => heard.length === 6);
    assert.deepEqual(heard, [{ m: 1 }, { m: 1 }, 'x', ['中/文'], 5, null]);
  });

  test(`${name}: a client event comes as it was sent`, async (t) => {
    const { client, peer } = await meet(t, dialect);
    const channel = client.subscribe('private-user-1');
    await next(channel, succeeded);
    const heard = record(channel, 'client-message');
    for (const data of [{ t: '中/文' }, 'str', [1]]) {
      peer.send(dialect.frame('client-message', dialect.clientEvent(data), 'private-user-1'));
    }
    await eventually('all came', () => heard.length === 3);
    assert.deepEqual(heard, [{ t: '中/文' }, 'str', [1]]);
    channel.trigger('client-message', { form_uid: 2, content: 'hello' });
    await eventually('the server hears it', () => peer.received.some(({ event }) => event === 'client-message'));
    const sent = peer.received[peer.received.length - 1];
    assert.deepEqual(sent, {
      event: 'client-message', channel: 'private-user-1', data: { form_uid: 2, content: 'hello' },
    });
  });

  test(`${name}: presence has the same members`, async (t) => {
    const { client, peer } = await meet(t, dialect, { channel_data: { user_id: 'ann', user_info: { n: 'A' } } });
    const channel = client.subscribe('presence-r');
    const [members] = await next(channel, succeeded);
    assert.equal(members.count, 2);
    assert.deepEqual(members.me, { id: 'ann', info: { n: 'A' } });
    assert.deepEqual(members.get('bob'), { id: 'bob', info: { n: 'B' } });

    const added = record(channel, 'pusher:member_added');
    const removed = record(channel, 'pusher:member_removed');
    peer.send(dialect.frame('pusher_internal:member_added', dialect.added('eve', { n: 'E' }), 'presence-r'));
    // A second connection of hers, which some servers tell of.
    peer.send(dialect.frame('pusher_internal:member_added', dialect.added('eve', { n: 'E' }), 'presence-r'));
    peer.send(dialect.frame('pusher_internal:member_removed', dialect.removed('bob'), 'presence-r'));
    // One of them does not know who has left.
    peer.send(dialect.frame('pusher_internal:member_removed', dialect.removed(null), 'presence-r'));
    peer.send(dialect.frame('fence', '1', 'presence-r'));
    await next(channel, 'fence');
    assert.deepEqual(added, [{ id: 'eve', info: { n: 'E' } }]);
    assert.deepEqual(removed, [{ id: 'bob', info: { n: 'B' } }]);
    assert.deepEqual(members.toArray().map(({ id }) => id).sort(), ['ann', 'eve']);
  });

  test(`${name}: an error is told to who listens, and nothing ends`, async (t) => {
    const { client, peer } = await meet(t, dialect);
    const told = next(client.connection, 'error');
    peer.send(dialect.frame('pusher:error', dialect.error));
    const [{ code, message }] = await told;
    assert.equal(code, dialect.error.code === null ? null : 403);
    assert.equal(message, dialect.error.message);
    await next(client.subscribe('user-1'), succeeded);
  });

  test(`${name}: left and joined again, an acknowledgement of the first does no harm`, async (t) => {
    const { client } = await meet(t, dialect);
    await next(client.subscribe('user-1'), succeeded);
    client.unsubscribe('user-1');
    const again = client.subscribe('user-1');
    await next(again, succeeded);
    assert.equal(again.subscribed, true);
  });
}

for (const [name, dialect] of Object.entries(dialects).filter(([one]) => one !== 'pusher')) {
  test(`${name}: a subscription that is refused without a name is asked for again`, async (t) => {
    const { client, server } = await meet(t, dialect);
    const { heard } = server;
    server.heard = (peer) => peer.send(dialect.frame('pusher:error', dialect.error));
    const channel = client.subscribe('private-a');
    const [{ type, error }] = await next(channel, 'pusher:subscription_error');
    assert.deepEqual([type, error], ['Refused', dialect.error.message]);
    server.heard = heard;
    assert.equal(client.subscribe('private-a'), channel);
    await next(channel, succeeded);
    assert.equal(channel.subscribed, true);
  });

  test(`${name}: of several that wait none is taken for refused, and each may be asked for again`, async (t) => {
    const { client, server, peer } = await meet(t, dialect);
    const { heard } = server;
    server.heard = () => {};
    const channels = ['private-a', 'private-b'].map((one) => client.subscribe(one));
    await eventually('both are asked for', () => peer.received.length === 2);
    const refused = channels.map((channel) => record(channel, 'pusher:subscription_error'));
    const told = next(client, 'pusher:error');
    peer.send(dialect.frame('pusher:error', dialect.error));
    await told;
    assert.deepEqual(refused, [[], []]);
    // The other one is answered as ever.
    const joined = next(channels[1], succeeded);
    heard(peer, peer.received[1]);
    await joined;
    server.heard = heard;
    client.subscribeAll();
    await next(channels[0], succeeded);
    const asked = peer.received.filter(({ event }) => event === 'pusher:subscribe').map(({ data }) => data.channel);
    assert.deepEqual(asked.slice(2), ['private-a']);
  });
}

test('workbunny: what its endpoint answers is passed on as it is', async (t) => {
  const data = { user_id: '100', user_info: "{'name':'John','sex':'man'}" };
  const endpoint = await authEndpoint(() => ({ channel_data: data, auth: 'workbunny:signed' }));
  t.after(endpoint.stop);
  const { client, peer } = await meet(t, dialects['workbunny-3'], { auth: endpoint.url, channel_data: data });
  const presence = client.subscribe('presence-test');
  const secret = client.subscribe('private-test');
  await Promise.all([next(presence, succeeded), next(secret, succeeded)]);
  assert.equal(endpoint.asked[0].channel_data, JSON.stringify(data), 'the option reaches the endpoint');
  const asked = peer.received.map(({ data: { channel, auth, channel_data: own } }) => [channel, auth, own]);
  assert.deepEqual(new Set(asked), new Set([
    ['presence-test', 'workbunny:signed', data],
    // Signed without it, so sent without it.
    ['private-test', 'workbunny:signed', undefined],
  ]));
  assert.equal(presence.members.me.id, '100');
});

test('workbunny: who leaves a presence channel is named', async (t) => {
  const ann = { user_id: 'ann', user_info: '{}' };
  const { client, peer } = await meet(t, dialects['workbunny-2'], { channel_data: ann });
  await next(client.subscribe('presence-r'), succeeded);
  client.unsubscribe('presence-r');
  await eventually('it is told', () => peer.received.some(({ event }) => event === 'pusher:unsubscribe'));
  const { data } = peer.received[peer.received.length - 1];
  assert.deepEqual(JSON.parse(data.channel_data), ann);
});

test('webman-push: lists in place of objects, as PHP makes them of ids that are numbers', async (t) => {
  const { client, server } = await meet(t, dialects['webman-push'], { channel_data: { user_id: 0, user_info: {} } });
  server.heard = (peer) => peer.send(dialects['webman-push'].frame(
    'pusher_internal:subscription_succeeded', '{"presence":{"count":1,"ids":[0],"hash":[{"n":"z"}]}}', 'presence-num',
  ));
  const [members] = await next(client.subscribe('presence-num'), succeeded);
  assert.deepEqual(members.toArray(), [{ id: '0', info: { n: 'z' } }]);
  assert.equal(members.me.id, '0');
});

test('workbunny: terminated by the backend is the end, by its heartbeat is not', async (t) => {
  for (const [type, isEnd] of [['API', true], [undefined, true], ['heartbeat', false]]) {
    const { client, peer } = await meet(t, dialects['workbunny-3']);
    const ended = next(client.connection, 'disconnected');
    peer.send(dialects['workbunny-3'].frame('pusher:terminate_connection', { type, message: 'Terminate connection' }));
    peer.breakOff();
    const [{ retry_in: delay }] = await ended;
    assert.equal(delay === null, isEnd, String(type));
    client.disconnect();
  }
});

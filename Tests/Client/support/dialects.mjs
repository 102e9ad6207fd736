// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

// The frames of four kinds of servers, as they were seen on the wire: what each says of the same things.

import assert from 'node:assert/strict';

const string = (value) => JSON.stringify(value);
const value = (one) => one;

/**
 * `frame(event, data, channel)`: the members in their order. `data(value)`: how the protocol's own events carry it.
 * `info(value)`: what of user_info stands in the roster. `takesObjects`: the channel_data of a subscribe is an object.
 */
export const dialects = {
  pusher: {
    frame: (event, data, channel) => ({ event, data, channel }),
    data: string, success: string, info: value, added: (id, info) => string({ user_id: id, user_info: info }),
    removed: (id) => string({ user_id: id }), clientEvent: value, takesObjects: false,
    socketID: '718.33', error: { code: null, message: 'Client event rejected' },
  },
  'webman-push': {
    frame: (event, data, channel) => ({ event, data, channel }),
    data: string, success: string, info: value, added: (id, info) => string({ user_id: id, user_info: info }),
    removed: (id) => string({ user_id: id }), clientEvent: string, takesObjects: false,
    socketID: '1.7', error: { code: null, message: 'Empty channel' },
  },
  'workbunny-2': {
    frame: (event, data, channel) => ({ channel, event, data }),
    data: value, success: string, info: string, added: (id, info) => ({ id: 'b6b71b1d', user_id: id, user_info: info }),
    removed: (id) => string({ id: 'b6b71b1d', user_id: id }), clientEvent: value, takesObjects: true,
    socketID: 'c36fd650-cd0c-c100-81c3-8f2901577941', error: { code: null, message: 'Bad data' },
  },
  'workbunny-3': {
    frame: (event, data, channel) => ({
      appKey: 'workbunny', socketId: '51751455-7394-e67d', timestamp: 1795210491224, channel, event, data,
    }),
    data: value, success: value, info: string,
    added: (id, info) => ({ id: '9520724b', user_id: id, user_info: string(info) }),
    removed: (id) => ({ id: '9520724b', user_id: id }), clientEvent: value, takesObjects: true,
    socketID: '51751455-7394-e67d', error: { code: '403', message: 'Client rejected - Unknown event' },
  },
};

/** What a ScriptedServer does that speaks a dialect; bob is in every presence channel. */
export function speaking(dialect) {
  const { frame, data, success, info, takesObjects } = dialect;
  const acknowledges = takesObjects;
  return {
    connected(peer) {
      peer.send(frame('pusher:connection_established', data({ socket_id: dialect.socketID, activity_timeout: 55 })));
    },
    heard(peer, { event, data: asked }) {
      const { channel } = asked || {};
      if (event === 'pusher:ping') peer.send(frame('pusher:pong', data({})));
      if (event === 'pusher:unsubscribe' && acknowledges) {
        peer.send(frame('pusher_internal:unsubscription_succeeded', {}, channel));
      }
      if (event !== 'pusher:subscribe') return;
      if (!channel.startsWith('presence-')) {
        return void peer.send(frame('pusher_internal:subscription_succeeded', success({}), channel));
      }
      // The servers that want an object are killed by a text.
      assert.equal(typeof asked.channel_data, takesObjects ? 'object' : 'string');
      const own = takesObjects ? asked.channel_data : JSON.parse(asked.channel_data);
      const infos = { bob: info({ n: 'B' }), [own.user_id]: takesObjects ? string(own.user_info) : own.user_info };
      const presence = { count: 2, ids: Object.keys(infos), hash: infos };
      peer.send(frame('pusher_internal:subscription_succeeded', success({ presence }), channel));
    },
  };
}

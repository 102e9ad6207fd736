// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

// What a test file of push.js needs: the client itself, and clients that end with their test.

import Push, { Chat } from '../../../Sources/HTTPProxy/Client/push.mjs';
import { WebSocket } from './websocket.mjs';

export { Push, Chat, WebSocket };

// Short, so that a reconnect does not take as long as it may for people.
const quick = { WebSocket, maxDelay: 300 };

/** A client of channels; `t.after` ends it. */
export function push(t, options) {
  const client = new Push({ ...quick, ...options });
  t.after(() => client.disconnect());
  return client;
}

export function chat(t, options) {
  const client = new Chat({ ...quick, ...options });
  t.after(() => client.disconnect());
  return client;
}

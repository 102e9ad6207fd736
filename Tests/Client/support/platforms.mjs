// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

// uni-app and mini programs as their documentation has them, over real sockets.

import http from 'node:http';

import { WebSocket } from './websocket.mjs';

/** `wx`: a task at once; an error without a close where the connection cannot be made. */
export function miniProgram() {
  const listeners = { NetworkStatusChange: new Set(), AppShow: new Set() };
  const platform = {
    tasks: [],
    listeners,
    connectSocket(options) {
      const task = socketTask(options);
      platform.tasks.push(task);
      return task;
    },
    request({ url, method, data, header, success, fail }) {
      const asked = http.request(url, { method, headers: header, agent: false }, (response) => {
        const parts = [];
        response.on('data', (part) => parts.push(part));
        response.on('end', () => {
          const text = Buffer.concat(parts).toString();
          // As they do where nothing else is asked for.
          let parsed = text;
          try { parsed = JSON.parse(text); } catch { /* A text, then. */ }
          success({ statusCode: response.statusCode, data: parsed });
        });
      });
      asked.on('error', ({ message }) => fail({ errMsg: `request:fail ${message}` }));
      asked.end(data);
    },
    tell: (event, value) => listeners[event].forEach((listener) => listener(value)),
  };
  for (const event of Object.keys(listeners)) {
    platform[`on${event}`] = (listener) => listeners[event].add(listener);
    platform[`off${event}`] = (listener) => listeners[event].delete(listener);
  }
  return platform;
}

/** `uni`: a promise instead of a task where it gets no callback. */
export function uniApp() {
  const platform = miniProgram();
  const { connectSocket } = platform;
  platform.connectSocket = (options) => {
    if (!options.success && !options.fail && !options.complete) return Promise.resolve([null, {}]);
    return connectSocket(options);
  };
  return platform;
}

function socketTask({ url, success, fail }) {
  const socket = new WebSocket(url);
  const calls = {};
  const task = { url };
  let isOpen = false;
  for (const event of ['Open', 'Message', 'Close', 'Error']) {
    task[`on${event}`] = (listener) => { calls[event] = listener; };
  }
  task.send = ({ data, fail: failed }) => {
    try {
      socket.send(data);
    } catch (error) {
      failed({ errMsg: `sendSocketMessage:fail ${error.message}` });
    }
  };
  task.close = ({ code, reason }) => socket.close(code, reason);
  task.breakOff = () => socket.breakOff();
  socket.onopen = () => {
    isOpen = true;
    calls.Open({ header: {} });
  };
  socket.onmessage = ({ data }) => calls.Message({ data });
  socket.onclose = ({ code, reason }) => (isOpen ? calls.Close({ code, reason }) : calls.Error({ errMsg: 'refused' }));
  if (success) success({ errMsg: 'connectSocket:ok' });
  void fail;
  return task;
}

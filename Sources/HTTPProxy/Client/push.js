// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

(function (root) {
  'use strict';

  // One connection, and public channels on it: new Push({ url, app_key }).subscribe('news').on('event', call).
  function Push(options) {
    var push = this;
    this.channels = {};
    this.socket = new WebSocket(options.url + '/app/' + options.app_key);
    this.socket.onmessage = function (message) { push.take(JSON.parse(message.data)); };
  }

  Push.prototype.subscribe = function (name) {
    var calls = this.channels[name] = this.channels[name] || {};
    this.send({ event: 'pusher:subscribe', data: { channel: name } });
    return {
      on: function (event, call) { (calls[event] = calls[event] || []).push(call); },
    };
  };

  Push.prototype.send = function (frame) {
    var socket = this.socket;
    var text = JSON.stringify(frame);
    if (socket.readyState === 1) { socket.send(text); return; }
    socket.addEventListener('open', function () { socket.send(text); });
  };

  Push.prototype.take = function (frame) {
    var calls = (this.channels[frame.channel] || {})[frame.event] || [];
    var data = typeof frame.data === 'string' ? JSON.parse(frame.data) : frame.data;
    calls.forEach(function (call) { call(data); });
  };

  root.Push = Push;
})(typeof self === 'undefined' ? this : self);

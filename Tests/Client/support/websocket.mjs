// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

// A WebSocket for versions of Node that have none, with as much of the browser's interface as push.js uses.

import { randomBytes } from 'node:crypto';
import net from 'node:net';

import { closePayload, frame, Frames, opcodes } from './frames.mjs';

export class WebSocket {
  /** Those that were opened, the newest last: a test may look into them. */
  static opened = [];

  onopen = null;
  onmessage = null;
  onclose = null;
  onerror = null;
  sent = [];
  #socket;
  #head = Buffer.alloc(0);
  #frames = new Frames((opcode, payload) => this.#received(opcode, payload));
  #isOpen = false;
  #isOver = false;
  #code = 1006;
  #reason = '';

  constructor(url) {
    this.url = new URL(url);
    if (this.url.protocol !== 'ws:') throw new SyntaxError(`no WebSocket here for ${url}`);
    WebSocket.opened.push(this);
    this.#socket = net.connect(Number(this.url.port || 80), this.url.hostname);
    this.#socket.on('connect', () => this.#socket.write(this.#handshake()));
    this.#socket.on('data', (bytes) => this.#read(bytes));
    this.#socket.on('error', () => this.onerror && this.onerror({}));
    this.#socket.on('close', () => this.#over());
  }

  static get last() {
    return WebSocket.opened[WebSocket.opened.length - 1];
  }

  send(text) {
    if (!this.#isOpen) throw new Error('not open');
    this.sent.push(text);
    this.#write(opcodes.text, Buffer.from(text));
  }

  close(code = 1000, reason = '') {
    if (!this.#isOpen) return void this.#socket.destroy();
    this.#write(opcodes.close, closePayload(code, reason));
    this.#isOpen = false;
    this.#socket.end();
  }

  /** As if the network were gone. */
  breakOff() {
    this.#socket.destroy();
  }

  #handshake() {
    const { host, pathname, search } = this.url;
    return `GET ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n`
      + `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n\r\n`;
  }

  #read(bytes) {
    if (this.#isOpen || this.#isOver) return this.#frames.push(bytes);
    this.#head = Buffer.concat([this.#head, bytes]);
    const end = this.#head.indexOf('\r\n\r\n');
    if (end < 0) return;
    if (!this.#head.toString('latin1', 0, end).startsWith('HTTP/1.1 101 ')) return void this.#socket.destroy();
    this.#isOpen = true;
    if (this.onopen) this.onopen({});
    this.#frames.push(this.#head.subarray(end + 4));
  }

  #received(opcode, payload) {
    if (opcode === opcodes.text && this.onmessage) this.onmessage({ data: payload.toString() });
    if (opcode === opcodes.ping) this.#write(opcodes.pong, payload);
    if (opcode !== opcodes.close) return;
    this.#code = payload.length >= 2 ? payload.readUInt16BE(0) : 1005;
    this.#reason = payload.toString('utf8', 2);
    this.close(1000);
  }

  #write(opcode, payload) {
    if (this.#socket.writable) this.#socket.write(frame(opcode, payload, true));
  }

  #over() {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#isOpen = false;
    if (this.onclose) this.onclose({ code: this.#code, reason: this.#reason });
  }
}

// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

// A WebSocket server that says what a test tells it to, for servers that are not ours and for frames and closes that a
// healthy one has no reason to send.

import { createHash } from 'node:crypto';
import http from 'node:http';

import { closePayload, frame, Frames, opcodes } from './frames.mjs';

const handshakeKey = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** One connection of a client. `received` has what came, parsed where it is JSON. */
class Peer {
  received = [];
  #socket;

  constructor(request, socket, heard) {
    this.url = new URL(request.url, 'http://localhost');
    this.#socket = socket;
    const frames = new Frames((opcode, payload) => {
      if (opcode === opcodes.close) return void socket.end();
      if (opcode !== opcodes.text) return;
      const value = JSON.parse(payload.toString());
      this.received.push(value);
      heard(this, value);
    });
    socket.on('data', (bytes) => frames.push(bytes));
    socket.on('error', () => {});
  }

  send(value) {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    this.#socket.write(frame(opcodes.text, Buffer.from(text), false));
  }

  close(code, reason) {
    this.#socket.end(frame(opcodes.close, closePayload(code, reason), false));
  }

  /** Without a close frame. */
  breakOff() {
    this.#socket.destroy();
  }
}

export class ScriptedServer {
  peers = [];
  #server;
  #sockets = new Set();

  /** `connected(peer)` and `heard(peer, frame)` are what it does; both may be replaced. */
  constructor({ connected = () => {}, heard = () => {} } = {}) {
    this.connected = connected;
    this.heard = heard;
  }

  static async start(behaviour) {
    const server = new ScriptedServer(behaviour);
    await server.#listen();
    return server;
  }

  get url() {
    return `ws://127.0.0.1:${this.#server.address().port}`;
  }

  get last() {
    return this.peers[this.peers.length - 1];
  }

  async stop() {
    this.#sockets.forEach((socket) => socket.destroy());
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #listen() {
    this.#server = http.createServer();
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    this.#server.on('upgrade', (request, socket) => {
      const accept = createHash('sha1').update(request.headers['sec-websocket-key'] + handshakeKey).digest('base64');
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n'
        + `Sec-WebSocket-Accept: ${accept}\r\n\r\n`);
      const peer = new Peer(request, socket, (from, value) => this.heard(from, value));
      this.peers.push(peer);
      this.connected(peer);
    });
    return new Promise((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }
}

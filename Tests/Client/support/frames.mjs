// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

// Frames of RFC 6455, as far as the tests need them: text, ping, pong and close, in one piece or several.

import { randomBytes } from 'node:crypto';

export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 };

/** One frame. `isMasked` as a client has to. */
export function frame(opcode, payload, isMasked) {
  const length = payload.length;
  let head;
  if (length < 126) {
    head = Buffer.from([0x80 | opcode, length]);
  } else if (length < 65536) {
    head = Buffer.from([0x80 | opcode, 126, length >> 8, length & 255]);
  } else {
    head = Buffer.alloc(10);
    head[0] = 0x80 | opcode;
    head[1] = 127;
    head.writeBigUInt64BE(BigInt(length), 2);
  }
  if (!isMasked) return Buffer.concat([head, payload]);
  head[1] |= 0x80;
  const mask = randomBytes(4);
  return Buffer.concat([head, mask, Buffer.from(payload, 0).map((byte, index) => byte ^ mask[index % 4])]);
}

export function closePayload(code, reason = '') {
  const payload = Buffer.alloc(2 + Buffer.byteLength(reason));
  payload.writeUInt16BE(code);
  payload.write(reason, 2);
  return payload;
}

/** Calls `arrived(opcode, payload)` for each message that bytes bring. */
export class Frames {
  #buffer = Buffer.alloc(0);
  #parts = [];
  #opcode = 0;
  #arrived;

  constructor(arrived) {
    this.#arrived = arrived;
  }

  push(bytes) {
    this.#buffer = Buffer.concat([this.#buffer, bytes]);
    while (this.#next());
  }

  #next() {
    const buffer = this.#buffer;
    if (buffer.length < 2) return false;
    let length = buffer[1] & 127;
    let at = 2;
    if (length === 126) at = 4;
    if (length === 127) at = 10;
    if (buffer.length < at) return false;
    if (at === 4) length = buffer.readUInt16BE(2);
    if (at === 10) length = Number(buffer.readBigUInt64BE(2));
    const isMasked = (buffer[1] & 128) !== 0;
    const mask = isMasked ? buffer.subarray(at, at + 4) : null;
    at += isMasked ? 4 : 0;
    if (buffer.length < at + length) return false;
    const payload = Buffer.from(buffer.subarray(at, at + length));
    if (mask) payload.forEach((byte, index) => { payload[index] = byte ^ mask[index % 4]; });
    this.#buffer = buffer.subarray(at + length);
    this.#take((buffer[0] & 128) !== 0, buffer[0] & 15, payload);
    return true;
  }

  #take(isLast, opcode, payload) {
    if (opcode >= opcodes.close) return this.#arrived(opcode, payload);
    if (opcode !== opcodes.continuation) this.#opcode = opcode;
    this.#parts.push(payload);
    if (!isLast) return;
    const whole = Buffer.concat(this.#parts);
    this.#parts = [];
    this.#arrived(this.#opcode, whole);
  }
}

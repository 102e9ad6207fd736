// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

const patience = 10_000;

/** Questions to the server, one at a time, as it answers them; one that came too fast is asked again when it may be. */
export class Queries {
  #send;
  #waiting = [];
  #current = null;
  #timer = 0;
  #count = 0;

  /** `send(frame)` returns false where there is no session. */
  constructor(send) {
    this.#send = send;
  }

  /** Resolves with the answer; rejects with the server's error, or with `{code: 0}` where the connection was lost. */
  ask(frame) {
    this.#count += 1;
    const question = { ...frame, client_id: `q${this.#count}` };
    return new Promise((resolve, reject) => {
      this.#waiting.push({ question, resolve, reject });
      this.#next();
    });
  }

  /** Whether the frame was the answer to the question at hand. */
  take(frame) {
    const current = this.#current;
    if (!current || frame.client_id !== current.question.client_id) return false;
    clearTimeout(this.#timer);
    if (frame.code === 429) {
      this.#timer = setTimeout(() => this.#transmit(), Math.min(Math.max(frame.retry_after || 0, 100), patience));
      return true;
    }
    this.#current = null;
    if (frame.type === 'error') current.reject(frame);
    else current.resolve(frame);
    this.#next();
    return true;
  }

  /** The session is over: nothing will be answered any more. */
  reset() {
    clearTimeout(this.#timer);
    const open = this.#current ? [this.#current, ...this.#waiting] : this.#waiting;
    this.#current = null;
    this.#waiting = [];
    open.forEach(({ reject }) => reject({ code: 0 }));
  }

  #next() {
    if (this.#current || this.#waiting.length === 0) return;
    this.#current = this.#waiting.shift();
    this.#transmit();
  }

  #transmit() {
    if (!this.#send(this.#current.question)) return this.reset();
    this.#timer = setTimeout(() => this.take({ ...this.#current.question, type: 'error', code: 503 }), patience);
  }
}

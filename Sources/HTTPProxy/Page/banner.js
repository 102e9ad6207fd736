// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

/** What stands above a log while there is no connection: why, until when, and what can be done. */
export class Banner {
  #root;
  #countdown = 0;

  /** `pressed()` is called for its button. */
  constructor(root, pressed) {
    this.#root = root;
    this.#part('action').onclick = pressed;
  }

  /** `action` is the label of the button, for the states that have one. */
  show(state, action = '') {
    const quiet = state.name === 'online' || (state.name === 'connecting' && this.#root.hidden);
    this.#root.hidden = quiet;
    this.#root.dataset.state = state.name;
    this.#part('text').textContent = state.name === 'connecting' ? 'Connecting…' : state.reason ?? '';
    this.#part('action').textContent = action;
    this.#part('action').hidden = !action;
    clearInterval(this.#countdown);
    const countdown = this.#root.querySelector('.countdown');
    countdown.textContent = '';
    if (!state.retryAt) return;
    const tick = () => {
      const seconds = Math.max(0, Math.ceil((state.retryAt - Date.now()) / 1000));
      countdown.textContent = `Trying again in ${seconds} s.`;
    };
    tick();
    this.#countdown = setInterval(tick, 1000);
  }

  #part(name) {
    return this.#root.querySelector(`.banner-${name}`);
  }
}

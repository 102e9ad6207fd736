// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import { $ } from './elements.js';
import { session } from './session.js';

const views = { chat: ['people-panel', 'conversation'], channels: ['channels-panel', 'channels'] };

/** The views of the page, one of which is shown; which one outlives a reload. */
export class Tabs {
  #changed;

  /** `changed(name)` is called whenever another view is shown. */
  constructor(changed) {
    this.#changed = changed;
    for (const name of Object.keys(views)) {
      $(`${name}-tab`).onclick = () => {
        session.set('tab', name);
        this.show(name);
      };
    }
  }

  /** The view of before a reload, or the first one. */
  restore() {
    const kept = session.get('tab');
    this.show(Object.hasOwn(views, kept) ? kept : 'chat');
  }

  show(name) {
    for (const [other, parts] of Object.entries(views)) {
      parts.forEach((id) => { $(id).hidden = other !== name; });
      $(`${other}-tab`).setAttribute('aria-current', other === name ? 'page' : 'false');
    }
    this.#changed(name);
  }
}

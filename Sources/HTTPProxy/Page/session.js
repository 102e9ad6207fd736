// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

const prefix = 'push.';

/** What outlives a reload of this tab, as JSON. Where the browser keeps nothing, the page does without. */
export const session = {
  get(key) {
    try {
      return JSON.parse(sessionStorage.getItem(prefix + key));
    } catch {
      return null;
    }
  },

  set(key, value) {
    try {
      sessionStorage.setItem(prefix + key, JSON.stringify(value));
    } catch {
      // Refused, or full: it lives in memory only, then.
    }
  },

  clear() {
    try {
      const keys = Object.keys(sessionStorage).filter((key) => key.startsWith(prefix));
      keys.forEach((key) => sessionStorage.removeItem(key));
    } catch {
      // Nothing was kept.
    }
  },
};

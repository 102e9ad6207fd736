// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

// Waiting for what another process does: bounded, and never longer than it takes.

/** Asks until the condition gives something true, and gives that. */
export async function eventually(what, condition, milliseconds = 15000) {
  const deadline = Date.now() + milliseconds;
  for (;;) {
    const result = await condition();
    if (result) return result;
    if (Date.now() > deadline) throw new Error(`not within ${milliseconds} ms: ${what}`);
    await new Promise((resolve) => { setTimeout(resolve, 10); });
  }
}

/** The next event of an emitter: its values. */
export function next(emitter, event) {
  return new Promise((resolve, reject) => {
    const listener = (...values) => {
      clearTimeout(timer);
      resolve(values);
    };
    const timer = setTimeout(() => {
      emitter.off(event, listener);
      reject(new Error(`${event} did not come`));
    }, 15000);
    emitter.once(event, listener);
  });
}

/** What an emitter emits of an event from now on, each time the first value. */
export function record(emitter, event) {
  const values = [];
  emitter.on(event, (value) => values.push(value));
  return values;
}

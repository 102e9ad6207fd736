// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

// As much as fits on one line.
const short = 64;

/** Parses JSON; numbers keep the digits they came with, where the browser can do that. */
export function parseExactly(text) {
  return JSON.parse(text, (_, value, context) => (
    typeof value === 'number' && context?.source && JSON.rawJSON ? JSON.rawJSON(context.source) : value
  ));
}

export function isJSON(text) {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** A value on one line where it is short, else on as many as it takes. */
export function pretty(value) {
  // What JSON itself holds is free of line breaks: those in strings are escaped.
  const line = JSON.stringify(value, null, 1).replace(/\n */g, ' ');
  return line.length <= short ? line : JSON.stringify(value, null, 2);
}

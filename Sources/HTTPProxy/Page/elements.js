// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

// Whatever came from the network is set as text, never as markup.

export const $ = (id) => document.getElementById(id);

export function fromTemplate(id) {
  return $(id).content.firstElementChild.cloneNode(true);
}

export function onSubmit(id, action) {
  $(id).onsubmit = (event) => {
    event.preventDefault();
    action();
  };
}

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });
const calendar = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

export function setTime(element, milliseconds) {
  const date = new Date(milliseconds);
  if (Number.isNaN(date.getTime())) return;
  element.dateTime = date.toISOString();
  const today = date.toDateString() === new Date().toDateString();
  element.textContent = (today ? clock : calendar).format(date);
  element.title = calendar.format(date);
}

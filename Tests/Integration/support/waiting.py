# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""Waiting for what another process does: bounded, and never longer than it takes."""

import time

INTERVAL = 0.02


def eventually(what, condition, seconds=10.0, ignoring=()):
    """Asks until the condition gives something true, and gives that.

    Fails with `what` when the time is over; exceptions of the types in `ignoring` count as "not yet".
    """
    deadline = time.monotonic() + seconds
    while True:
        last = None
        try:
            result = condition()
            if result:
                return result
        except tuple(ignoring) as error:
            last = error
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds:g} s: {what}" + (f" ({last})" if last else ""))
        time.sleep(INTERVAL)

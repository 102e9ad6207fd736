#!/usr/bin/env python3
# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""push.js in Node and in a real browser, against servers that run; ends with a line that counts the tests.

    PUSH_BINARY=.build/debug/push-server Tests/Client/run.py
    Tests/Client/run.py chat.test.mjs test_browser.BrowserTests.test_the_chat

Needs Node 18 or later, chromium, chromedriver and selenium. Every wait is for a condition, with a deadline.
"""

import os
import pathlib
import re
import signal
import subprocess
import sys
import unittest

TESTS = pathlib.Path(__file__).resolve().parent
BINARY = TESTS.parents[1] / ".build" / "debug" / "push-server"
# Of one file; the longest takes a tenth of it.
SECONDS = 300


def run_node(file):
    """Runs a file of tests and gives how many passed and failed."""
    print(f"{file.name}:", flush=True)
    command = ["node", "--test-reporter=tap", str(file)]
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=SECONDS, check=False
        )
        output, status = done.stdout + done.stderr, done.returncode
    except subprocess.TimeoutExpired as late:
        output, status = (late.stdout or b"").decode() + f"\nnot within {SECONDS} s", 1
    # Of the file's own tests: those within others are indented.
    passed, failed = (len(re.findall(rf"^{word} \d+", output, re.M)) for word in ("ok", "not ok"))
    if failed or status != 0 or not passed:
        print(output)
        failed = failed or 1
    print(f"{passed} ok, {failed} not ok", flush=True)
    return passed, failed


def run_python(names):
    loader = unittest.TestLoader()
    suite = loader.loadTestsFromNames(names) if names else loader.discover(str(TESTS), top_level_dir=str(TESTS))
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2).run(suite)
    # A test may fail twice, in itself and in what is checked after it.
    bad = len({case.id() for case, _ in result.failures + result.errors})
    return max(0, result.testsRun - bad), bad


def main(names):
    # A server that a test has started ends with the tests, however they end.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    os.environ["PUSH_BINARY"] = os.path.realpath(os.environ.get("PUSH_BINARY") or BINARY)
    sys.path.insert(0, str(TESTS))
    of_node = [TESTS / name for name in names if name.endswith(".mjs")] if names else sorted(TESTS.glob("*.test.mjs"))
    of_python = [name for name in names if not name.endswith(".mjs")]
    counts = [run_node(file) for file in of_node]
    if of_python or not names:
        counts.append(run_python(of_python))
    passed, failed = (sum(column) for column in zip(*counts, strict=True))
    print(f"{passed} passed, {failed} failed", flush=True)
    return 0 if failed == 0 and passed > 0 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

#!/usr/bin/env python3
# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""The page in a real browser, against servers that run; ends with a line that counts the tests.

    PUSH_BINARY=.build/debug/push-server Tests/Page/run.py
    Tests/Page/run.py test_archive test_page.PageTests.test_the_heart_beats

Needs chromium, chromedriver and selenium. Every wait is for a condition, with a deadline.
PUSH_TEST_SCREENSHOTS, where it is set, is a directory for screenshots.
"""

import os
import signal
import sys
import unittest

TESTS = os.path.dirname(os.path.realpath(__file__))


def main(names):
    # A server that a test has started ends with the tests, however they end.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.path.insert(0, TESTS)
    loader = unittest.TestLoader()
    suite = loader.loadTestsFromNames(names) if names else loader.discover(TESTS, top_level_dir=TESTS)
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2).run(suite)
    # A test may fail twice, in itself and in what is checked after it.
    bad = len({case.id() for case, _ in result.failures + result.errors})
    print(f"{max(0, result.testsRun - bad)} passed, {bad} failed", flush=True)
    return 0 if result.wasSuccessful() and result.testsRun > 0 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

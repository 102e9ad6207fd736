#!/usr/bin/env python3
# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""Runs the integration tests against a built push-server, and ends with a line that counts them.

    PUSH_BINARY=.build/debug/push-server Tests/Integration/run.py
    Tests/Integration/run.py test_udp test_login.RefusedLogin

Needs Python 3.11 with the packages of `sh/bootstrap test`; redis-server, mariadb-server and php-cli are used where they are
installed, and what needs them is skipped where they are not.
"""

import os
import resource
import signal
import sys
import unittest

TESTS = os.path.dirname(os.path.realpath(__file__))


class Result(unittest.TextTestResult):
    """Counts a test with several failing parts once, and a class that could not be set up as one test."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.outcomes = {}

    def _note(self, test, outcome):
        case = getattr(test, "test_case", test)
        if self.outcomes.get(case.id()) != "failed":
            self.outcomes[case.id()] = outcome

    def addSuccess(self, test):
        super().addSuccess(test)
        self._note(test, "passed")

    def addFailure(self, test, error):
        super().addFailure(test, error)
        self._note(test, "failed")

    def addError(self, test, error):
        super().addError(test, error)
        self._note(test, "failed")

    def addSubTest(self, test, subtest, error):
        super().addSubTest(test, subtest, error)
        if error is not None:
            self._note(test, "failed")

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self._note(test, "skipped")

    @property
    def closing_line(self):
        outcomes = list(self.outcomes.values())
        line = f"{outcomes.count('passed')} passed, {outcomes.count('failed')} failed"
        skipped = outcomes.count("skipped")
        return line + (f", {skipped} skipped" if skipped else "")


def main(names):
    # Two thousand clients and ten thousand sockets are not unusual here.
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    # A server that a test has started ends with the tests, however they end.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.path.insert(0, TESTS)
    from support.server import BINARY

    if not os.access(BINARY, os.X_OK):
        print(f"no server at {BINARY}: build it, or set PUSH_BINARY", file=sys.stderr)
        return 2
    loader = unittest.TestLoader()
    suite = loader.loadTestsFromNames(names) if names else loader.discover(TESTS, top_level_dir=TESTS)
    # Standard output throughout, so that the closing line is the last.
    runner = unittest.TextTestRunner(sys.stdout, verbosity=2, resultclass=Result)
    result = runner.run(suite)
    print(result.closing_line)
    return 0 if result.wasSuccessful() and result.testsRun > 0 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""PHP, as the applications around the server use it."""

import shutil
import subprocess
import unittest

PHP = shutil.which("php")
needs_php = unittest.skipUnless(PHP, "php-cli is not installed")


def php(code, *arguments, input=b""):
    """Runs code and gives what it prints, as bytes; the arguments are in $argv from 1 on, the input in STDIN."""
    done = subprocess.run([PHP, "-r", code, "--", *arguments], input=input, capture_output=True, timeout=30)
    if done.returncode != 0:
        raise AssertionError(f"php: {done.stdout + done.stderr}")
    return done.stdout

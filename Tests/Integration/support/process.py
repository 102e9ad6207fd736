# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""A child process with its output in a file. None of them outlives the tests."""

import atexit
import signal
import subprocess
import weakref

_running = weakref.WeakSet()


@atexit.register
def _end_all():
    for process in list(_running):
        process.kill()


class Process:
    """One program, started once."""

    def __init__(self, arguments, log, environment=None, directory=None):
        self.log_path = log
        with open(log, "ab") as output:
            self._child = subprocess.Popen(
                arguments, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment, cwd=directory
            )
        _running.add(self)

    @property
    def pid(self):
        return self._child.pid

    @property
    def is_running(self):
        return self._child.poll() is None

    @property
    def exit_code(self):
        """The exit code; negative is the signal that ended it; None while it runs."""
        return self._child.poll()

    @property
    def log(self):
        """What it has printed so far."""
        with open(self.log_path, "rb") as file:
            return file.read().decode("utf-8", "replace")

    def signal(self, number):
        self._child.send_signal(number)

    def wait(self, seconds):
        """Waits for its end and gives the exit code."""
        try:
            return self._child.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"process {self.pid} has not ended within {seconds:g} s") from None

    def terminate(self, seconds=30.0):
        """Asks it to end, waits, and gives the exit code."""
        if self.is_running:
            self._child.terminate()
        return self.wait(seconds)

    def kill(self):
        """Ends it at once (kill -9)."""
        if self.is_running:
            self._child.send_signal(signal.SIGKILL)
        self._child.wait(10)

    def status(self, field):
        """A number of /proc/PID/status, such as VmRSS in KiB."""
        with open(f"/proc/{self.pid}/status") as file:
            for line in file:
                if line.startswith(field + ":"):
                    return int(line.split()[1])
        raise KeyError(field)

    @property
    def resident_bytes(self):
        return self.status("VmRSS") * 1024

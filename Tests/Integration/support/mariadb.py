# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""A real MariaDB with data of its own."""

import atexit
import itertools
import os
import shutil
import subprocess
import tempfile
import unittest

from .ports import free_port
from .process import Process
from .waiting import eventually

_databases = itertools.count(1)


class MariaDB:
    """A mariadbd that can be killed and started again with what it has kept."""

    def __init__(self):
        self._program = shutil.which("mariadbd") or shutil.which("mariadbd", path="/usr/sbin:/usr/local/sbin")
        if not self._program or not shutil.which("mariadb-install-db"):
            raise unittest.SkipTest("mariadb-server is not installed")
        self.directory = tempfile.mkdtemp(prefix="push-mariadb-")
        self.port = free_port()
        self.process = None
        self._data = os.path.join(self.directory, "data")
        # Not the system's: who runs as root may not be able to use that.
        self._temporary = os.path.join(self.directory, "tmp")
        os.mkdir(self._temporary)
        common = ["--no-defaults", "--user=root", f"--datadir={self._data}", f"--tmpdir={self._temporary}"]
        subprocess.run(
            ["mariadb-install-db", *common, "--auth-root-authentication-method=normal", "--skip-test-db"],
            check=True, capture_output=True, env={**os.environ, "TMPDIR": self._temporary},
        )
        self._arguments = [
            self._program, *common, f"--socket={self.directory}/socket", f"--port={self.port}",
            "--bind-address=127.0.0.1", f"--pid-file={self.directory}/pid", "--innodb-flush-log-at-trx-commit=1",
            "--innodb-buffer-pool-size=64M", "--skip-name-resolve", "--performance-schema=OFF",
        ]

    def start(self):
        """Starts it, on the same port and data as before."""
        self.spawn()
        eventually("MariaDB answers", self.is_up, 60)
        return self

    def spawn(self):
        """Starts it and does not wait."""
        self.process = Process(self._arguments, os.path.join(self.directory, "mariadb.log"))

    def is_up(self):
        """Whether it answers."""
        return subprocess.run(self._client("SELECT 1"), capture_output=True).returncode == 0

    @property
    def is_running(self):
        return self.process is not None and self.process.is_running

    def kill(self):
        """kill -9."""
        self.process.kill()

    def remove(self):
        if self.process:
            self.process.kill()
        shutil.rmtree(self.directory, ignore_errors=True)

    def database(self):
        """Makes a database and gives its name and the URL for the server."""
        name = f"push_{next(_databases)}"
        self.query(
            f"CREATE DATABASE {name}; GRANT ALL ON {name}.* TO push@'127.0.0.1' IDENTIFIED BY 'integration'"
        )
        return name, f"mysql://push:integration@127.0.0.1:{self.port}/{name}"

    def query(self, sql, database="mysql"):
        """Rows as lists of text; numbers are text, and so is what HEX() gives of bytes."""
        done = subprocess.run(self._client(sql, database), capture_output=True, text=True)
        if done.returncode != 0:
            raise AssertionError(f"{sql}: {done.stderr}")
        return [line.split("\t") for line in done.stdout.splitlines()]

    def rows(self, database, where="1", table="chat"):
        """Rows of the archive, in the order of their ids."""
        columns = ["id", "uid", "to_uid", "type", "content", "state", "create_time", "update_time"]
        numbers = {"id", "state", "create_time", "update_time"}
        selected = ", ".join(name if name in numbers else f"HEX({name})" for name in columns)
        found = self.query(f"SELECT {selected} FROM {table} WHERE {where} ORDER BY id, to_uid", database)
        return [
            {
                name: int(value) if name in numbers else bytes.fromhex(value).decode()
                for name, value in zip(columns, row)
            }
            for row in found
        ]

    def _client(self, sql, database="mysql"):
        return [
            "mariadb", "--no-defaults", "--host=127.0.0.1", f"--port={self.port}", "--user=root", "--batch",
            "--skip-column-names", "--connect-timeout=5", f"--execute={sql}", database,
        ]


_shared = None


def shared():
    """The one MariaDB of this run, started: making one takes seconds. Whoever kills it starts it again."""
    global _shared
    if _shared is None:
        _shared = MariaDB()
        atexit.register(_shared.remove)
    if not _shared.is_running:
        _shared.start()
    return _shared

# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""Certificates that sign themselves, made with openssl."""

import os
import ssl
import subprocess


class Certificate:
    """A certificate for localhost and its key, in files of a directory."""

    def __init__(self, directory):
        self.certificate = os.path.join(directory, "certificate.pem")
        self.key = os.path.join(directory, "key.pem")
        self.renew()

    def renew(self):
        """Puts a new certificate and a new key into the place of the old ones."""
        subprocess.run(
            [
                "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                "-keyout", self.key, "-out", self.certificate,
            ],
            check=True, capture_output=True,
        )

    @property
    def trust(self):
        """What a client needs that believes this certificate alone."""
        return ssl.create_default_context(cafile=self.certificate)

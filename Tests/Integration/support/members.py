# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""The members of a JSON object as they were written, which json.loads does not tell."""

import json
import re

_BLANKS = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()


def raw_members(text):
    """Gives name and raw value of each member, in their order; a repeated name is an error."""

    def skip(at):
        return _BLANKS.match(text, at).end()

    members = {}
    at = skip(0)
    if text[at] != "{":
        raise ValueError("no object")
    at = skip(at + 1)
    while text[at] != "}":
        name, end = _DECODER.raw_decode(text, at)
        at = skip(end)
        if text[at] != ":" or name in members:
            raise ValueError(f"member {name!r}")
        at = skip(at + 1)
        _, end = _DECODER.raw_decode(text, at)
        members[name] = text[at:end]
        at = skip(end)
        if text[at] == ",":
            at = skip(at + 1)
    if skip(at + 1) != len(text):
        raise ValueError("trailing bytes")
    return members

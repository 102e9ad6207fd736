# This source file is part of swift-push-server.
# Copyright (c) 2026 the swift-push-server authors
# SPDX-License-Identifier: Apache-2.0
"""Values of `content` that a careless server changes, as JSON text."""

import string

CONTENTS = {
    "emoji": '"👩‍👩‍👧‍👦 🇩🇪 \U0001f9d1\U0001f3fd‍🚀"',
    "null character": r'"before\u0000after"',
    "quotes and backslashes": r'"\"quoted\" \\ \\\\ \/ \b\f\n\r\t"',
    "escapes in either form": r'"é\u00e9\u00E9 \ud83d\ude00 \u200b"',
    "integer beyond 64 bits": "123456789012345678901234567890",
    "precise number": "[0.1000000000000000055511151231257827, 1E400, -0.0, -0, 1e-7, 100000000000000000000000]",
    "blanks": '{ "a" :\t[ 1 ,\n 2 ] ,\r\n "b" : { } }',
    "key order": '{"z":1,"a":2,"10":3,"9":4,"":5}',
    "SQL": "\"'); DROP TABLE chat; -- \\\" ` ; /* */ %s ? :name\"",
    "log lines": r'"line\n2026-01-01T00:00:00Z critical forged\r\u001b[31m"',
    "other scripts": '"新内容 мир مرحبا \u2028\u2029 \ufeff \uffff"',
    "HTML": '"<script>alert(1)</script>&amp;"',
    "every ASCII": '"' + "".join(c for c in string.printable if c >= " " and c not in '"\\') + '"',
    "null": "null",
    "true": "true",
    "false": "false",
    "empty": '""',
    "lone surrogate, escaped": r'"\ud800"',
    "as deep as it may be": "[" * 62 + "]" * 62,
    "PHP": r'"O:8:\"stdClass\":0:{}"',
}

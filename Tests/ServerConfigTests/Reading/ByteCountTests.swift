// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import ServerConfig
import Testing

@Suite("Sizes in a configuration")
struct ByteCountTests {
    @Test(
        "are read with every unit, exactly",
        arguments: [
            ("0", 0), ("65535", 65_535), ("64KiB", 65_536), ("1MiB", 1_048_576), ("2GiB", 2_147_483_648),
            ("256 KB", 256_000), ("1MB", 1_000_000), ("1GB", 1_000_000_000), ("10B", 10), ("1.5KiB", 1_536),
            ("64kib", 65_536), ("64 kB", 64_000), ("0.5 KiB", 512),
        ]
    )
    func reads(_ text: String, _ expected: Int) {
        #expect(ByteCount.parse(text) == expected)
    }

    @Test(
        "are nothing else",
        arguments: [
            "", "KiB", "64K", "64M", "-1", "-1KiB", "1.5", "1.1KiB", "1 KiB ", " 1KiB", "1TiB", "64 Ki B", "1e3",
            "0x10", "9223372036854775808", "9999999999GiB", "1_024", "１KiB", "a lot", "1KiB1KiB",
        ]
    )
    func refuses(_ text: String) {
        #expect(ByteCount.parse(text) == nil)
    }

    @Test(
        "are shown in the largest unit that keeps them whole, and read back",
        arguments: [
            (0, "0"), (1, "1"), (1_000, "1000"), (65_536, "64KiB"), (69_632, "68KiB"), (1 << 20, "1MiB"),
            (1 << 31, "2GiB"),
        ]
    )
    func shows(_ bytes: Int, _ expected: String) {
        #expect(ByteCount.text(bytes) == expected)
        #expect(ByteCount.parse(expected) == bytes)
    }
}

// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import ServerConfig
import Testing

@Suite("Durations in a configuration")
struct DurationConfigurationTests {
    @Test(
        "are read with every unit, exactly",
        arguments: [
            ("10s", .seconds(10)), ("500ms", .milliseconds(500)), ("2m", .seconds(120)), ("24h", .seconds(86_400)),
            ("7d", .seconds(604_800)), ("250us", .microseconds(250)), ("3ns", .nanoseconds(3)), ("60", .seconds(60)),
            ("0", .zero), ("0s", .zero), ("1.5s", .milliseconds(1_500)), ("0.001", .milliseconds(1)),
            ("10 s", .seconds(10)), ("5S", .seconds(5)), ("0.000000001s", .nanoseconds(1)), ("007s", .seconds(7)),
            ("9223372036854775807ns", .configurationMaximum),
        ] as [(String, Duration)]
    )
    func reads(_ text: String, _ expected: Duration) {
        #expect(Duration(configuration: text) == expected)
    }

    @Test(
        "are nothing else",
        arguments: [
            "", " ", "s", "abc", "-1s", "+1s", "1.s", ".5s", "1..5s", "1,5s", "1e3s", "10 sec", "10s ", " 10s",
            "1h30m", "1.5ns", "0.0000000001s", "９s", "10\ns", "10\u{0}s", "9223372036854775808ns", "9999999999d",
            "99999999999999999999s", "0x10s", "1_000s", "∞", "10 ",
        ]
    )
    func refuses(_ text: String) {
        #expect(Duration(configuration: text) == nil)
    }

    @Test(
        "are shown in the largest unit that keeps them whole",
        arguments: [
            (.zero, "0s"), (.seconds(10), "10s"), (.milliseconds(1_500), "1500ms"), (.seconds(120), "2m"),
            (.seconds(86_400), "24h"), (.seconds(90), "90s"), (.nanoseconds(7), "7ns"),
            (.configurationMaximum, "9223372036854775807ns"), (.seconds(Int64.max), "9223372036854775807s"),
        ] as [(Duration, String)]
    )
    func shows(_ duration: Duration, _ expected: String) {
        #expect(duration.configurationText == expected)
    }

    @Test(
        "read back as what was shown",
        arguments: [1, 999, 1_000, 60_000_000_000, 61_000_000_000, 86_400_000_000_000]
    )
    func roundTrip(_ nanoseconds: Int) {
        let duration = Duration.nanoseconds(Int64(nanoseconds))
        #expect(Duration(configuration: duration.configurationText) == duration)
    }
}

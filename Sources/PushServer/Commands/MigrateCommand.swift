// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Foundation
internal import PushCore
internal import ServerConfig
internal import Storage

/// `push-server migrate`: makes a table of messages of another shape, such as the seed's, this server's.
struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Shows how MariaDB's table of messages differs from this server's, and copies it to one that is."
    )

    @OptionGroup var options: ConfigurationOptions
    @Flag(help: "Copy the rows to a new table in the place of the old one, which is kept under another name.")
    var apply = false

    func run() async throws {
        let configuration = try self.options.read()
        guard let server = configuration.storage.mariaDB else { throw ValidationError("mariadb.url is not set") }
        let table = configuration.storage.mariaDBTables.messages
        do {
            let migration = try ArchiveMigration(configuration: server, table: table, clock: SystemClock())
            let report = try await migration.run(isApplied: self.apply, timestamp: Self.timestamp()) {
                StandardError.write("\($0) rows read\n")
            }
            print(self.text(of: report, table: table))
        } catch {
            StandardError.write("\(error.message)\n")
            throw ExitCode(1)
        }
    }

    private func text(of report: ArchiveMigration.Report, table: String) -> String {
        if report.isMissing { return "There is no table \(table): the server creates it when it starts." }
        if report.differences.isEmpty { return "The table \(table) is this server's already: nothing to do." }
        let refused = report.refused.values.reduce(0, +)
        var lines = ["The table \(table) is not this server's:"] + report.differences.map { "  \($0)" }
        lines.append("Rows that can be kept: \(report.kept). Rows that cannot: \(refused).")
        lines += report.refused.sorted { $0.key < $1.key }.map { "  \($0.value): \($0.key)" }
        if report.collided > 0 { lines.append("Rows left out, whose id another row has: \(report.collided).") }
        if let old = report.oldTable {
            lines.append("Done: \(table) is this server's now, and the old table is \(old). Nothing of it was changed.")
        } else {
            lines.append("Nothing was changed. Stop what writes to the table, then run this with --apply.")
        }
        return lines.joined(separator: "\n")
    }

    /// The time in UTC, as 14 digits.
    private static func timestamp() -> String {
        let format = Date.VerbatimFormatStyle(
            format: """
                \(year: .padded(4))\(month: .twoDigits)\(day: .twoDigits)\
                \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased))\(minute: .twoDigits)\(second: .twoDigits)
                """,
            timeZone: .gmt, calendar: Calendar(identifier: .gregorian)
        )
        return Date().formatted(format)
    }
}

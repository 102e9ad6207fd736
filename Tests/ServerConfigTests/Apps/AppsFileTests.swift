// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PushCore
import ServerConfig
import Testing

@Suite("A file of apps")
struct AppsFileTests {
    private static let smallest = AppConfiguration(id: "1001", key: "some-key", secret: "0123456789abcdef")

    @Test(
        "is a list, alone or under apps",
        arguments: ["- {\(requiredMembers)}", "apps:\n- {\(requiredMembers)}", "apps: [{\(requiredMembers)}]"]
    )
    func shapes(_ yaml: String) throws {
        #expect(try AppsFile(yaml: yaml).apps == [Self.smallest])
    }

    @Test("may say that there are none, but not by being empty", arguments: ["[]", "apps: []"])
    func none(_ yaml: String) throws {
        #expect(try AppsFile(yaml: yaml).apps.isEmpty)
    }

    @Test(
        "of another shape is refused with its line",
        arguments: [
            ("", " holds no list of apps; where there are none, write []"),
            ("# - id: 1", " holds no list of apps; where there are none, write []"),
            ("apps:", "1: holds no list of apps; where there are none, write []"),
            ("\napps: {id: 1}", "2: holds no list of apps; where there are none, write []"),
            ("{}", "1: holds no list of apps; where there are none, write []"),
            ("some text", "1: holds no list of apps; where there are none, write []"),
            ("aps: []", "1: aps: unknown key; did you mean 'apps'?"),
            ("apps: []\nother: 1", "2: other: unknown key"),
            ("- id: ]", "1: is not YAML: did not find expected node content (while parsing a block node, line 1)"),
            ("- text", "1: element 1 is not a section"),
            ("- {\(requiredMembers)}\n-\n", "2: element 2 is not a section"),
            ("- {id: 1, id: 2}", "1: 'id' stands more than once in its section"),
            ("- &app {\(requiredMembers)}\n- <<: *app", "2: merge keys ('<<') are not supported"),
        ]
    )
    func otherShapes(_ yaml: String, _ expected: String) {
        #expect(AppsFile.problemLines(yaml) == [expected])
    }

    @Test("that cannot be read is refused")
    func unreadable() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "apps-\(UUID())").path
        let error = #expect(throws: ConfigurationError.self) { try AppsFile(reading: path) }
        #expect(error?.description == "\(path): cannot be read: No such file or directory")
    }

    @Test("is read from disk")
    func onDisk() throws {
        let file = try withFile("- {\(requiredMembers)}") { try AppsFile(reading: $0) }
        #expect(file.apps == [Self.smallest])
    }

    @Test("gives its apps in the order of the file")
    func order() throws {
        let yaml = (1...3).map { "- {id: \(10 - $0), key: k\($0), secret: 0123456789abcdef}" }.joined(separator: "\n")
        #expect(try AppsFile(yaml: yaml).apps.map(\.id) == ["9", "8", "7"])
    }

    @Test("has no two apps with one id or key; secrets may be the same")
    func unique() {
        let yaml = """
            - {id: 1, key: a, secret: 0123456789abcdef}
            - {id: 1, key: b, secret: 0123456789abcdef}
            - id: 2
              secret: 0123456789abcdef
              key: a
            - {id: 01, key: A, secret: 0123456789abcdef}
            """
        #expect(
            AppsFile.problemLines(yaml) == [
                "2: id: '1' is that of the app of line 1 too", "5: key: 'a' is that of the app of line 1 too",
            ])
    }

    @Test("is told everything that is wrong with it at once")
    func allProblems() {
        let yaml = """
            apps:
              - id: x
                kye: a
                secret: short
                maxConnections: -1
              - key: a
                webhoks: [{url: "https://example.com"}]
                por t: 1
              - id: 2
                key: b
                secret:
            """
        #expect(
            AppsFile.problemLines(yaml) == [
                "2: id: 'x' is not 1-20 digits",
                "2: key: is missing: 1-64 of A-Z a-z 0-9 _ -",
                "4: secret: <hidden> is not a secret of 16-256 bytes",
                "5: maxConnections: '-1' is not an integer between 0 and 10000000",
                "3: kye: unknown key; did you mean 'key'?",
                "8: por…: a key is made of letters, digits, '-' and '_'; sections nest, they are not joined by dots",
                "6: id: is missing: 1-20 digits",
                "6: secret: is missing: a secret of 16-256 bytes",
                "7: webhoks: unknown key; did you mean 'webhooks'?",
                "9: secret: is missing: a secret of 16-256 bytes",
            ])
    }

    @Test("with more problems than anyone reads is told the first ones and how many more")
    func manyProblems() throws {
        let lines = AppsFile.problemLines(String(repeating: "- {}\n", count: 1000))
        #expect(lines.count == ConfigurationError.maximumProblems + 1)
        #expect(lines.last == "and 2950 more")
    }

    @Test("shows every member of every app, but no secret")
    func entries() throws {
        let yaml =
            "- {\(requiredMembers), maxEventBytes: 20480, origins: ['https://a.example']}\n"
            + "- {id: 2, key: k2, secret: hunter2-hunter2-}"
        let lines = try AppsFile(yaml: yaml).entries.map(\.description)
        #expect(lines.count == 32)
        for line in [
            "apps.1001.id = 1001 (data/apps.yaml:1)", "apps.1001.key = some-key (data/apps.yaml:1)",
            "apps.1001.secret = <hidden> (data/apps.yaml:1)", "apps.1001.secretFile = (none) (default)",
            "apps.1001.maxEventBytes = 20KiB (data/apps.yaml:1)",
            "apps.1001.origins = [https://a.example] (data/apps.yaml:1)", "apps.1001.enabled = true (default)",
            "apps.2.secret = <hidden> (data/apps.yaml:2)",
        ] {
            #expect(lines.contains(line))
        }
        #expect(!lines.joined().contains("hunter2"))
    }
}

// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

import MariaDBClient
import Testing

@Suite struct MariaDBConfigurationTests {
    @Test func allPartsOfAURLAreRead() throws {
        let configuration = try MariaDBConfiguration(url: "mysql://push:secret@db.example:3307/chat")
        #expect(configuration.host == "db.example")
        #expect(configuration.port == 3307)
        #expect(configuration.user == "push")
        #expect(configuration.password == "secret")
        #expect(configuration.database == "chat")
        #expect(configuration.socketPath == nil)
        #expect(configuration.tls == .off)
    }

    @Test(arguments: [
        ("mysql://u@h/d", "h", 3306, ""),
        ("MYSQL://u:@h:1/d", "h", 1, ""),
        ("mariadb://u:p@[::1]:65535/d", "::1", 65535, "p"),
        ("mysql://u:p%40ss%3Aw%2Frd%3F%23%25@h/d", "h", 3306, "p@ss:w/rd?#%"),
        ("mysql://u:a:b@c@h/d", "h", 3306, "a:b@c"),
        ("mysql://u:%E5%AF%86%f0%9f%94%91@h/d", "h", 3306, "密🔑"),
    ])
    func variantsOfAURLAreRead(url: String, host: String, port: UInt16, password: String) throws {
        let configuration = try MariaDBConfiguration(url: url)
        #expect(configuration.host == host)
        #expect(configuration.port == port)
        #expect(configuration.password == password)
    }

    @Test func optionsOfAURLAreRead() throws {
        let configuration = try MariaDBConfiguration(url: "mysql://u@/d?socket=/run/my%20sql.sock&ssl=required")
        #expect(configuration.socketPath == "/run/my sql.sock")
        #expect(configuration.tls == .required)
    }

    @Test(
        arguments: [
            ("http://u:SECRET@h/d", .scheme),
            ("u:SECRET@h/d", .scheme),
            ("mysql://:SECRET@h/d", .user),
            ("mysql://h/d", .user),
            ("mysql://u:SECRET@/d", .host),
            ("mysql://u:SECRET@[::1/d", .host),
            ("mysql://u:SECRET@h:0/d", .port),
            ("mysql://u:SECRET@h:65536/d", .port),
            ("mysql://u@[::1]3306/d", .port),
            ("mysql://u:SECRET/more@h/d", .user),
            ("mysql://u:SECRET?more@h/d", .option),
            ("mysql://u:SECRET#more@h/d", .password),
            ("mysql://u:SECRET%4@h/d", .password),
            ("mysql://u:SECRET%zz@h/d", .password),
            ("mysql://u:SECRET%ff@h/d", .password),
            ("mysql://u:SECRET%00@h/d", .password),
            ("mysql://u:SECRET@h", .database),
            ("mysql://u:SECRET@h/", .database),
            ("mysql://u@h/d?ssl=SECRET", .option),
            ("mysql://u@h/d?ssl=off&ssl=required", .option),
            ("mysql://u@h/d?socket=SECRET", .option),
            ("mysql://u@h/d?SECRET=1", .option),
        ] as [(String, MariaDBURLError.Part)]
    )
    func aBadURLIsRefusedByItsPartAndNeverRepeated(url: String, part: MariaDBURLError.Part) {
        let error = #expect(throws: MariaDBURLError.self) { try MariaDBConfiguration(url: url) }
        #expect(error?.part == part)
        #expect(error?.description.contains("SECRET") == false)
    }

    @Test func noWayOfPrintingShowsThePassword() throws {
        let configuration = try MariaDBConfiguration(url: "mysql://push:SECRET@[::1]:3307/chat")
        var dumped = ""
        dump(configuration, to: &dumped)
        #expect("\(configuration)" == "mysql://push@[::1]:3307/chat")
        for text in [String(reflecting: configuration), dumped, "\([configuration])"] {
            #expect(!text.contains("SECRET"))
            #expect(text.contains("push@[::1]:3307"))
        }
    }
}

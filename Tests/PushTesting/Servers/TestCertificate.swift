// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import NIOPosix

/// A certificate that signs itself, and its key, made with openssl, in files that go with the value.
package final class TestCertificate: Sendable {
    /// openssl did not do it.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    private let directory: URL

    private init(directory: URL) {
        self.directory = directory
    }

    deinit {
        try? FileManager.default.removeItem(at: self.directory)
    }

    package var certificate: String { self.directory.appendingPathComponent("certificate.pem").path }
    package var key: String { self.directory.appendingPathComponent("key.pem").path }

    /// Makes one for localhost.
    package static func make(name: String = "localhost") async throws -> TestCertificate {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("certificate-test-\(UUID())")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let certificate = TestCertificate(directory: directory)
        try await certificate.renew(name: name)
        return certificate
    }

    /// Puts a new certificate and a new key into the place of the old ones.
    package func renew(name: String) async throws {
        let arguments = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj",
            "/CN=\(name)", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", self.key, "-out",
            self.certificate,
        ]
        // Not on a thread that tasks run on: it blocks.
        try await NIOThreadPool.singleton.runIfActive {
            let openssl = Process()
            openssl.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            openssl.arguments = ["openssl"] + arguments
            let errors = Pipe()
            openssl.standardError = errors
            try openssl.run()
            let said = try errors.fileHandleForReading.readToEnd() ?? Data()
            openssl.waitUntilExit()
            guard openssl.terminationStatus == 0 else {
                throw Failure(description: "openssl: \(String(decoding: said, as: UTF8.self))")
            }
        }
    }
}

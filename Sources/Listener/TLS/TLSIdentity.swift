// This source file is part of swift-push-server.
// Copyright (c) 2026 the swift-push-server authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import NIOCore
internal import NIOSSL
internal import Synchronization

/// The certificate that the ports show, and its key. Any thread.
///
/// Each handshake takes what is current; connections that are open keep what they began with.
package final class TLSIdentity: Sendable {
    /// Why a pair of files cannot be used.
    package struct Problem: Error, Equatable, CustomStringConvertible {
        /// The key of the configuration that names the file.
        package let key: String
        package let path: String
        package let reason: String

        package init(key: String, path: String, reason: String) {
            self.key = key
            self.path = path
            self.reason = reason
        }

        package var description: String { "\(self.key): \(self.path): \(self.reason)" }
    }

    /// Where the files are, in PEM.
    package struct Files: Equatable, Sendable {
        /// The server's certificate first, then those that lead to one that clients know.
        package var certificate: String
        /// Not encrypted.
        package var key: String

        package init(certificate: String, key: String) {
            self.certificate = certificate
            self.key = key
        }
    }

    /// How long a close waits for the peer to say that it has understood.
    private static let shutdownTimeout = TimeAmount.seconds(2)

    private let current: Mutex<NIOSSLContext>

    /// Reads the files. Blocks.
    package init(_ files: Files) throws(Problem) {
        self.current = Mutex(try Self.read(files))
    }

    /// Reads and checks a certificate and its key. Blocks.
    ///
    /// - Returns: puts them in force, for handshakes from then on.
    package func prepareRenewal(from files: Files) throws(Problem) -> @Sendable () -> Void {
        let new = try Self.read(files)
        return { self.current.withLock { $0 = new } }
    }

    /// For the next handshake.
    var context: NIOSSLContext { self.current.withLock { $0 } }

    private static func read(_ files: Files) throws(Problem) -> NIOSSLContext {
        let chainBytes = try self.bytes("tls.certificate", files.certificate)
        let keyBytes = try self.bytes("tls.key", files.key)
        let chain: [NIOSSLCertificate]
        do {
            chain = try NIOSSLCertificate.fromPEMBytes(chainBytes)
        } catch {
            throw Problem(key: "tls.certificate", path: files.certificate, reason: "holds no certificate in PEM form")
        }
        guard !chain.isEmpty else {
            throw Problem(key: "tls.certificate", path: files.certificate, reason: "holds no certificate in PEM form")
        }
        let key: NIOSSLPrivateKey
        do {
            key = try NIOSSLPrivateKey(bytes: keyBytes, format: .pem)
        } catch {
            throw Problem(
                key: "tls.key", path: files.key, reason: "holds no private key in PEM form, or an encrypted one")
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key)
        )
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        configuration.shutdownTimeout = self.shutdownTimeout
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw Problem(
                key: "tls.key", path: files.key, reason: "is not the key of the certificate in \(files.certificate)"
            )
        }
    }

    private static func bytes(_ key: String, _ path: String) throws(Problem) -> [UInt8] {
        do {
            return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        } catch {
            throw Problem(key: key, path: path, reason: self.reason(error))
        }
    }

    private static func reason(_ error: any Error) -> String {
        switch (error as? CocoaError)?.code {
        case .fileReadNoSuchFile: "there is no such file"
        case .fileReadNoPermission: "no permission to read it"
        default: error.localizedDescription
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import LivyCore
internal import Transport

/// The server's certificate authority on disk: made at the first start, mode 0600, in the state
/// folder.
enum ServerAuthority {
  /// Ten years: drivers live hours, and a new authority is one deleted folder away.
  private static let lifetime: Duration = .seconds(10 * 365 * 86_400)

  static func load(from stateFolder: String) throws(LivyError) -> CertificateAuthority {
    let folder = URL(filePath: stateFolder).appending(path: "authority")
    let certificateFile = folder.appending(path: "authority.pem")
    let keyFile = folder.appending(path: "authority.key")
    do {
      if FileManager.default.fileExists(atPath: certificateFile.path) {
        return try CertificateAuthority(
          certificatePEM: try String(contentsOf: certificateFile, encoding: .utf8),
          keyPEM: try String(contentsOf: keyFile, encoding: .utf8))
      }
      try FileManager.default.createDirectory(
        at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      let (authority, keyPEM) = try CertificateAuthority.create(
        commonName: "livy", lifetime: lifetime, now: now())
      // The key first: the certificate's presence says that both are there.
      try write(keyPEM, to: keyFile)
      try write(authority.pem, to: certificateFile)
      return authority
    } catch {
      throw LivyError(
        .configuration,
        "the certificate authority in \(folder.path) cannot be used; to make a new one, delete that folder",
        cause: error)
    }
  }

  /// Whole or not at all: a file of mode 0600 beside it, renamed over it.
  private static func write(_ text: String, to file: URL) throws {
    let fresh = file.appendingPathExtension("new")
    try? FileManager.default.removeItem(at: fresh)
    guard
      FileManager.default.createFile(
        atPath: fresh.path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
    else { throw LivyError(.configuration, "\(fresh.path) cannot be written") }
    try? FileManager.default.removeItem(at: file)
    try FileManager.default.moveItem(at: fresh, to: file)
  }

  static func now() -> Int64 { Int64(Date().timeIntervalSince1970) }
}

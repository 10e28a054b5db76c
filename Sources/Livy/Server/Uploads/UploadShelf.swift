// SPDX-License-Identifier: Apache-2.0

internal import Glibc
package import LivyCore

/// Where uploaded files are kept until their session is gone: a private folder for each session,
/// and in it one for each file, so that two of one name do not meet.
package struct UploadShelf: Equatable, Sendable {
  /// Holds a folder of each session's UUID; nil refuses every upload.
  private let sessionsFolder: String?

  package init(sessionsFolder: String? = nil) {
    self.sessionsFolder = sessionsFolder
  }

  /// Makes an empty file. Errors: `.invalidRequest` for a name that is none, `.configuration` when
  /// there is no place for it.
  func file(named name: String, of session: SessionUUID) throws(LivyError) -> UploadedFile {
    let name = try Self.checked(name)
    guard let sessionsFolder else {
      throw LivyError(.configuration, "this server has no folder for uploads")
    }
    let uploads = uploads(of: session, in: sessionsFolder)
    guard Self.entries(of: uploads).count < Self.filesMax else {
      throw LivyError(.tooMany, "A session may have \(Self.filesMax) uploaded files")
    }
    var generator = SystemRandomNumberGenerator()
    let place = "\(uploads)/\(String(generator.next() as UInt64, radix: 16))"
    for folder in [sessionsFolder, "\(sessionsFolder)/\(session)", uploads, place] {
      guard mkdir(folder, 0o700) == 0 || errno == EEXIST else {
        throw UploadedFile.failure("make the folder", folder)
      }
    }
    return try UploadedFile(path: "\(place)/\(name)")
  }

  /// Removes all uploads of a session; those that cannot be removed stay.
  func removeAll(of session: SessionUUID) {
    guard let sessionsFolder else { return }
    Self.remove(uploads(of: session, in: sessionsFolder))
  }

  private func uploads(of session: SessionUUID, in sessions: String) -> String {
    "\(sessions)/\(session)/uploads"
  }

  /// The last part of a name, as some browsers send whole paths.
  private static func checked(_ name: String) throws(LivyError) -> String {
    let last = String(name.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last ?? "")
    let isPlain = last.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
    guard !last.isEmpty, last != ".", last != "..", isPlain, last.utf8.count <= nameBytesMax else {
      throw LivyError(
        .invalidRequest,
        "An uploaded file needs a plain name of at most \(nameBytesMax) bytes, not '\(name)'")
    }
    return last
  }

  /// Uploads of one session.
  private static let filesMax = 1_000
  /// What file systems take.
  private static let nameBytesMax = 255

  /// Two levels of folders, made by `file`.
  private static func remove(_ folder: String) {
    for entry in entries(of: folder) {
      let inner = "\(folder)/\(entry)"
      for file in entries(of: inner) { unlink("\(inner)/\(file)") }
      rmdir(inner)
    }
    rmdir(folder)
  }

  private static func entries(of folder: String) -> [String] {
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }
}

/// A file that is being uploaded: 0600, written piece by piece. Closed with its last reference.
package final class UploadedFile: Sendable {
  package let path: String
  private let descriptor: Int32

  fileprivate init(path: String) throws(LivyError) {
    self.path = path
    descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Self.failure("make", path) }
  }

  deinit {
    close(descriptor)
  }

  package func write(_ bytes: some Sequence<UInt8>) throws(LivyError) {
    var rest = Array(bytes)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw Self.failure("write", path) }
      rest = rest.dropFirst(count)
    }
  }

  /// For an upload that failed.
  package func remove() {
    unlink(path)
    if let slash = path.lastIndex(of: "/") { rmdir(String(path[..<slash])) }
  }

  fileprivate static func failure(_ action: String, _ path: String) -> LivyError {
    let reason = String(cString: strerror(errno))
    return LivyError(
      .configuration,
      "cannot \(action) \(path): \(reason); check the state folder's owner, mode and free space")
  }
}

// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import LivyCore
internal import LivyREST

/// The file of the day, opened when its first record comes; then those that are too old are
/// removed.
struct RequestLogFile: Sendable {
  private let settings: RequestLogSettings
  private var open: (day: RequestLogDay, handle: FileHandle)?

  init(_ settings: RequestLogSettings) {
    self.settings = settings
  }

  /// Throws `.configuration` where the folder or the file cannot be written.
  mutating func write(_ records: [RequestRecord]) throws(LivyError) {
    var rest = records[...]
    while let first = rest.first {
      // A long answer is noted after midnight with the time of its request: no way back.
      let day = max(RequestLogDay(of: first.time), open?.day ?? RequestLogDay(number: .min))
      let batch = rest.prefix { RequestLogDay(of: $0.time) <= day }
      rest = rest.dropFirst(batch.count)
      let text = batch.map(RequestLine.text).joined()
      do {
        try handle(for: day).write(contentsOf: Data(text.utf8))
      } catch {
        open = nil
        throw LivyError(
          .configuration,
          "\(settings.folder)/\(day.fileName) cannot be written; set LIVY_LOG_DIR to a folder that can, "
            + "or livy.server.request-log.enabled to false", cause: error)
      }
    }
  }

  private mutating func handle(for day: RequestLogDay) throws -> FileHandle {
    if let open, open.day == day { return open.handle }
    let files = FileManager.default
    try files.createDirectory(
      atPath: settings.folder, withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o750])
    let handle = try Self.append(to: settings.folder + "/" + day.fileName)
    open = (day, handle)
    let names = try files.contentsOfDirectory(atPath: settings.folder)
    for name in RequestLogDay.outdated(names, on: day, days: settings.days) {
      try files.removeItem(atPath: settings.folder + "/" + name)
    }
    return handle
  }

  private static func append(to path: String) throws -> FileHandle {
    let descriptor = Foundation.open(
      path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0o640)
    guard descriptor >= 0 else {
      throw NSError(domain: NSPOSIXErrorDomain, code: Int(errno))
    }
    return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
  }
}

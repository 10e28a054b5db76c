// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// A browser without a screen, asked for one page.
enum Chromium {
  /// It is 300 MB, so its tests are a tier of their own: `make test-pages`.
  static let isChosen = ProcessInfo.processInfo.environment["LIVY_TEST_TIER"] == "pages"

  /// What a page came to when its script had run for some seconds of its own time.
  struct Visit {
    /// The document as HTML, after the script.
    var document: String
    /// What the browser wrote to its console, beside other things.
    var console: String
    /// A PNG.
    var picture: Data
  }

  private static let windowSize = (width: 1_000, height: 800)

  /// Pictures stay in `.build/pages`, for people.
  static func visit(_ url: String, picture name: String) async throws -> Visit {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let pages = root.appending(path: ".build/pages")
    let profile = FileManager.default.temporaryDirectory
      .appending(path: "livy-pages-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: pages, withIntermediateDirectories: true)
    try FileManager.default.createDirectory(at: profile, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: profile) }
    let picture = pages.appending(path: "\(name).png")
    let document = profile.appending(path: "document.html")
    let console = profile.appending(path: "console.txt")
    for file in [document, console] { try Data().write(to: file) }
    try? FileManager.default.removeItem(at: picture)
    let status = try await run(
      [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
        "--user-data-dir=\(profile.path)/profile", "--enable-logging=stderr",
        "--window-size=\(windowSize.width),\(windowSize.height)", "--virtual-time-budget=5000",
        "--screenshot=\(picture.path)", "--dump-dom", url,
      ], output: document, errors: console)
    #expect(status == 0)
    return Visit(
      document: try String(contentsOf: document, encoding: .utf8),
      console: try String(contentsOf: console, encoding: .utf8),
      picture: try Data(contentsOf: picture))
  }

  private static func run(
    _ arguments: [String], output: URL, errors: URL
  ) async throws -> Int32 {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/chromium")
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    return try await withCheckedThrowingContinuation { continuation in
      process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
      do {
        try process.run()
      } catch {
        process.terminationHandler = nil
        continuation.resume(throwing: error)
      }
    }
  }
}

extension Chromium.Visit {
  /// Width and height, which stand after a PNG's signature and the head of its first chunk.
  var pictureSize: [Int] {
    [16, 20].map { offset in
      picture.dropFirst(offset).prefix(4).reduce(0) { $0 << 8 | Int($1) }
    }
  }
}

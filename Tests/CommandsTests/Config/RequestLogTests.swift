// SPDX-License-Identifier: Apache-2.0

import Foundation
import LivyREST
import Logging
import Testing

@testable import LivyCommand

@Suite("The request log")
struct RequestLogTests {
  private let folder = CommandFolder()
  /// 2024-02-28 23:59:59 UTC.
  private static let evening: Int64 = 1_709_164_799

  private static func record(_ path: String, time: Int64 = evening) -> RequestRecord {
    var record = RequestRecord(client: "10.0.0.7", method: "GET", path: path, time: time)
    record.status = 200
    record.bytes = 12
    return record
  }

  private func log(days: Int = 5, waitingMax: Int = 100) -> RequestLog {
    var settings = RequestLogSettings(folder: folder.path("logs"), days: days)
    settings.waitingMax = waitingMax
    return RequestLog(settings, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
  }

  @Test("A line has the form of NCSA's log")
  func line() {
    #expect(
      RequestLine.text(of: Self.record("/sessions?from=1"))
        == "10.0.0.7 - - [28/Feb/2024:23:59:59 +0000] \"GET /sessions?from=1 HTTP/1.1\" 200 12\n")
    var bare = Self.record("/")
    bare.client = nil
    #expect(RequestLine.text(of: bare).hasPrefix("- - - ["))
  }

  @Test("What a client sends can neither end a line nor make it endless")
  func hostile() {
    let text = RequestLine.text(of: Self.record("/a\" 500 1\n\u{1b}[2J\\é\u{7f}"))
    #expect(text.filter { $0 == "\n" }.count == 1)
    #expect(text.contains(#"/a\x22 500 1\x0a\x1b[2J\x5c\xc3\xa9\x7f HTTP"#))
    let long = RequestLine.text(of: Self.record(String(repeating: "x", count: 100_000)))
    #expect(long.utf8.count < RequestLine.pathBytesMax + 100)
  }

  @Test("A day's name leads to the day and back, over leap days and years")
  func days() throws {
    for number in Int64(0)...40_000 {
      let day = RequestLogDay(number: number)
      #expect(RequestLogDay(fileName: day.fileName) == day)
    }
    #expect(RequestLogDay(of: Self.evening).fileName == "2024_02_28.request.log")
    #expect(RequestLogDay(of: Self.evening + 1).fileName == "2024_02_29.request.log")
    #expect(RequestLogDay(of: -1).number == -1)
    for name in ["2024_02_30.request.log", "2024_2_28.request.log", "x.request.log", "2024_02_28"] {
      #expect(RequestLogDay(fileName: name) == nil, "\(name)")
    }
  }

  @Test("A new day has a new file; those that were kept for long enough go, and nothing else")
  func rotation() async throws {
    for name in ["2024_02_23.request.log", "2024_02_24.request.log", "2024_01_01.out", "notes"] {
      try folder.write("", to: "logs/" + name)
    }
    let log = log(days: 5)
    log.note(Self.record("/1"))
    await log.finish()
    #expect(
      try folder.names(in: "logs") == [
        "2024_01_01.out", "2024_02_24.request.log", "2024_02_28.request.log", "notes",
      ])
    log.note(Self.record("/2", time: Self.evening + 1))
    log.note(Self.record("/late"))
    await log.finish()
    #expect(
      try folder.names(in: "logs") == [
        "2024_01_01.out", "2024_02_28.request.log", "2024_02_29.request.log", "notes",
      ])
    let first = try folder.text("logs/2024_02_28.request.log")
    let second = try folder.text("logs/2024_02_29.request.log")
    #expect(first.contains("/1 ") && first.split(separator: "\n").count == 1)
    #expect(second.contains("/2 ") && second.contains("/late "))
  }

  @Test("A file that is there is added to")
  func append() async throws {
    try folder.write("before\n", to: "logs/2024_02_28.request.log")
    let log = log()
    for number in 0..<50 { log.note(Self.record("/\(number)")) }
    await log.finish()
    let lines = try folder.text("logs/2024_02_28.request.log").split(separator: "\n")
    #expect(lines.count == 51)
    #expect(lines.first == "before")
    #expect(lines.last?.contains("/49 ") == true)
  }

  @Test("What cannot be written, or comes too fast, is left out, and nobody waits")
  func bounded() async throws {
    try folder.write("a file where the folder should be", to: "logs")
    let log = log(waitingMax: 10)
    for number in 0..<100_000 { log.note(Self.record("/\(number)")) }
    await log.finish()
    #expect(try folder.text("logs") == "a file where the folder should be")
  }

  @Test("It stands in Livy's log folder, or can be switched off")
  func settings() throws {
    var surroundings = SettingsTests.surroundings
    surroundings.environment["LIVY_HOME"] = "/opt/livy"
    let standard = try RequestLogSettings(SettingSources(), surroundings)
    #expect(standard?.folder == "/opt/livy/logs")
    surroundings.environment["LIVY_LOG_DIR"] = "/var/log/livy"
    let file = SettingFile(
      name: "livy.conf", values: ["livy.server.request-log-retain.days": "30"])
    let chosen = try RequestLogSettings(SettingSources(files: [file]), surroundings)
    #expect(chosen == RequestLogSettings(folder: "/var/log/livy", days: 30))
    let off = SettingSources(flags: [.requestLog: "false"])
    #expect(try RequestLogSettings(off, surroundings) == nil)
  }
}

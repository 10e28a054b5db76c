// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTypes
import LivyAPI
import LivyCore
import LivyREST
import LivyServer
import RESTTestSupport
import Testing

@Suite("Routes of files, jars and uploads")
struct AdditionRouteTests {
  /// A server whose sessions' folder is a temporary one, which the driver's notes are compared with.
  private func withServer(
    uploadBytesMax: Int = 1 << 20,
    _ body: @escaping @Sendable (Exchange, URL) async throws -> Void
  ) async throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "livy-uploads-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    var settings = RESTSettings()
    settings.requests.files = FileURIRules(localFolders: ["/data"])
    settings.limits.uploadBytesMax = uploadBytesMax
    var sessions = SessionSettings()
    sessions.uploads = UploadShelf(sessionsFolder: folder.path)
    try await Exchange.run(ServerUnderTest(settings: settings, sessions: sessions)) {
      exchange async throws in
      try await exchange.readySession()
      try await body(exchange, folder)
    }
  }

  private func form(_ content: String, part: String, fileName: String? = "a.py") -> String {
    let file = fileName.map { "; filename=\"\($0)\"" } ?? ""
    return "--XX\r\nContent-Disposition: form-data; name=\"\(part)\"\(file)\r\n\r\n\(content)"
      + "\r\n--XX--\r\n"
  }

  private func upload(
    _ exchange: Exchange, _ what: String, _ form: String,
    type: String = "multipart/form-data; boundary=XX"
  ) async throws -> Answer {
    try await exchange.send(
      .post, "/sessions/0/upload-\(what)", form, headers: [.contentType: type])
  }

  /// All files below a folder.
  private func files(_ folder: URL) -> [String] {
    let paths = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String }
    return (paths ?? []).filter {
      let kind = try? FileManager.default.attributesOfItem(atPath: "\(folder.path)/\($0)")[.type]
      return kind as? FileAttributeType == .typeRegular
    }
  }

  /// What the driver was given last: a job of the scripted driver tells.
  private func added(_ exchange: Exchange) async throws -> String {
    let created = try await exchange.post(
      "/sessions/0/submit-job", #"{"job":"YWRkZWQ=","jobType":"pyspark"}"#)
    let id = try #require(created.json["id"]?.integer)
    let text = try await exchange.get("/sessions/0/jobs/\(id)").json["result"]?.text ?? ""
    let once = try #require(Data(base64Encoded: text))
    return String(decoding: try #require(Data(base64Encoded: once)), as: UTF8.self)
  }

  @Test(
    "A URI reaches the driver as what it is",
    arguments: [("file", "file"), ("jar", "jar"), ("pyfile", "pythonFile")])
  func uris(route: String, kind: String) async throws {
    try await withServer { exchange, _ async throws in
      for uri in ["hdfs://host/x.bin", "file:///data/x.bin", "/data/x.bin"] {
        let answer = try await exchange.post("/sessions/0/add-\(route)", #"{"uri":"\#(uri)"}"#)
        #expect(answer.status == 200)
        #expect(answer.text == "")
        #expect(try await added(exchange) == "\(kind) \(uri)")
      }
    }
  }

  @Test("Local files outside the allowed folders are refused, without a word of rejection")
  func localFiles() async throws {
    try await withServer { exchange, _ async throws in
      #expect(
        try await exchange.post("/sessions/0/add-file", #"{"uri":"/etc/passwd"}"#).isMessage(
          400, "requirement failed: Local path /etc/passwd cannot be added to user sessions."))
      #expect(
        try await exchange.post("/sessions/0/add-jar", #"{"uri":"x.jar"}"#).isMessage(
          400, "requirement failed: Path 'x.jar' is not absolute."))
      let two = #"{"uri":"/data/x,hdfs:/../../etc/passwd"}"#
      #expect(
        try await exchange.post("/sessions/0/add-file", two).json["msg"]?.text?
          .contains("One URI") == true)
      #expect(
        try await exchange.post("/sessions/0/add-file", "{}")
          .isString(400, containing: "\"uri\" is missing"))
      #expect(try await added(exchange) == "")
    }
  }

  @Test(
    "An upload reaches the driver as a private file under its name, and goes with the session",
    arguments: [("file", "file", "file"), ("jar", "jar", "jar"), ("pyfile", "file", "pythonFile")])
  func uploads(route: String, part: String, kind: String) async throws {
    try await withServer { exchange, folder async throws in
      let answer = try await upload(exchange, route, form("x = 1\n", part: part))
      #expect(answer.status == 200)
      #expect(answer.text == "")
      let path = try #require(files(folder).first)
      #expect(try await added(exchange) == "\(kind) \(folder.path)/\(path)")
      #expect(path.hasSuffix("/a.py"))
      #expect(try String(contentsOfFile: "\(folder.path)/\(path)", encoding: .utf8) == "x = 1\n")
      let mode = try FileManager.default.attributesOfItem(atPath: "\(folder.path)/\(path)")
      #expect(mode[.posixPermissions] as? Int == 0o600)
      #expect(try await exchange.send(.delete, "/sessions/0").status == 200)
      #expect(files(folder).isEmpty)
    }
  }

  @Test("A path in a file's name is no path")
  func names() async throws {
    try await withServer { exchange, folder async throws in
      for (name, kept) in [
        ("../../../evil.py", "evil.py"), ("C:\\dir\\win.py", "win.py"),
        ("my file.py", "my file.py"),
      ] {
        let answer = try await upload(exchange, "pyfile", form("x", part: "file", fileName: name))
        #expect(answer.status == 200)
        // Session, uploads, a folder of its own, the name.
        #expect(files(folder).contains { $0.split(separator: "/").dropFirst(3) == [kept[...]] })
      }
      for name in ["..", "", "a\u{1}b"] {
        let answer = try await upload(exchange, "file", form("x", part: "file", fileName: name))
        #expect(answer.status == 400)
        #expect(answer.json["msg"]?.text?.contains("plain name") == true)
      }
      #expect(files(folder).count == 3)
    }
  }

  @Test("A form without the file, or with too much of it, is refused and leaves nothing")
  func refusals() async throws {
    try await withServer(uploadBytesMax: 1_000) { exchange, folder async throws in
      #expect(
        try await upload(exchange, "jar", form("x", part: "file"))
          .isString(400, containing: "No jar sent!"))
      #expect(
        try await upload(exchange, "file", form("x", part: "jar"))
          .isString(400, containing: "No file sent!"))
      #expect(
        try await upload(exchange, "file", form("x", part: "file", fileName: nil))
          .isString(400, containing: "No file sent!"))
      #expect(
        try await upload(exchange, "file", "x", type: "application/json")
          .isString(400, containing: "multipart/form-data"))
      #expect(
        try await upload(exchange, "file", String(form("xyz", part: "file").dropLast(10)))
          .isString(400, containing: "ends before"))
      for size in [1_001, 200_000] {
        let large = form(String(repeating: "x", count: size), part: "file")
        #expect(
          try await upload(exchange, "file", large)
            .isString(413, containing: "livy.file.upload.max.size"))
      }
      #expect(files(folder).isEmpty)
      let fitting = form(String(repeating: "x", count: 1_000), part: "file")
      #expect(try await upload(exchange, "file", fitting).status == 200)
    }
  }

  @Test("What the driver refuses is told, and an upload of it is removed")
  func refusedByDriver() async throws {
    try await withServer { exchange, folder async throws in
      let uri = try await exchange.post("/sessions/0/add-jar", #"{"uri":"hdfs:/missing.jar"}"#)
      #expect(uri.isString(500, containing: "no such file"))
      #expect(uri.text.hasPrefix("\"java.lang.RuntimeException: "))
      let answer = try await upload(
        exchange, "pyfile", form("x", part: "file", fileName: "missing.py"))
      #expect(answer.isString(500, containing: "no such file"))
      #expect(files(folder).isEmpty)
    }
  }
}

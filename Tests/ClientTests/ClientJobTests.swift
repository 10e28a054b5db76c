// SPDX-License-Identifier: Apache-2.0

import Foundation
import Livy
import LivyAPI
import LivyServer
import RESTTestSupport
import Testing

@Suite("Jobs of the Swift client")
struct ClientJobTests {
  /// Runs `body` in a session of a server that listens and takes uploads.
  private func withSession(
    _ body: @escaping @Sendable (LivyClient, SessionReference) async throws -> Void
  ) async throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "livy-client-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    var sessions = SessionSettings()
    sessions.uploads = UploadShelf(sessionsFolder: folder.path)
    let server = ServerUnderTest(sessions: sessions)
    do {
      try await server.listening { url in
        let livy = try LivyClient(url)
        try await livy.withSession(CreateSession(kind: "pyspark")) { session in
          try await body(livy, .id(session.id))
        }
      }
    } catch {
      await server.shutDown()
      throw error
    }
    await server.shutDown()
  }

  private func program(_ text: String) -> SerializedJob {
    SerializedJob(program: Array(text.utf8))
  }

  @Test("A job is submitted or started, waited for, and its result unpacked")
  func results() async throws {
    try await withSession { livy, session in
      let sent = try await livy.submit(program("return"), in: session)
      #expect(sent == JobStatus(id: 1, state: .sent))
      let done = try await livy.finishedJob(sent.id, of: session)
      #expect(done.state == .succeeded)
      #expect(done.pickledResult == Array("return".utf8))
      let failing = try await livy.start(program("raise"), in: session)
      let failed = try await livy.finishedJob(failing.id, of: session)
      #expect(failed.state == .failed)
      #expect(failed.error == "Client job error:raise")
      #expect(failed.pickledResult == nil)
    }
  }

  @Test("A job is cancelled")
  func cancel() async throws {
    try await withSession { livy, session in
      let held = try await livy.submit(program("hold"), in: session)
      #expect(try await livy.job(held.id, of: session).state == .started)
      try await livy.cancelJob(held.id, of: session)
      #expect(try await livy.finishedJob(held.id, of: session).state == .cancelled)
    }
  }

  @Test("Things are added by URI or as bytes", arguments: LivyClient.Addition.allCases)
  func additions(addition: LivyClient.Addition) async throws {
    try await withSession { livy, session in
      try await livy.add(addition, uri: "hdfs:/there/a.bin", to: session)
      var added = try await livy.submit(program("added"), in: session)
      #expect(try await self.text(added, livy, session).hasSuffix(" hdfs:/there/a.bin"))
      let bytes = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
      try await livy.upload(addition, bytes, named: "up.bin", to: session)
      added = try await livy.submit(program("added"), in: session)
      let path = try await self.text(added, livy, session).drop { $0 != "/" }
      #expect(path.hasSuffix("/up.bin"))
      #expect(FileManager.default.contents(atPath: String(path)) == Data(bytes))
      let refused = await #expect(throws: ClientError.self) {
        try await livy.add(addition, uri: "/etc/passwd", to: session)
      }
      #expect(refused?.status == 400)
      #expect(refused?.message.contains("cannot be added") == true)
    }
  }

  private func text(
    _ job: JobStatus, _ livy: LivyClient, _ session: SessionReference
  ) async throws -> String {
    let status = try await livy.finishedJob(job.id, of: session)
    return String(decoding: status.pickledResult ?? [], as: UTF8.self)
  }
}

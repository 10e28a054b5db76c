// SPDX-License-Identifier: Apache-2.0

import Foundation
import FoundationNetworking
import Livy
import TestSupport
import Testing

extension Integration {
  @Suite("Secrets")
  struct SecretTests {
    @Test(
      "Token and keys are in no argument, environment, conf, log or database",
      arguments: Channel.allCases)
    func search(channel: Channel) async throws {
      try await ServerProcess.running(channel.setting) { server in
        var request = CreateSession(kind: "pyspark")
        request.conf = ["spark.ui.enabled": "true"]
        let starting = try await server.startingSession(request)
        let token = try await Self.token(in: server.folder)
        var secrets = Self.forms(of: token)
        secrets += try Self.authorityKey(of: server.folder)
        // While spark-submit starts, with the launch file still there.
        Self.expect(nowhere: secrets, in: Self.processes())

        _ = try await server.client.waitUntilReady(starting.reference, within: .seconds(240))
        #expect(try await starting.text("1+1") == "2")
        Self.expect(nowhere: secrets, in: Self.processes())
        Self.expect(nowhere: secrets, in: Self.files(of: server.folder))
        Self.expect(nowhere: secrets, in: try await Self.words(of: starting))
        // The search can find: the mark stands in the environment of each process.
        let mark = Array(server.folder.mark.utf8)
        #expect(Self.processes().contains { $0.1.firstRange(of: Data(mark)) != nil })

        _ = await server.stop()
        Self.expect(nowhere: secrets, in: Self.files(of: server.folder))
      }
    }

    /// The token of the launch file, read before the driver takes it. Only we and root can.
    private static func token(in folder: ServerFolder) async throws -> [UInt8] {
      var bytes: [UInt8] = []
      let end = ContinuousClock.now + .seconds(60)
      while bytes.count < 34, ContinuousClock.now < end {
        if let session = folder.sessionFolders.first {
          bytes = FileManager.default.contents(atPath: session + "/launch").map { Array($0) } ?? []
          if bytes.count >= 34 {
            #expect(try mode(session) == 0o700)
            #expect(try mode(session + "/launch") == 0o600)
            #expect(try mode(session + "/spark.properties") == 0o600)
          }
        }
        try await Task.sleep(for: .milliseconds(1))
      }
      #expect(try mode(folder.state + "/authority/authority.key") == 0o600)
      #expect(try mode(folder.state + "/livy.sqlite") == 0o600)
      try #require(bytes.starts(with: [0x0A, 0x20]), "no launch file was seen")
      return Array(bytes[2..<34])
    }

    private static func mode(_ path: String) throws -> Int? {
      try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    private static func forms(of token: [UInt8]) -> [(String, Data)] {
      let hex = token.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
      let base64 = Data(token).base64EncodedString()
      // A raw token could be cut at a zero byte in an environment, so its halves are looked for as
      // well.
      return [
        ("token", Data(token)), ("token's first half", Data(token.prefix(16))),
        ("token's second half", Data(token.suffix(16))), ("token, hex", Data(hex.utf8)),
        ("token, HEX", Data(hex.uppercased().utf8)),
        ("token, base64", Data(base64.replacing("=", with: "").utf8)),
        (
          "token, base64url",
          Data(
            base64.replacing("=", with: "").replacing("+", with: "-").replacing("/", with: "_")
              .utf8)
        ),
      ]
    }

    /// Each line of the key's body, which are base64.
    private static func authorityKey(of folder: ServerFolder) throws -> [(String, Data)] {
      let lines = folder.text(of: folder.state + "/authority/authority.key").split(separator: "\n")
        .filter { !$0.hasPrefix("-----") && $0.count >= 16 }
      try #require(!lines.isEmpty)
      return lines.map { ("authority's key", Data($0.utf8)) }
    }

    // MARK: Where to look

    private static func processes() -> [(String, Data)] {
      RunningProcess.all.flatMap { process in
        ["cmdline", "environ"].map { part in
          ("\(part) of \(process)", RunningProcess.bytes("/proc/\(process.pid)/\(part)") ?? Data())
        }
      }
    }

    /// All that lies in the server's folders, but the key where it belongs.
    private static func files(of folder: ServerFolder) -> [(String, Data)] {
      let names = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String }
      return (names ?? []).filter { !$0.hasSuffix("authority/authority.key") }.map { name in
        (name, RunningProcess.bytes("\(folder.path)/\(name)") ?? Data())
      }
    }

    private static func words(of session: LiveSession) async throws -> [(String, Data)] {
      let conf = try await session.text("print(sc.getConf().getAll())")
      #expect(conf.contains("spark.app.name"))
      let java = try await session.text(
        "print(sc._jvm.java.lang.System.getProperties().toString())")
      #expect(java.contains("spark.app.name"))
      let shown = try await session.client.session(session.reference)
      let page = try #require(shown.appInfo.sparkUIURL)
      let id = try await session.text("print(sc.applicationId)")
      let url = try #require(URL(string: "\(page)/api/v1/applications/\(id)/environment"))
      let (environment, _) = try await URLSession.shared.data(from: url)
      #expect(environment.firstRange(of: Data("spark.app.name".utf8)) != nil)
      return [
        ("Spark's conf", Data(conf.utf8)), ("Java's properties", Data(java.utf8)),
        ("the log", Data(try await session.log().utf8)),
        ("the session", Data(JSONWriter.text(of: shown).utf8)), ("Spark's page", environment),
      ]
    }

    private static func expect(
      nowhere secrets: [(String, Data)], in places: [(String, Data)],
      sourceLocation: SourceLocation = #_sourceLocation
    ) {
      #expect(!places.isEmpty, sourceLocation: sourceLocation)
      for (place, bytes) in places {
        for (secret, needle) in secrets where bytes.firstRange(of: needle) != nil {
          Issue.record("\(secret) stands in \(place)", sourceLocation: sourceLocation)
        }
      }
    }
  }
}

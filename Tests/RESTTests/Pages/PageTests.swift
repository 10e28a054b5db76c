// SPDX-License-Identifier: Apache-2.0

import LivyCore
import LivyServer
import RESTTestSupport
import Testing

/// The pages as a browser shows them, with a server and a real socket behind them.
@Suite("Pages in a browser", .enabled(if: Chromium.isChosen), .serialized)
struct PageTests {
  static let hostile = #"<img src=x onerror="document.title='owned'">"#

  /// A server with a session of three statements and a batch; names and code try to be HTML.
  private static func visit(_ path: String, picture: String) async throws -> Chromium.Visit {
    let server = ServerUnderTest()
    let visit = try await server.listening { url in
      var session = SessionRequest()
      session.kind = .one(.pyspark)
      session.name = hostile
      session.conf = ["spark.note": hostile]
      _ = try await server.directory.create(session)
      var batch = BatchRequest(file: "hdfs:///a.py")
      batch.name = hostile
      batch.arguments = [hostile]
      _ = try await server.batches.create(batch)
      let takes = await eventually {
        for code in ["1 + 1", "raise", hostile] {
          guard
            (try? await server.directory.submit(code, kind: nil, to: .id(SessionID(0)))) != nil
          else { return false }
        }
        return true
      }
      #expect(takes)
      let isDone = await eventually {
        let all = try? await server.directory.statements(of: .id(SessionID(0)))
        return all?.count { $0.state == .available } == 3
      }
      #expect(isDone)
      return try await Chromium.visit(url + path, picture: picture)
    }
    await server.shutDown()
    return visit
  }

  /// What holds for every page: its script ran, the browser had nothing to refuse, and what tried to
  /// be HTML is text.
  private static func check(_ visit: Chromium.Visit) {
    #expect(visit.document.contains(#"<span id="version">livy-swift</span>"#))
    #expect(visit.document.contains(#"role="alert" hidden"#), "a problem is shown")
    #expect(!visit.console.contains("CONSOLE"), "\(visit.console)")
    #expect(!visit.document.contains("<img"))
    #expect(!visit.document.contains("<title>owned"))
    #expect(visit.document.contains("&lt;img src=x"))
    #expect(visit.pictureSize == [1_000, 800])
    #expect(visit.picture.count > 8_000, "an empty page is smaller")
  }

  @Test("The list shows sessions and batches, with links")
  func list() async throws {
    let visit = try await Self.visit("/ui", picture: "sessions")
    Self.check(visit)
    #expect(visit.document.contains(#"href="/ui/session/0">0</a>"#))
    #expect(visit.document.contains(#"class="state state-idle">idle</span>"#))
    #expect(visit.document.contains(#"class="state state-running">running</span>"#))
    #expect(visit.document.contains("/ui/batch/0/log"))
    #expect(visit.document.contains("1 to 1 of 1"))
  }

  @Test("A session shows its facts and its statements, the newest first")
  func session() async throws {
    let visit = try await Self.visit("/ui/session/0", picture: "session")
    Self.check(visit)
    #expect(visit.document.contains("<h1>Session 0</h1>"))
    #expect(visit.document.contains("spark.note = &lt;img"))
    #expect(visit.document.contains("3 kept, newest first"))
    let first = visit.document.firstRange(of: "<pre>ran 1 + 1</pre>")
    let second = visit.document.firstRange(of: "NameError: name 'x' is not defined")
    let (older, newer) = (try #require(first), try #require(second))
    #expect(newer.lowerBound < older.lowerBound)
    #expect(visit.document.contains(#"href="http://127.0.0.1:4040""#))
  }

  @Test("Logs are shown whole")
  func logs() async throws {
    let session = try await Self.visit("/ui/session/0/log", picture: "session-log")
    #expect(session.document.contains("<h1>Log of session 0</h1>"))
    #expect(session.document.contains("out 1\nout 2\n"))
    #expect(!session.console.contains("CONSOLE"), "\(session.console)")
    let batch = try await Self.visit("/ui/batch/0/log", picture: "batch-log")
    Self.check(batch)
    #expect(batch.document.contains("<h1>Log of batch 0</h1>"))
  }

  @Test("A session that is not there is told in the API's words")
  func missing() async throws {
    let visit = try await Self.visit("/ui/session/77", picture: "missing")
    #expect(visit.document.contains("404 Session '77' not found."))
    #expect(!visit.document.contains(#"role="alert" hidden"#))
  }
}

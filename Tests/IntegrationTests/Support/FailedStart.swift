// SPDX-License-Identifier: Apache-2.0

import Foundation
import Livy
import TestSupport
import Testing

/// How a start is to fail: what the session shows for good.
struct FailedStart {
  var state: Session.State
  /// The phases that it entered.
  var phases: [String]
  /// Texts that the reason holds.
  var reason: [String]

  /// Waits for the end, then looks at everything that a failed start must and must not leave.
  ///
  /// - Parameter limit: for the end to come.
  func expect(
    of session: LiveSession, within limit: Duration = .seconds(120),
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let client = session.client
    let ended = await eventually(within: limit) {
      (try? await client.session(session.reference).state.isFinished) == true
    }
    #expect(ended, "it did not end", sourceLocation: sourceLocation)
    let told = try await client.phases(of: session.reference)
    let log = try await session.log()
    #expect(told.state == state, "\(log)", sourceLocation: sourceLocation)
    #expect(told.phases.map(\.name) == phases, sourceLocation: sourceLocation)
    let words = try #require(told.reason, sourceLocation: sourceLocation)
    for text in reason {
      #expect(words.contains(text), "\(words)", sourceLocation: sourceLocation)
    }
    // The REST session of Livy has no reason, so its log tells it last.
    let firstLine = words.split(separator: "\n").first.map(String.init) ?? ""
    #expect(log.contains(firstLine), "\(log)", sourceLocation: sourceLocation)
    try await expectNothingLeft(of: session, sourceLocation: sourceLocation)
    // What was told first is not changed by what the clearing up brought.
    let last = try await client.phases(of: session.reference)
    #expect(last.state == state, sourceLocation: sourceLocation)
    #expect(last.reason == words, sourceLocation: sourceLocation)
  }

  private func expectNothingLeft(
    of session: LiveSession, sourceLocation: SourceLocation
  ) async throws {
    await session.server.expectNoSessionProcess(sourceLocation: sourceLocation)
    let folder = session.server.folder
    let isClean = await eventually { folder.secretFiles.isEmpty }
    #expect(isClean, "left: \(folder.secretFiles)", sourceLocation: sourceLocation)
    await #expect(throws: ClientError.self, sourceLocation: sourceLocation) {
      try await session.client.submit("1", in: session.reference)
    }
  }
}

extension ServerFolder {
  /// Files that hold, or held, a session's secrets: its launch file and its conf.
  var secretFiles: [String] {
    sessionFolders.flatMap { ["\($0)/launch", "\($0)/spark.properties"] }
      .filter { FileManager.default.fileExists(atPath: $0) }
  }
}

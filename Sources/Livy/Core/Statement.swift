// SPDX-License-Identifier: Apache-2.0

/// A piece of code in a session, with all that is known of its run.
package struct Statement: Equatable, Sendable {
  package enum State: String, Sendable, CaseIterable {
    case waiting, running, available, cancelling, cancelled
  }

  package let id: StatementID
  package let code: String
  package let kind: StatementKind
  package var state: State
  package var output: StatementOutput?
  /// 0 to 1.
  package var progress: Double
  /// Milliseconds since 1970; 0 until then.
  package var startedMilliseconds: Int64
  package var completedMilliseconds: Int64

  package init(id: StatementID, code: String, kind: StatementKind) {
    self.id = id
    self.code = code
    self.kind = kind
    state = .waiting
    output = nil
    progress = 0
    startedMilliseconds = 0
    completedMilliseconds = 0
  }

  /// UTF-8 bytes of code and output.
  package var byteCount: Int { code.utf8.count + (output?.byteCount ?? 0) }
}

/// How a statement left the driver.
package enum StatementEnd: Equatable, Sendable {
  case output(StatementOutput)
  /// Cancelled; with what its code came to, nil if it never ran or never ended.
  case cancelled(StatementOutput?)

  package static func success(_ parts: [OutputPart]) -> StatementEnd { .output(.success(parts)) }

  package static func failure(_ failure: StatementFailure) -> StatementEnd {
    .output(.failure(failure))
  }
}

/// What a statement came to. A failed statement has an output too.
package enum StatementOutput: Equatable, Sendable {
  case success([OutputPart])
  case failure(StatementFailure)

  /// UTF-8 bytes of its content: what a limit on memory counts.
  package var byteCount: Int {
    switch self {
    case .success(let parts):
      parts.reduce(0) { sum, part in
        switch part.content {
        case .text(let text), .json(let text): sum + text.utf8.count
        }
      }
    case .failure(let failure):
      failure.traceback.reduce(failure.value.utf8.count) { $0 + $1.utf8.count }
    }
  }
}

/// One form of a result: a MIME type and its content.
package struct OutputPart: Equatable, Sendable {
  package enum Content: Equatable, Sendable {
    case text(String)
    /// A JSON document, passed on as it is.
    case json(String)
  }

  package var mimeType: String
  package var content: Content

  package init(mimeType: String, content: Content) {
    self.mimeType = mimeType
    self.content = content
  }

  /// UTF-8 bytes of its content.
  package var byteCount: Int {
    switch content {
    case .text(let text), .json(let text): text.utf8.count
    }
  }

  package static func plain(_ text: String) -> OutputPart {
    OutputPart(mimeType: "text/plain", content: .text(text))
  }
}

/// An error of the user's code, or of the machinery that ran it.
package struct StatementFailure: Error, Equatable, Sendable {
  /// `ename` in REST: the exception's class, or Livy's word.
  package var name: String
  /// `evalue` in REST.
  package var value: String
  package var traceback: [String]

  package init(name: String, value: String, traceback: [String] = []) {
    self.name = name
    self.value = value
    self.traceback = traceback
  }
}

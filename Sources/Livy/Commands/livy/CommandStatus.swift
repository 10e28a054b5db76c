// SPDX-License-Identifier: Apache-2.0

internal import Livy

/// What scripts can tell a command's outcome by.
enum CommandStatus: Int32, CaseIterable {
  case success = 0
  case failed = 1
  case usage = 2
  case unreachable = 3
  case sessionFailed = 4
  case interrupted = 130

  static let help = """
    Exit status: 0 all went well; 1 the statement or batch failed, or what was asked for is not there; 2 wrong usage; \
    3 the server cannot be reached; 4 the session did not start; 130 interrupted.
    """
}

/// Why a command ends, in words for a person and a number for a script.
struct CommandFailure: Error, Equatable {
  var status: CommandStatus
  var text: String

  init(_ status: CommandStatus, _ text: String) {
    self.status = status
    self.text = text
  }

  init(_ error: ClientError) {
    // Our server's reason has the log's last lines within it already.
    let isTold = error.message.contains("\n")
    let lines = isTold ? [] : error.log
    let log = lines.suffix(Self.logLinesMax).map { "\n  " + SafeText.line($0) }.joined()
    let text = "livy: " + SafeText.block(error.message) + (log.isEmpty ? "" : "\nLog:" + log)
    switch error.code {
    case .badURL:
      self.init(.usage, text)
    case .unreachable:
      self.init(.unreachable, text + "\nIs the server running? Start one with: livy server")
    case .timedOut:
      self.init(.unreachable, text)
    case .sessionFailed:
      self.init(.sessionFailed, text)
    case .cancelled:
      self.init(.interrupted, text)
    default:
      self.init(.failed, text)
    }
  }

  /// Log lines shown under an error.
  private static let logLinesMax = 15
}

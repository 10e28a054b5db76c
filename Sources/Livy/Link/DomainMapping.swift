// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import Wire
internal import WireCodec
internal import WireMessages

/// Wire's messages to domain words and back. What a peer sends is checked here, once.

extension DriverEvent {
  /// Nil for an event of a kind that a newer driver invented: it is skipped.
  init?(_ event: Event) {
    guard let what = event.what.flatMap(DriverEvent.What.init) else { return nil }
    self.init(number: event.number, what: what)
  }

  var message: Event {
    Event(number: number, what: what.message)
  }
}

extension DriverEvent.What {
  fileprivate init?(_ what: Event.What) {
    switch what {
    case .state(let state):
      guard let state = LivyCore.InterpreterState(state) else { return nil }
      self = .state(state)
    case .started(let started):
      self = .started(StatementID(started.statement), atMilliseconds: started.atMs)
    case .progress(let progress):
      // A driver's words: NaN and numbers out of range become the nearest sensible ones.
      let fraction = progress.fraction.isNaN ? 0 : min(max(progress.fraction, 0), 1)
      self = .progress(StatementID(progress.statement), fraction: fraction)
    case .finished(let finished):
      guard let end = StatementEnd(finished) else { return nil }
      self = .finished(StatementID(finished.statement), end, atMilliseconds: finished.atMs)
    case .printed(let printed):
      self = .printed(StatementID(printed.statement), offset: printed.offset, text: printed.text)
    case .held(let held): self = .held(StatementID(held.statement))
    }
  }

  fileprivate var message: Event.What {
    switch self {
    case .state(let state): .state(state.message)
    case .started(let id, let at):
      .started(StatementStarted(statement: id.number, atMs: at))
    case .progress(let id, let fraction):
      .progress(StatementProgress(statement: id.number, fraction: fraction))
    case .finished(let id, .output(let output), let at):
      .finished(
        StatementFinished(statement: id.number, atMs: at, outcome: output.message))
    case .finished(let id, .cancelled(let output), let at):
      .finished(
        StatementFinished(
          statement: id.number, atMs: at, outcome: output?.message, cancelled: true))
    case .printed(let id, let offset, let text):
      .printed(StatementPrinted(statement: id.number, offset: offset, text: text))
    case .held(let id): .held(StatementHeld(statement: id.number))
    }
  }
}

extension LivyCore.InterpreterState {
  init?(_ state: WireMessages.InterpreterState) {
    switch state {
    case .notStarted: self = .notStarted
    case .starting: self = .starting
    case .idle: self = .idle
    case .busy: self = .busy
    case .error: self = .error
    default: return nil
    }
  }

  var message: WireMessages.InterpreterState {
    switch self {
    case .notStarted: .notStarted
    case .starting: .starting
    case .idle: .idle
    case .busy: .busy
    case .error: .error
    }
  }
}

extension StatementEnd {
  fileprivate init?(_ finished: StatementFinished) {
    let output = StatementOutput(finished)
    if finished.cancelled {
      self = .cancelled(output)
    } else if let output {
      self = .output(output)
    } else {
      return nil
    }
  }
}

extension StatementOutput {
  fileprivate init?(_ finished: StatementFinished) {
    switch finished.outcome {
    case .success(let success):
      self = .success(
        success.parts.compactMap { part in
          switch part.content {
          case .text(let text): OutputPart(mimeType: part.mimeType, content: .text(text))
          case .json(let json): OutputPart(mimeType: part.mimeType, content: .json(json))
          case nil: nil
          }
        })
    case .failure(let failure):
      self = .failure(
        StatementFailure(name: failure.name, value: failure.value, traceback: failure.traceback))
    case nil: return nil
    }
  }

  fileprivate var message: StatementFinished.Outcome {
    switch self {
    case .success(let parts):
      .success(
        Success(
          parts: parts.map { part in
            switch part.content {
            case .text(let text): Part(mimeType: part.mimeType, content: .text(text))
            case .json(let json): Part(mimeType: part.mimeType, content: .json(json))
            }
          }))
    case .failure(let failure):
      .failure(
        Failure(name: failure.name, value: failure.value, traceback: failure.traceback))
    }
  }
}

extension LivyError {
  /// A call to a driver that failed. A lost connection is told apart from a driver that answered
  /// no.
  init(_ error: CallError, doing what: String) {
    switch error.code {
    case .unavailable:
      self.init(.driverLost, "the connection to the driver ended while \(what)", cause: error)
    case .deadlineExceeded:
      self.init(.timedOut, "the driver did not answer in time while \(what)", cause: error)
    case .cancelled:
      self.init(.cancelled, "cancelled while \(what)", cause: error)
    case .unknown, .invalidArgument, .notFound, .alreadyExists, .permissionDenied,
      .resourceExhausted, .failedPrecondition, .aborted, .outOfRange, .unimplemented, .internal,
      .dataLoss, .unauthenticated:
      // Its words say it all: with the cause they would stand twice in the session's reason.
      self.init(.driverRefused, error.message)
    }
  }
}

extension CallError {
  /// What the other side may know of an error of ours.
  init(_ error: LivyError) {
    let code: CallError.Code =
      switch error.code {
      case .invalidRequest: .invalidArgument
      case .notFound: .notFound
      case .notActive: .failedPrecondition
      case .tooMany: .resourceExhausted
      case .cancelled: .cancelled
      case .timedOut: .deadlineExceeded
      case .driverLost: .unavailable
      default: .internal
      }
    self.init(code, error.description)
  }
}

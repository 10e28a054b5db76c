// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import Wire
internal import WireCodec
internal import WireMessages

extension LivyCore.Job {
  /// What a server sends of a job. Throws `.invalidArgument` for one that this driver cannot run.
  init(_ message: WireMessages.Job?) throws(CallError) {
    guard let message, message.number > 0 else {
      throw CallError(.invalidArgument, "a job with a number from 1 is needed")
    }
    guard let kind = Kind(rawValue: message.kind) else {
      throw CallError(.invalidArgument, "Invalid job type: \(message.kind)")
    }
    self.init(number: JobNumber(message.number), kind: kind, program: message.program)
  }

  var message: WireMessages.Job {
    WireMessages.Job(number: number.number, kind: kind.rawValue, program: program)
  }
}

extension LivyCore.JobReport {
  /// Nil for a state that a newer driver invented, or an end without what it came to.
  init?(_ message: WireMessages.JobReport) {
    switch message.state {
    case .queued: self = .queued
    case .started: self = .started
    case .succeeded:
      guard let result = message.result else { return nil }
      self = .succeeded(result)
    case .failed:
      guard let error = message.error else { return nil }
      self = .failed(error)
    case .cancelled: self = .cancelled
    case .unrecognized: return nil
    }
  }

  var message: WireMessages.JobReport {
    switch self {
    case .queued: WireMessages.JobReport(state: .queued)
    case .started: WireMessages.JobReport(state: .started)
    case .succeeded(let result): WireMessages.JobReport(state: .succeeded, result: result)
    case .failed(let error): WireMessages.JobReport(state: .failed, error: error)
    case .cancelled: WireMessages.JobReport(state: .cancelled)
    }
  }
}

extension DriverStanding {
  /// Nil for a state that a newer driver invented.
  init?(_ message: AttachResponse) {
    guard let state = LivyCore.InterpreterState(message.state) else { return nil }
    self.init(
      state: state, lastEvent: message.lastEvent, lastJob: JobNumber(message.lastJob),
      held: message.held.map { StatementID($0) })
  }

  var message: AttachResponse {
    AttachResponse(
      state: state.message, lastEvent: lastEvent, lastJob: lastJob.number, held: held?.number)
  }
}

extension LivyCore.StatementStage {
  /// What a newer driver says in other words is over, as far as this server knows.
  init(_ stage: WireMessages.StatementStage) {
    switch stage {
    case .waited: self = .waited
    case .ran: self = .ran
    case .over, .unrecognized: self = .over
    }
  }

  var message: WireMessages.StatementStage {
    switch self {
    case .over: .over
    case .waited: .waited
    case .ran: .ran
    }
  }
}

// SPDX-License-Identifier: Apache-2.0

internal import LivyCore

/// A driver that is connected, with what waits to be said to it.
struct DriverChannel: Sendable {
  /// Counts the channels of a session: what is heard of an earlier one is passed over.
  let number: Int
  let driver: any SessionDriver
  /// Number of the first statement that was not put on its way here.
  var nextStatement: UInt64 = 0
  /// Statements on their way out, in order.
  let statements: AsyncStream<ExecuteRequest>
  /// Numbers of events that have arrived. Only the newest counts: it covers all before it.
  let arrivals: AsyncStream<UInt64>

  private let statementsEnd: AsyncStream<ExecuteRequest>.Continuation
  private let arrivalsEnd: AsyncStream<UInt64>.Continuation

  /// `waitingMax` bounds the statements that were accepted and not sent; the journal accepts no
  /// more.
  init(_ driver: any SessionDriver, number: Int, waitingMax: Int) {
    self.driver = driver
    self.number = number
    (statements, statementsEnd) = AsyncStream.makeStream(
      of: ExecuteRequest.self, bufferingPolicy: .bufferingOldest(waitingMax))
    (arrivals, arrivalsEnd) = AsyncStream.makeStream(
      of: UInt64.self, bufferingPolicy: .bufferingNewest(1))
  }

  /// Puts a statement behind those that were sent before.
  func send(_ request: ExecuteRequest) {
    statementsEnd.yield(request)
  }

  /// Everything up to event `number` is in the journal.
  func acknowledge(through number: UInt64) {
    arrivalsEnd.yield(number)
  }
}

// SPDX-License-Identifier: Apache-2.0

internal import LivyCore

/// A driver that is connected, with what waits to be said to it.
struct DriverChannel: Sendable {
  /// Counts the channels of a session: what is heard of an earlier one is passed over.
  let number: Int
  let driver: any SessionDriver
  /// Number of the first statement that was not put on its way here.
  var nextStatement: UInt64 = 0
  /// Something can be sent.
  let calls: AsyncStream<Void>
  /// Numbers of events that have arrived. Only the newest counts: it covers all before it.
  let arrivals: AsyncStream<UInt64>

  private let callsEnd: AsyncStream<Void>.Continuation
  private let arrivalsEnd: AsyncStream<UInt64>.Continuation

  /// Statements that go out together.
  static let statementsPerCallMax = 256
  /// Nothing is added to so many UTF-8 bytes of code.
  static let codeBytesPerCallMax = 32 << 10

  init(_ driver: any SessionDriver, number: Int) {
    self.driver = driver
    self.number = number
    (calls, callsEnd) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    (arrivals, arrivalsEnd) = AsyncStream.makeStream(
      of: UInt64.self, bufferingPolicy: .bufferingNewest(1))
  }

  /// Statements can be sent.
  func send() {
    callsEnd.yield()
  }

  /// Everything up to event `number` is in the journal.
  func acknowledge(through number: UInt64) {
    arrivalsEnd.yield(number)
  }
}

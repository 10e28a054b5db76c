// SPDX-License-Identifier: Apache-2.0

internal import WireCodec

/// What calls that go past the machine ask of it, so that limits and credit hold for all alike.
extension ConnectionMachine {
  /// A message of `bytes` may leave at once, in one frame.
  @inline(__always)
  func sendsAtOnce(_ bytes: Int) -> Bool {
    bytes <= atOnceBytesMax && bytes <= sendCredit.available || sendsLargeAtOnce(bytes)
  }

  /// A larger one only where nothing stands in line, and the reserve of the small ones stays.
  @inline(never)
  private func sendsLargeAtOnce(_ bytes: Int) -> Bool {
    bytes <= largeAtOnceBytesMax && schedule.isEmpty
      && bytes <= sendCredit.available - reservedCredit
  }

  /// New calls of this side need not be refused.
  var takesCalls: Bool { farewells.isEmpty }

  /// Requests of the peer need not be refused.
  var takesRequests: Bool {
    guard case .open = phase else { return false }
    return !farewells.contains(.said) && metrics.served.begun < limits.callsTotalMax
  }

  /// The largest messages that leave at once, now that the peer said what it takes.
  mutating func allowSendingAtOnce() {
    largeAtOnceBytesMax = min(
      peer.messageBytesMax, peer.framePayloadBytesMax, limits.framePayloadBytesMax)
    atOnceBytesMax = min(limits.smallMessageBytes - 1, largeAtOnceBytesMax)
  }

  /// A request came whole and is answered at once.
  mutating func pass(_ id: CallID, requestBytes: Int) throws(ProtocolError) {
    try count(requestBytes)
    try remote.pass(id)
    metrics.served.begin()
  }

  /// The answer to a passed request has to stand in line after all.
  mutating func answer(_ header: FrameHeader, with result: Result<EncodedMessage, CallError>) {
    var call = RemoteCall(method: header.method, shape: .unary)
    call.request = .over
    call.answer = .running
    remote.fill(header.call, with: call)
    finish(header.call, with: result)
  }
}

// SPDX-License-Identifier: Apache-2.0

/// Control frames that wait to be sent. They go before all messages and cost no credit.
///
/// Each kind is kept once, the newest of it, so a peer that asks much and reads nothing cannot make
/// this grow: several pings get one pong, credit is summed up.
struct ControlFrames {
  var hello: Hello?
  var pong: UInt64?
  var ping: UInt64?
  var goaway: Goaway?
  /// Credit of the connection.
  var creditBytes = 0
  /// Calls of this side with a cancel or credit to send; the call itself says which.
  var calls = Fifo<CallID>()

  var isEmpty: Bool {
    hello == nil && pong == nil && ping == nil && goaway == nil && creditBytes == 0 && calls.isEmpty
  }
}

extension OutputBuffer {
  /// Appends a frame with this payload; the header's length is set here.
  func appendFrame(_ kind: FrameKind, call: CallID = .connection, payload: [UInt8] = []) {
    let header = FrameHeader(payloadBytes: UInt32(clamping: payload.count), call: call, kind: kind)
    payload.withUnsafeBytes { append(header, $0) }
  }
}

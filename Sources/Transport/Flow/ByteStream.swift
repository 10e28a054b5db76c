// SPDX-License-Identifier: Apache-2.0

/// Bytes of one connection, in order, both ways. The seam between Transport and everything above.
///
/// A stream is confined to one `Loop`: it is created, used and released on that loop's thread,
/// and calls its receiver there. TCP, TLS, a pipe to a child process and the in-memory pair for
/// tests all look like this.
package protocol ByteStream: AnyObject {
  /// The loop that this stream lives on.
  var loop: any Loop { get }

  /// Begins delivery. Called once; the stream keeps `receiver` until it delivered `streamDidEnd`.
  func start(_ receiver: any ByteStreamReceiver)

  /// Queues `bytes`. All that is queued in one turn of the loop leaves together at its end.
  /// After `finish()` or the end of the stream the bytes are dropped.
  func write(_ bytes: [UInt8])

  /// Hands `bytes` and then `rest` on at once, behind what is queued. For one who gathers what a
  /// turn writes himself and calls this in his `TurnFlush`: nothing is copied that the kernel takes
  /// right away. The buffers are only borrowed for the call.
  func send(_ bytes: UnsafeRawBufferPointer, _ rest: UnsafeRawBufferPointer)

  /// Bytes accepted by `write` and `send` that the kernel (or the peer in memory) did not take yet.
  var queuedBytes: Int { get }

  /// What the kernel was asked for on behalf of this stream so far.
  var counters: StreamCounters { get }

  /// Stops delivery of bytes; the peer feels it through TCP's window.
  func pauseReading()
  func resumeReading()

  /// Orderly end: flush what is queued, then say goodbye (close_notify, FIN). Reading goes on
  /// until the peer's end.
  func finish()

  /// Ends at once, both ways; what is queued is lost. `streamDidEnd` is delivered in a later turn.
  func cancel()
}

extension ByteStream {
  /// A stream without a shorter way queues them.
  package func send(_ bytes: UnsafeRawBufferPointer, _ rest: UnsafeRawBufferPointer) {
    write([UInt8](bytes))
    if !rest.isEmpty { write([UInt8](rest)) }
  }

  package func send(_ bytes: UnsafeRawBufferPointer) {
    send(bytes, UnsafeRawBufferPointer(start: nil, count: 0))
  }

  /// A stream without a kernel below it asks for nothing.
  package var counters: StreamCounters { StreamCounters() }
}

extension ByteStreamReceiver {
  package func streamHasPlace(_ fill: (UnsafeMutableRawBufferPointer) -> Int) -> Bool { false }
}

/// Hears from a `ByteStream`, on its loop. Nothing is delivered after `streamDidEnd`.
package protocol ByteStreamReceiver: AnyObject {
  /// Bytes from the peer. The buffer is the loop's own and is valid during the call only.
  func streamDidReceive(_ bytes: UnsafeRawBufferPointer)

  /// Asked before bytes are decrypted. One who knows where the next bytes belong calls `fill` with
  /// that place, once; it answers how many of it were filled, at least 0, and these are received.
  /// - Returns: whether `fill` was called; else the bytes come by `streamDidReceive`.
  func streamHasPlace(_ fill: (UnsafeMutableRawBufferPointer) -> Int) -> Bool

  /// `queuedBytes` fell from above `TransportLimits.highMarkBytes` to below `lowMarkBytes`.
  func streamDidDrain()

  /// The stream is over; delivered exactly once, and last. `nil` means that the peer closed in
  /// order.
  func streamDidEnd(_ error: TransportError?)
}

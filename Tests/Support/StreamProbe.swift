// SPDX-License-Identifier: Apache-2.0

package import Transport

/// A receiver that writes down all it hears. May be read from any thread.
package final class StreamProbe: ByteStreamReceiver, Sendable {
  package struct Record: Sendable {
    package var bytes: [UInt8] = []
    package var chunks = 0
    package var drains = 0
    package var ends = 0
    /// Anything that came after the end: a broken contract.
    package var lateCalls = 0
    package var error: TransportError?

    package var hasEnded: Bool { ends > 0 }
  }

  private let record = Locked(Record())
  private let onBytes: (@Sendable (UnsafeRawBufferPointer) -> Void)?
  private let onDrain: (@Sendable () -> Void)?

  package init(
    onBytes: (@Sendable (UnsafeRawBufferPointer) -> Void)? = nil,
    onDrain: (@Sendable () -> Void)? = nil
  ) {
    self.onBytes = onBytes
    self.onDrain = onDrain
  }

  package var now: Record { record.withLock { $0 } }
  package var count: Int { record.withLock { $0.bytes.count } }
  package var hasEnded: Bool { record.withLock { $0.hasEnded } }

  package func streamDidReceive(_ bytes: UnsafeRawBufferPointer) {
    record.withLock { record in
      record.bytes.append(contentsOf: bytes)
      record.chunks += 1
      if record.hasEnded { record.lateCalls += 1 }
    }
    onBytes?(bytes)
  }

  package func streamDidDrain() {
    record.withLock { record in
      record.drains += 1
      if record.hasEnded { record.lateCalls += 1 }
    }
    onDrain?()
  }

  package func streamDidEnd(_ error: TransportError?) {
    record.withLock { record in
      record.ends += 1
      record.error = error
    }
  }
}

extension LoopBound<any ByteStream> {
  /// Starts the stream on its loop with a probe.
  package func startProbe(_ probe: StreamProbe = StreamProbe()) async -> StreamProbe {
    await loop.run { value.start(probe) }
    return probe
  }

  package func write(_ bytes: [UInt8]) async {
    await loop.run { value.write(bytes) }
  }

  package func finish() async {
    await loop.run { value.finish() }
  }

  package func cancel() async {
    await loop.run { value.cancel() }
  }
}

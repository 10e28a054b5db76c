// SPDX-License-Identifier: Apache-2.0

package import LivyCore
internal import Transport
internal import Wire

/// What the server's metrics show of drivers' connections.
extension Rendezvous {
  /// What happened since the start. Each open connection is asked on its loop, so that none counts
  /// for this in its calls; for a thousand of them that takes some milliseconds.
  package func metrics() async -> LinkMetrics {
    // One that ends meanwhile still tells what it counted, and is in `past` from the next time on.
    let open = roll.open
    var calls = roll.past
    for connection in open { calls.add(await connection.metrics) }
    var metrics = LinkMetrics(await group.metrics())
    metrics.connectionsOpen = open.count
    metrics.callsMade = LinkMetrics.Calls(calls.made)
    metrics.callsServed = LinkMetrics.Calls(calls.served)
    metrics.messageBytesSent = calls.sentBytes
    metrics.messageBytesReceived = calls.receivedBytes
    metrics.stalls = calls.stalls
    return metrics
  }

  /// At its end a connection leaves the lists; what it counted stays.
  func seeOff(_ connection: Connection, of session: SessionUUID? = nil) {
    Task {
      _ = await connection.closed()
      let counted = await connection.metrics
      roll.leave(connection, counted)
      if let session { guests.remove(connection, of: session) }
    }
  }
}

extension LinkMetrics {
  fileprivate init(_ transport: TransportMetrics) {
    self.init()
    connectionsOpened = transport.connectionsOpened
    connectionsClosed = transport.connectionsClosed
    handshakesFull = transport.handshakesFull
    handshakesResumed = transport.handshakesResumed
    handshakesFailed = Self.named(transport.handshakeFailures)
    refusals = Self.named(transport.refusals)
    bytesSent = transport.bytesWritten
    bytesReceived = transport.bytesRead
    loopDelays = transport.timerDelay.counts.enumerated().map { bucket, count in
      let bounds = DelayHistogram.bounds
      let bound = bounds.indices.contains(bucket) ? bounds[bucket] : nil
      return Delay(atMost: bound.map { .milliseconds($0) }, count: count)
    }
    longestLoopDelay = .nanoseconds(transport.timerDelay.longestNanoseconds)
    slowTurns = transport.slowTurns
    longestTurn = .nanoseconds(transport.longestTurnNanoseconds)
  }

  private static func named(_ counts: [TransportError.Code: UInt64]) -> [String: UInt64] {
    Dictionary(uniqueKeysWithValues: counts.map { ($0.key.description, $0.value) })
  }
}

extension LinkMetrics.Calls {
  fileprivate init(_ calls: ConnectionMetrics.Calls) {
    self.init()
    begun = calls.begun
    succeeded = calls.succeeded
    for code in CallError.Code.allCases where calls.failed(code) > 0 {
      failed["\(code)"] = calls.failed(code)
    }
  }
}

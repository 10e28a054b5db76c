// SPDX-License-Identifier: Apache-2.0

internal import Transport

/// A connection as its stream and its loop see it.
final class StreamSide: ByteStreamReceiver, TurnFlush {
  private let core: ConnectionCore

  init(_ core: ConnectionCore) {
    self.core = core
  }

  func streamDidReceive(_ bytes: UnsafeRawBufferPointer) { core.receive(bytes) }
  func streamHasPlace(_ fill: (UnsafeMutableRawBufferPointer) -> Int) -> Bool {
    core.receive(into: fill)
  }
  func streamDidDrain() { core.setNeedsFlush() }
  func streamDidEnd(_ error: TransportError?) {
    core.connection?.assumeIsolated { $0.streamEnded(error) }
  }
  func flush() { core.flush() }
}

extension ConnectionCore {
  func receive(_ bytes: UnsafeRawBufferPointer) {
    // A peer may go on talking after our goodbye.
    guard isRunning, let connection else { return }
    hear(bytes.count, connection)
    var input = bytes
    do throws(ProtocolError) {
      guard receivedBytes <= limits.bytesTotalMax else {
        throw ProtocolError("more than \(limits.bytesTotalMax) bytes came on this connection")
      }
      if let frame = try nextFrame(from: &input) { try receive(frame, input, connection) }
    } catch {
      end(connection, ConnectionEnd(.protocolError, error.description))
    }
    if machine.hasOutput || isDrained { setNeedsFlush() }
    setTimer(connection)
  }

  /// Lends the place of a payload that is on its way. Its last byte comes by `receive`, so that the
  /// frame ends there.
  func receive(into fill: (UnsafeMutableRawBufferPointer) -> Int) -> Bool {
    guard isRunning, let connection else { return false }
    let filled = parser.fill(fill) { machine.goOn(with: $1, of: $0, by: fill) }
    guard let filled else { return false }
    hear(filled, connection)
    return true
  }

  private func hear(_ count: Int, _ connection: Connection) {
    receivedBytes &+= count
    if let pause = keepalive.hear() {
      connection.assumeIsolated { $0.checkSilence(after: pause) }
    }
  }

  /// A frame of the machine's, and what came behind it. Enters the actor once for all of them.
  private func receive(
    _ frame: Frame, _ rest: UnsafeRawBufferPointer, _ connection: Connection
  ) throws(ProtocolError) {
    let bound = LoopBound((self, rest), on: loop)
    let broken = connection.assumeIsolated { connection -> ProtocolError? in
      var (core, input) = bound.value
      var next: Frame? = frame
      do throws(ProtocolError) {
        while let frame = next {
          connection.perform(try core.machine.receive(frame, at: core.now))
          next = core.isRunning ? try core.nextFrame(from: &input) : nil
        }
        return nil
      } catch {
        return error
      }
    }
    if let broken { throw broken }
  }

  private func end(_ connection: Connection, _ end: ConnectionEnd) {
    connection.assumeIsolated { $0.end(end) }
  }

  private func setTimer(_ connection: Connection) {
    if unarmedDeadline != nil { connection.assumeIsolated { $0.scheduleDeadline() } }
  }

  /// The turn ends: what was gathered goes.
  func flush() {
    beginFlush()
    machine.passedItemBytes = 0
    guard isRunning, let stream, let connection else { return }
    if machine.hasOutput {
      sendOutput(within: room(of: stream), to: stream, at: loop.turnInstant)
      let unstalled = machine.takeUnstalled()
      if !unstalled.isEmpty { connection.assumeIsolated { $0.wakeSenders(of: unstalled) } }
      // More than the room: goes on in a later turn if the stream takes it all now, else when it
      // has drained.
      if machine.hasOutput, stream.queuedBytes <= limits.unsentBytesMax { continueFlush() }
    } else if !output.isEmpty {
      sendOutput(within: room(of: stream), to: stream, at: loop.turnInstant)
    }
    setTimer(connection)
    if isDrained { end(connection, ConnectionEnd(.drained, "all calls were done after a goodbye")) }
  }

  private func continueFlush() {
    let bound = LoopBound(self, on: loop)
    loop.submit { bound.value.setNeedsFlush() }
  }
}

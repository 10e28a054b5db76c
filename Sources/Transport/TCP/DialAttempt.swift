// SPDX-License-Identifier: Apache-2.0

internal import CUV

/// One attempt to reach a peer: TCP, then TLS where asked for. Confined to its loop after `init`.
///
///     idle ──begin──> connecting ──TCP is up──> (TLS handshake) ──> over
///      └──cancel──────────┴──(error, deadline, cancel)────────────> over
///
/// `waiter` is resumed exactly once, by `end`.
final class DialAttempt {
  typealias Outcome = Result<EstablishedConnection, TransportError>

  private enum State {
    case idle
    case connecting(UVStream)
    case handshaking(UVStream)
    case over
  }

  private let address: SocketAddress
  private let loop: EventLoop
  private let timeout: Duration
  private let limits: TransportLimits
  private let security: TLSContext?
  private var state = State.idle
  private var waiter: CheckedContinuation<Outcome, Never>?
  private var deadline: LoopTimer?
  private var wasCancelled = false

  init(
    address: SocketAddress, loop: EventLoop, timeout: Duration, limits: TransportLimits,
    security: TLSContext?
  ) {
    self.address = address
    self.loop = loop
    self.timeout = timeout
    self.limits = limits
    self.security = security
  }

  static func run(
    _ attempt: DialAttempt, on loop: EventLoop
  ) async throws(TransportError) -> EstablishedConnection {
    let bound = LoopBound(attempt, on: loop)
    let outcome = await withTaskCancellationHandler {
      await withCheckedContinuation { (waiter: CheckedContinuation<Outcome, Never>) in
        loop.submit { bound.value.begin(waiter) }
      }
    } onCancel: {
      loop.submit { bound.value.cancel() }
    }
    return try outcome.get()
  }

  private func begin(_ waiter: CheckedContinuation<Outcome, Never>) {
    self.waiter = waiter
    if wasCancelled { return cancel() }
    do {
      let stream = try UVStream.tcp(on: loop, name: "\(address)", limits: limits)
      state = .connecting(stream)
      try stream.connect(to: address, for: self, dialDidConnect)
      startDeadline()
    } catch {
      giveUp(error)
    }
  }

  private func startDeadline() {
    let bound = LoopBound(Weak(self), on: loop)
    let limit = timeout
    deadline = loop.schedule(after: limit) {
      guard let attempt = bound.value.object else { return }
      let message = "no connection to \(attempt.address) within \(limit)"
      attempt.giveUp(TransportError(.timedOut, message))
    }
  }

  private func cancel() {
    wasCancelled = true
    guard waiter != nil else { return }
    let message = "the attempt to reach \(address) was cancelled"
    giveUp(TransportError(.cancelled, message))
  }

  fileprivate func didConnect(_ code: Int32) {
    guard case .connecting(let stream) = state else { return }
    if code < 0 {
      let error = UVError(number: code).asTransportError("cannot connect to \(address)")
      return giveUp(error)
    }
    stream.turnOffDelay()
    stream.countConnection()
    guard let security else {
      let plain = LoopBound<any ByteStream>(stream, on: loop)
      return end(.success(EstablishedConnection(stream: plain, remoteAddress: address)))
    }
    state = .handshaking(stream)
    // A server in a storm lets its peers wait; how long that may take the caller said.
    TLSStream.client(
      over: stream, context: security, remoteAddress: address, timeout: timeout, limits: limits
    ) { outcome in
      self.loop.counters.pointee.countHandshake(outcome)
      self.end(outcome)
    }
  }

  /// We end the attempt, whatever it is at.
  private func giveUp(_ error: TransportError) {
    let abandoned = state
    end(.failure(error))
    switch abandoned {
    case .connecting(let stream), .handshaking(let stream): stream.cancel()
    case .idle, .over: break
    }
  }

  /// The first outcome counts. A handshake that fails by itself ends its stream itself, so that its
  /// alert gets out.
  private func end(_ outcome: Outcome) {
    if case .over = state { return }
    state = .over
    deadline?.cancel()
    waiter?.resume(returning: outcome)
    waiter = nil
  }
}

private func dialDidConnect(_ request: UnsafeMutablePointer<uv_connect_t>?, _ code: Int32) {
  UVRequest<uv_connect_t>.finish(request?.pointee.data, DialAttempt.self)?.didConnect(code)
}

// SPDX-License-Identifier: Apache-2.0

internal import CUV

/// TLS without a socket: bytes of the network go in, bytes for it come out, and so does the
/// plaintext. Any split of the input gives the same result. It knows neither loop nor owner;
/// `TLSStream` drives it.
///
///     handshaking ──> open ──> peerClosed
///          └────────────┴──> (an error was thrown: unusable)
final class TLSEngine {
  enum State: Equatable {
    case handshaking
    case open
    /// The peer said goodbye (close_notify); we may still send.
    case peerClosed
  }

  private(set) var state = State.handshaking
  /// What the handshake has found out so far.
  var handshake = TLSHandshake()
  /// Known once the handshake is over.
  var applicationProtocol: String? { handshake.applicationProtocol }
  var peer: PeerCertificate? { handshake.peer }

  let context: TLSContext
  /// The context's newest when the handshake began.
  let setup: TLSSetup
  /// Client: whom it calls; a session of the same target may be resumed.
  let target: String?
  let ssl: OpaquePointer
  private let bytes: UnsafeMutablePointer<cuv_tls_bytes>

  /// - Parameter target: for a client, the server's address or another name for it. Without one
  ///   no session is resumed or kept.
  init(_ context: TLSContext, target: String? = nil) throws(TransportError) {
    self.context = context
    self.target = target
    setup = context.setup
    bytes = .allocate(capacity: 1)
    bytes.initialize(to: cuv_tls_bytes())
    let made = SSL_new(setup.raw)
    guard let ssl = made, let bio = cuv_tls_bio(bytes) else {
      SSL_free(made)
      bytes.deallocate()
      throw TransportError(.system, "no memory for a TLS connection", reason: OpenSSLReason.take())
    }
    self.ssl = ssl
    // One BIO for both directions; `SSL_set_bio` takes over the one reference.
    SSL_set_bio(ssl, bio, bio)
    SSL_set_ex_data(ssl, 0, Unmanaged.passUnretained(self).toOpaque())
    switch context.side {
    case .server: SSL_set_accept_state(ssl)
    case .client:
      SSL_set_connect_state(ssl)
      askForServer()
      offerSession()
    }
  }

  deinit {
    SSL_free(ssl)
    cuv_tls_bytes_free(bytes)
    bytes.deallocate()
  }

  /// Begins the handshake: a client's first flight.
  func start() throws(TransportError) {
    try shake()
  }

  /// Where plaintext shall go, as `ByteStreamReceiver.streamHasPlace` tells it.
  typealias Place = ((UnsafeMutableRawBufferPointer) -> Int) -> Bool

  /// Takes bytes of the network, all of them, and hands out what they decrypt to, piece by piece.
  func receive(
    _ input: UnsafeRawBufferPointer, place: Place = { _ in false },
    plaintext: (UnsafeRawBufferPointer) -> Void
  ) throws(TransportError) {
    bytes.pointee.input = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
    bytes.pointee.input_count = input.count
    defer {
      bytes.pointee.input = nil
      bytes.pointee.input_count = 0
    }
    if state == .handshaking { try shake() }
    if state == .open { try decrypt(place, plaintext) }
  }

  /// Encrypts. Before the end of the handshake, and after an error, there is nothing to encrypt
  /// with: the caller keeps the bytes.
  func send(_ plain: UnsafeRawBufferPointer) throws(TransportError) {
    precondition(state != .handshaking, "TLS cannot send before the end of its handshake")
    var rest = plain
    ERR_clear_error()
    while !rest.isEmpty {
      let count = Int32(clamping: min(rest.count, 1 << 30))
      let written = SSL_write(ssl, rest.baseAddress, count)
      guard written > 0 else { throw failure("TLS cannot encrypt") }
      rest = UnsafeRawBufferPointer(rebasing: rest[Int(written)...])
    }
  }

  /// Says goodbye (close_notify); nothing is sent afterwards.
  func close() {
    ERR_clear_error()
    // Answers 0 while the peer's goodbye is outstanding, which is as it should be.
    if state != .handshaking { _ = SSL_shutdown(ssl) }
    ERR_clear_error()
  }

  /// Lends the bytes that are meant for the network to `body`, if there are any, and forgets them.
  func drainOutput(_ body: (UnsafeRawBufferPointer) -> Void) {
    let count = bytes.pointee.output_count
    guard count > 0, let start = bytes.pointee.output else { return }
    body(UnsafeRawBufferPointer(start: start, count: count))
    // An idle connection keeps no buffer.
    cuv_tls_output_taken(bytes)
  }

  // MARK: Steps

  private func shake() throws(TransportError) {
    ERR_clear_error()
    let result = SSL_do_handshake(ssl)
    if result == 1 {
      do {
        try concludeHandshake()
      } catch {
        context.count(\.failed)
        throw error
      }
      state = .open
    } else if SSL_get_error(ssl, result) != SSL_ERROR_WANT_READ {
      context.count(\.failed)
      throw failure("the TLS handshake failed")
    }
  }

  /// TLS's largest record holds so many bytes (RFC 8446, 5.1).
  private static let recordBytesMax = CUV_TLS_RECORD_BYTES

  private func decrypt(
    _ place: Place, _ plaintext: (UnsafeRawBufferPointer) -> Void
  ) throws(TransportError) {
    let problem: TransportError?
    if let record = cuv_tls_borrow_record() {
      defer { cuv_tls_return_record() }
      problem = decrypt(
        into: UnsafeMutableRawBufferPointer(start: record, count: Self.recordBytesMax), place,
        plaintext)
    } else {
      // A delivery within a delivery.
      problem = withUnsafeTemporaryAllocation(byteCount: Self.recordBytesMax, alignment: 16) {
        decrypt(into: $0, place, plaintext)
      }
    }
    if let problem { throw problem }
  }

  private func decrypt(
    into record: UnsafeMutableRawBufferPointer, _ place: Place,
    _ plaintext: (UnsafeRawBufferPointer) -> Void
  ) -> TransportError? {
    ERR_clear_error()
    while true {
      var count: Int32 = 0
      let isPlaced = place {
        count = SSL_read(ssl, $0.baseAddress, Int32(clamping: $0.count))
        return Int(max(0, count))
      }
      if !isPlaced { count = SSL_read(ssl, record.baseAddress, Int32(record.count)) }
      if count > 0 {
        if !isPlaced { plaintext(UnsafeRawBufferPointer(rebasing: record[..<Int(count)])) }
        // To ask once more for what cannot be there costs as much as a small record.
        if bytes.pointee.input_count == 0 && SSL_has_pending(ssl) == 0 { return nil }
        continue
      }
      switch SSL_get_error(ssl, count) {
      case SSL_ERROR_WANT_READ: return nil
      case SSL_ERROR_ZERO_RETURN:
        state = .peerClosed
        return nil
      default: return failure("TLS cannot decrypt")
      }
    }
  }

  // MARK: Errors

  /// Says which side disliked what. Takes OpenSSL's whole queue, of which the oldest entry is the
  /// cause.
  private func failure(_ what: String) -> TransportError {
    var words: UnsafePointer<CChar>?
    var isAlert: Int32 = 0
    let reason = cuv_tls_take_error(&words, &isAlert)
    ERR_clear_error()
    let text = words.map { String(cString: $0) }
    if let objection = handshake.objection { return objection.error(text) }
    if isAlert != 0 { return TLSAlert.error(what, reason, text) }
    return TLSFault(
      what: what, reason: reason, text: text, applicationProtocol: applicationProtocol,
      isHandshaking: state == .handshaking
    ).error
  }
}

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
  /// Known once the handshake is over.
  private(set) var applicationProtocol: String?
  private(set) var peer: PeerCertificate?

  private let context: TLSContext
  private let ssl: OpaquePointer
  private let bytes: UnsafeMutablePointer<cuv_tls_bytes>
  /// Why we refused the peer, in words; OpenSSL's own queue says only that we did.
  private var rejection: String?
  private var lacksCommonProtocol = false

  init(_ context: TLSContext) throws(TransportError) {
    self.context = context
    bytes = .allocate(capacity: 1)
    bytes.initialize(to: cuv_tls_bytes())
    let made = SSL_new(context.raw)
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
    case .client: SSL_set_connect_state(ssl)
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

  /// Takes bytes of the network, all of them, and hands out what they decrypt to, piece by piece.
  func receive(
    _ input: UnsafeRawBufferPointer, plaintext: (UnsafeRawBufferPointer) -> Void
  ) throws(TransportError) {
    bytes.pointee.input = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
    bytes.pointee.input_count = input.count
    defer {
      bytes.pointee.input = nil
      bytes.pointee.input_count = 0
    }
    if state == .handshaking { try shake() }
    if state == .open { try decrypt(plaintext) }
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
    bytes.pointee.output_count = 0
    // An idle connection keeps no buffer that a burst has made large.
    if bytes.pointee.output_capacity > 64 << 10 { releaseOutput() }
  }

  private func releaseOutput() {
    let (input, count) = (bytes.pointee.input, bytes.pointee.input_count)
    cuv_tls_bytes_free(bytes)
    bytes.pointee.input = input
    bytes.pointee.input_count = count
  }

  // MARK: Steps

  private func shake() throws(TransportError) {
    ERR_clear_error()
    let result = SSL_do_handshake(ssl)
    if result == 1 {
      try agree()
      state = .open
    } else if SSL_get_error(ssl, result) != SSL_ERROR_WANT_READ {
      throw failure("the TLS handshake failed")
    }
  }

  /// The handshake is over: an agreed protocol is a must on both sides.
  private func agree() throws(TransportError) {
    var chosen: UnsafePointer<UInt8>?
    var count: UInt32 = 0
    SSL_get0_alpn_selected(ssl, &chosen, &count)
    guard let chosen, count > 0 else { throw Self.noCommonProtocol(nil) }
    let agreed = String(
      decoding: UnsafeBufferPointer(start: chosen, count: Int(count)), as: UTF8.self)
    if case .client(let offered) = context.side, offered != agreed {
      throw Self.noCommonProtocol("it chose \(agreed), which was not offered")
    }
    applicationProtocol = agreed
  }

  /// TLS's largest record holds so many bytes (RFC 8446, 5.1).
  private static let recordBytesMax = CUV_TLS_RECORD_BYTES

  private func decrypt(_ plaintext: (UnsafeRawBufferPointer) -> Void) throws(TransportError) {
    let problem: TransportError?
    if let record = cuv_tls_borrow_record() {
      defer { cuv_tls_return_record() }
      problem = decrypt(
        into: UnsafeMutableRawBufferPointer(start: record, count: Self.recordBytesMax), plaintext)
    } else {
      // A delivery within a delivery.
      problem = withUnsafeTemporaryAllocation(byteCount: Self.recordBytesMax, alignment: 16) {
        decrypt(into: $0, plaintext)
      }
    }
    if let problem { throw problem }
  }

  private func decrypt(
    into record: UnsafeMutableRawBufferPointer, _ plaintext: (UnsafeRawBufferPointer) -> Void
  ) -> TransportError? {
    ERR_clear_error()
    while true {
      let count = SSL_read(ssl, record.baseAddress, Int32(record.count))
      if count > 0 {
        plaintext(UnsafeRawBufferPointer(rebasing: record[..<Int(count)]))
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

  // MARK: What the callbacks ask

  /// The range, within the offer, of the first protocol of ours that the client offers too. The
  /// offer is a row of length-prefixed names (RFC 7301, 3.1).
  func choose(among offer: UnsafeBufferPointer<UInt8>) -> Range<Int>? {
    guard case .server(let served) = context.side else { return nil }
    var ranges: [Range<Int>] = []
    var index = 0
    while index < offer.count {
      let start = index + 1
      let end = start + Int(offer[index])
      guard end <= offer.count else { return nil }
      ranges.append(start..<end)
      index = end
    }
    for candidate in served {
      let name = Array(candidate.name.utf8)
      guard let range = ranges.first(where: { offer[$0].elementsEqual(name) }) else { continue }
      switch candidate.clientCertificate {
      case .required:
        SSL_set_verify(ssl, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nil)
      case .none:
        SSL_set_verify(ssl, SSL_VERIFY_NONE, nil)
      }
      applicationProtocol = candidate.name
      return range
    }
    noteNoCommonProtocol()
    return nil
  }

  func noteNoCommonProtocol() {
    lacksCommonProtocol = true
  }

  func accepts(_ leaf: OpaquePointer) -> Bool {
    do {
      let certificate = try PeerCertificate(reading: leaf)
      let agreed: String
      switch context.side {
      case .server: agreed = applicationProtocol ?? ""
      case .client(let offered): agreed = offered
      }
      if let reason = context.verify(certificate, agreed) {
        noteRejection(reason)
        return false
      }
      peer = certificate
      return true
    } catch {
      noteRejection(error.description)
      return false
    }
  }

  func noteRejection(_ reason: String) {
    if rejection == nil { rejection = reason }
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
    if let rejection {
      return TransportError(.untrusted, "we refused the peer's certificate", reason: rejection)
    }
    if lacksCommonProtocol { return Self.noCommonProtocol(text) }
    if isAlert != 0 {
      return TransportError(.peerRejected, "\(what): the peer refused us", reason: text)
    }
    switch reason {
    case 0: return TransportError(.reset, "\(what): the connection broke")
    case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
      return TransportError(
        .untrusted, "the peer showed no certificate, and \(applicationProtocol ?? "TLS") needs one",
        reason: text)
    case SSL_R_CERTIFICATE_VERIFY_FAILED:
      return TransportError(.untrusted, "we refused the peer's certificate", reason: text)
    case SSL_R_WRONG_VERSION_NUMBER, SSL_R_HTTP_REQUEST, SSL_R_HTTPS_PROXY_REQUEST:
      return TransportError(
        .handshakeFailed, "\(what): the peer does not speak TLS", reason: text)
    case SSL_R_UNSUPPORTED_PROTOCOL:
      return TransportError(
        .handshakeFailed, "\(what): the peer lacks TLS 1.3", reason: text)
    default:
      return TransportError(state == .handshaking ? .handshakeFailed : .system, what, reason: text)
    }
  }

  private static func noCommonProtocol(_ reason: String?) -> TransportError {
    TransportError(
      .handshakeFailed,
      "the TLS handshake failed: the peer names no protocol (ALPN) that we speak", reason: reason)
  }
}

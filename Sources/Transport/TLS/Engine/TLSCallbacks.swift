// SPDX-License-Identifier: Apache-2.0

internal import CUV

// C callbacks of OpenSSL. Each only finds its engine and asks it. They run inside
// `SSL_do_handshake` and `SSL_read`, on the loop.

/// The engine that made `ssl`; it holds the `SSL`, so it lives.
private func engine(of ssl: OpaquePointer?) -> TLSEngine? {
  guard let ssl, let pointer = SSL_get_ex_data(ssl, 0) else { return nil }
  return Unmanaged<TLSEngine>.fromOpaque(pointer).takeUnretainedValue()
}

/// The bytes of an extension of the client's first flight.
private func clientExtension(_ ssl: OpaquePointer?, _ id: Int32) -> UnsafeBufferPointer<UInt8>? {
  var start: UnsafePointer<UInt8>?
  var count = 0
  guard SSL_client_hello_get0_ext(ssl, UInt32(id), &start, &count) == 1 else { return nil }
  return UnsafeBufferPointer(start: start, count: count)
}

/// Server: the client's first flight is here, before anything is looked up or made for it.
func tlsDidReceiveHello(
  _ ssl: OpaquePointer?, _ alert: UnsafeMutablePointer<Int32>?, _ unused: UnsafeMutableRawPointer?
) -> Int32 {
  // Without this extension it speaks an older TLS: OpenSSL refuses that in its own words.
  guard clientExtension(ssl, TLSEXT_TYPE_supported_versions) != nil else {
    return SSL_CLIENT_HELLO_SUCCESS
  }
  let problem = engine(of: ssl).map { engine in
    engine.hear(
      serverName: clientExtension(ssl, TLSEXT_TYPE_server_name),
      protocols: clientExtension(ssl, TLSEXT_TYPE_application_layer_protocol_negotiation))
  }
  guard let problem else { return SSL_CLIENT_HELLO_ERROR }
  if let problem { alert?.pointee = problem }
  return problem == nil ? SSL_CLIENT_HELLO_SUCCESS : SSL_CLIENT_HELLO_ERROR
}

/// Server: answers with the protocol (ALPN) that the first flight led to.
func tlsDidOfferProtocols(
  _ ssl: OpaquePointer?, _ chosen: UnsafeMutablePointer<UnsafePointer<UInt8>?>?,
  _ chosenCount: UnsafeMutablePointer<UInt8>?, _ offer: UnsafePointer<UInt8>?,
  _ offerCount: UInt32, _ unused: UnsafeMutableRawPointer?
) -> Int32 {
  guard let engine = engine(of: ssl), let offer, let chosen, let chosenCount else {
    return SSL_TLSEXT_ERR_ALERT_FATAL
  }
  let offered = UnsafeBufferPointer(start: offer, count: Int(offerCount))
  guard let range = engine.choose(among: offered) else { return SSL_TLSEXT_ERR_ALERT_FATAL }
  chosen.pointee = offer + range.lowerBound
  chosenCount.pointee = UInt8(clamping: range.count)
  return SSL_TLSEXT_ERR_OK
}

/// Server: the client names a session that it wants to resume.
func tlsDidNameSession(
  _ ssl: OpaquePointer?, _ name: UnsafePointer<UInt8>?, _ count: Int32,
  _ mustShare: UnsafeMutablePointer<Int32>?
) -> OpaquePointer? {
  // OpenSSL gets the reference that we made.
  mustShare?.pointee = 0
  guard let engine = engine(of: ssl) else { return nil }
  return engine.session(named: UnsafeRawBufferPointer(start: name, count: Int(max(count, 0))))
}

/// Both sides: a session was made that can be resumed. 0: we keep no reference to it by this.
func tlsDidMakeSession(_ ssl: OpaquePointer?, _ session: OpaquePointer?) -> Int32 {
  if let session { engine(of: ssl)?.keep(session) }
  return 0
}

/// Both sides: the peer's certificate is here. 1 accepts.
func tlsDidReceiveCertificate(_ store: OpaquePointer?, _ unused: UnsafeMutableRawPointer?) -> Int32
{
  let ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx())
  guard let store, let engine = engine(of: ssl.map { OpaquePointer($0) }) else { return 0 }
  X509_STORE_CTX_set_time(store, 0, time_t(engine.now))
  if X509_verify_cert(store) != 1 {
    engine.object(.certificate(X509_STORE_CTX_get_error(store)))
    return 0
  }
  guard let leaf = X509_STORE_CTX_get0_cert(store) else { return 0 }
  let verdict = engine.accept(leaf)
  X509_STORE_CTX_set_error(store, verdict)
  return verdict == X509_V_OK ? 1 : 0
}

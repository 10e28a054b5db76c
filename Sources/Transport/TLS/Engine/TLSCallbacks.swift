// SPDX-License-Identifier: Apache-2.0

internal import CUV

// C callbacks of OpenSSL. Each only finds its engine and asks it. They run inside
// `SSL_do_handshake`, on the loop.

/// The engine that made `ssl`; it holds the `SSL`, so it lives.
private func engine(of ssl: OpaquePointer?) -> TLSEngine? {
  guard let ssl, let pointer = SSL_get_ex_data(ssl, 0) else { return nil }
  return Unmanaged<TLSEngine>.fromOpaque(pointer).takeUnretainedValue()
}

/// Server: picks the protocol (ALPN) among those that the client offers.
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

/// Server: the client's first flight is here. The callback above is left out where the client
/// names no protocol at all, so that is refused here, by an alert that says why.
func tlsDidReceiveHello(
  _ ssl: OpaquePointer?, _ alert: UnsafeMutablePointer<Int32>?, _ unused: UnsafeMutableRawPointer?
) -> Int32 {
  var names: UnsafePointer<UInt8>?
  var count = 0
  let extensionID = UInt32(TLSEXT_TYPE_application_layer_protocol_negotiation)
  if SSL_client_hello_get0_ext(ssl, extensionID, &names, &count) == 1 {
    return SSL_CLIENT_HELLO_SUCCESS
  }
  engine(of: ssl)?.noteNoCommonProtocol()
  alert?.pointee = SSL_AD_NO_APPLICATION_PROTOCOL
  return SSL_CLIENT_HELLO_ERROR
}

/// Both sides: the peer's certificate is here. 1 accepts.
func tlsDidReceiveCertificate(_ store: OpaquePointer?, _ unused: UnsafeMutableRawPointer?) -> Int32
{
  let ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx())
  guard let store, let engine = engine(of: ssl.map { OpaquePointer($0) }) else { return 0 }
  if X509_verify_cert(store) != 1 {
    let error = X509_STORE_CTX_get_error(store)
    engine.noteRejection(String(cString: X509_verify_cert_error_string(Int(error))))
    return 0
  }
  guard let leaf = X509_STORE_CTX_get0_cert(store), engine.accepts(leaf) else {
    // The peer hears the alert `bad certificate`.
    X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED)
    return 0
  }
  return 1
}

// SPDX-License-Identifier: Apache-2.0

internal import CUV

/// A negative return code of libuv.
struct UVError: Error, Equatable {
  var number: Int32

  /// libuv's own words, for example `connection refused (ECONNREFUSED)`.
  var reason: String {
    "\(text(uv_strerror_r)) (\(text(uv_err_name_r)))"
  }

  /// As an error of this floor: what was tried, on what, and libuv's reason.
  func asTransportError(_ message: String) -> TransportError {
    TransportError(code, message, reason: reason)
  }

  private var code: TransportError.Code {
    switch uv_errno_t(rawValue: number) {
    case UV_ECONNREFUSED: .refused
    case UV_ENETUNREACH, UV_EHOSTUNREACH, UV_ENETDOWN, UV_EADDRNOTAVAIL: .unreachable
    case UV_ETIMEDOUT: .timedOut
    case UV_EADDRINUSE: .addressInUse
    case UV_ECONNRESET, UV_ECONNABORTED, UV_EPIPE: .reset
    case UV_ECANCELED: .cancelled
    case UV_EOF, UV_ENOTCONN: .closed
    case UV_EMFILE, UV_ENFILE: .limit
    default: .system
    }
  }

  private typealias Describe = (Int32, UnsafeMutablePointer<CChar>?, Int) ->
    UnsafeMutablePointer<CChar>?

  private func text(_ describe: Describe) -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { buffer in
      guard let text = describe(number, buffer.baseAddress, buffer.count) else { return "?" }
      return String(cString: text)
    }
  }
}

/// Turns a return code into a typed error in the same statement.
@discardableResult
func check(_ code: Int32, _ message: @autoclosure () -> String) throws(TransportError) -> Int32 {
  if code < 0 { throw UVError(number: code).asTransportError(message()) }
  return code
}

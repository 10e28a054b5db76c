// SPDX-License-Identifier: Apache-2.0

internal import CUV

/// OpenSSL's own words for what just failed on this thread.
enum OpenSSLReason {
  /// Takes the thread's whole error queue and returns its newest entry that has words, or nil
  /// where it is empty.
  static func take() -> String? {
    var words: String?
    while true {
      let code = ERR_get_error()
      if code == 0 { return words }
      if let reason = ERR_reason_error_string(code) { words = String(cString: reason) }
    }
  }

  /// Throws where a call of OpenSSL gave no object.
  static func object<Object>(
    _ object: Object?, _ code: TransportError.Code, _ message: @autoclosure () -> String
  ) throws(TransportError) -> Object {
    guard let object else { throw TransportError(code, message(), reason: take()) }
    return object
  }

  /// Throws where a call of OpenSSL answered less than 1.
  static func check(
    _ result: Int32, _ code: TransportError.Code, _ message: @autoclosure () -> String
  ) throws(TransportError) {
    guard result > 0 else { throw TransportError(code, message(), reason: take()) }
  }
}

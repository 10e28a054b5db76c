// SPDX-License-Identifier: Apache-2.0

/// What the REST port is told: where to listen, what to accept.
package struct RESTSettings: Sendable {
  /// An address or a name of this machine.
  package var host = "127.0.0.1"
  /// 0 lets the kernel choose; `RESTServer.port` then tells.
  package var port: UInt16 = 8998
  /// What stands in `revision` of `GET /version`.
  package var revision = "livy-swift"
  /// `livy.server.security-headers.enabled` and `livy.server.http.header.*`: sent with every answer
  /// that has none of that name; an empty value switches one off.
  package var securityHeaders = SecurityHeader.defaults
  package var ui = UISettings()
  package var browsers = BrowserRules()
  package var requests = SessionRequestRules()
  package var limits = RESTLimits()
  /// Is told of every answered request, on its connection's loop: must not wait.
  package var requestLog: @Sendable (RequestRecord) -> Void = { _ in }

  package init() {}
}

/// What one client may ask of the port. Beyond a limit a request is refused or its connection
/// closed.
package struct RESTLimits: Sendable {
  /// Bytes of a request's body, and of what a compressed one decodes to; above it 413.
  package var bodyBytesMax = 16 << 20
  /// Bytes of an uploaded file (`livy.file.upload.max.size`); above it 413.
  package var uploadBytesMax = 100 << 20
  /// Bytes of a form around its file.
  package var formBytesMax = 64 << 10
  /// Answers of so many bytes go out as gzip to those who ask for it: smaller ones are hardly sent
  /// faster, larger ones would keep a thread for long.
  package var gzipBytes = 4_096...(8 << 20)
  /// Bytes of one header and of all together; above it 400.
  package var headerBytesMax = 64 << 10
  package var headersMax = 200
  /// A connection without a request, or a request without a byte, is closed after so long.
  package var idleTime: Duration = .seconds(75)
  /// The longest that a request may wait for a statement's end (`?wait=`); more counts as this.
  package var waitMax: Duration = .seconds(60)
  /// Clients that follow events at one time; above it 429.
  package var followersMax = 1_000
  /// A follower hears a sign of life after so long without an event. Shorter than `idleTime`.
  package var followerPause: Duration = .seconds(15)
  /// Connections that wait to be accepted.
  package var backlog = 512

  package init() {}
}

/// A header that hardens browsers against pages that are not ours.
package struct SecurityHeader: Equatable, Sendable {
  package var name: String
  package var value: String

  package init(name: String, value: String) {
    self.name = name
    self.value = value
  }

  /// Nil for a value with anything but visible ASCII, blanks and tabs in it.
  package init?(checking value: String, of name: String) {
    let isClean = value.utf8.allSatisfy { (0x20...0x7E).contains($0) || $0 == 0x09 }
    guard isClean else { return nil }
    self.init(name: name, value: value)
  }

  /// Livy's own, without `Strict-Transport-Security`, which belongs to TLS.
  package static let defaults = [
    SecurityHeader(name: "X-Content-Type-Options", value: "nosniff"),
    SecurityHeader(name: "X-Frame-Options", value: "SAMEORIGIN"),
    SecurityHeader(name: "X-XSS-Protection", value: "1; mode=block"),
    SecurityHeader(
      name: "Content-Security-Policy",
      value: "default-src 'self'; script-src 'self' 'unsafe-inline'; img-src 'self'; "
        + "frame-src 'self';"),
  ]
}

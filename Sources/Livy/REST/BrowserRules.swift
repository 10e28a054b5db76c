// SPDX-License-Identifier: Apache-2.0

/// Keeps web pages that are not ours from using a browser as their way to this server.
///
/// A page anywhere can make a browser send a POST to 127.0.0.1 (the content type of a request is
/// not looked at), or point a name of its own at 127.0.0.1 and then even read the answers. Programs
/// are not touched: they send no `Origin`.
package struct BrowserRules: Equatable, Sendable {
  /// Which names the `Host` header may have.
  package enum Hosts: Equatable, Sendable {
    /// The name of a loopback address when listening on one, else any.
    case automatic
    case any
    /// These and the loopback names.
    case only(Set<String>)
  }

  /// `livy.server.csrf-protection.enabled`
  package enum RequestedBy: Equatable, Sendable {
    case optional, required
  }

  /// What the rules look at.
  struct Request: Equatable {
    var changesNothing: Bool
    var host: String?
    var origin: String?
    /// `Sec-Fetch-Site`, which browsers add and pages cannot forge.
    var site: String?
    var requestedBy: String?
  }

  enum Verdict: Equatable {
    case pass
    case refuseHost(String)
    case refuseOrigin(String)
    case refuseWithoutRequestedBy
  }

  package var hosts: Hosts = .automatic
  package var requestedBy: RequestedBy = .optional

  package init() {}

  func judge(_ request: Request, listeningOn listenHost: String) -> Verdict {
    if let host = request.host, !admits(Authority(host).host, listeningOn: listenHost) {
      return .refuseHost(host)
    }
    if request.changesNothing { return .pass }
    if let origin = request.origin, !isOwn(origin, host: request.host) {
      return .refuseOrigin(origin)
    }
    if request.site == "cross-site" { return .refuseOrigin("another site") }
    if requestedBy == .required, request.requestedBy == nil { return .refuseWithoutRequestedBy }
    return .pass
  }

  private func admits(_ host: String, listeningOn listenHost: String) -> Bool {
    switch hosts {
    case .any: return true
    case .only(let names): return names.contains(host) || Self.isLoopback(host)
    case .automatic:
      guard Self.isLoopback(listenHost.lowercased()) else { return true }
      return Self.isLoopback(host)
    }
  }

  private func isOwn(_ origin: String, host: String?) -> Bool {
    guard let scheme = origin.firstRange(of: "://") else { return false }
    let authority = Authority(String(origin[scheme.upperBound...]))
    if let host, authority == Authority(host) { return true }
    // A proxy in front may have changed the Host header; the operator names what stands there.
    if case .only(let names) = hosts { return names.contains(authority.host) }
    return false
  }

  /// Whether a name or address means this machine alone.
  package static func isLoopback(_ host: String) -> Bool {
    if host == "localhost" || host == "::1" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }
}

/// Host and port of a `Host` or `Origin` header.
struct Authority: Equatable {
  /// In small letters, an IPv6 address without its brackets.
  var host: String
  var port: String

  init(_ text: String) {
    let text = text.lowercased()
    if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
      host = String(text[text.index(after: text.startIndex)..<end])
      port = String(text[text.index(after: end)...].drop { $0 == ":" })
    } else {
      let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      host = String(parts.first ?? "")
      port = parts.count > 1 ? String(parts[1]) : ""
    }
  }
}

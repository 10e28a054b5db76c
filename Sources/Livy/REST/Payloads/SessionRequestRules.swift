// SPDX-License-Identifier: Apache-2.0

package import LivyAPI
package import LivyCore

/// Turns the body of POST /sessions, or of POST /batches, into a request that the server can trust,
/// or says why not.
package struct SessionRequestRules: Equatable, Sendable {
  /// Conf keys that nobody may set, beside those that are always refused.
  package var blacklist: Set<String> = []
  package var files = FileURIRules()
  /// Conf keys that list files.
  package var fileKeys = SparkFiles.confKeys
  /// Names of the Sparks that a request may choose from.
  package var sparkHomes: Set<String> = []

  package init() {}

  /// They would let a user leave the place that the operator has chosen.
  private static let alwaysRefused: Set<String> = [
    "spark.submit.deployMode", "spark.submit.proxyUser.allowCustomClasspathInClusterMode",
  ]

  /// Errors are `.invalidRequest`, in Livy's words and its order of checks. The kind is checked by
  /// the caller, whose refusal has another shape.
  package func request(
    from body: CreateSession, kind: SessionKind
  ) throws(LivyError) -> SessionRequest {
    for time in [body.ttl, body.idleTimeout] {
      if let time { _ = try TimeString.parse(time) }
    }
    try checkConf(body.conf)
    try checkFiles(body.jars + body.files + body.archives + body.pyFiles, body.conf)
    try checkName(body.name)

    var request = SessionRequest()
    request.kind = kind
    request.name = body.name
    request.queue = body.queue
    request.resources.driverMemory = body.driverMemory
    request.resources.driverCores = body.driverCores
    request.resources.executorMemory = body.executorMemory
    request.resources.executorCores = body.executorCores
    request.resources.executorCount = body.numExecutors
    request.files.jars = body.jars
    request.files.pythonFiles = body.pyFiles
    request.files.files = body.files
    request.files.archives = body.archives
    request.conf = body.conf
    request.heartbeatTimeoutSeconds = body.heartbeatTimeoutInSecond
    request.ttl = body.ttl
    request.idleTimeout = body.idleTimeout
    return request
  }

  func checkFiles(_ uris: [String], _ conf: [String: String]) throws(LivyError) {
    for uri in uris { try files.check(uri) }
    for value in fileKeys.compactMap({ conf[$0] }) {
      for uri in SparkFiles.uris(in: value) { try files.check(uri) }
    }
  }

  func checkConf(_ conf: [String: String]) throws(LivyError) {
    let refused = conf.keys.filter { key in
      // spark-submit trims keys, so a blank around one must not hide it.
      let bare = String(key.filter { !$0.isWhitespace })
      return blacklist.contains(bare) || Self.alwaysRefused.contains(bare)
    }
    guard refused.isEmpty else {
      let keys = refused.sorted().joined(separator: ", ")
      throw LivyError(
        .invalidRequest, "Blacklisted configuration values in session config: \(keys)")
    }
    _ = try SparkChoice.choose(in: conf, from: sparkHomes)
  }

  func checkName(_ name: String?) throws(LivyError) {
    guard let name else { return }
    let isNumber = name.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    guard !isNumber else { throw LivyError(.invalidRequest, "Invalid session name: \(name)") }
  }
}

// SPDX-License-Identifier: Apache-2.0

/// What a user asks of a new session; the fields of Livy's POST /sessions after parsing.
package struct SessionRequest: Hashable, Sendable {
  package var kind: SessionKind = .shared
  package var name: String?
  package var owner: String?
  package var proxyUser: String?
  package var queue: String?
  package var resources = SparkResources()
  package var files = SparkFiles()
  package var conf: [String: String] = [:]
  package var heartbeatTimeoutSeconds: Int32 = 0
  /// Time strings as given, already checked.
  package var ttl: String?
  package var idleTimeout: String?

  package init() {}
}

/// Sizes of driver and executors, handed to Spark as given.
package struct SparkResources: Hashable, Sendable {
  package var driverMemory: String?
  package var driverCores: Int32?
  package var executorMemory: String?
  package var executorCores: Int32?
  package var executorCount: Int32?

  package init() {}
}

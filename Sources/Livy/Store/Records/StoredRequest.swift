// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import LivyCore

/// A session's request as it stands in a store: JSON. Apart from the domain's type, so that this
/// can change without a thought for old files, and the file's form cannot change by accident. A
/// field that is added is optional; anything else is a new version.
struct StoredRequest: Codable {
  static let version = 1

  private var kind: String
  private var name: String?
  private var owner: String?
  private var proxyUser: String?
  private var queue: String?
  private var driverMemory: String?
  private var driverCores: Int32?
  private var executorMemory: String?
  private var executorCores: Int32?
  private var executorCount: Int32?
  private var jars: [String]
  private var pythonFiles: [String]
  private var files: [String]
  private var archives: [String]
  private var conf: [String: String]
  private var heartbeatTimeoutSeconds: Int32
  private var ttl: String?
  private var idleTimeout: String?

  init(_ request: SessionRequest) {
    kind = request.kind.name
    name = request.name
    owner = request.owner
    proxyUser = request.proxyUser
    queue = request.queue
    driverMemory = request.resources.driverMemory
    driverCores = request.resources.driverCores
    executorMemory = request.resources.executorMemory
    executorCores = request.resources.executorCores
    executorCount = request.resources.executorCount
    jars = request.files.jars
    pythonFiles = request.files.pythonFiles
    files = request.files.files
    archives = request.files.archives
    conf = request.conf
    heartbeatTimeoutSeconds = request.heartbeatTimeoutSeconds
    ttl = request.ttl
    idleTimeout = request.idleTimeout
  }

  var request: SessionRequest {
    get throws {
      guard let kind = SessionKind(name: kind) else { throw Unreadable("unknown kind '\(kind)'") }
      var request = SessionRequest()
      request.kind = kind
      request.name = name
      request.owner = owner
      request.proxyUser = proxyUser
      request.queue = queue
      request.resources.driverMemory = driverMemory
      request.resources.driverCores = driverCores
      request.resources.executorMemory = executorMemory
      request.resources.executorCores = executorCores
      request.resources.executorCount = executorCount
      request.files.jars = jars
      request.files.pythonFiles = pythonFiles
      request.files.files = files
      request.files.archives = archives
      request.conf = conf
      request.heartbeatTimeoutSeconds = heartbeatTimeoutSeconds
      request.ttl = ttl
      request.idleTimeout = idleTimeout
      return request
    }
  }
}

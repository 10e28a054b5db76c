// SPDX-License-Identifier: Apache-2.0

internal import LivyCore

/// A batch's request as it stands in a store; as `StoredRequest`.
struct StoredBatchRequest: Codable {
  static let version = 1

  private var file: String
  private var className: String?
  private var arguments: [String]
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

  init(_ request: BatchRequest) {
    file = request.file
    className = request.className
    arguments = request.arguments
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
  }

  var request: BatchRequest {
    var request = BatchRequest(file: file)
    request.className = className
    request.arguments = arguments
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
    return request
  }
}

// SPDX-License-Identifier: Apache-2.0

/// What `POST /sessions` takes. Everything may be left out.
public struct CreateSession: Hashable, Sendable {
  /// The kind of a statement that names none: `pyspark`, `sql`, `spark`, `sparkr` or `shared`.
  public var kind: String?
  /// In whose name the session is to run.
  public var proxyUser: String?
  /// JAR files for driver and executors.
  public var jars: [String] = []
  /// Python files to import from.
  public var pyFiles: [String] = []
  /// Files for the executors' working folders.
  public var files: [String] = []
  /// Archives to unpack in the executors' working folders.
  public var archives: [String] = []
  /// Memory of the driver, `2g` for example.
  public var driverMemory: String?
  /// Cores of the driver.
  public var driverCores: Int32?
  /// Memory of an executor.
  public var executorMemory: String?
  /// Cores of an executor.
  public var executorCores: Int32?
  /// How many executors.
  public var numExecutors: Int32?
  /// The queue of the cluster.
  public var queue: String?
  /// A name for the session; no other live session may have it, and it must not be all digits.
  public var name: String?
  /// Spark conf.
  public var conf: [String: String] = [:]
  /// Without a request for so many seconds the session ends; 0 is never.
  public var heartbeatTimeoutInSecond: Int32 = 0
  /// How long it may live: `8h` for example.
  public var ttl: String?
  /// How long it may be idle.
  public var idleTimeout: String?

  /// A session of a kind, all else as the server has it.
  public init(kind: String? = nil) {
    self.kind = kind
  }
}

extension CreateSession: JSONWritable {
  /// Writes all fields.
  public func write(to writer: inout JSONWriter) {
    writer.object { writer in
      // Livy refuses a null kind, and takes an absent one as shared.
      if let kind { writer.field("kind", kind) }
      writer.field("proxyUser", proxyUser)
      writer.field("jars", jars)
      writer.field("pyFiles", pyFiles)
      writer.field("files", files)
      writer.field("archives", archives)
      writer.field("driverMemory", driverMemory)
      writer.field("driverCores", driverCores.map { Int($0) })
      writer.field("executorMemory", executorMemory)
      writer.field("executorCores", executorCores.map { Int($0) })
      writer.field("numExecutors", numExecutors.map { Int($0) })
      writer.field("queue", queue)
      writer.field("name", name)
      writer.field("conf", conf)
      writer.field("heartbeatTimeoutInSecond", Int(heartbeatTimeoutInSecond))
      writer.field("ttl", ttl)
      writer.field("idleTimeout", idleTimeout)
    }
  }
}

extension CreateSession: JSONReadable {
  private static let fieldNames = [
    "kind", "proxyUser", "jars", "pyFiles", "files", "archives", "driverMemory", "driverCores",
    "executorMemory", "executorCores", "numExecutors", "queue", "name", "conf",
    "heartbeatTimeoutInSecond", "ttl", "idleTimeout",
  ]

  /// Reads a request: unknown fields are refused.
  public init(json: JSONValue) throws(JSONError) {
    let fields = try JSONFields(
      json, of: "CreateInteractiveRequest", strictness: .only(Self.fieldNames))
    kind = try fields.text("kind")
    proxyUser = try fields.text("proxyUser")
    jars = try fields.texts("jars") ?? []
    pyFiles = try fields.texts("pyFiles") ?? []
    files = try fields.texts("files") ?? []
    archives = try fields.texts("archives") ?? []
    driverMemory = try fields.text("driverMemory")
    driverCores = try fields.int32("driverCores")
    executorMemory = try fields.text("executorMemory")
    executorCores = try fields.int32("executorCores")
    numExecutors = try fields.int32("numExecutors")
    queue = try fields.text("queue")
    name = try fields.text("name")
    conf = try fields.textMap("conf") ?? [:]
    heartbeatTimeoutInSecond = try fields.int32("heartbeatTimeoutInSecond") ?? 0
    ttl = try fields.text("ttl")
    idleTimeout = try fields.text("idleTimeout")
  }
}

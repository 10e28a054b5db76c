// SPDX-License-Identifier: Apache-2.0

/// What `POST /batches` takes. Only the file must be given.
public struct CreateBatch: Hashable, Sendable {
  /// The application: URI of a JAR or a Python file. Servers refuse an empty one.
  public var file: String
  /// In whose name the batch is to run.
  public var proxyUser: String?
  /// Arguments of the application. They stand in a command line, which others on the server's
  /// machine can read: secrets belong into `conf`.
  public var args: [String] = []
  /// The application's main class, for a JAR.
  public var className: String?
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
  /// A name for the batch; no other listed batch may have it, and it must not be all digits.
  public var name: String?
  /// Spark conf.
  public var conf: [String: String] = [:]

  /// A batch of a file, all else as the server has it.
  public init(file: String) {
    self.file = file
  }
}

extension CreateBatch: JSONWritable {
  /// Writes all fields.
  public func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("file", file)
      writer.field("proxyUser", proxyUser)
      writer.field("args", args)
      writer.field("className", className)
      writer.field("jars", jars)
      writer.field("pyFiles", pyFiles)
      writer.field("files", files)
      writer.field("driverMemory", driverMemory)
      writer.field("driverCores", driverCores.map { Int($0) })
      writer.field("executorMemory", executorMemory)
      writer.field("executorCores", executorCores.map { Int($0) })
      writer.field("numExecutors", numExecutors.map { Int($0) })
      writer.field("archives", archives)
      writer.field("queue", queue)
      writer.field("name", name)
      writer.field("conf", conf)
    }
  }
}

extension CreateBatch: JSONReadable {
  private static let fieldNames = [
    "file", "proxyUser", "args", "className", "jars", "pyFiles", "files", "driverMemory",
    "driverCores", "executorMemory", "executorCores", "numExecutors", "archives", "queue", "name",
    "conf",
  ]

  /// Reads a request: unknown fields are refused. A file that is not there is empty.
  public init(json: JSONValue) throws(JSONError) {
    let fields = try JSONFields(
      json, of: "CreateBatchRequest", strictness: .only(Self.fieldNames))
    file = try fields.text("file") ?? ""
    proxyUser = try fields.text("proxyUser")
    args = try fields.texts("args") ?? []
    className = try fields.text("className")
    jars = try fields.texts("jars") ?? []
    pyFiles = try fields.texts("pyFiles") ?? []
    files = try fields.texts("files") ?? []
    driverMemory = try fields.text("driverMemory")
    driverCores = try fields.int32("driverCores")
    executorMemory = try fields.text("executorMemory")
    executorCores = try fields.int32("executorCores")
    numExecutors = try fields.int32("numExecutors")
    archives = try fields.texts("archives") ?? []
    queue = try fields.text("queue")
    name = try fields.text("name")
    conf = try fields.textMap("conf") ?? [:]
  }
}

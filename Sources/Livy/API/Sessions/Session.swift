// SPDX-License-Identifier: Apache-2.0

/// A session as the server shows it: the 23 fields of Livy, no more and no less.
public struct Session: Hashable, Sendable, Identifiable {
  /// The number of the session on its server.
  public var id: Int
  /// The name that was asked for.
  public var name: String?
  /// What Spark calls the application; nil with a local master.
  public var appID: String?
  /// Who made it; nil without authentication.
  public var owner: String?
  /// In whose name it runs.
  public var proxyUser: String?
  /// What it does now.
  public var state: State
  /// The kind of a statement that names none.
  public var kind: String
  /// Addresses to look at while it runs.
  public var appInfo: AppInfo
  /// The newest lines of its log.
  public var log: [String]
  /// How long it may live.
  public var ttl: String?
  /// How long it may be idle.
  public var idleTimeout: String?
  /// Memory of the driver as asked for.
  public var driverMemory: String?
  /// Cores of the driver; 0 when not asked for.
  public var driverCores: Int
  /// Memory of an executor as asked for.
  public var executorMemory: String?
  /// Cores of an executor; 0 when not asked for.
  public var executorCores: Int
  /// Spark conf as asked for.
  public var conf: [String: String]
  /// Archives as asked for.
  public var archives: [String]
  /// Files as asked for.
  public var files: [String]
  /// Without a request for so many seconds the session ends; 0 is never.
  public var heartbeatTimeoutInSecond: Int
  /// JAR files as asked for.
  public var jars: [String]
  /// How many executors were asked for; 0 when not asked for.
  public var numExecutors: Int
  /// Python files as asked for.
  public var pyFiles: [String]
  /// The queue of the cluster.
  public var queue: String?

  /// A session with all fields unset but these.
  public init(id: Int, state: State, kind: String) {
    self.id = id
    self.state = state
    self.kind = kind
    appInfo = AppInfo()
    log = []
    driverCores = 0
    executorCores = 0
    conf = [:]
    archives = []
    files = []
    heartbeatTimeoutInSecond = 0
    jars = []
    numExecutors = 0
    pyFiles = []
  }
}

extension Session {
  /// Addresses of an application's pages.
  public struct AppInfo: Hashable, Sendable {
    /// Where the driver's log can be read.
    public var driverLogURL: String?
    /// Spark's own page.
    public var sparkUIURL: String?
    /// Where the executors' logs can be read; JSON text.
    public var executorLogURLs: String?

    /// Addresses, as far as they are known.
    public init(
      driverLogURL: String? = nil, sparkUIURL: String? = nil, executorLogURLs: String? = nil
    ) {
      self.driverLogURL = driverLogURL
      self.sparkUIURL = sparkUIURL
      self.executorLogURLs = executorLogURLs
    }
  }
}

extension Session.AppInfo: JSONWritable, JSONReadable {
  /// Writes all three fields.
  public func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("driverLogUrl", driverLogURL)
      writer.field("sparkUiUrl", sparkUIURL)
      writer.field("executorLogUrls", executorLogURLs)
    }
  }

  /// Reads a part of a server's answer.
  public init(json: JSONValue) throws(JSONError) {
    let fields = try JSONFields(json, of: "AppInfo")
    self.init(
      driverLogURL: try fields.text("driverLogUrl"), sparkUIURL: try fields.text("sparkUiUrl"),
      executorLogURLs: try fields.text("executorLogUrls"))
  }
}

extension Session: JSONWritable {
  /// Writes all 23 fields, in Livy's order.
  public func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("id", id)
      writer.field("name", name)
      writer.field("appId", appID)
      writer.field("owner", owner)
      writer.field("proxyUser", proxyUser)
      writer.field("state", state.rawValue)
      writer.field("kind", kind)
      writer.field("appInfo", appInfo)
      writer.field("log", log)
      writer.field("ttl", ttl)
      writer.field("idleTimeout", idleTimeout)
      writer.field("driverMemory", driverMemory)
      writer.field("driverCores", driverCores)
      writer.field("executorMemory", executorMemory)
      writer.field("executorCores", executorCores)
      writer.field("conf", conf)
      writer.field("archives", archives)
      writer.field("files", files)
      writer.field("heartbeatTimeoutInSecond", heartbeatTimeoutInSecond)
      writer.field("jars", jars)
      writer.field("numExecutors", numExecutors)
      writer.field("pyFiles", pyFiles)
      writer.field("queue", queue)
    }
  }
}

extension Session: JSONReadable {
  /// Reads a server's answer; only id and state must be there.
  public init(json: JSONValue) throws(JSONError) {
    let fields = try JSONFields(json, of: "Session")
    self.init(
      id: Int(try fields.required(fields.integer("id"), "id")),
      state: State(rawValue: try fields.required(fields.text("state"), "state")),
      kind: try fields.text("kind") ?? "shared")
    name = try fields.text("name")
    appID = try fields.text("appId")
    owner = try fields.text("owner")
    proxyUser = try fields.text("proxyUser")
    if let info = fields.value("appInfo") { appInfo = try AppInfo(json: info) }
    log = try fields.texts("log") ?? []
    ttl = try fields.text("ttl")
    idleTimeout = try fields.text("idleTimeout")
    driverMemory = try fields.text("driverMemory")
    driverCores = Int(try fields.integer("driverCores") ?? 0)
    executorMemory = try fields.text("executorMemory")
    executorCores = Int(try fields.integer("executorCores") ?? 0)
    conf = try fields.textMap("conf") ?? [:]
    archives = try fields.texts("archives") ?? []
    files = try fields.texts("files") ?? []
    heartbeatTimeoutInSecond = Int(try fields.integer("heartbeatTimeoutInSecond") ?? 0)
    jars = try fields.texts("jars") ?? []
    numExecutors = Int(try fields.integer("numExecutors") ?? 0)
    pyFiles = try fields.texts("pyFiles") ?? []
    queue = try fields.text("queue")
  }
}

// SPDX-License-Identifier: Apache-2.0

/// A batch as the server shows it: the eight fields of Livy, no more and no less.
public struct Batch: Hashable, Sendable, Identifiable {
  /// The words are those of sessions: a batch is `starting`, `running`, `success`, `dead` or
  /// `killed`.
  public typealias State = Session.State
  /// Addresses of an application's pages.
  public typealias AppInfo = Session.AppInfo

  /// The number of the batch on its server; sessions are counted apart.
  public var id: Int
  /// The name that was asked for.
  public var name: String?
  /// Who made it; nil without authentication.
  public var owner: String?
  /// In whose name it runs.
  public var proxyUser: String?
  /// What it does now.
  public var state: State
  /// What the cluster calls the application; nil with a local master.
  public var appID: String?
  /// Addresses to look at while it runs.
  public var appInfo: AppInfo
  /// The newest lines of its log.
  public var log: [String]

  /// A batch with all fields unset but these.
  public init(id: Int, state: State) {
    self.id = id
    self.state = state
    appInfo = AppInfo()
    log = []
  }
}

extension Batch: JSONWritable, JSONReadable {
  /// Writes all eight fields, in Livy's order.
  public func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("id", id)
      writer.field("name", name)
      writer.field("owner", owner)
      writer.field("proxyUser", proxyUser)
      writer.field("state", state.rawValue)
      writer.field("appId", appID)
      writer.field("appInfo", appInfo)
      writer.field("log", log)
    }
  }

  /// Reads a server's answer; only id and state must be there.
  public init(json: JSONValue) throws(JSONError) {
    let fields = try JSONFields(json, of: "Batch")
    self.init(
      id: Int(try fields.required(fields.integer("id"), "id")),
      state: State(rawValue: try fields.required(fields.text("state"), "state")))
    name = try fields.text("name")
    owner = try fields.text("owner")
    proxyUser = try fields.text("proxyUser")
    appID = try fields.text("appId")
    if let info = fields.value("appInfo") { appInfo = try AppInfo(json: info) }
    log = try fields.texts("log") ?? []
  }
}

/// Some of a server's batches, in order of their numbers.
public struct BatchPage: Hashable, Sendable {
  /// Where the page begins, as it was asked for.
  public var from: Int
  /// How many batches the server has.
  public var total: Int
  /// The batches of this page. Livy calls them `sessions` here too.
  public var batches: [Batch]

  /// Makes a page of its parts.
  public init(from: Int, total: Int, batches: [Batch]) {
    self.from = from
    self.total = total
    self.batches = batches
  }
}

extension BatchPage: JSONWritable, JSONReadable {
  /// Writes all fields.
  public func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("from", from)
      writer.field("total", total)
      writer.field("sessions", batches)
    }
  }

  /// Reads a server's answer.
  public init(json: JSONValue) throws(JSONError) {
    let fields = try JSONFields(json, of: "BatchPage")
    self.init(
      from: Int(try fields.integer("from") ?? 0), total: Int(try fields.integer("total") ?? 0),
      batches: try Array(json: fields.array("sessions") ?? []))
  }
}

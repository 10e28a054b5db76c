// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials

/// A job of the programmatic API as the server shows it.
public struct JobStatus: Hashable, Sendable, Identifiable {
  /// The number of the job in its session, from 1.
  public var id: Int
  /// How far it is.
  public var state: State
  /// What it returned, in base64; nil until it has succeeded.
  public var result: String?
  /// What went wrong, with the program's traceback.
  public var error: String?

  /// A job of its parts.
  public init(id: Int, state: State, result: String? = nil, error: String? = nil) {
    self.id = id
    self.state = state
    self.result = result
    self.error = error
  }

  /// The pickle of what a Python job returned: Livy puts it in base64 twice.
  public var pickledResult: [UInt8]? {
    result.flatMap { Data(base64Encoded: $0) }.flatMap { Data(base64Encoded: $0) }.map(Array.init)
  }

  /// The result of a Python job in Livy's form.
  public static func result(pickled bytes: [UInt8]) -> String {
    Data(Data(bytes).base64EncodedString().utf8).base64EncodedString()
  }
}

extension JobStatus {
  /// The state of a job, in Livy's words. Other servers may know words that are not among ours.
  public struct State: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The word.
    public let rawValue: String

    /// Takes any word.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// On its way to the driver.
    public static let sent = State(rawValue: "SENT")
    /// Waits for those before it.
    public static let queued = State(rawValue: "QUEUED")
    /// Runs.
    public static let started = State(rawValue: "STARTED")
    /// Never ran, or was interrupted.
    public static let cancelled = State(rawValue: "CANCELLED")
    /// The program raised an error, or could not be run.
    public static let failed = State(rawValue: "FAILED")
    /// The program returned.
    public static let succeeded = State(rawValue: "SUCCEEDED")

    /// It is over.
    public var isFinished: Bool { [.cancelled, .failed, .succeeded].contains(self) }

    /// The word.
    public var description: String { rawValue }
  }
}

extension JobStatus: JSONWritable, JSONReadable {
  /// Writes all fields.
  public func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("id", id)
      writer.field("state", state.rawValue)
      writer.field("result", result)
      writer.field("error", error)
    }
  }

  /// Reads a server's answer.
  public init(json: JSONValue) throws(JSONError) {
    let fields = try JSONFields(json, of: "JobStatus")
    self.init(
      id: Int(try fields.required(fields.integer("id"), "id")),
      state: State(rawValue: try fields.required(fields.text("state"), "state")),
      result: try fields.text("result"), error: try fields.text("error"))
  }
}

// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials

/// What `POST /sessions/{id}/submit-job` and `run-job` take: a serialized program.
public struct SerializedJob: Hashable, Sendable {
  /// For `pyspark` the cloudpickle of a function of one argument, the job context.
  public var program: [UInt8]
  /// What the program is written in; nil is `spark`, as older clients of Livy mean it.
  public var jobType: String?

  /// A job of its parts.
  public init(program: [UInt8], jobType: String? = "pyspark") {
    self.program = program
    self.jobType = jobType
  }
}

extension SerializedJob: JSONWritable, JSONReadable {
  /// Writes what is set, the program in base64.
  public func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("job", Data(program).base64EncodedString())
      if let jobType { writer.field("jobType", jobType) }
    }
  }

  /// Reads a request: unknown fields are refused. Without a program it is empty.
  public init(json: JSONValue) throws(JSONError) {
    let fields = try JSONFields(
      json, of: "SerializedJob", strictness: .only(["job", "jobType"]))
    let text = try fields.text("job") ?? ""
    guard let program = Data(base64Encoded: text) else {
      throw JSONError(.mismatch, "Cannot read field \"job\": it is not base64")
    }
    self.init(program: Array(program), jobType: try fields.text("jobType"))
  }
}

/// What `POST /sessions/{id}/add-file`, `add-jar` and `add-pyfile` take.
public struct AddResource: Hashable, Sendable {
  /// Where it is, as Spark's driver reads it.
  public var uri: String

  /// Names one resource.
  public init(uri: String) {
    self.uri = uri
  }
}

extension AddResource: JSONWritable, JSONReadable {
  /// Writes the one field.
  public func write(to writer: inout JSONWriter) {
    writer.object { $0.field("uri", uri) }
  }

  /// Reads a request: unknown fields are refused.
  public init(json: JSONValue) throws(JSONError) {
    let fields = try JSONFields(json, of: "AddResource", strictness: .only(["uri"]))
    self.init(uri: try fields.required(fields.text("uri"), "uri"))
  }
}

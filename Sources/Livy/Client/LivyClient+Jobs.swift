// SPDX-License-Identifier: Apache-2.0

public import LivyAPI

/// The programmatic API: serialized programs, and what is brought to a session for them.
extension LivyClient {
  /// What a session can be given.
  public enum Addition: String, Sendable, CaseIterable {
    /// Found by `SparkFiles.get` under its name.
    case file
    /// On the class path of the application.
    case jar
    /// Importable in statements, in jobs and on executors.
    case pythonFile = "pyfile"
  }

  /// Queues a job. Returns when the session's driver has it.
  public func submit(
    _ job: SerializedJob, in reference: SessionReference
  ) async throws(ClientError) -> JobStatus {
    try await post(address.url(["sessions", reference.description, "submit-job"]), job)
  }

  /// Begins a job beside the session's queue. Returns at once; its end is asked for as any other's.
  public func start(
    _ job: SerializedJob, in reference: SessionReference
  ) async throws(ClientError) -> JobStatus {
    try await post(address.url(["sessions", reference.description, "run-job"]), job)
  }

  /// One job.
  public func job(
    _ id: Int, of reference: SessionReference
  ) async throws(ClientError) -> JobStatus {
    try await get(address.url(["sessions", reference.description, "jobs", String(id)]))
  }

  /// Waits for the end of a job. One that fails is returned, not thrown.
  public func finishedJob(
    _ id: Int, of reference: SessionReference, schedule: PollSchedule = .statements
  ) async throws(ClientError) -> JobStatus {
    var status = try await job(id, of: reference)
    for wait in schedule.waits() {
      if status.state.isFinished { break }
      try await pause(wait)
      status = try await job(id, of: reference)
    }
    return status
  }

  /// Ends a job: one that waits never runs, one that runs is interrupted.
  public func cancelJob(
    _ id: Int, of reference: SessionReference
  ) async throws(ClientError) {
    let path = ["sessions", reference.description, "jobs", String(id), "cancel"]
    try await postWithoutAnswer(address.url(path), [], type: "application/json")
  }

  /// Brings something to a session, by a URI that its driver can read.
  public func add(
    _ addition: Addition, uri: String, to reference: SessionReference
  ) async throws(ClientError) {
    let path = ["sessions", reference.description, "add-\(addition.rawValue)"]
    try await postWithoutAnswer(
      address.url(path), JSONWriter.bytes(of: AddResource(uri: uri)), type: "application/json")
  }

  /// Brings something to a session, as the bytes of a file.
  public func upload(
    _ addition: Addition, _ bytes: [UInt8], named name: String, to reference: SessionReference
  ) async throws(ClientError) {
    let part = addition == .jar ? "jar" : "file"
    let plain = name.filter { $0 != "\"" && !$0.isNewline }
    let boundary = "livy-\(UInt64.random(in: .min ... .max))-\(UInt64.random(in: .min ... .max))"
    let head = """
      --\(boundary)\r
      Content-Disposition: form-data; name="\(part)"; filename="\(plain)"\r
      Content-Type: application/octet-stream\r
      \r\n
      """
    let body = Array(head.utf8) + bytes + Array("\r\n--\(boundary)--\r\n".utf8)
    let path = ["sessions", reference.description, "upload-\(addition.rawValue)"]
    try await postWithoutAnswer(
      address.url(path), body, type: "multipart/form-data; boundary=\(boundary)")
  }
}

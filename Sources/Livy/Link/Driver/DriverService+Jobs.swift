// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import Wire
internal import WireCodec
internal import WireMessages

/// The programmatic API's calls.
extension DriverService {
  func submitJob(
    _ request: SubmitJobRequest, _ call: CallContext
  ) async throws -> SubmitJobResponse {
    let job = try LivyCore.Job(request.job)
    try await answering { () async throws(LivyError) in
      try await driver.submit(job, epoch: request.epoch)
    }
    return SubmitJobResponse()
  }

  func runJob(_ request: RunJobRequest, _ call: CallContext) async throws -> RunJobResponse {
    let job = try LivyCore.Job(request.job)
    let report = try await answering { () async throws(LivyError) in
      try await driver.run(job, epoch: request.epoch)
    }
    return RunJobResponse(report: report.message)
  }

  func jobStatus(
    _ request: JobStatusRequest, _ call: CallContext
  ) async throws -> JobStatusResponse {
    let report = try await answering { () async throws(LivyError) in
      try await driver.status(of: JobNumber(request.number))
    }
    return JobStatusResponse(report: report?.message)
  }

  func cancelJob(
    _ request: CancelJobRequest, _ call: CallContext
  ) async throws -> CancelJobResponse {
    try await answering { () async throws(LivyError) in
      try await driver.cancel(JobNumber(request.number), epoch: request.epoch)
    }
    return CancelJobResponse()
  }

  func addFile(_ request: AddFileRequest, _ call: CallContext) async throws -> AddFileResponse {
    try await add(.file(request.uri), epoch: request.epoch)
    return AddFileResponse()
  }

  func addJar(_ request: AddJarRequest, _ call: CallContext) async throws -> AddJarResponse {
    try await add(.jar(request.uri), epoch: request.epoch)
    return AddJarResponse()
  }

  func addPyFile(
    _ request: AddPyFileRequest, _ call: CallContext
  ) async throws -> AddPyFileResponse {
    try await add(.pythonFile(request.uri), epoch: request.epoch)
    return AddPyFileResponse()
  }

  private func add(_ resource: AddedResource, epoch: UInt64) async throws(CallError) {
    try await answering { () async throws(LivyError) in
      try await driver.add(resource, epoch: epoch)
    }
  }
}

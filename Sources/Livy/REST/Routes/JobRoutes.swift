// SPDX-License-Identifier: Apache-2.0

internal import Hummingbird
internal import LivyAPI
internal import LivyCore
internal import LivyServer

/// Jobs of the programmatic API.
struct JobRoutes<Context: RequestContext>: Sendable {
  let directory: SessionDirectory
  let limits: RESTLimits

  func add(to table: RouteTable<Context>) {
    table.at("sessions/:session/submit-job", [.post: .modifying(submit)])
    table.at("sessions/:session/run-job", [.post: .modifying(run)])
    table.at("sessions/:session/jobs/:job", [.get: .viewing(show)])
    table.at("sessions/:session/jobs/:job/cancel", [.post: .modifying(cancel)])
  }

  @Sendable private func submit(_ request: Request, _ context: Context) async throws -> Response {
    let reference = try context.session()
    let (kind, program) = try await job(in: request)
    return sent(try await directory.submitJob(kind, program, to: reference))
  }

  /// Livy answers at once here too; the result is asked for as any other.
  @Sendable private func run(_ request: Request, _ context: Context) async throws -> Response {
    let reference = try context.session()
    let (kind, program) = try await job(in: request)
    return sent(try await directory.runJob(kind, program, in: reference))
  }

  private func job(in request: Request) async throws -> (Job.Kind, [UInt8]) {
    let body = try await request.json(SerializedJob.self, limits: limits)
    guard !body.program.isEmpty else {
      throw RESTFailure(.badRequest, .message("requirement failed: no job provided."))
    }
    return (try Job.Kind(jobType: body.jobType), body.program)
  }

  private func sent(_ number: JobNumber) -> Response {
    Response(status: .created, json: JobStatus(number, .sent))
  }

  @Sendable private func show(_ request: Request, _ context: Context) async throws -> Response {
    let reference = try context.session()
    let text = context.parameters.get("job") ?? ""
    guard
      let number = try context.job(),
      let standing = try await directory.job(number, of: reference)
    else {
      throw RESTFailure(
        .internalServerError, .string("java.util.NoSuchElementException: key not found: \(text)"))
    }
    return Response(json: JobStatus(number, standing))
  }

  @Sendable private func cancel(_ request: Request, _ context: Context) async throws -> Response {
    let reference = try context.session()
    // A number that no job can have is as unknown as any other.
    if let number = try context.job() { try await directory.cancelJob(number, of: reference) }
    return Response(status: .ok)
  }
}

extension RequestContext {
  /// The job that the path names; nil for a number that none can have. A Java long, as Livy has it.
  fileprivate func job() throws -> JobNumber? {
    let text = parameters.get("job") ?? ""
    guard let number = Int64(text) else {
      throw RESTFailure(.badRequest, .message("For input string: \"\(text)\""))
    }
    return UInt64(exactly: number).map { JobNumber($0) }
  }
}

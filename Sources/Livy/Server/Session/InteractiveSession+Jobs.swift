// SPDX-License-Identifier: Apache-2.0

internal import LivyCore

/// Jobs of the programmatic API, and what users add to the application. The driver keeps the jobs;
/// here they only get their numbers.
extension InteractiveSession {
  /// Hands a job to the driver's queue, and returns when the driver has it.
  func submitJob(_ kind: Job.Kind, _ program: [UInt8]) async throws(LivyError) -> JobNumber {
    let driver = try driverForJobs()
    let job = Job(number: jobs.next(), kind: kind, program: program)
    defer { jobs.answered(job.number) }
    try await driver.submit(job, epoch: identity.epoch)
    return job.number
  }

  /// Begins a job beside the queue, and returns at once: its end is asked for as any other's.
  func runJob(_ kind: Job.Kind, _ program: [UInt8]) throws(LivyError) -> JobNumber {
    let driver = try driverForJobs()
    guard jobs.outgoingCount < surroundings.settings.runningJobsMax else {
      throw LivyError(
        .tooMany,
        "Session \(identity.id) has \(jobs.outgoingCount) unfinished jobs, which is the limit; "
          + "send more when some have finished.")
    }
    let job = Job(number: jobs.next(), kind: kind, program: program)
    tasks.jobs[job.number] = Task {
      do throws(LivyError) {
        _ = try await driver.run(job, epoch: identity.epoch)
        jobs.answered(job.number)
      } catch {
        jobs.refused(job.number, "The driver did not run the job: \(error)")
      }
      tasks.jobs[job.number] = nil
      noteActivity(.work)
    }
    return job.number
  }

  /// Nil for a number that was never given, or a job that is no longer kept.
  func job(_ number: JobNumber) async throws(LivyError) -> JobStanding? {
    if let report = try await driverForJobs().status(of: number) { return .reported(report) }
    return jobs.standing(of: number)
  }

  func cancelJob(_ number: JobNumber) async throws(LivyError) {
    try await driverForJobs().cancel(number, epoch: identity.epoch)
  }

  func add(_ resource: AddedResource) async throws(LivyError) {
    try await driverForJobs().add(resource, epoch: identity.epoch)
  }

  /// Room for a file that a user uploads.
  func upload(named name: String) throws(LivyError) -> UploadedFile {
    _ = try driverForJobs()
    return try surroundings.settings.uploads.file(named: name, of: identity.uuid)
  }

  private func driverForJobs() throws(LivyError) -> any SessionDriver {
    guard machine.takesStatements, let channel else {
      throw LivyError(.notActive, "requirement failed: Session isn't active.")
    }
    return channel.driver
  }
}

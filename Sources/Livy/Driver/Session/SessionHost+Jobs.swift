// SPDX-License-Identifier: Apache-2.0

package import LivyCore
internal import LivyPy4J

/// The programmatic API.
extension SessionHost {
  package func submit(_ job: Job, epoch: UInt64) async throws(LivyError) {
    try obey(epoch)
    try await desk.submit(job)
  }

  package func run(_ job: Job, epoch: UInt64) async throws(LivyError) -> JobReport {
    try obey(epoch)
    return try await desk.run(job)
  }

  package func status(of job: JobNumber) async throws(LivyError) -> JobReport? {
    await desk.report(of: job)
  }

  package func cancel(_ job: JobNumber, epoch: UInt64) async throws(LivyError) {
    try obey(epoch)
    await desk.cancel(job)
  }

  package func add(_ resource: AddedResource, epoch: UInt64) async throws(LivyError) {
    try obey(epoch)
    let application = try await serving().application
    do {
      try await application.add(resource)
    } catch {
      let said = error.exception.map { "\($0.className): \($0.message ?? "")" } ?? error.message
      throw LivyError(.driverRefused, "Spark did not take \(resource.uri): \(said)")
    }
  }
}

// SPDX-License-Identifier: Apache-2.0

package import LivyCore

/// Jobs of the programmatic API, and what users add to a running application.
///
/// Errors of all: `.notFound` for an unknown session; `.notActive`: `requirement failed: Session
/// isn't active.`; `.driverRefused` with the driver's words.
extension SessionDirectory {
  /// Queues a job in the session's driver; returns when it is there.
  package func submitJob(
    _ kind: Job.Kind, _ program: [UInt8], to reference: SessionReference
  ) async throws(LivyError) -> JobNumber {
    try await active(reference).submitJob(kind, program)
  }

  /// Begins a job beside the queue; returns at once.
  package func runJob(
    _ kind: Job.Kind, _ program: [UInt8], in reference: SessionReference
  ) async throws(LivyError) -> JobNumber {
    try await active(reference).runJob(kind, program)
  }

  /// Nil for an unknown job, or one that is no longer kept.
  package func job(
    _ number: JobNumber, of reference: SessionReference
  ) async throws(LivyError) -> JobStanding? {
    try await active(reference).job(number)
  }

  /// An unknown job changes nothing.
  package func cancelJob(
    _ number: JobNumber, of reference: SessionReference
  ) async throws(LivyError) {
    try await active(reference).cancelJob(number)
  }

  /// Returns when the driver has it.
  package func add(
    _ resource: AddedResource, to reference: SessionReference
  ) async throws(LivyError) {
    try await active(reference).add(resource)
  }

  /// Room for a file that is uploaded to a session; it is removed with the session.
  package func upload(
    named name: String, to reference: SessionReference
  ) async throws(LivyError) -> UploadedFile {
    try await active(reference).upload(named: name)
  }

  private func active(_ reference: SessionReference) throws(LivyError) -> InteractiveSession {
    switch try listed(reference) {
    case .live(let session): return session
    case .past: throw LivyError(.notActive, "requirement failed: Session isn't active.")
    }
  }
}

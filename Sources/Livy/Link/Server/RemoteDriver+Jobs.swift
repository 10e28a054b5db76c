// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import Wire
internal import WireCodec
internal import WireMessages

/// The programmatic API's part of a driver.
extension RemoteDriver {
  func submit(_ job: LivyCore.Job, epoch: UInt64) async throws(LivyError) {
    do {
      _ = try await client.submitJob(
        SubmitJobRequest(job: job.message, epoch: epoch), timeout: limits.answerTimeout)
    } catch {
      throw LivyError(error, doing: "job \(job.number) was handed over")
    }
  }

  func run(_ job: LivyCore.Job, epoch: UInt64) async throws(LivyError) -> LivyCore.JobReport {
    do throws(CallError) {
      // A program takes what time it takes.
      let answer = try await client.runJob(
        RunJobRequest(job: job.message, epoch: epoch), timeout: nil)
      guard let report = answer.report.flatMap(LivyCore.JobReport.init) else {
        throw CallError(.dataLoss, "the driver's answer tells no end")
      }
      return report
    } catch {
      throw LivyError(error, doing: "job \(job.number) ran")
    }
  }

  func status(of job: JobNumber) async throws(LivyError) -> LivyCore.JobReport? {
    do {
      let answer = try await client.jobStatus(
        JobStatusRequest(number: job.number), timeout: limits.answerTimeout)
      return answer.report.flatMap(LivyCore.JobReport.init)
    } catch {
      throw LivyError(error, doing: "job \(job) was looked at")
    }
  }

  func cancel(_ job: JobNumber, epoch: UInt64) async throws(LivyError) {
    do {
      _ = try await client.cancelJob(
        CancelJobRequest(number: job.number, epoch: epoch), timeout: limits.answerTimeout)
    } catch {
      throw LivyError(error, doing: "job \(job) was cancelled")
    }
  }

  func add(_ resource: AddedResource, epoch: UInt64) async throws(LivyError) {
    let limit = limits.additionTimeout
    do {
      switch resource {
      case .file(let uri):
        _ = try await client.addFile(AddFileRequest(uri: uri, epoch: epoch), timeout: limit)
      case .jar(let uri):
        _ = try await client.addJar(AddJarRequest(uri: uri, epoch: epoch), timeout: limit)
      case .pythonFile(let uri):
        _ = try await client.addPyFile(AddPyFileRequest(uri: uri, epoch: epoch), timeout: limit)
      }
    } catch {
      throw LivyError(error, doing: "\(resource.uri) was added")
    }
  }
}

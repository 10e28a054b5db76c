// SPDX-License-Identifier: Apache-2.0

internal import LivyAPI
internal import LivyCore
internal import LivyServer

extension JobStatus {
  /// What Livy shows of a job.
  init(_ number: JobNumber, _ standing: JobStanding) {
    self.init(id: Int(clamping: number.number), state: .sent)
    switch standing {
    case .sent: break
    case .reported(.queued): state = .queued
    case .reported(.started): state = .started
    case .reported(.cancelled): state = .cancelled
    case .reported(.failed(let reason)):
      state = .failed
      error = reason
    case .reported(.succeeded(let bytes)):
      state = .succeeded
      result = Self.result(pickled: bytes)
    }
  }
}

extension Job.Kind {
  /// Livy's words for what a program is written in. Throws `.invalidRequest` for those that this
  /// server cannot run.
  init(jobType: String?) throws(LivyError) {
    switch jobType ?? "spark" {
    case "pyspark", "python": self = .pyspark
    case "spark", "scala":
      throw LivyError(
        .invalidRequest,
        "Jobs of type 'spark' (Java objects serialized with Kryo) are not supported; send a "
          + "cloudpickled Python function with \"jobType\": \"pyspark\", or run Scala as a statement"
      )
    case let other: throw LivyError(.invalidRequest, "Invalid kind: \(other)")
    }
  }
}

// SPDX-License-Identifier: Apache-2.0

package import LivyCore
package import Transport

/// Runs Python jobs in a child process of their own, which shares the JVM's Spark context with the
/// session's interpreters: a long job holds up no statement, and a cancelled one takes nothing but
/// its process along.
package struct PythonJobRunner: JobRunner {
  private let python: PythonInterpreter

  package init(_ options: PythonOptions, files: PythonFiles, on loop: EventLoop) {
    var options = options
    options.limits = .jobs
    python = PythonInterpreter(options, files: files, on: loop)
  }

  package func start() async throws(InterpreterError) {
    try await python.start()
  }

  package func run(_ job: Job) async -> JobOutcome {
    await python.run(job)
  }

  package func interrupt() async {
    await python.interrupt()
  }

  package func stop() async {
    await python.stop()
  }
}

extension PythonInterpreter {
  /// Needs a `start`, as statements do.
  package func run(_ job: Job) async -> JobOutcome {
    await includeFiles()
    switch await answer(to: .job(id: job.number.description, program: job.program)) {
    case .answered(_, .result(let bytes)): return .result(bytes)
    case .answered(_, .failed(let failure)):
      let lines = failure.traceback.isEmpty ? [failure.value] : failure.traceback
      return .failed("Client job error:" + lines.joined())
    case .answered, .completed: return .failed("Client job error:the job gave no result")
    case .ended(let reason): return .died(reason: reason)
    }
  }
}

extension PythonLimits {
  /// Nobody sees what jobs print.
  fileprivate static var jobs: PythonLimits {
    var limits = PythonLimits()
    limits.outputBytesMax = 64 << 10
    return limits
  }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import LivyCore
import LivyDriver
import TestSupport
import Testing
import Transport

/// Jobs through a real Python, with a folder in PySpark's place that pickles as Python itself does.
@Suite("Python jobs without Spark")
struct PythonJobTests {
  private func withPython(
    _ body: (PythonInterpreter) async throws -> Void
  ) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "livy-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let bundled = folder.appending(path: "pyspark/cloudpickle")
    try FileManager.default.createDirectory(at: bundled, withIntermediateDirectories: true)
    try Data().write(to: folder.appending(path: "pyspark/__init__.py"))
    for name in ["__init__", "cloudpickle", "cloudpickle_fast"] {
      try Data("from pickle import *\n".utf8).write(to: bundled.appending(path: "\(name).py"))
    }
    let loop = try EventLoop.start(name: "python")
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    let python = PythonInterpreter(
      PythonOptions(environment: ["PATH": path, "PYTHONPATH": folder.path]), on: loop)
    var problem: (any Error)?
    do {
      try await python.spawn()
      try await body(python)
    } catch {
      problem = error
    }
    await python.stop()
    await loop.stop()
    if let problem { throw problem }
  }

  /// The pickle of a lambda's source: unpickling evaluates it.
  private func pickle(_ lambda: String) -> [UInt8] {
    Array("cbuiltins\neval\n(S\"lambda context: \(lambda)\"\ntR.".utf8)
  }

  private func job(_ number: UInt64, _ program: [UInt8]) -> Job {
    Job(number: JobNumber(number), kind: .pyspark, program: program)
  }

  @Test(
    "What a program raises is told with its traceback, without frames of the runner",
    arguments: [
      ("1 / 0", "ZeroDivisionError: division by zero"),
      ("(_ for _ in ()).throw(KeyError('k'))", "KeyError: 'k'"),
      ("__import__('sys').exit(3)", "SystemExit: 3"),
      ("None + context", "TypeError"),
    ])
  func raising(lambda: String, words: String) async throws {
    try await withPython { python in
      guard case .failed(let reason) = await python.run(job(1, pickle(lambda))) else {
        Issue.record("it did not fail")
        return
      }
      #expect(reason.hasPrefix("Client job error:Traceback (most recent call last):\n"))
      #expect(reason.contains(words), "\(reason)")
      #expect(!reason.contains("python_runner.py"))
      #expect(!reason.contains("python_jobs.py"))
    }
  }

  @Test("What a program returns comes back pickled, whatever it printed")
  func returning() async throws {
    try await withPython { python in
      let outcome = await python.run(job(1, pickle("print('x') or [context, chr(233)]")))
      guard case .result(let bytes) = outcome else {
        Issue.record("\(outcome)")
        return
      }
      // A list of None and a text, in the pickle protocol of this Python.
      #expect(bytes.first == 0x80)
      #expect(bytes.contains(UInt8(ascii: "N")))
      #expect(String(decoding: bytes, as: UTF8.self).contains("é"))
    }
  }

  @Test("A pickle that was made with the package cloudpickle finds PySpark's in its place")
  func packageName() async throws {
    try await withPython { python in
      let program = Array("ccloudpickle.cloudpickle\nloads\n.".utf8)
      guard case .failed(let reason) = await python.run(job(1, program)) else {
        Issue.record("it did not fail")
        return
      }
      #expect(reason.contains("TypeError"), "it was found, and cannot read the context: \(reason)")
    }
  }

  @Test("Bytes that are no pickle fail the job, and the next one is heard")
  func broken() async throws {
    try await withPython { python in
      for program in [[], [0x80], Array("garbage".utf8)] as [[UInt8]] {
        guard case .failed(let reason) = await python.run(job(1, program)) else {
          Issue.record("\(program) did not fail")
          return
        }
        #expect(reason.hasPrefix("Client job error:"))
      }
      guard case .failed(let reason) = await python.run(job(2, pickle("1 / 0"))) else {
        Issue.record("it did not fail")
        return
      }
      #expect(reason.contains("ZeroDivisionError"))
    }
  }

  @Test("An interrupt breaks a running job off")
  func interrupt() async throws {
    try await withPython { python in
      async let outcome = python.run(job(1, pickle("__import__('time').sleep(600)")))
      let interrupting = Task {
        while !Task.isCancelled {
          await python.interrupt()
          try? await Task.sleep(for: .milliseconds(20))
        }
      }
      guard case .failed(let reason) = await outcome else {
        Issue.record("it did not fail")
        return
      }
      interrupting.cancel()
      #expect(reason.contains("KeyboardInterrupt"))
    }
  }

  @Test("A job that ends its process is told as its death, with the last words")
  func death() async throws {
    try await withPython { python in
      let lambda = "[print('last words'), __import__('os')._exit(7)]"
      guard case .died(let reason) = await python.run(job(1, pickle(lambda))) else {
        Issue.record("it did not die")
        return
      }
      #expect(reason.contains("exit status 7"))
      #expect(reason.contains("last words"))
    }
  }
}

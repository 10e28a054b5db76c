// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import LivyCore
internal import LivyDriver
internal import TestSupport
internal import Testing

/// Interrupts through a real Python, without Spark.
extension PythonInterpreterTests {
  /// Runs code and interrupts it once it has begun, which it says by making a file.
  private func interrupted(_ code: String, in python: Python, times: Int = 1) async throws
    -> RunOutcome
  {
    let mark = "/tmp/livy-test-\(UInt64.random(in: 0 ... .max))"
    let running = Task { await python.run("open('\(mark)', 'w').close()\n" + code) }
    #expect(await eventually { access(mark, F_OK) == 0 })
    unlink(mark)
    for _ in 0..<times { await python.interpreter.interrupt() }
    return await running.value
  }

  private func name(_ outcome: RunOutcome) -> String? {
    guard case .output(.failure(let failure)) = outcome else { return nil }
    return failure.name
  }

  @Test(
    "The driver's interrupt ends code that sleeps, computes, waits or reads",
    arguments: [
      "import time\ntime.sleep(600)", "while True: pass",
      "import threading\nthreading.Event().wait()",
      "import os\nos.read(os.pipe()[0], 1)",
      "import subprocess\nsubprocess.run(['sleep', '600'])",
    ])
  func driverInterrupt(code: String) async throws {
    try await withPython { python in
      let outcome = try await interrupted(code, in: python)
      #expect(name(outcome) == "KeyboardInterrupt")
      #expect(await python.text("'alive'") == "'alive'")
    }
  }

  @Test("A second interrupt reaches what the code waits for")
  func secondInterrupt() async throws {
    try await withPython { python in
      let code = "import os\nos.system('sleep 600') & 127"
      guard
        case .output(.success(let parts)) = try await interrupted(code, in: python, times: 2)
      else {
        Issue.record("the statement did not end well")
        return
      }
      #expect(parts == [.plain("2")], "the shell ended by SIGINT")
      #expect(await python.text("'alive'") == "'alive'")
    }
  }

  @Test("An interrupt that comes late does not meet the next statement")
  func lateInterrupt() async throws {
    try await withPython { python in
      for number in 0..<200 {
        // The interrupt leaves while the first statement ends.
        let first = Task { await python.run("1") }
        await Task.yield()
        await python.interpreter.interrupt()
        _ = await first.value
        let text = await python.text("sum(range(2000)) * 0 + \(number)")
        try #require(text == "\(number)")
      }
    }
  }

  @Test("Between statements there is nothing to interrupt")
  func idleInterrupt() async throws {
    try await withPython { python in
      await python.interpreter.interrupt()
      #expect(await python.text("1+1") == "2")
      await python.interpreter.interrupt()
      #expect(await python.text("1+2") == "3")
    }
  }

  @Test("Code that catches the interrupt goes on, and its output is what it says")
  func caught() async throws {
    try await withPython { python in
      let code = """
        import time
        try:
          time.sleep(600)
        except KeyboardInterrupt:
          print('tidied up')
        """
      let outcome = try await interrupted(code, in: python)
      #expect(outcome == .output(.success([.plain("tidied up")])))
    }
  }
}

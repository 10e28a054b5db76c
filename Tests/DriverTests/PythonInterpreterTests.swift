// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import LivyCore
internal import LivyDriver
internal import TestSupport
internal import Testing
internal import Transport

/// Statements through a real Python, without Spark: the runner serves before it is attached.
@Suite("Python child")
struct PythonInterpreterTests {
  struct Python {
    let interpreter: PythonInterpreter

    func run(_ code: String, _ number: UInt64 = 0) async -> RunOutcome {
      await interpreter.run(code, statement: StatementID(number))
    }

    func text(_ code: String) async -> String? {
      guard case .output(.success(let parts)) = await run(code) else { return nil }
      guard parts.count == 1, parts[0].mimeType == "text/plain" else { return nil }
      guard case .text(let text) = parts[0].content else { return nil }
      return text
    }

    func failure(_ code: String) async -> StatementFailure? {
      guard case .output(.failure(let failure)) = await run(code) else { return nil }
      return failure
    }
  }

  func withPython(
    adjust: (inout PythonOptions) -> Void = { _ in },
    _ body: (Python) async throws -> Void
  ) async throws {
    let loop = try EventLoop.start(name: "python")
    let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
    var options = PythonOptions(environment: ["PATH": path])
    adjust(&options)
    let interpreter = PythonInterpreter(options, on: loop)
    var problem: (any Error)?
    do {
      try await interpreter.spawn()
      try await body(Python(interpreter: interpreter))
    } catch {
      problem = error
    }
    await interpreter.stop()
    await loop.stop()
    if let problem { throw problem }
  }

  @Test("Prints arrive while the code runs")
  func prints() async throws {
    try await withPython { python in
      let printed = Locked("")
      async let outcome = python.interpreter.run(
        "import time; print('begun')\nwhile True: time.sleep(0.01)", statement: StatementID(0)
      ) { text in printed.withLock { $0 += text } }
      #expect(await eventually { printed.withLock { $0 } == "begun\n" })
      await python.interpreter.interrupt()
      guard case .output(.failure(let failure)) = await outcome else {
        Issue.record("it was not interrupted")
        return
      }
      #expect(failure.name == "KeyboardInterrupt")
    }
  }

  @Test("What is printed and the value of the last expression come in order, right-stripped")
  func output() async throws {
    let cases: [(code: String, text: String)] = [
      ("1+1", "2"),
      ("x = 3\nprint(x)\nx * 2", "3\n6"),
      ("x", "3"),
      ("", ""),
      ("# only a comment", ""),
      ("None", ""),
      ("print('a  ')\nprint()", "a"),
      ("import sys\nprint('out')\nprint('err', file=sys.stderr)\n'value'", "out\nerr\n'value'"),
      ("import os\nprint('a')\nos.system('echo b; echo c >&2')\nprint('d')", "a\nb\nc\nd"),
      ("a = 1\r\nb = 2\r\nprint(a + b)", "3"),
      ("for i in range(2): i", "0\n1"),
      ("_", "1"),
      ("'é☃😀'", "'é☃😀'"),
      ("print('\\ud800')", "\\ud800"),
      ("def deco(f):\n  return lambda: f() + 1\n\n@deco\ndef g():\n  return 1\n", ""),
      ("g()", "2"),
      ("from __future__ import annotations\ny: Nothing = 1\ny", "1"),
      (
        "import pickle\nclass P: pass\ntype(pickle.loads(pickle.dumps(P()))).__module__",
        "'__main__'"
      ),
      ("sys.stdout.close()\nprint('still there')", "still there"),
      ("__name__", "'__main__'"),
    ]
    try await withPython { python in
      for (code, text) in cases {
        #expect(await python.text(code) == text, "\(code)")
      }
    }
  }

  @Test(
    "An exception is told as Livy tells it: no frame of the module, no chain, with source lines")
  func errors() async throws {
    let first = "Traceback (most recent call last):\n"
    let cases: [(code: String, failure: StatementFailure)] = [
      (
        "print('lost')\n1/0",
        StatementFailure(
          name: "ZeroDivisionError", value: "division by zero",
          traceback: [first, "ZeroDivisionError: division by zero\n"])
      ),
      (
        "def f():\n  raise KeyError('k')\n\ndef g():\n  f()\n\ng()",
        StatementFailure(
          name: "KeyError", value: "'k'",
          traceback: [
            first, "  File \"<stdin>\", line 5, in g\n    f()\n",
            "  File \"<stdin>\", line 2, in f\n    raise KeyError('k')\n", "KeyError: 'k'\n",
          ])
      ),
      (
        // Lines are those of the statement that defined the function.
        "\n\n\n\nf()",
        StatementFailure(
          name: "KeyError", value: "'k'",
          traceback: [
            first, "  File \"<stdin>\", line 2, in f\n    raise KeyError('k')\n", "KeyError: 'k'\n",
          ])
      ),
      (
        "try:\n  1/0\nexcept Exception as e:\n  raise ValueError('v') from e",
        StatementFailure(name: "ValueError", value: "v", traceback: [first, "ValueError: v\n"])
      ),
      (
        "raise KeyboardInterrupt",
        StatementFailure(
          name: "KeyboardInterrupt", value: "", traceback: [first, "KeyboardInterrupt\n"])
      ),
      (
        "import sys; sys.exit(3)",
        StatementFailure(name: "SystemExit", value: "3", traceback: [first, "SystemExit: 3\n"])
      ),
    ]
    try await withPython { python in
      for (code, failure) in cases {
        #expect(await python.failure(code) == failure, "\(code)")
      }
      #expect(await python.failure("exit()")?.name == "SystemExit")
      #expect(await python.failure("input()")?.name.isEmpty == false)
      #expect(await python.text("'alive'") == "'alive'")
    }
  }

  @Test(
    "A syntax error runs nothing of the block and has no Traceback line",
    arguments: ["ran = 1\ndef g(:\n", "ran = 1\nreturn 3", "ran = 1\nx = '", "ran = 1\n\0"])
  func syntax(code: String) async throws {
    try await withPython { python in
      let failure = try #require(await python.failure(code))
      #expect(["SyntaxError", "ValueError"].contains(failure.name))
      #expect(!failure.value.isEmpty)
      #expect(!failure.traceback.contains { $0.hasPrefix("Traceback") })
      #expect(await python.failure("ran")?.name == "NameError")
    }
  }

  @Test("Sixty MiB of output are cut with a mark, and the next statement is whole")
  func largeOutput() async throws {
    try await withPython(adjust: { $0.limits.outputBytesMax = 1 << 20 }) { python in
      let text = try #require(
        await python.text("line = 'x' * 1023\nfor _ in range(60 << 10): print(line)"))
      #expect(text.hasSuffix("\n... [output cut by Livy after 1048576 bytes]"))
      #expect(text.utf8.count < (1 << 20) + 100)
      #expect(await python.text("1+1") == "2")
    }
  }

  @Test("Huge values of exceptions are cut with a mark")
  func largeError() async throws {
    try await withPython { python in
      let failure = try #require(await python.failure("raise ValueError('v' * (20 << 20))"))
      #expect(failure.value.hasSuffix("... [cut by Livy: too long]"))
      #expect(await python.text("1+1") == "2")
    }
  }

  @Test("A subprocess that outlives its statement does not hold up the answer")
  func background() async throws {
    try await withPython { python in
      let code = "import subprocess\np = subprocess.Popen(['sleep', '600'])\nprint('started')"
      #expect(await python.text(code) == "started")
    }
  }

  @Test("The death of Python in a statement ends it, with the reason and the last words")
  func death() async throws {
    try await withPython { python in
      let code = "import os, sys\nprint('last words')\nos._exit(3)"
      guard case .died(let reason) = await python.run(code) else {
        Issue.record("the statement ended as if Python lived")
        return
      }
      #expect(reason == "the Python process ended with exit status 3\nlast words")
      #expect(await python.run("1+1") == .died(reason: reason))
    }
  }

  @Test("A crash in C code leaves the stack of Python in the reason")
  func crash() async throws {
    try await withPython { python in
      guard case .died(let reason) = await python.run("import ctypes\nctypes.string_at(0)") else {
        Issue.record("the statement ended as if Python lived")
        return
      }
      #expect(reason.contains("signal 11"))
      #expect(reason.contains("Segmentation fault"))
    }
  }

  @Test("Stopping ends the running statement, Python, and what it started in its group")
  func stop() async throws {
    try await withPython { python in
      let code = """
        import os, subprocess
        child = subprocess.Popen(['sleep', '600'])
        print(os.getpid(), child.pid)
        """
      let pids = try #require(await python.text(code)).split(separator: " ").compactMap {
        pid_t($0)
      }
      try #require(pids.count == 2)
      let running = Task { await python.run("import time\ntime.sleep(600)") }
      await python.interpreter.stop()
      let outcome = await running.value
      guard case .died = outcome else {
        Issue.record("came back as \(outcome)")
        return
      }
      for pid in pids {
        #expect(await eventually { kill(pid, 0) != 0 || isZombie(pid) })
      }
    }
  }

  @Test("An interrupt ends the running statement, and does nothing between statements")
  func interrupt() async throws {
    try await withPython { python in
      let pid = try #require(
        await python.text("import os, time; os.getpid()").flatMap { pid_t($0) })
      kill(pid, SIGINT)
      #expect(await python.text("'idle'") == "'idle'")
      let code = "def f():\n  os.kill(os.getpid(), 2)\n  time.sleep(600)\nf()"
      let failure = try #require(await python.failure(code))
      #expect(failure.name == "KeyboardInterrupt")
      #expect(failure.traceback.count == 3)
      #expect(await python.text("'alive'") == "'alive'")
    }
  }

  @Test("What a subprocess prints after its statement is shown with a later one")
  func lateOutput() async throws {
    try await withPython { python in
      let start =
        "import subprocess\np = subprocess.Popen('read x; echo late', shell=True, "
        + "stdin=subprocess.PIPE)"
      #expect(await python.text(start) == "")
      #expect(await python.text("p.communicate(b'\\n')[0]") == "late")
    }
  }

  @Test("Python ends its group when the driver's end of the request pipe is gone, even in a loop")
  func driverGone() async throws {
    let loop = try EventLoop.start(name: "python")
    let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
    // A Python that is told nothing after its script, and sees the end of its requests at once.
    var options = ChildProcessOptions(
      executable: "python3",
      arguments: ["-c", PythonOptions.loader, "3", "4"])
    options.environment = .exactly(["PATH": path])
    options.session = .own
    options.descriptors = [
      .pipe(.toChild), .null, .null, .pipe(.toChild), .pipe(.fromChild),
    ]
    let child = try await ChildProcess.spawn(options, on: loop)
    await loop.run {
      child.pipe(0)?.value.write(PythonOptions(environment: [:]).script)
      child.pipe(0)?.value.finish()
      child.pipe(4)?.value.cancel()
      let request = PythonRequest.execute(id: "1", code: "while True: pass").encoded(token: "t")
      child.pipe(3)?.value.write(request)
      child.pipe(3)?.value.finish()
    }
    #expect(await child.waitForExit() == .signalled(SIGKILL))
    await loop.stop()
  }

  @Test("A Python that cannot be started says what to set")
  func missing() async throws {
    let loop = try EventLoop.start(name: "python")
    let options = PythonOptions(environment: ["PYSPARK_PYTHON": "/nonexistent/python"])
    let interpreter = PythonInterpreter(options, on: loop)
    await #expect {
      try await interpreter.start()
    } throws: { error in
      "\(error)".contains("/nonexistent/python") && "\(error)".contains("PYSPARK_PYTHON")
    }
    await loop.stop()
  }

  @Test("Without PySpark a start fails with Python's own words")
  func noSpark() async throws {
    let loop = try EventLoop.start(name: "python")
    // No site-packages, no PYTHONPATH: no PySpark.
    let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
    let options = PythonOptions(
      environment: ["PATH": path, "PYTHONNOUSERSITE": "1", "PYTHONHOME": ""])
    let interpreter = PythonInterpreter(options, on: loop)
    await #expect {
      try await interpreter.start()
    } throws: { error in
      guard let error = error as? InterpreterError else { return false }
      return error.message.hasPrefix("Python could not attach to Spark: ")
        && error.trace.hasPrefix("Traceback (most recent call last):\n")
    }
    await interpreter.stop()
    await loop.stop()
  }

  @Test("A program that is no Python fails to start, with its last lines")
  func notPython() async throws {
    let loop = try EventLoop.start(name: "python")
    let interpreter = PythonInterpreter(
      PythonOptions(environment: ["PYSPARK_PYTHON": "/bin/ls", "LC_ALL": "C"]), on: loop)
    await #expect {
      try await interpreter.start()
    } throws: { error in
      guard let error = error as? InterpreterError else { return false }
      return error.message.hasPrefix("/bin/ls ended before it was ready: ")
        && error.trace.contains("ls: ")
    }
    await interpreter.stop()
    await loop.stop()
  }

  private func isZombie(_ pid: pid_t) -> Bool {
    guard let file = fopen("/proc/\(pid)/stat", "r") else { return true }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 512)
    guard fgets(&line, 512, file) != nil else { return true }
    return line.map { UInt8(bitPattern: $0) }.split(separator: UInt8(ascii: " ")).dropFirst(2)
      .first?.first == UInt8(ascii: "Z")
  }
}

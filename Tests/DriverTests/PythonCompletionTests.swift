// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import LivyCore
internal import LivyDriver
internal import TestSupport
internal import Testing

/// Completion from the live names of a real Python, without Spark.
@Suite("Python child: completion")
struct PythonCompletionTests {
  let stage = PythonInterpreterTests()

  static let names = """
    import os
    number, numbers, text = 1, [1, 2], 'é'
    class Frame:
      kind = 'frame'
      def __init__(self): self.own = 1
      def filter(self, by) -> 'Frame': return self
      def count(self) -> int: raise SystemExit
      @property
      def reader(self) -> 'Reader': raise SystemExit
      def __getattr__(self, name): raise SystemExit
      def __dir__(self): raise SystemExit
      def __getitem__(self, key) -> "Optional[Frame]": raise SystemExit

    class Reader:
      def parquet(self) -> Frame: raise SystemExit

    frame = Frame()

    # As a decorator of another module, which does not know the class.
    elsewhere = {}
    exec('''
    import functools
    def decorated(function):
      @functools.wraps(function)
      def wrapper(*arguments): raise SystemExit
      return wrapper
    ''', elsewhere)
    class Other:
      @elsewhere['decorated']
      def framed(self) -> 'Frame': raise SystemExit
    other = Other()
    """

  func complete(_ python: PythonInterpreterTests.Python, _ code: String) async -> [String] {
    await python.interpreter.complete(code, cursor: code.utf16.count)
  }

  @Test("Names, attributes and keywords, through chains, without running any of them")
  func chains() async throws {
    let cases: [(code: String, candidates: [String])] = [
      ("num", ["number", "numbers"]),
      ("print(num", ["number", "numbers"]),
      ("x = [1, {'a': num", ["number", "numbers"]),
      ("whi", ["while"]), ("isinst", ["isinstance"]),
      ("frame.", ["count", "filter", "kind", "own", "reader"]),
      ("frame.fi", ["filter"]), ("frame.own.real", ["real"]),
      ("frame.reader.", ["parquet"]), ("frame.filter('x)').re", ["reader"]),
      ("(frame\n  .filter(1)\n  .reader\n  .pa", ["parquet"]),
      ("frame['a'][0].reader.parquet().", ["count", "filter", "kind", "reader"]),
      ("Frame().c", ["count"]), ("Frame.k", ["kind"]), ("frame.count().bit_l", ["bit_length"]),
      ("os.path.splite", ["splitext"]), ("numbers.app", ["append"]),
      ("'a'.isaln", ["isalnum"]), ("text.isal", ["isalnum", "isalpha"]),
      ("other.framed().fi", ["filter"]),
      ("frame.nothing.", []), ("nothing.", []), ("1.", []), ("'num", []), ("# num", []),
      ("\"\"\"num", []), ("# it's\nnumb", ["number", "numbers"]), ("frame.__cla", ["__class__"]),
      ("def f(:\n  num", ["number", "numbers"]), ("\u{0}num", ["number", "numbers"]),
    ]
    try await stage.withPython { python in
      #expect(await python.text(Self.names) == "")
      for (code, candidates) in cases {
        #expect(await complete(python, code) == candidates, "\(code)")
      }
      #expect(await complete(python, "").count > 100)
      #expect(await complete(python, String(repeating: "(", count: 100_000) + "num").count == 2)
      #expect(await complete(python, "frame" + String(repeating: ".x", count: 10_000)) == [])
      #expect(await python.text("number") == "1")
    }
  }

  @Test("The cursor counts UTF-16 code units, and may lie anywhere")
  func cursors() async throws {
    let cases: [(cursor: Int, candidates: [String]?)] = [
      (3, ["number", "numbers"]), (7, ["number", "numbers"]), (-5, nil), (99, []), (8, []),
      (9, []), (10, []),
    ]
    try await stage.withPython { python in
      _ = await python.run(Self.names)
      for (cursor, candidates) in cases {
        let found = await python.interpreter.complete("num+num'😀é", cursor: cursor)
        if let candidates { #expect(found == candidates) } else { #expect(found.count > 100) }
      }
    }
  }

  @Test("Beside a statement that runs, which does not notice")
  func beside() async throws {
    try await stage.withPython { python in
      _ = await python.run(Self.names)
      let running = Task { await python.run("i = 0\nwhile True: i += 1") }
      #expect(await eventually { await complete(python, "frame.reader.") == ["parquet"] })
      await python.interpreter.interrupt()
      guard case .output(.failure(let failure)) = await running.value else {
        Issue.record("the loop was not interrupted")
        return
      }
      #expect(failure.name == "KeyboardInterrupt")
    }
  }

  @Test("While C code holds Python up, a place has no candidates, after a time that has a limit")
  func heldUp() async throws {
    let adjust = { (options: inout PythonOptions) in
      options.limits.completionTimeout = .milliseconds(30)
      options.limits.unansweredPlacesMax = 2
    }
    try await stage.withPython(adjust: adjust) { python in
      let setup = """
        import ctypes, os, tempfile
        folder = tempfile.mkdtemp()
        os.mkfifo(folder + '/gate')
        gate = os.open(folder + '/gate', os.O_RDWR)
        library, room, number = ctypes.PyDLL(None), ctypes.create_string_buffer(1), 1
        print(folder)
        """
      let folder = try #require(await python.text(setup))
      let running = Task { await python.run("library.read(gate, room, 1)\n'woke'") }
      // A slow machine may miss the time once without being held up.
      let isHeldUp = await eventually {
        for _ in 0..<8 where await complete(python, "numb") != [] { return false }
        return true
      }
      #expect(isHeldUp)
      let gate = open(folder + "/gate", O_WRONLY | O_NONBLOCK)
      #expect(write(gate, "x", 1) == 1)
      close(gate)
      #expect(await running.value == .output(.success([.plain("'woke'")])))
      _ = await python.run("import shutil; shutil.rmtree(folder)")
      #expect(await eventually { await complete(python, "numb") == ["number"] })
    }
  }

  @Test("The end of Python ends what waits for candidates")
  func end() async throws {
    try await stage.withPython { python in
      _ = await python.run("import os\nos._exit(1)")
      #expect(await complete(python, "num") == [])
      await python.interpreter.stop()
      #expect(await complete(python, "num") == [])
    }
  }
}

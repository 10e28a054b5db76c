// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import LivyDriver
internal import Testing

/// Results in other forms than text, through a real Python without Spark.
@Suite("Python child: magics and richer forms")
struct PythonResultTests {
  let stage = PythonInterpreterTests()

  /// Each part as `type=content`, JSON marked by a colon.
  static func told(_ outcome: RunOutcome) -> [String] {
    switch outcome {
    case .output(.success(let parts)):
      parts.map { part in
        switch part.content {
        case .text(let text): "\(part.mimeType)=\(text)"
        case .json(let json): "\(part.mimeType):\(json)"
        }
      }
    case .output(.failure(let failure)): ["\(failure.name)!\(failure.value)"]
    case .died(let reason): ["died: \(reason)"]
    }
  }

  static let table = "application/vnd.livy.table.v1+json"

  @Test("Magics show values in their forms, and text only where something was printed")
  func magics() async throws {
    let cases: [(code: String, told: [String])] = [
      ("x = [1, 'é', None]\n%json x", [#"application/json:[1, "\u00e9", null]"#]),
      ("%json x", [#"application/json:[1, "\u00e9", null]"#]),
      ("print('hi')\n%json x\nprint('lo')", ["text/plain=hi\nlo"]),
      ("%json x\ny = 5", ["text/plain="]),
      ("y\n%json x", ["text/plain=5", #"application/json:[1, "\u00e9", null]"#]),
      ("%json x\r\n%json y\r\n", ["application/json:5"]),
      ("%foo x", ["UnknownMagic!unknown magic command 'foo'"]),
      ("y = 6\n%", ["UnknownMagic!magic command not specified"]),
      ("y", ["text/plain=6"]),
      ("z = 1\n%json x\ndef f(:", ["SyntaxError!invalid syntax (<stdin>, line 1)"]),
      ("z", ["NameError!name 'z' is not defined"]),
      ("\"\"\"\n%json x\n\"\"\"", [#"text/plain='\n%json x\n'"#]),
    ]
    try await stage.withPython { python in
      for (code, told) in cases {
        #expect(Self.told(await python.run(code)) == told, "\(code)")
      }
    }
  }

  @Test("Tables have types by column, and rows of every shape")
  func tables() async throws {
    let cases: [(value: String, json: String)] = [
      (
        "[(1, 'a'), (None, 'b')]",
        #"{"headers": [{"name": "0", "type": "INT_TYPE"}, {"name": "1", "type": "STRING_TYPE"}], "#
          + #""data": [[1, "a"], [null, "b"]]}"#
      ),
      (
        "[{'b': None, 'a': 1.5}, {'a': 2.5, 'b': True}]",
        #"{"headers": [{"name": "a", "type": "DOUBLE_TYPE"}, {"name": "b", "type": "BOOLEAN_TYPE"}], "#
          + #""data": [[1.5, null], [2.5, true]]}"#
      ),
      ("7", #"{"headers": [{"name": "0", "type": "INT_TYPE"}], "data": [[7]]}"#),
      ("[None]", #"{"headers": [{"name": "0", "type": "NULL_TYPE"}], "data": [[null]]}"#),
      (
        "[[datetime.date(2024, 2, 1), datetime.datetime(2024, 2, 1, 3), Decimal('1.10')]]",
        #"{"headers": [{"name": "0", "type": "DATE_TYPE"}, {"name": "1", "type": "TIMESTAMP_TYPE"}, "#
          + #"{"name": "2", "type": "DECIMAL_TYPE"}], "#
          + #""data": [["2024-02-01", "2024-02-01 03:00:00", "1.10"]]}"#
      ),
      (
        "[[[1, 2], {'k': 'v'}, object]]",
        #"{"headers": [{"name": "0", "type": "ARRAY_TYPE"}, {"name": "1", "type": "MAP_TYPE"}, "#
          + #"{"name": "2", "type": "STRING_TYPE"}], "#
          + #""data": [[[1, 2], {"k": "v"}, "<class 'object'>"]]}"#
      ),
    ]
    try await stage.withPython { python in
      _ = await python.run("import datetime\nfrom decimal import Decimal")
      for (value, json) in cases {
        let told = Self.told(await python.run("t = \(value)\n%table t"))
        #expect(told == ["\(Self.table):\(json)"], "\(value)")
      }
    }
  }

  @Test("A name that nobody gave, and rows that differ, are told as Livy tells them")
  func quirks() async throws {
    try await stage.withPython { python in
      for magic in ["json", "table", "matplot"] {
        #expect(
          Self.told(await python.run("%\(magic) nope")) == [
            "msg_type=execute_reply",
            #"content:{"status": "error", "ename": "KeyError", "evalue": "'nope'", "#
              + #""traceback": ["KeyError: 'nope'\n"]}"#,
          ])
      }
      let told = Self.told(await python.run("t = [[1], ['x']]\n%table t"))
      #expect(told.first == "msg_type=execute_reply")
      #expect(told.last?.contains("table rows have different types") == true)
    }
  }

  @Test(
    "A value that cannot be written fails its statement, and Python lives on",
    arguments: [
      ("float('nan')", "ValueError"), ("object()", "TypeError"), ("{(1, 2): 3}", "TypeError"),
      ("'x' * 5000", "ValueError"), ("cyclic", "ValueError"),
    ])
  func unwritable(value: String, error: String) async throws {
    try await stage.withPython(adjust: { $0.limits.outputBytesMax = 4_096 }) { python in
      let failure = await python.failure(
        "cyclic = []\ncyclic.append(cyclic)\nx = \(value)\n%json x")
      #expect(failure?.name == error)
      #expect(failure?.traceback.first == "Traceback (most recent call last):\n")
      #expect(await python.text("1+1") == "2")
    }
  }

  @Test("A plot is an image, and a plot that fails fails its statement")
  func plots() async throws {
    let plotter = """
      class Plot:
        def gcf(self): return self
        def savefig(self, file, format): file.write(b'png!' if format == 'png' else 1/0)

      plt = Plot()
      """
    try await stage.withPython { python in
      #expect(Self.told(await python.run(plotter + "\n%matplot plt")) == ["image/png=cG5nIQ=="])
      #expect(await python.failure("%matplot Plot")?.name == "TypeError")
    }
  }

  @Test("The last expression gives all its forms beside its text, where that is asked for")
  func forms() async throws {
    let code = """
      class Rich:
        def __repr__(self): return 'text'
        def _repr_html_(self): return '<b>é</b>'
        def _repr_png_(self): return b'png!'
        def _repr_jpeg_(self): return (b'jpg!', {'width': 1})
        def _repr_svg_(self): return None
        def _repr_latex_(self): raise NotImplementedError
        def _repr_markdown_(self): return 7
        def _repr_json_(self): return {'a': [1]}

      Rich()
      """
    let told = [
      "text/plain=text\n... [text/markdown left out by Livy: TypeError: it is neither text nor bytes]",
      "text/html=<b>é</b>", "image/png=cG5nIQ==", "image/jpeg=anBnIQ==",
      #"application/json:{"a": [1]}"#,
    ]
    try await stage.withPython { python in
      #expect(Self.told(await python.run(code)) == ["text/plain=text"])
    }
    try await stage.withPython(adjust: { $0.richOutput = true }) { python in
      #expect(Self.told(await python.run(code)) == told)
      #expect(Self.told(await python.run("Rich(); 1")) == ["text/plain=1"])
      #expect(Self.told(await python.run("x = Rich()")) == ["text/plain="])
      #expect(Self.told(await python.run("Rich")) == ["text/plain=<class '__main__.Rich'>"])
      #expect(Self.told(await python.run("None")) == ["text/plain="])
      #expect(Self.told(await python.run("_")) == ["text/plain=<class '__main__.Rich'>"])
      #expect(Self.told(await python.run("1/0")) == ["ZeroDivisionError!division by zero"])
    }
  }

  @Test("A bundle comes first, its text does not replace ours, and bad forms are left out by name")
  func bundles() async throws {
    let code = """
      from unittest import mock
      class Bundle:
        def __repr__(self): return 'B'
        def _repr_html_(self): raise SystemError('never asked')
        def _repr_mimebundle_(self, include=None, exclude=None):
          return {'text/html': '<i>', 'text/plain': 'other', 'image/gif': b'gif!',
                  'application/vnd.vega.v5+json': {'v': 1}, 3: 'x', 'image/png': 'p' * (9 << 20)}, {}

      class Bad:
        def __repr__(self): return 'Bad'
        def _repr_html_(self): raise ValueError('no html')
      """
    try await stage.withPython(adjust: { $0.richOutput = true }) { python in
      _ = await python.run(code)
      let bundle = Self.told(await python.run("Bundle()"))
      #expect(
        Array(bundle.dropFirst()) == [
          "text/html=<i>", "image/gif=Z2lmIQ==", #"application/vnd.vega.v5+json:{"v": 1}"#,
        ])
      #expect(bundle.first?.hasPrefix("text/plain=B\n... [3 left out by Livy: TypeError") == true)
      #expect(bundle.first?.contains("[image/png left out by Livy: ValueError: it has") == true)
      #expect(
        Self.told(await python.run("Bad()"))
          == ["text/plain=Bad\n... [_repr_html_ left out by Livy: ValueError: no html]"])
      #expect(Self.told(await python.run("mock.MagicMock(name='m')")).count == 1)
      #expect(await python.text("1+1") == "2")
    }
  }

  @Test("What is printed gets the room that the forms leave")
  func room() async throws {
    try await stage.withPython(adjust: { $0.limits.outputBytesMax = 1_000 }) { python in
      let told = Self.told(await python.run("x = 'x' * 898\nprint('p' * 500)\n%json x"))
      let printed = "text/plain=" + String(repeating: "p", count: 100)
      #expect(told.first == printed + "\n... [output cut by Livy after 1000 bytes]")
      #expect(told.count == 2)
    }
  }
}

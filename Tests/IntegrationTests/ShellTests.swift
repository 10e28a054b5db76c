// SPDX-License-Identifier: Apache-2.0

import Foundation
import Livy
import TestSupport
import Testing
import Transport

extension Integration {
  @Suite("livy shell at a terminal")
  struct ShellTests {
    @Test("One session, as a person uses it, until its server is killed")
    func wholeDay() async throws {
      try await ServerProcess.running { server in
        let shell = try Self.shell(
          server, ["--conf", "spark.ui.enabled=false", "--conf", "livy.repl.rich-output=true"])
        try await shell.expect("ready: SparkSession and interpreter work", within: .seconds(120))
        try await shell.expect("python> ")
        try await Self.edit(shell)
        try await Self.cancel(shell)
        try await Self.show(shell, in: server)
        try await Self.lose(server, shell)
      }
    }

    private static func shell(
      _ server: ServerProcess, _ arguments: [String]
    ) throws -> PseudoTerminal {
      var variables = Surroundings.forPrograms
      let mark = server.folder.mark.split(separator: "=").map(String.init)
      variables[mark[0]] = mark[1]
      variables["LIVY_URL"] = server.client.url
      variables["XDG_STATE_HOME"] = server.folder.files
      variables["TERM"] = "xterm"
      for name in ["NO_COLOR", "KITTY_WINDOW_ID", "TERM_PROGRAM", "TMUX"] { variables[name] = nil }
      let images = server.folder.files + "/images"
      return try PseudoTerminal(
        [Surroundings.value("LIVY_TEST_SERVER"), "shell", "--images-to", images] + arguments,
        environment: variables)
    }

    private static func edit(_ shell: PseudoTerminal) async throws {
      await shell.press("spark.ran\t(7).count()\r")
      try await shell.expect("spark.range(7).count()")
      try await shell.expect("7\r\n")
      try await shell.expect("python> ")
      for keys in ["def twice(x):", "\r", "return 2 * x", "\r"] {
        await shell.press(keys)
        try await shell.expect(keys == "\r" ? "...> " : keys)
      }
      await shell.press("\r")
      try await shell.expect("python> ")
      await shell.press("twice(21)\r")
      try await shell.expect("42\r\n")
      await shell.press("\u{1B}[A\u{7F}\u{7F}\u{7F}4)\r")
      try await shell.expect("8\r\n")
      await shell.press("1/0\r")
      try await shell.expect("ZeroDivisionError: division by zero")
      try await shell.expect("python> ")
    }

    private static func cancel(_ shell: PseudoTerminal) async throws {
      await shell.press("import time\r")
      try await shell.expect("python> ")
      let loop = "print('begun', flush=True); [time.sleep(0.1) for _ in range(600)]"
      await shell.press(loop + "\r")
      try await shell.expect("\nbegun")
      await shell.press("\u{3}")
      try await shell.expect("cancelling the statement")
      try await shell.expect("was cancelled")
      try await shell.expect("python> ")
      let job = "sc.range(0, 8, 1, 8).map(lambda x: (time.sleep(0.3), x)[1]).sum()"
      await shell.press(job + "\r")
      // The bar, and at its end the result in its place.
      try await shell.expect("#")
      try await shell.expect("\r\u{1B}[K28\r\n")
      try await shell.expect("python> ")
    }

    private static func show(_ shell: PseudoTerminal, in server: ServerProcess) async throws {
      await shell.press("spark.range(3).createOrReplaceTempView('three')\r")
      try await shell.expect("python> ")
      await shell.press("%kind sql\r")
      try await shell.expect("sql> ")
      // An interpreter that was not used yet completes nothing.
      await shell.press("SHOW TABLES;\r")
      try await shell.expect("three")
      try await shell.expect("sql> ")
      await shell.press("SELECT id, 'é' AS text FROM thr\t WHERE id > 0;\r")
      try await shell.expect("FROM three WHERE")
      try await shell.expect("│  1 │ é    │")
      try await shell.expect("2 rows")
      try await shell.expect("sql> ")
      await shell.press("%kind python\r")
      try await shell.expect("python> ")
      let picture =
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
      await shell.press(
        "import base64; P = type('P', (), {'_repr_png_': lambda s: base64.b64decode('\(picture)')}); P()\r"
      )
      try await shell.expect("image saved: \(server.folder.files)/images/session-0-statement-")
      try await shell.expect("python> ")
    }

    private static func lose(_ server: ServerProcess, _ shell: PseudoTerminal) async throws {
      await shell.press("time.sleep(60)\r")
      let runs = await eventually {
        (try? await server.client.session(0).state) == .busy
      }
      #expect(runs)
      _ = await server.kill9()
      try await shell.expect("Cannot reach \(server.client.url)")
      try await shell.expect("python> ")
      await shell.press("\u{4}")
      try await shell.expect("ending session 0")
      #expect(try await shell.end() == .exit(3))
      #expect(shell.isUsual)
      let history = server.folder.text(of: server.folder.files + "/livy/history")
      #expect(history.hasPrefix("spark.range(7).count()\ndef twice(x):\\n    return 2 * x\n"))
    }
  }
}

// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import LivyCore
internal import LivyDriver
internal import TestSupport
internal import Testing
internal import Transport

/// The R runner in a real R, without Spark: the tier `r` installs one.
@Suite(
  "R", .enabled(if: ProcessInfo.processInfo.environment["LIVY_TEST_TIER"] == "r"), .serialized)
struct RRunnerTests {
  private func withR(_ body: (RInterpreter) async throws -> Void) async throws {
    let loop = try EventLoop.start(name: "r")
    let options = ROptions(environment: ProcessInfo.processInfo.environment)
    let interpreter = RInterpreter(options, in: nil, on: loop)
    var problem: (any Error)?
    do {
      try await interpreter.start()
      try await body(interpreter)
    } catch { problem = error }
    await interpreter.stop()
    await loop.stop()
    if let problem { throw problem }
  }

  private func parts(_ code: String, in interpreter: RInterpreter) async -> [OutputPart] {
    let outcome = await interpreter.run(code, statement: StatementID(0)) { _ in }
    guard case .output(.success(let parts)) = outcome else {
      Issue.record("\(code): \(outcome)")
      return []
    }
    return parts
  }

  private func failure(_ code: String, in interpreter: RInterpreter) async -> StatementFailure? {
    let outcome = await interpreter.run(code, statement: StatementID(0)) { _ in }
    guard case .output(.failure(let failure)) = outcome else {
      Issue.record("\(code): \(outcome)")
      return nil
    }
    #expect(failure.name == "Error")
    #expect(failure.traceback.isEmpty)
    return failure
  }

  @Test("Values and prints have R's own form, and variables stay")
  func values() async throws {
    try await withR { interpreter in
      for (code, text) in [
        ("1 + 2", "[1] 3"), ("x <- 7", ""), ("x * 6", "[1] 42"), ("cat('one\\n'); x", "one\n[1] 7"),
        ("print('Grüße 😀')", "[1] \"Grüße 😀\""), ("# words", ""), ("", ""), ("invisible(3)", ""),
        ("f <- function(n) {\n  n + 1\n}\nf(1)", "[1] 2"), ("NULL", "NULL"),
        ("message('to stderr')", "to stderr"), ("system('echo sub')", "sub"),
        ("cat('\\n\\nend\\n\\n')", "end"),
      ] {
        #expect(await parts(code, in: interpreter) == [.plain(text)], "\(code)")
      }
      let long = await parts("cat(strrep('é', 3e6))", in: interpreter)
      #expect(long == [.plain(String(repeating: "é", count: 3_000_000))])
    }
  }

  @Test("Errors have R's words, and what ran before them has run")
  func errors() async throws {
    try await withR { interpreter in
      #expect(await failure("y <- 1\nnosuch", in: interpreter)?.value.contains("'nosuch'") == true)
      #expect(await parts("y", in: interpreter) == [.plain("[1] 1")])
      #expect(await failure("stop('boom')", in: interpreter)?.value.contains("boom") == true)
      #expect(await failure("z <- 1\n1 +", in: interpreter)?.value.contains("unexpected") == true)
      #expect(
        await failure("f <- function() stop('é')\nf()", in: interpreter)?.value
          == "Error in f() : é")
      #expect(await parts("1", in: interpreter) == [.plain("[1] 1")])
    }
  }

  @Test("A plot comes as an image beside the text")
  func plot() async throws {
    try await withR { interpreter in
      let drawn = await parts("plot(1:3)\ncat('drawn')", in: interpreter)
      #expect(drawn.map(\.mimeType) == ["text/plain", "image/png"])
      guard case .text(let image)? = drawn.last?.content else { return }
      #expect(Data(base64Encoded: image)?.starts(with: [0x89, 0x50, 0x4E, 0x47]) == true)
      #expect(await parts("1", in: interpreter).count == 1)
    }
  }

  @Test("An interrupt ends what runs, and the variables live on")
  func interrupt() async throws {
    try await withR { interpreter in
      _ = await parts("kept <- 41", in: interpreter)
      for code in ["cat('on'); Sys.sleep(600)", "cat('on'); repeat kept <- kept"] {
        let printed = Locked("")
        let running = Task {
          await interpreter.run(code, statement: StatementID(1)) { text in
            printed.withLock { $0 += text }
          }
        }
        // Nothing is flushed while it sleeps: it is asked again until it ends.
        let ended = Locked(false)
        let watching = Task {
          _ = await running.value
          ended.withLock { $0 = true }
        }
        while !ended.withLock({ $0 }) {
          await interpreter.interrupt()
          try? await Task.sleep(for: .milliseconds(100))
        }
        await watching.value
        guard case .output(.failure(let failure)) = await running.value else {
          Issue.record("\(await running.value)")
          return
        }
        #expect(failure.value == "interrupted")
      }
      #expect(await parts("kept + 1", in: interpreter) == [.plain("[1] 42")])
    }
  }

  @Test("R's own end is told with its last words")
  func end() async throws {
    try await withR { interpreter in
      let code = "cat('bye\\n'); quit('no', 3)"
      let outcome = await interpreter.run(code, statement: StatementID(0)) { _ in }
      guard case .died(let reason) = outcome else {
        Issue.record("\(outcome)")
        return
      }
      #expect(reason.contains("bye"))
    }
  }
}

// SPDX-License-Identifier: Apache-2.0

import LivyDriver
import Testing
import Transport

@Suite("Python that starts before Spark")
struct PythonHeadStartTests {
  func begin(
    _ executable: String, workers: String? = nil,
    _ body: (PythonHeadStart) async throws -> Void
  ) async throws {
    let loop = try EventLoop.start(name: "head start")
    var options = PythonOptions(environment: ["PATH": "/usr/bin:/bin"])
    options.executable = executable
    options.environment["PYSPARK_PYTHON"] = workers
    let start = await PythonHeadStart.begin(options, files: PythonFiles(), on: loop)
    try await body(start)
    await loop.stop()
  }

  @Test("It is given once")
  func once() async throws {
    for name in ["python3", "/usr/bin/env"] {
      try await begin(name) { start in
        let interpreter = try #require(start.take())
        #expect(start.take() == nil)
        await interpreter.stop()
      }
    }
  }

  @Test("One that cannot be started, or that Spark has yet to bring, is left to the session")
  func none() async throws {
    try await begin("/nowhere/python3") { #expect($0.take() == nil) }
    try await begin("./env/bin/python") { #expect($0.take() == nil) }
    try await begin("env/bin/python") { #expect($0.take() == nil) }
    try await begin("python3", workers: "./env/bin/python") { #expect($0.take() == nil) }
  }
}

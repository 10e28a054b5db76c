// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import LivyCore
internal import LivyDriver
internal import LivyPy4J
internal import TestSupport
internal import Testing
internal import Transport

struct RInterpreterTests {
  @Test("Without R, or without Spark's R package, the error says what is missing and where it is")
  func missing() async throws {
    let loop = try EventLoop.start(name: "r")
    let spark = ScriptedGateway(on: loop, script: ScriptedSpark.answer)
    let gateway = Gateway(loop: loop, secret: "secret") { await spark.dial() }
    let connection = try await gateway.open()
    let application = try await SparkApplication.start(through: gateway, on: connection)
    let none = RInterpreter(
      ROptions(environment: ["PATH": "/nowhere"]), in: application, on: loop)
    let noR = await #expect(throws: InterpreterError.self) { try await none.start() }
    #expect(noR?.message.contains("Rscript") == true)
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let script = folder.appending(path: "Rscript")
    try Data("#!/bin/sh\nexit 3\n".utf8).write(to: script)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script.path)
    let environment = ["PATH": "\(folder.path):/bin", "SPARK_HOME": folder.path]
    let bare = RInterpreter(ROptions(environment: environment), in: application, on: loop)
    let noPackage = await #expect(throws: InterpreterError.self) { try await bare.start() }
    #expect(noPackage?.message.contains("R/lib/SparkR") == true)
    #expect(noPackage?.message.contains("spark.apache.org/downloads") == true)
    // An R that ends at once.
    let brief = RInterpreter(ROptions(environment: environment), in: nil, on: loop)
    let ended = await #expect(throws: InterpreterError.self) { try await brief.start() }
    #expect(ended?.message.contains("R ended before it was ready") == true)
    await connection.close()
    await loop.stop()
  }
}

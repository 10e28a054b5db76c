// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import LivyCommand

@Suite("The doctor")
struct DoctorTests {
  @Test(
    "Java's version is judged",
    arguments: [
      ("openjdk version \"17.0.15\" 2025-04-15", Finding.Verdict.fine),
      ("java version \"1.8.0_392\"", .fine), ("openjdk version \"11\" 2018-09-25", .fine),
      ("openjdk version \"24\" 2025", .doubtful), ("java version \"1.7.0_80\"", .missing),
      ("Picked up JAVA_TOOL_OPTIONS: -Xmx1g\nopenjdk version \"17.0.1\"", .fine),
      ("no version here", .doubtful), (nil, .missing),
    ] as [(String?, Finding.Verdict)])
  func java(output: String?, verdict: Finding.Verdict) {
    let finding = VersionChecks.java(output, place: "/usr/bin/java")
    #expect(finding.verdict == verdict, "\(finding)")
    #expect((finding.remedy == nil) == (verdict == .fine))
  }

  @Test(
    "Python's version is judged",
    arguments: [
      ("Python 3.11.2\n", Finding.Verdict.fine), ("Python 3.8.0", .fine),
      ("Python 3.7.9", .missing), ("Python 2.7.18", .missing), ("", .missing), (nil, .missing),
    ] as [(String?, Finding.Verdict)])
  func python(output: String?, verdict: Finding.Verdict) {
    #expect(VersionChecks.python(output, place: "python3").verdict == verdict)
  }

  @Test("The libraries' versions are judged")
  func libraries() {
    #expect(VersionChecks.openSSL("OpenSSL 3.0.17 1 Jul 2025").verdict == .fine)
    #expect(VersionChecks.openSSL("OpenSSL 1.1.1w").verdict == .missing)
    #expect(VersionChecks.openSSL("LibreSSL 3.8.0").verdict == .missing)
    #expect(VersionChecks.libuv("1.44.2").verdict == .fine)
    #expect(VersionChecks.libuv("1.9.1").verdict == .missing)
  }

  @Test("Spark's version is read from its jars")
  func sparkVersion() {
    #expect(
      VersionChecks.sparkVersion(jars: ["spark-core_2.12-3.5.8.jar", "x.jar"]) == "3.5.8")
    #expect(VersionChecks.sparkVersion(jars: ["x.jar"]) == nil)
  }

  @Test("Places that are not there are missing, each with a remedy")
  func places() throws {
    #expect(PlaceChecks.spark(nil).verdict == .missing)
    #expect(PlaceChecks.spark("/nowhere").verdict == .missing)
    #expect(PlaceChecks.driver("/nowhere/livy-driver").verdict == .missing)
    #expect(PlaceChecks.driver("/nowhere/livy-driver").remedy != nil)
  }

  @Test("A state folder may be missing where it can be made, and must not be open to others")
  func stateFolder() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(PlaceChecks.stateFolder(folder.path + "/a/b").verdict == .fine)
    #expect(!FileManager.default.fileExists(atPath: folder.path), "looking makes nothing")
    try FileManager.default.createDirectory(
      at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
    #expect(PlaceChecks.stateFolder(folder.path).verdict == .doubtful)
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o700], ofItemAtPath: folder.path)
    #expect(PlaceChecks.stateFolder(folder.path).verdict == .fine)
    let file = folder.appending(path: "file")
    try Data().write(to: file)
    #expect(PlaceChecks.stateFolder(file.path + "/livy").verdict == .missing)
  }

  @Test("A program that does not end is stopped, and one that fails says nothing")
  func probes() async {
    #expect(await ProgramProbe.output(of: "/bin/echo", ["hello"]) == "hello\n")
    #expect(await ProgramProbe.output(of: "/bin/false", []) == nil)
    #expect(await ProgramProbe.output(of: "/nowhere", []) == nil)
    let endless = await ProgramProbe.output(
      of: "/bin/sleep", ["600"], within: .milliseconds(50))
    #expect(endless == nil)
  }

  @Test("Programs are found along PATH")
  func find() {
    #expect(ProgramProbe.find("sh", path: "/nowhere:/bin") == "/bin/sh")
    #expect(ProgramProbe.find("sh", path: "/nowhere") == nil)
    #expect(ProgramProbe.find("/bin/sh", path: nil) == "/bin/sh")
  }

  @Test("Findings are laid out with their remedies beneath")
  func layout() {
    let terminal = Terminal(
      isOutputShown: false, isErrorShown: false, columns: 80, hasColours: true)
    let lines = DoctorCommand.lines(
      [.fine("Java", "17"), .missing("Python", "none", mend: "install it")], terminal)
    #expect(
      lines == [
        "  ok  Java    17", "FAIL  Python  none", "              to mend it: install it",
      ])
  }
}

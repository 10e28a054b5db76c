// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Livy
import LivyAPI
import Testing

@testable import LivyCommand

@Suite("livy batch")
struct BatchCommandTests {
  @Test(
    "All behind the file goes to the application, options before it are ours",
    arguments: [
      (["job.py"], []), (["job.py", "1", "2"], ["1", "2"]),
      (["--name", "n", "job.py", "--name", "x", "-v"], ["--name", "x", "-v"]),
      (["--no-wait", "job.py", "--", "a", "--no-wait"], ["--", "a", "--no-wait"]),
    ])
  func arguments(line: [String], passed: [String]) throws {
    let command = try BatchRunCommand.parse(line)
    #expect(command.file == "job.py")
    #expect(command.arguments == passed)
    #expect(command.name == (line.contains("n") ? "n" : nil))
    #expect(command.noWait == (line.first == "--no-wait"))
  }

  @Test("A conf without a value is refused")
  func badConf() {
    #expect(throws: (any Error).self) { try BatchRunCommand.parse(["--conf", "x", "job.py"]) }
    #expect(throws: (any Error).self) { try BatchRunCommand.parse([]) }
  }

  @Test("A relative path is made absolute; URIs and absolute paths stay as they are")
  func paths() {
    for file in ["/data/job.py", "hdfs:///job.py", "file:/a", "s3a://b/j.jar", ""] {
      #expect(BatchRunCommand.absolute(file) == file)
    }
    let path = BatchRunCommand.absolute("jobs/job.py")
    #expect(path.hasPrefix("/") && path.hasSuffix("/jobs/job.py"))
  }

  @Test("A batch's log in its parts, also when it is cut or another server's")
  func logParts() {
    let whole = BatchLog(["stdout: ", "a", "b", "\nstderr: ", "The batch ended with signal 9."])
    #expect(whole.output == ["a", "b"])
    #expect(whole.notes == ["The batch ended with signal 9."])
    #expect(BatchLog(["b", "\nstderr: "]).output == ["b"])
    #expect(BatchLog(["only"]).output == ["only"])
    #expect(BatchLog([]).output == [])
    let twice = BatchLog(["stdout: ", "a", "\nstderr: ", "b", "\nstderr: ", "n"])
    #expect(twice.output == ["a", "\nstderr: ", "b"])
  }

  @Test("Only what is new is shown, and the last line when it cannot grow any more")
  func follower() {
    var log = LogFollower()
    #expect(log.fresh(of: [], isComplete: false) == LogFollower.Fresh())
    #expect(log.fresh(of: ["a", "b"], isComplete: false).lines == ["a"])
    #expect(log.fresh(of: ["a", "bc", "d"], isComplete: false).lines == ["bc"])
    #expect(log.fresh(of: ["a", "bc", "d"], isComplete: false).lines == [])
    #expect(log.fresh(of: ["bc", "d", "e", "f"], isComplete: false).lines == ["d", "e"])
    let gap = log.fresh(of: ["x", "y"], isComplete: false)
    #expect(gap == LogFollower.Fresh(lines: ["x"], hasGap: true))
    #expect(log.fresh(of: ["x", "y"], isComplete: true).lines == ["y"])
    #expect(log.fresh(of: ["x", "y"], isComplete: true) == LogFollower.Fresh())
  }

  @Test("Repeated lines are neither lost nor shown twice", arguments: 1...7)
  func window(size: Int) {
    let written = (0..<60).map { "line \($0 / 2 % 5)\($0 < 30 ? "" : " of \($0)")" }
    var log = LogFollower()
    var shown: [String] = []
    for end in 1...written.count {
      let window = Array(written[..<end].suffix(size + 10))
      shown += log.fresh(of: window, isComplete: end == written.count).lines
    }
    #expect(shown == written)
  }

  @Test("The table and the view of batches")
  func views() {
    var batch = Batch(id: 3, state: .dead)
    batch.name = "etl"
    batch.log = ["stdout: ", "line", "\nstderr: ", "The batch ended with exit status 1."]
    #expect(
      BatchListCommand.table([batch]).lines(width: nil) == [
        "ID  NAME  STATE  OWNER  APPLICATION", "3   etl   dead   -      -",
      ])
    #expect(
      BatchShowCommand.lines(batch) == [
        "id               3", "name             etl", "state            dead",
        "reason           The batch ended with exit status 1.", "log              line",
      ])
  }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import LivyCore
import LivyLaunch
import Testing

@Suite("Processes of a session")
struct TaggedProcessesTests {
  @Test("The fields of /proc are read behind any program name")
  func status() throws {
    let rest = (4...21).map(String.init).joined(separator: " ")
    let status = try #require(ProcessStatus(pid: 5, stat: "5 (a) Z (b) c) S \(rest) 777 23\n"))
    #expect(status.identity.startTicks == 777)
    #expect(status.parent == 4)
    #expect(!status.isZombie)
    #expect(ProcessStatus(pid: 5, stat: "5 (a) Z \(rest) 777")?.isZombie == true)
  }

  @Test(
    "Text that is no such record is nothing", arguments: ["", "5 (a", "5 (a) S 1 2", "5 (a) S x"])
  func malformed(text: String) {
    #expect(ProcessStatus(pid: 5, stat: text) == nil)
  }

  @Test("A process tells its start time, and none is told of a pid that is free")
  func own() {
    #expect(ProcessStatus(pid: getpid())?.identity.pid == getpid())
    #expect(ProcessStatus(pid: 0) == nil)
  }

  @Test("Tagged processes are found in any session, with children that cleared their environment")
  func found() async throws {
    var generator = SystemRandomNumberGenerator()
    let uuid = SessionUUID(using: &generator)
    let script = "setsid sh -c 'sleep 600 & wait' & env -i sleep 600 & wait"
    let shell = Process()
    shell.executableURL = URL(fileURLWithPath: "/bin/sh")
    shell.arguments = ["-c", script]
    shell.environment = ["PATH": "/usr/bin:/bin", "LIVY_SESSION_TAG": uuid.text]
    try shell.run()
    var processes = TaggedProcesses(of: uuid)
    defer { _ = processes.signal(SIGKILL) }
    // The shell, its inner shell, and two sleeps.
    try await eventually { processes.find().count >= 4 }
    var other = TaggedProcesses(of: SessionUUID(using: &generator))
    #expect(other.find().isEmpty)
    // The shell's end does not hide the child without an environment, which was seen before.
    shell.terminate()
    shell.waitUntilExit()
    #expect(processes.find().count >= 3)
    _ = processes.signal(SIGKILL)
    try await eventually { processes.find().isEmpty }
  }
}

/// Waits until `condition` holds, for a minute at most.
func eventually(
  _ condition: () async throws -> Bool, sourceLocation: SourceLocation = #_sourceLocation
) async throws {
  let clock = ContinuousClock()
  let deadline = clock.now.advanced(by: .seconds(60))
  while try await !condition() {
    try #require(clock.now < deadline, "still not so", sourceLocation: sourceLocation)
    try await clock.sleep(for: .milliseconds(20))
  }
}

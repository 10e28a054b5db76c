// SPDX-License-Identifier: Apache-2.0

import Foundation
import LivyCore
import LivyLaunch
import TestSupport
import Testing
import Transport

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
    let shell = try Shell(
      "setsid sh -c 'sleep 600 & wait' & env -i sleep 600 & wait",
      environment: ["PATH=/usr/bin:/bin", "LIVY_SESSION_TAG=\(uuid)"])
    let processes = Locked(TaggedProcesses(of: uuid))
    defer { _ = processes.withLock { $0.signal(SIGKILL) } }
    // The shell, its inner shell, and two sleeps.
    #expect(await eventually { processes.withLock { $0.find().count } == 4 })
    var other = TaggedProcesses(of: SessionUUID(using: &generator))
    #expect(other.find().isEmpty)
    // The shell's end does not hide the child without an environment, which was seen before.
    shell.end()
    #expect(processes.withLock { $0.find().count } == 3)
    #expect(
      await eventually { processes.withLock { $0.signal(SIGKILL).isEmpty } })
  }

  @Test("The process that was launched belongs to the session before its environment shows it")
  func launched() throws {
    var generator = SystemRandomNumberGenerator()
    let shell = try Shell("kill -STOP $$", environment: [])
    defer { shell.end() }
    let identity = try #require(ProcessStatus(pid: shell.pid)).identity
    var processes = TaggedProcesses(of: SessionUUID(using: &generator), launched: identity)
    #expect(processes.find().contains(identity))
    #expect(!processes.areGone)
  }

  @Test("A process without an environment is looked at twice before all are said to be gone")
  func bare() async throws {
    var generator = SystemRandomNumberGenerator()
    let shell = try Shell("kill -STOP $$", environment: [])
    defer { shell.end() }
    let processes = Locked(TaggedProcesses(of: SessionUUID(using: &generator)))
    #expect(processes.withLock { $0.find() }.isEmpty)
    #expect(!processes.withLock { $0.areGone })
    // Other programs on this machine may be starting, too.
    #expect(
      await eventually {
        processes.withLock {
          _ = $0.find()
          return $0.areGone
        }
      })
  }
}

/// A shell that runs a script. Foundation's `Process` would hand it the signal mask of the calling
/// thread, which blocks nearly everything on threads that run tasks.
private struct Shell {
  let pid: pid_t

  init(_ script: String, environment: [String]) throws {
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var mask = sigset_t()
    sigemptyset(&mask)
    posix_spawnattr_setsigmask(&attributes, &mask)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    let words: [String] = ["sh", "-c", script]
    let arguments = words.map { strdup($0) } + [nil]
    let variables = environment.map { strdup($0) } + [nil]
    defer { for text in arguments + variables { free(text) } }
    var pid = pid_t()
    let code = posix_spawn(&pid, "/bin/sh", nil, &attributes, arguments, variables)
    try #require(code == 0)
    self.pid = pid
  }

  func end() {
    kill(pid, SIGKILL)
    var status: Int32 = 0
    waitpid(pid, &status, 0)
  }
}

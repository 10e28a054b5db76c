// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import TestSupport
internal import Testing
internal import Transport

/// Starts real processes; each test gets a loop that kills them at its end.
@Suite(.serialized) struct ChildProcessTests {
  private func withLoop(_ body: (EventLoop) async throws -> Void) async throws {
    let loop = try EventLoop.start(name: "test-children")
    do {
      try await body(loop)
    } catch {
      await loop.stop()
      throw error
    }
    await loop.stop()
  }

  private func shell(_ script: String) -> ChildProcessOptions {
    ChildProcessOptions(executable: "/bin/sh", arguments: ["-c", script])
  }

  /// Listens to a pipe of the child.
  private func probe(_ child: ChildProcess, _ descriptor: Int) async throws -> StreamProbe {
    let pipe = try #require(child.pipe(descriptor))
    return await pipe.startProbe()
  }

  private func isAlive(_ pid: Int32) -> Bool { kill(pid, 0) == 0 }

  private func withFolder(_ body: (URL) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "livy-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try await body(folder)
  }

  @Test("The exit status is the child's own", arguments: [0, 1, 42, 255] as [Int32])
  func status(status: Int32) async throws {
    try await withLoop { loop in
      let child = try await ChildProcess.spawn(shell("exit \(status)"), on: loop)
      #expect(await child.waitForExit() == .exited(status))
    }
  }

  @Test("What a library opened without close-on-exec is not handed down either")
  func inheritableDescriptors() async throws {
    let opened = open("/dev/null", O_RDONLY)
    let inheritable = fcntl(opened, F_DUPFD, 200)
    try #require(inheritable >= 200)
    defer {
      close(opened)
      close(inheritable)
    }
    try await withLoop { loop in
      let child = try await ChildProcess.spawn(
        shell("test ! -e /proc/self/fd/\(inheritable)"), on: loop)
      #expect(await child.waitForExit() == .exited(0))
    }
  }

  @Test("Many wait for one exit, early and late")
  func manyWaiters() async throws {
    try await withLoop { loop in
      var options = shell("read line; exit 3")
      options.descriptors = [.pipe(.toChild)]
      let child = try await ChildProcess.spawn(options, on: loop)
      let input = try #require(child.pipe(0))
      _ = await input.startProbe()
      await withTaskGroup(of: ChildProcess.ExitStatus.self) { group in
        for _ in 0..<10 { group.addTask { await child.waitForExit() } }
        await input.write(Array("go\n".utf8))
        for await status in group { #expect(status == .exited(3)) }
      }
      #expect(await child.waitForExit() == .exited(3))
    }
  }

  @Test("A signal is told as such; afterwards there is nobody to signal")
  func signal() async throws {
    try await withLoop { loop in
      let child = try await ChildProcess.spawn(shell("exec sleep 1000"), on: loop)
      #expect(isAlive(child.pid))
      #expect(await child.signal(SIGTERM, to: .process))
      #expect(await child.waitForExit() == .signalled(SIGTERM))
      #expect(await !child.signal(SIGTERM, to: .process))
    }
  }

  @Test("A group is signalled with all its members, also after its leader's end")
  func group() async throws {
    try await withLoop { loop in
      var options = shell("sleep 1000 & echo $!; exit 0")
      options.session = .own
      options.descriptors = [.null, .pipe(.fromChild)]
      let child = try await ChildProcess.spawn(options, on: loop)
      let output = try await probe(child, 1)
      #expect(await child.waitForExit() == .exited(0))
      #expect(await eventually { output.now.bytes.contains(10) })
      let text = String(decoding: output.now.bytes, as: UTF8.self)
      let grandchild = try #require(Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)))
      #expect(isAlive(grandchild))
      #expect(await child.signal(SIGKILL, to: .group))
      // The last holder of the pipe is gone.
      #expect(await eventually { output.hasEnded })
      #expect(output.now.error == nil)
    }
  }

  @Test("Without a session of its own there is no group to signal: it would be ours")
  func noGroup() async throws {
    try await withLoop { loop in
      let child = try await ChildProcess.spawn(shell("exec sleep 1000"), on: loop)
      #expect(await !child.signal(SIGTERM, to: .group))
      #expect(isAlive(child.pid))
      await child.signal(SIGKILL, to: .process)
      #expect(await child.waitForExit() == .signalled(SIGKILL))
    }
  }

  @Test("Pipes on further descriptors carry bytes both ways, and megabytes")
  func extraPipes() async throws {
    try await withLoop { loop in
      var options = shell("cat <&3 >&4")
      options.descriptors = [.null, .null, .null, .pipe(.toChild), .pipe(.fromChild)]
      let child = try await ChildProcess.spawn(options, on: loop)
      let input = try #require(child.pipe(3))
      let inputProbe = await input.startProbe()
      let output = try await probe(child, 4)
      let bytes = [UInt8](repeating: 7, count: 8 << 20) + [1, 2, 3]
      await input.write(bytes)
      await input.finish()
      #expect(await child.waitForExit() == .exited(0))
      #expect(await eventually { output.hasEnded && inputProbe.hasEnded })
      #expect(output.now.bytes == bytes)
      #expect(output.now.error == nil)
      #expect(inputProbe.now.error == nil)
      #expect(child.pipe(0) == nil)
    }
  }

  @Test("The writer learns that the child closed its end")
  func childCloses() async throws {
    try await withLoop { loop in
      var options = shell("exec <&-; read line <&3")
      options.descriptors = [.pipe(.toChild), .null, .null, .pipe(.toChild)]
      let child = try await ChildProcess.spawn(options, on: loop)
      let input = try await probe(child, 0)
      #expect(await eventually { input.hasEnded })
      await child.pipe(3)?.cancel()
      #expect(await child.waitForExit() != .unknown)
    }
  }

  @Test("The environment is exactly what was asked for, and so is the folder")
  func environment() async throws {
    try await withLoop { loop in
      var options = ChildProcessOptions(executable: "/usr/bin/env", arguments: [])
      options.environment = .exactly(["A": "1", "B": "two words"])
      options.descriptors = [.null, .pipe(.fromChild)]
      let child = try await ChildProcess.spawn(options, on: loop)
      let output = try await probe(child, 1)
      #expect(await eventually { output.hasEnded })
      #expect(output.now.bytes == Array("A=1\nB=two words\n".utf8))
      #expect(await child.waitForExit() == .exited(0))

      var inFolder = shell("pwd")
      inFolder.workingDirectory = "/usr"
      inFolder.descriptors = [.null, .pipe(.fromChild)]
      let second = try await ChildProcess.spawn(inFolder, on: loop)
      let folder = try await probe(second, 1)
      #expect(await eventually { folder.hasEnded })
      #expect(folder.now.bytes == Array("/usr\n".utf8))
    }
  }

  @Test("Output goes into files of mode 0600, appended or from the beginning")
  func files() async throws {
    try await withFolder { folder in
      try await withLoop { loop in
        let path = folder.appending(path: "out.txt").path
        for (start, expected) in [
          (ChildProcessOptions.FileStart.append, "line\n"), (.append, "line\nline\n"),
          (.truncate, "line\n"),
        ] {
          var options = shell("echo line; echo error >&2")
          options.descriptors = [.null, .file(path, start), .file(path + ".err", .append)]
          let child = try await ChildProcess.spawn(options, on: loop)
          #expect(await child.waitForExit() == .exited(0))
          #expect(try String(contentsOfFile: path, encoding: .utf8) == expected)
        }
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
        #expect(mode as? Int == 0o600)
      }
    }
  }

  private func failure(of options: ChildProcessOptions, on loop: EventLoop) async -> TransportError?
  {
    await #expect(throws: TransportError.self) {
      try await ChildProcess.spawn(options, on: loop)
    }
  }

  @Test("What cannot be started is named, with the system's reason")
  func failures() async throws {
    try await withLoop { loop in
      let missing = await failure(of: .init(executable: "/no/such/program"), on: loop)
      #expect(missing?.code == .spawnFailed)
      #expect(missing?.message.contains("/no/such/program") == true)
      #expect(missing?.reason == "no such file or directory (ENOENT)")

      let forbidden = await failure(of: .init(executable: "/etc/passwd"), on: loop)
      #expect(forbidden?.reason == "permission denied (EACCES)")

      var lost = shell("exit 0")
      lost.workingDirectory = "/no/such/folder"
      let folder = await failure(of: lost, on: loop)
      #expect(folder?.message.contains("no such working directory") == true)

      var unwritable = shell("exit 0")
      unwritable.descriptors = [.pipe(.toChild), .file("/no/such/file", .append)]
      let file = await failure(of: unwritable, on: loop)
      #expect(file?.message.contains("/no/such/file") == true)

      #expect(await failure(of: shell("a\0b"), on: loop)?.code == .spawnFailed)
    }
  }

  @Test("When the loop stops a bound child is killed with its group and reaped")
  func endsWithLoop() async throws {
    let loop = try EventLoop.start(name: "test-bound")
    var options = shell("sleep 1000 & wait")
    options.session = .own
    let child = try await ChildProcess.spawn(options, on: loop)
    async let status = child.waitForExit()
    await loop.stop()
    let ended = await status
    #expect(ended == .signalled(SIGKILL))
    #expect(!isAlive(child.pid))
  }

  @Test("A child that may outlive us is left alone")
  func outlives() async throws {
    let loop = try EventLoop.start(name: "test-free")
    var options = shell("exec sleep 1000")
    options.session = .own
    options.lifetime = .mayOutliveUs
    let child = try await ChildProcess.spawn(options, on: loop)
    async let status = child.waitForExit()
    await loop.stop()
    let ended = await status
    #expect(ended == .unknown)
    #expect(isAlive(child.pid))
    #expect(await child.signal(SIGKILL, to: .group))
    #expect(waitpid(child.pid, nil, 0) == child.pid)
  }

  /// What a child finds open, besides the four that it is given and the one that lists them.
  private func openDescriptors(_ loop: EventLoop) async throws -> Set<Substring> {
    var options = ChildProcessOptions(executable: "/bin/ls", arguments: ["/proc/self/fd"])
    options.descriptors = [.null, .pipe(.fromChild), .null, .pipe(.toChild)]
    let child = try await ChildProcess.spawn(options, on: loop)
    let output = try await probe(child, 1)
    #expect(await eventually { output.hasEnded })
    return Set(String(decoding: output.now.bytes, as: UTF8.self).split(separator: "\n"))
  }

  @Test("Children get none of our descriptors but those that they were given")
  func noLeaks() async throws {
    try await withLoop { loop in
      // Whoever started this process may have left some open.
      let before = try await openDescriptors(loop)
      let ends = try await Medium.tcp.connect()
      let after = try await openDescriptors(loop)
      #expect(before.isSuperset(of: ["0", "1", "2", "3"]))
      #expect(after.count == before.count)
      await ends.stop()
    }
  }
}

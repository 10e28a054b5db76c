// SPDX-License-Identifier: Apache-2.0

import Foundation
import Livy
import Testing

extension Integration {
  @Suite("livy-driver as a file")
  struct DriverFileTests {
    @Test("It is one static file of a bounded size")
    func file() async throws {
      let driver = try Surroundings.value("LIVY_TEST_DRIVER")
      let listed = try await Program.run("ldd", [driver], in: ServerFolder())
      #expect((listed.output + listed.errors).contains("not a dynamic executable"))
      let size = try #require(
        FileManager.default.attributesOfItem(atPath: driver)[.size] as? Int)
      #expect(size < 25_000_000)
    }

    @Test("It looks up no name and no user, and connects to nobody but server and JVM")
    func lookups() async throws {
      let folder = try ServerFolder()
      let driver = try Surroundings.value("LIVY_TEST_DRIVER")
      let trace = folder.path + "/trace"
      let wrapper = try folder.write(
        """
        #!/bin/sh
        exec strace -f -e trace=open,openat,connect,execve,clone,clone3,fork,vfork -o '\(trace)' '\(driver)' "$@"

        """, to: "driver", mode: 0o755)
      let settings = ["livy.server.driver": wrapper, "livy.rsc.launcher.address": "localhost"]
      try await ServerProcess.running(settings, in: folder) { server in
        let session = try await server.session()
        #expect(try await session.text("1+1") == "2")
        _ = try await session.rows("SELECT current_user()")
        try await server.client.deleteSession(session.reference)
        await server.expectNoSessionProcess()
      }
      let calls = SystemCalls(trace: folder.text(of: trace), program: driver).own
      #expect(calls.contains { $0.contains("/launch\"") }, "the trace is not of a driver")
      let forbidden = [
        "/etc/passwd", "/etc/group", "/etc/nsswitch.conf", "/etc/resolv.conf", "/etc/hosts",
        "/etc/host.conf", "/nscd/", "libnss", "openssl.cnf",
      ]
      for call in calls {
        #expect(!forbidden.contains { call.contains($0) }, "\(call)")
      }
      let connects = calls.filter { $0.contains("connect(") }
      #expect(!connects.isEmpty)
      for call in connects {
        #expect(call.contains("127.0.0.1") || call.contains("\"::1\""), "\(call)")
      }
    }
  }
}

/// A trace of strace, sorted by who called.
private struct SystemCalls {
  /// The calls of a program and its threads, without those of the programs that it started.
  let own: [String]

  init(trace: String, program: String) {
    let lines = trace.split(separator: "\n").compactMap { line -> (pid: Int, call: String)? in
      let halves = line.split(separator: " ", maxSplits: 1)
      guard halves.count == 2, let pid = Int(halves[0]) else { return nil }
      return (pid, String(halves[1]).trimmingCharacters(in: .whitespaces))
    }
    let isOther = { (call: String) in
      call.hasPrefix("execve(") && !call.hasPrefix("execve(\"\(program)\"")
    }
    // Whoever became another program, and all that those started.
    var others = Set(lines.filter { isOther($0.call) }.map(\.pid))
    var children: [(parent: Int, child: Int)] = []
    for (pid, call) in lines where call.contains("clone") || call.contains("fork") {
      if let child = call.split(separator: " ").last.flatMap({ Int($0) }) {
        children.append((pid, child))
      }
    }
    var isGrowing = true
    while isGrowing {
      let more = children.filter { others.contains($0.parent) }.map(\.child)
      isGrowing = !others.isSuperset(of: more)
      others.formUnion(more)
    }
    own = lines.filter { !others.contains($0.pid) }.map(\.call)
  }
}

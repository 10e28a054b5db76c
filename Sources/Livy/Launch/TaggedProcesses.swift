// SPDX-License-Identifier: Apache-2.0

internal import Glibc
package import LivyCore

/// Finds and signals every process that carries a session's tag in its environment: spark-submit,
/// the JVM, the driver, Python, and what user code started, in whatever process group.
///
/// A process that cleared its environment is found as long as one that it descends from is still
/// there.
package struct TaggedProcesses: Sendable {
  /// `NAME=value`, as it stands in the environment.
  private let tag: [UInt8]
  private let environmentBytesMax: Int
  /// Found before: children of those that ended meanwhile are not lost.
  private var known: Set<Identity> = []

  /// A process, told from a later one with the same pid by the time of its start.
  package struct Identity: Hashable, Sendable {
    package let pid: Int32
    package let startTicks: UInt64
  }

  package init(of session: SessionUUID, limits: LaunchLimits = LaunchLimits()) {
    tag = Array("\(SparkSubmitLine.tagVariable)=\(session)".utf8)
    environmentBytesMax = limits.processEnvironmentBytesMax
  }

  /// Sends `signal` to all that are left; empty if none is.
  package mutating func signal(_ signal: Int32) -> Set<Identity> {
    let found = find()
    for process in found where ProcessStatus(pid: process.pid)?.identity == process {
      kill(process.pid, signal)
    }
    return found
  }

  /// All that are left now. Only processes of our own user, without zombies, and never this process
  /// itself.
  package mutating func find() -> Set<Identity> {
    let all = Self.pids().compactMap { ProcessStatus(pid: $0) }
      .filter { !$0.isZombie && $0.identity.pid != getpid() && Self.isOurs($0.identity.pid) }
    var found = Set(
      all.filter { known.contains($0.identity) || isTagged($0.identity.pid) }.map(\.identity))
    // Their children, and the children's, until there are no more.
    var generation = found
    while !generation.isEmpty {
      let parents = Set(generation.map(\.pid))
      generation = Set(all.filter { parents.contains($0.parent) }.map(\.identity))
      generation.subtract(found)
      found.formUnion(generation)
    }
    known = found
    return found
  }

  private func isTagged(_ pid: pid_t) -> Bool {
    let path = "/proc/\(pid)/environ"
    guard let bytes = try? FileSystem.read(.first, environmentBytesMax, of: path) else {
      return false
    }
    return bytes.split(separator: 0).contains { $0.elementsEqual(tag) }
  }

  private static func isOurs(_ pid: pid_t) -> Bool {
    var status = stat()
    return stat("/proc/\(pid)", &status) == 0 && status.st_uid == geteuid()
  }

  private static func pids() -> [pid_t] {
    guard let folder = opendir("/proc") else { return [] }
    defer { closedir(folder) }
    var pids: [pid_t] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { name in
        name.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if let pid = pid_t(name) { pids.append(pid) }
    }
    return pids
  }
}

/// The fields of /proc/PID/stat that tell processes apart; see proc(5).
package struct ProcessStatus: Equatable, Sendable {
  package let identity: TaggedProcesses.Identity
  package let parent: Int32
  package let isZombie: Bool

  /// Nil if there is no such process.
  package init?(pid: Int32) {
    guard let bytes = try? FileSystem.read(.first, 4 << 10, of: "/proc/\(pid)/stat") else {
      return nil
    }
    self.init(pid: pid, stat: String(decoding: bytes, as: UTF8.self))
  }

  /// The program's name stands in parentheses and may hold anything, so the fields are counted from
  /// the last one.
  package init?(pid: Int32, stat: String) {
    guard let nameEnd = stat.lastIndex(of: ")") else { return nil }
    let fields = stat[stat.index(after: nameEnd)...].split(separator: " ")
    // state is field 3 of the file, ppid 4, starttime 22.
    guard fields.count > 19, let parent = pid_t(fields[1]), let ticks = UInt64(fields[19]) else {
      return nil
    }
    identity = TaggedProcesses.Identity(pid: pid, startTicks: ticks)
    self.parent = parent
    isZombie = fields[0] == "Z" || fields[0] == "X"
  }
}

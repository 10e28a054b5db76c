// SPDX-License-Identifier: Apache-2.0

internal import Glibc
package import LivyCore

/// Finds and signals every process that carries a session's tag in its environment: spark-submit,
/// the JVM, the driver, Python, and what user code started, in whatever process group.
///
/// A process that cleared its environment is found as long as one that it descends from is still
/// there. One whose program is just being loaded has none for a moment: Linux ends the parent's
/// vfork(2) before the new environment is in place. So `areGone` wants a second look at such a one.
package struct TaggedProcesses: Sendable {
  /// `NAME=value`, as it stands in the environment.
  private let tag: [UInt8]
  private let environmentBytesMax: Int
  /// Found before: children of those that ended meanwhile are not lost.
  private var known: Set<Identity>
  /// Seen without an environment at the last look.
  private var bare: Set<Identity> = []
  /// False when one was seen without an environment for the first time: it may show the tag at the
  /// next look.
  private var isSettled = true

  /// A process, told from a later one with the same pid by the time of its start.
  package struct Identity: Hashable, Sendable {
    package let pid: Int32
    package let startTicks: UInt64
  }

  /// `launched` is known to belong to the session, whatever its environment shows.
  package init(
    of session: SessionUUID, launched: Identity? = nil, limits: LaunchLimits = LaunchLimits()
  ) {
    tag = Array("\(SparkSubmitLine.tagVariable)=\(session)".utf8)
    known = launched.map { [$0] } ?? []
    environmentBytesMax = limits.processEnvironmentBytesMax
  }

  /// Sends `signal` to all that are left but those of `except`; returns all that are left.
  @discardableResult
  package mutating func signal(
    _ signal: Int32, except: Set<Identity> = []
  ) -> Set<Identity> {
    let found = find()
    for process in found.subtracting(except)
    where ProcessStatus(pid: process.pid)?.identity == process {
      kill(process.pid, signal)
    }
    return found
  }

  /// The last look found none, and missed none.
  package var areGone: Bool { known.isEmpty && isSettled }

  /// All that are left now. Only processes of our own user, without zombies, and never this process
  /// itself.
  package mutating func find() -> Set<Identity> {
    let all = Self.pids().compactMap { ProcessStatus(pid: $0) }
      .filter { !$0.isZombie && $0.identity.pid != getpid() && Self.isOurs($0.identity.pid) }
    var found: Set<Identity> = []
    var bare: Set<Identity> = []
    for process in all.map(\.identity) {
      switch mark(of: process.pid) {
      case _ where known.contains(process): found.insert(process)
      case .ours: found.insert(process)
      case .foreign: break
      case .none: bare.insert(process)
      }
    }
    // Their children, and the children's, until there are no more.
    var generation = found
    while !generation.isEmpty {
      let parents = Set(generation.map(\.pid))
      generation = Set(all.filter { parents.contains($0.parent) }.map(\.identity))
      generation.subtract(found)
      found.formUnion(generation)
    }
    known = found
    isSettled = bare.subtracting(found).isSubset(of: self.bare)
    self.bare = bare
    return found
  }

  private enum Mark {
    case ours
    case foreign
    /// The environment is empty.
    case none
  }

  private func mark(of pid: pid_t) -> Mark {
    let path = "/proc/\(pid)/environ"
    // One that has just ended, or cannot be read.
    guard let bytes = try? FileSystem.read(.first, environmentBytesMax, of: path) else {
      return .foreign
    }
    guard !bytes.isEmpty else { return .none }
    return bytes.split(separator: 0).contains { $0.elementsEqual(tag) } ? .ours : .foreign
  }

  private static func isOurs(_ pid: pid_t) -> Bool {
    var status = stat()
    return stat("/proc/\(pid)", &status) == 0 && status.st_uid == geteuid()
  }

  private static func pids() -> [pid_t] {
    FolderListing.names(in: "/proc", max: .max)?.compactMap { pid_t($0) } ?? []
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

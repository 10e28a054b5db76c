// SPDX-License-Identifier: Apache-2.0

/// Which archives are made, one at a time and each once.
struct ArchiveQueue: Equatable, Sendable {
  private var waiting: [ArchiveKey] = []
  private(set) var underWay: ArchiveKey?
  /// Made or given up by this server: not tried again until it starts anew.
  private var settled: Set<ArchiveKey> = []

  /// More than these at once are no use: keys rise and fall with Sparks and Javas.
  static let keysMax = 16

  enum Answer: Equatable {
    /// Nothing is being made: begin.
    case begin
    case ignore
  }

  /// Somebody would have used it.
  mutating func want(_ key: ArchiveKey) -> Answer {
    guard !settled.contains(key), key != underWay, !waiting.contains(key),
      waiting.count < Self.keysMax
    else { return .ignore }
    waiting.append(key)
    return underWay == nil && waiting.count == 1 ? .begin : .ignore
  }

  /// Nil when none is wanted any more: then the next `want` begins again.
  mutating func next() -> ArchiveKey? {
    guard underWay == nil, !waiting.isEmpty else { return nil }
    underWay = waiting.removeFirst()
    return underWay
  }

  mutating func settle(_ key: ArchiveKey) {
    guard key == underWay else { return }
    underWay = nil
    if settled.count >= Self.keysMax { settled.removeAll() }
    settled.insert(key)
  }
}

/// What lies in the folder of archives, and what of it has to go.
struct ArchiveInventory: Equatable, Sendable {
  struct Entry: Equatable, Sendable {
    var name: String
    var bytes: Int64
    /// Seconds since 1970: when it was used last.
    var usedAt: Int64
  }

  /// Archives that are complete.
  var archives: [Entry] = []
  /// Pieces of rehearsals.
  var remains: [Entry] = []

  static let suffix = ".jsa"
  static let partSuffix = ".part"

  /// - Parameter files: whatever lies there; what is none of ours is left alone.
  init(_ files: [Entry]) {
    for file in files {
      if file.name.hasSuffix(Self.suffix) {
        archives.append(file)
      } else if file.name.hasSuffix(Self.partSuffix) {
        remains.append(file)
      }
    }
  }

  /// Names, oldest use first. `current` was just made and stays, unless it is too large itself.
  func surplus(
    at now: Int64, keeping current: String?, limits: ArchiveLimits
  ) -> [String] {
    var surplus: [String] = []
    let newestFirst = archives.sorted { left, right in
      if (left.name == current) != (right.name == current) { return left.name == current }
      return (left.usedAt, left.name) > (right.usedAt, right.name)
    }
    var count = 0
    var bytes: Int64 = 0
    for archive in newestFirst {
      let isOld = Self.age(of: archive, at: now) > limits.unusedMax && archive.name != current
      let (sum, overflow) = bytes.addingReportingOverflow(max(0, archive.bytes))
      if isOld || overflow || sum > limits.bytesMax || count >= limits.archivesMax {
        surplus.append(archive.name)
      } else {
        count += 1
        bytes = sum
      }
    }
    // Longer ago than any rehearsal lasts: its server did not live to see its end.
    let abandoned = remains.filter {
      Self.age(of: $0, at: now) > limits.rehearsalTimeMax * 2
    }
    return surplus.reversed() + abandoned.map(\.name)
  }

  /// A time that lies ahead is none.
  private static func age(of entry: Entry, at now: Int64) -> Duration {
    let (age, overflow) = now.subtractingReportingOverflow(entry.usedAt)
    return .seconds(overflow ? 0 : max(0, age))
  }
}

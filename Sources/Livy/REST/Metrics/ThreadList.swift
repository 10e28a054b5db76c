// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials

/// The threads of this process, as the kernel tells of them.
enum ThreadList {
  /// A thread that ends meanwhile is left out, and so are those beyond the limit.
  private static let threadsMax = 10_000

  /// A line for each thread: its number, its state in the kernel's letter, the time that it
  /// computed, its name.
  static func text(tasks: String = "/proc/self/task") -> String {
    let numbers = ((try? FileManager.default.contentsOfDirectory(atPath: tasks)) ?? [])
      .compactMap { Int($0) }.sorted().prefix(threadsMax)
    let lines = numbers.compactMap { number -> String? in
      guard let stat = try? String(contentsOfFile: "\(tasks)/\(number)/stat", encoding: .utf8)
      else { return nil }
      return line(of: stat)
    }
    return "thread\tstate\tcpu ticks\tname\n" + lines.joined()
  }

  /// proc(5): the name stands in parentheses and may hold anything; then the state, and as the 12th
  /// and 13th after the name the ticks in user and in kernel mode.
  static func line(of stat: String) -> String? {
    guard let open = stat.firstIndex(of: "("), let close = stat.lastIndex(of: ")"), open < close
    else { return nil }
    let number = stat[..<open].filter { $0 != " " }
    let name = stat[stat.index(after: open)..<close]
    let rest = stat[stat.index(after: close)...].split(whereSeparator: \.isWhitespace)
    guard rest.count > 12, let user = UInt64(rest[11]), let kernel = UInt64(rest[12]) else {
      return nil
    }
    return "\(number)\t\(rest[0])\t\(user &+ kernel)\t\(name)\n"
  }
}

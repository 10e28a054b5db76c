// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// A program at a pseudo terminal: a test sees what it writes, and presses its keys.
package final class PseudoTerminal: @unchecked Sendable {
  private var master: Int32
  package let pid: pid_t
  /// All that was written so far.
  package private(set) var output = ""
  private var status: Int32?

  /// TIOCSPTLCK and TIOCGPTN of Linux, and POSIX_SPAWN_SETSID of glibc.
  private static let setLock: UInt = 0x4004_5431
  private static let getNumber: UInt = 0x8004_5430
  private static let newSession: Int16 = 0x80

  /// What a process ended with: its status, or the signal that ended it.
  package enum End: Equatable, Sendable {
    case exit(Int32)
    case signal(Int32)
  }

  package struct Failure: Error, CustomStringConvertible {
    package var description: String
  }

  /// A program of this package: beside the tests' own.
  package static func program(_ name: String) -> String {
    URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
      .appending(path: name).path
  }

  /// - Parameter environment: replaces the whole of it.
  package init(
    _ command: [String], environment: [String: String], columns: UInt16 = 80, rows: UInt16 = 24
  ) throws {
    guard let program = command.first else { throw Failure(description: "no program") }
    // What posix_openpt, unlockpt and ptsname do, which Glibc's module does not have.
    master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    var lock: Int32 = 0
    var number: Int32 = -1
    guard master >= 0, ioctl(master, Self.setLock, &lock) == 0,
      ioctl(master, Self.getNumber, &number) == 0
    else {
      throw Failure(description: "no pseudo terminal: \(String(cString: strerror(errno)))")
    }
    let name = "/dev/pts/\(number)"
    var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(master, UInt(TIOCSWINSZ), &size)
    _ = fcntl(master, F_SETFL, O_NONBLOCK)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // A session of its own: the first terminal that it opens is then the one that controls it.
    posix_spawnattr_setflags(
      &attributes, Self.newSession | Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] {
      posix_spawn_file_actions_addopen(&actions, descriptor, name, O_RDWR, 0)
    }
    var argv = command.map { strdup($0) } + [nil]
    var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in argv + variables { free(text) } }
    var started = pid_t()
    guard posix_spawn(&started, program, &actions, &attributes, &argv, &variables) == 0 else {
      throw Failure(description: "\(program) does not start: build it first")
    }
    pid = started
  }

  deinit {
    if status == nil {
      kill(pid, SIGKILL)
      waitpid(pid, nil, 0)
    }
    if master >= 0 { close(master) }
  }

  // MARK: Keys

  package func press(_ keys: String) async {
    var rest = Array(keys.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(master, $0.baseAddress, $0.count) }
      if count > 0 {
        rest = rest.dropFirst(count)
      } else {
        guard errno == EAGAIN || errno == EINTR else { return }
        read()
        try? await Task.sleep(for: .milliseconds(1))
      }
    }
  }

  package func resize(columns: UInt16, rows: UInt16) {
    var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(master, UInt(TIOCSWINSZ), &size)
  }

  /// The terminal goes away, as when its window is closed.
  package func hangUp() {
    close(master)
    master = -1
  }

  // MARK: What is seen

  package func read() {
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while case let count = Foundation.read(master, &buffer, buffer.count), count > 0 {
      output += String(decoding: buffer.prefix(count), as: UTF8.self)
    }
  }

  /// Waits until a text has been written behind what was waited for before.
  @discardableResult
  package func expect(
    _ text: String, within limit: Duration = .seconds(30)
  ) async throws -> String {
    let end = ContinuousClock.now + limit
    while true {
      let isLast = hasEnded || ContinuousClock.now >= end
      read()
      if let range = output.range(of: text, range: place..<output.endIndex) {
        defer { seen = output.distance(from: output.startIndex, to: range.upperBound) }
        return String(output[place..<range.upperBound])
      }
      guard !isLast else {
        throw Failure(
          description: "no \(text.debugDescription) in: \(output[place...].debugDescription)")
      }
      try? await Task.sleep(for: .milliseconds(2))
    }
  }

  private var seen = 0
  private var place: String.Index { output.index(output.startIndex, offsetBy: seen) }

  /// The terminal hands lines over and shows what is typed, as a shell expects to find it.
  package var isUsual: Bool {
    // TCGETS of Linux: flags of input, output, control and local modes, then the rest.
    var flags = [UInt32](repeating: 0, count: 16)
    guard ioctl(master, 0x5401, &flags) == 0 else { return false }
    let lines = UInt32(ICANON | ECHO | ISIG)
    return flags[3] & lines == lines && flags[0] & UInt32(ICRNL) != 0
  }

  // MARK: The end

  private var hasEnded: Bool {
    if status != nil { return true }
    var now: Int32 = 0
    guard waitpid(pid, &now, WNOHANG) == pid else { return false }
    status = now
    return true
  }

  package func end(within limit: Duration = .seconds(30)) async throws -> End {
    let deadline = ContinuousClock.now + limit
    while !hasEnded, ContinuousClock.now < deadline {
      // Who writes to a terminal that nobody reads waits.
      read()
      try? await Task.sleep(for: .milliseconds(2))
    }
    read()
    guard let status else {
      throw Failure(description: "it goes on: \(output.suffix(2_000).debugDescription)")
    }
    return status & 0x7F == 0 ? .exit(status >> 8 & 0xFF) : .signal(status & 0x7F)
  }

  /// The process is stopped, as by Ctrl-Z.
  package var isStopped: Bool {
    let text = (try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)) ?? ""
    return text.split(separator: ")").last?.split(separator: " ").first == "T"
  }
}

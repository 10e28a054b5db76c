// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Answers the runner's lines, each with a line, until the input ends:
///
///     bytes SHAPE                       the encoded message in hexadecimal digits
///     measure SHAPE FORM MILLISECONDS   {"ns": 12.5}, or {} if there is no such form here
///     count SHAPE FORM                  {"allocations": 1.0}, or {}
struct Conversation {
  /// No program outlives its run, whatever became of the runner: the alarm's default is death.
  private static let lifeSeconds: UInt32 = 300

  private let shapes: [Shape]

  /// Exit status: 0 at the end of the input, 1 when something failed.
  static func main(_ shapes: () throws -> [Shape]) -> Never {
    _ = alarm(lifeSeconds)
    do {
      let conversation = Conversation(shapes: try shapes())
      while let line = readLine() {
        print(try conversation.answer(line.split(separator: " ").map(String.init)))
        fflush(nil)
      }
      exit(0)
    } catch {
      let line = Array("failed: \(error)\n".utf8)
      _ = Glibc.write(STDERR_FILENO, line, line.count)
      exit(1)
    }
  }

  private func answer(_ words: [String]) throws -> String {
    guard words.count > 1, let shape = shapes.first(where: { $0.name == words[1] }) else {
      throw Failure("no such shape: \(words)")
    }
    if words.count == 2, words[0] == "bytes" { return hexadecimal(shape.bytes) }
    guard words.count > 2, let form = Form(rawValue: words[2]) else {
      throw Failure("no such form: \(words)")
    }
    guard let work = shape.works[form] else { return "{}" }
    if words.count == 3, words[0] == "count" {
      return "{\"allocations\": \(try Figures.allocations(of: work))}"
    }
    guard words.count == 4, words[0] == "measure", let milliseconds = Int(words[3]) else {
      throw Failure("no such question: \(words)")
    }
    return "{\"ns\": \(try Figures.nanoseconds(of: work, milliseconds: milliseconds))}"
  }

  private func hexadecimal(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}

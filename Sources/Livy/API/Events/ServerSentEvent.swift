// SPDX-License-Identifier: Apache-2.0

/// One event of a stream in the format of server-sent events
/// (https://html.spec.whatwg.org/multipage/server-sent-events.html).
public struct ServerSentEvent: Hashable, Sendable {
  /// What kind of event it is.
  public var name: String
  /// Where a follower goes on after it; nil for one that does not move the place.
  public var id: String?
  /// Its content; lines are kept.
  public var data: String

  /// Makes an event of its parts.
  public init(name: String, id: String? = nil, data: String) {
    self.name = name
    self.id = id
    self.data = data
  }

  /// As it is sent.
  public var text: String {
    var text = "event: \(name)\n"
    if let id { text += "id: \(id)\n" }
    for line in data.split(separator: "\n", omittingEmptySubsequences: false) {
      text += "data: \(line)\n"
    }
    return text + "\n"
  }
}

/// Reads a stream of server-sent events, in pieces as they come.
public struct ServerSentEventReader: Sendable {
  /// Bytes of one line, and of one event's data; above it the stream is given up.
  private let bytesMax: Int
  private var line: [UInt8] = []
  private var name = ""
  private var id: String?
  private var data: [String] = []
  private var dataBytes = 0
  private var lastWasReturn = false

  /// A reader at the beginning of a stream.
  public init(bytesMax: Int = 256 << 20) {
    self.bytesMax = bytesMax
  }

  /// The events that are whole with these bytes. Throws when one is larger than the limit.
  public mutating func read(
    _ bytes: some Sequence<UInt8>
  ) throws(ServerSentEventError) -> [ServerSentEvent] {
    var events: [ServerSentEvent] = []
    for byte in bytes {
      switch byte {
      case UInt8(ascii: "\n") where lastWasReturn: lastWasReturn = false
      case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
        lastWasReturn = byte == UInt8(ascii: "\r")
        if let event = endLine() { events.append(event) }
      default:
        lastWasReturn = false
        guard line.count + dataBytes < bytesMax else {
          throw ServerSentEventError(bytesMax: bytesMax)
        }
        line.append(byte)
      }
    }
    return events
  }

  private mutating func endLine() -> ServerSentEvent? {
    let text = String(decoding: line, as: UTF8.self)
    line.removeAll(keepingCapacity: true)
    guard !text.isEmpty else { return endEvent() }
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    var value = parts.count > 1 ? String(parts[1]) : ""
    if value.hasPrefix(" ") { value.removeFirst() }
    switch parts[0] {
    case "event": name = value
    case "id": id = value
    case "data":
      data.append(value)
      // An empty line takes memory, too.
      dataBytes += value.utf8.count + 1
    default: break  // A comment, or what this reader has no use for.
    }
    return nil
  }

  private mutating func endEvent() -> ServerSentEvent? {
    defer {
      name = ""
      id = nil
      data = []
      dataBytes = 0
    }
    guard !data.isEmpty else { return nil }
    return ServerSentEvent(
      name: name.isEmpty ? "message" : name, id: id, data: data.joined(separator: "\n"))
  }
}

/// An event of a stream was larger than its reader takes.
public struct ServerSentEventError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The limit.
  public var bytesMax: Int

  /// For people.
  public var description: String { "an event of the stream is larger than \(bytesMax) bytes" }
}

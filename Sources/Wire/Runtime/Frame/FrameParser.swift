// SPDX-License-Identifier: Apache-2.0

/// Cuts bytes into frames. Bytes may come in any pieces; the frames are the same.
///
/// Holds at most one header and one payload. Frames of unknown kinds are dropped here, as they
/// arrive.
struct FrameParser {
  private enum State {
    /// The first bytes of a header.
    case header([UInt8])
    /// A known header and the first bytes of its payload.
    case payload(FrameHeader, [UInt8])
    /// A known header; so many bytes of its payload are still to be handed on.
    case passing(FrameHeader, Int)
    /// So many bytes of an unknown frame are still to come.
    case skipping(Int)
  }

  private let payloadBytesMax: Int
  private var state = State.header([])
  private var isFirst = true

  init(payloadBytesMax: Int) {
    self.payloadBytesMax = payloadBytesMax
  }

  /// Takes the payload of a frame as it comes. Asked with no bytes at the frame's begin; if the
  /// answer is false, the payload is gathered instead.
  typealias Passage = (FrameHeader, UnsafeRawBufferPointer) -> Bool

  /// The next whole frame. Takes what it uses off the front of `input`; `nil` means that `input` is
  /// used up.
  mutating func next(
    from input: inout UnsafeRawBufferPointer, passing pass: Passage = { _, _ in false }
  ) throws(ProtocolError) -> Frame? {
    while true {
      switch state {
      case .header(var collected):
        if collected.isEmpty, input.count >= FrameHeader.byteCount {
          state = try begin(RawHeader(input.takePrefix(FrameHeader.byteCount)), pass)
          continue
        }
        collected.append(contentsOf: input.takePrefix(FrameHeader.byteCount - collected.count))
        guard collected.count == FrameHeader.byteCount else {
          state = .header(collected)
          return nil
        }
        state = try begin(collected.withUnsafeBytes { RawHeader($0) }, pass)
      case .payload(let header, var payload):
        state = .header([])  // Gives up the copy in `state`, so that appending happens in place.
        let missing = Int(header.payloadBytes) - payload.count
        payload.append(contentsOf: input.takePrefix(missing))
        if payload.count == Int(header.payloadBytes) {
          return Frame(header: header, payload: payload)
        }
        state = .payload(header, payload)
        return nil
      case .passing(let header, let missing):
        let piece = input.takePrefix(missing)
        if !piece.isEmpty { _ = pass(header, piece) }
        guard piece.count == missing else {
          state = .passing(header, missing - piece.count)
          return nil
        }
        state = .header([])
        return Frame(header: header, passedBytes: Int(header.payloadBytes))
      case .skipping(let missing):
        let rest = missing - input.takePrefix(missing).count
        state = rest == 0 ? .header([]) : .skipping(rest)
        if rest > 0 { return nil }
      }
    }
  }

  /// Lends `fill` the place of the payload that is on its way, without its last byte: that comes by
  /// `next`, which ends the frame. `pass` does it for a payload that is handed on.
  /// - Returns: how many bytes `fill` says it wrote; `nil` where it was not asked, also because few
  ///   are missing.
  mutating func fill(
    _ fill: (UnsafeMutableRawBufferPointer) -> Int, passing pass: (FrameHeader, Int) -> Int?
  ) -> Int? {
    switch state {
    case .payload(let header, var payload):
      let missing = Int(header.payloadBytes) - payload.count - 1
      guard missing >= Self.placeBytesMin else { return nil }
      state = .header([])
      defer { state = .payload(header, payload) }
      return payload.append(missing, by: fill)
    case .passing(let header, let missing):
      guard missing > Self.placeBytesMin, let filled = pass(header, missing - 1) else {
        return nil
      }
      state = .passing(header, missing - filled)
      return filled
    case .header, .skipping: return nil
    }
  }

  /// To copy fewer bytes costs less than to lend a place for them.
  private static let placeBytesMin = 2 << 10

  /// Nothing of the next frame was taken, and it is not the first.
  var isBetweenFrames: Bool {
    if case .header(let collected) = state { !isFirst && collected.isEmpty } else { false }
  }

  private mutating func begin(
    _ raw: RawHeader, _ pass: Passage
  ) throws(ProtocolError) -> State {
    if isFirst {
      isFirst = false
      try raw.checkBeginsConnection()
    }
    guard raw.payloadBytes <= UInt32(clamping: payloadBytesMax) else {
      throw ProtocolError(
        "a frame of \(raw.payloadBytes) bytes came; the limit is \(payloadBytesMax)")
    }
    guard let kind = FrameKind(rawValue: raw.kind) else {
      return raw.payloadBytes == 0 ? .header([]) : .skipping(Int(raw.payloadBytes))
    }
    let header = try raw.checked(as: kind)
    if pass(header, UnsafeRawBufferPointer(start: nil, count: 0)) {
      return .passing(header, Int(header.payloadBytes))
    }
    var payload: [UInt8] = []
    let isPart = header.flags.contains(.more)
    payload.reserveCapacity((isPart ? PartialMessage.growth : 1) * Int(raw.payloadBytes))
    return .payload(header, payload)
  }
}

/// The fields of a header before anything was checked.
private struct RawHeader {
  var payloadBytes: UInt32
  var call: UInt32
  var method: UInt16
  var kind: UInt8
  var flags: UInt8
  var timeout: UInt32

  /// `bytes` has 16 of them at least.
  init(_ bytes: UnsafeRawBufferPointer) {
    payloadBytes = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt32.self))
    call = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
    method = UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt16.self))
    kind = bytes[10]
    flags = bytes[11]
    timeout = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 12, as: UInt32.self))
  }

  /// A peer of another protocol is told from its first 16 bytes, before any payload is waited for.
  func checkBeginsConnection() throws(ProtocolError) {
    guard kind == FrameKind.hello.rawValue, payloadBytes <= UInt32(Hello.payloadBytesMax) else {
      let first = [payloadBytes, call].flatMap { word in
        (0..<4).map { String(word >> (8 * $0) & 0xff, radix: 16) }
      }
      throw ProtocolError(
        "the peer does not speak this protocol: its first bytes are "
          + first.joined(separator: " "))
    }
  }

  func checked(as kind: FrameKind) throws(ProtocolError) -> FrameHeader {
    let flags = FrameFlags(rawValue: self.flags)
    let unknown = flags.subtracting(.allowed(on: kind))
    guard unknown.isEmpty else {
      throw ProtocolError("a \(kind) frame carries the unknown flags \(unknown.rawValue)")
    }
    guard kind == .request || (method == 0 && timeout == 0) else {
      throw ProtocolError("a \(kind) frame carries the method or timeout of a request")
    }
    return FrameHeader(
      payloadBytes: payloadBytes, call: CallID(rawValue: call), method: method, kind: kind,
      flags: flags, timeoutMilliseconds: timeout)
  }
}

extension [UInt8] {
  /// Appends at most `count` bytes; `fill` writes them to the place it is lent and answers how many
  /// it wrote. Proof for the unsafe pointer: the place is the array's own spare room, lent for the
  /// call, and no more of it counts as written than it has.
  mutating func append(_ count: Int, by fill: (UnsafeMutableRawBufferPointer) -> Int) -> Int {
    var filled = 0
    append(addingCapacity: count) { room in
      room.withUnsafeMutableBufferPointer { place, written in
        let place = UnsafeMutableBufferPointer(rebasing: place[..<count])
        filled = Swift.max(0, Swift.min(count, fill(UnsafeMutableRawBufferPointer(place))))
        written = filled
      }
    }
    return filled
  }
}

extension UnsafeRawBufferPointer {
  /// Takes at most `count` bytes off the front.
  fileprivate mutating func takePrefix(_ count: Int) -> UnsafeRawBufferPointer {
    let taken = Swift.min(count, self.count)
    defer { self = UnsafeRawBufferPointer(rebasing: self[taken...]) }
    return UnsafeRawBufferPointer(rebasing: self[..<taken])
  }
}

// SPDX-License-Identifier: Apache-2.0

internal import Transport
internal import WireCodec

@testable internal import Wire

/// Two machines whose bytes are carried by hand: calls without loop, stream or task.
final class MachinePair {
  static let unary: UInt16 = 1
  static let streaming: UInt16 = 2
  static let upload: UInt16 = 3
  static let both: UInt16 = 4
  static let shapes: [UInt16: MethodShape] = [
    unary: .unary, streaming: .serverStreaming, upload: .clientStreaming, both: .bidirectional,
  ]

  enum End {
    case near
    case far
  }

  var near: ConnectionMachine
  var far: ConnectionMachine
  var now = LoopInstant(nanoseconds: 1_000_000_000)
  private(set) var nearActions: [ConnectionAction] = []
  private(set) var farActions: [ConnectionAction] = []
  /// Frames in the order in which they left.
  private(set) var nearFrames: [Frame] = []
  private(set) var farFrames: [Frame] = []
  private var nearParser = FrameParser(payloadBytesMax: 1 << 20)
  private var farParser = FrameParser(payloadBytesMax: 1 << 20)
  /// What delivers to each end; the others only note.
  private var nearFeed = FrameParser(payloadBytesMax: 1 << 20)
  private var farFeed = FrameParser(payloadBytesMax: 1 << 20)

  init(near nearLimits: WireLimits = WireLimits(), far farLimits: WireLimits = WireLimits()) {
    near = ConnectionMachine(side: .dialed, limits: nearLimits, serving: Self.shapes)
    far = ConnectionMachine(side: .accepted, limits: farLimits, serving: Self.shapes)
  }

  /// Carries one write from one end to the other; false when there was nothing to carry.
  @discardableResult
  func carry(from end: End, room: Int = 1 << 20) throws -> Bool {
    let room = ConnectionMachine.Room(messageBytes: room, controlBytes: 1 << 20)
    switch end {
    case .near:
      let bytes = near.takeOutput(room, at: now)
      nearFrames += try farParser.frames(in: bytes)
      try deliver(bytes) { try self.feedFar(&$0) }
      return !bytes.isEmpty
    case .far:
      let bytes = far.takeOutput(room, at: now)
      farFrames += try nearParser.frames(in: bytes)
      try deliver(bytes) { try self.feedNear(&$0) }
      return !bytes.isEmpty
    }
  }

  /// As a connection hears them: in records of TLS, which are cut anywhere.
  private func deliver(
    _ bytes: [UInt8], to feed: (inout UnsafeRawBufferPointer) throws -> Void
  ) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      try rest.prefix(16 << 10).withUnsafeBytes {
        var input = $0
        try feed(&input)
      }
      rest = rest.dropFirst(16 << 10)
    }
  }

  private func feedFar(_ input: inout UnsafeRawBufferPointer) throws {
    while let frame = try farFeed.next(
      from: &input, passing: { self.far.goOn(with: $1, of: $0) })
    {
      note(try far.receive(frame, at: now), at: .far)
    }
  }

  private func feedNear(_ input: inout UnsafeRawBufferPointer) throws {
    while let frame = try nearFeed.next(
      from: &input, passing: { self.near.goOn(with: $1, of: $0) })
    {
      note(try near.receive(frame, at: now), at: .near)
    }
  }

  private func note(_ action: ConnectionAction, at end: End) {
    if action == .nothing || action == .opened([]) { return }
    switch end {
    case .near: nearActions.append(action)
    case .far: farActions.append(action)
    }
  }

  /// Carries both ways until nothing moves.
  func settle() throws {
    var moved = true
    while moved {
      let fromNear = try carry(from: .near)
      let fromFar = try carry(from: .far)
      moved = fromNear || fromFar
    }
  }

  /// Hands out and forgets what one end was told to do.
  func takeActions(of end: End) -> [ConnectionAction] {
    switch end {
    case .near:
      defer { nearActions = [] }
      return nearActions
    case .far:
      defer { farActions = [] }
      return farActions
    }
  }

  func isDrained(_ end: End) -> Bool {
    switch end {
    case .near: near.isDrained
    case .far: far.isDrained
    }
  }

  func forgetFrames() {
    nearFrames = []
    farFrames = []
  }

  /// Begins a call at the near end.
  func begin(
    _ request: EncodedMessage, method: UInt16 = MachinePair.unary, timeout: Duration? = nil
  ) -> ConnectionMachine.BeginResult {
    near.begin(
      NewCall(
        method: method, shape: Self.shapes[method] ?? .unary, request: request, timeout: timeout),
      at: now)
  }
}

extension ConnectionMachine.BeginResult {
  var id: CallID? {
    if case .begun(let id) = self { return id }
    return nil
  }

  var error: CallError? {
    if case .refused(let error) = self { return error }
    return nil
  }
}

extension ConnectionAction {
  var startedCall: CallID? {
    if case .start(let id, _) = self { return id }
    return nil
  }

  var errors: [CallError] {
    switch self {
    case .failed(let calls), .opened(let calls): calls.map(\.error)
    default: []
    }
  }
}

/// A pattern that shows a chunk in the wrong place.
func bytes(_ count: Int, _ seed: UInt8 = 1) -> [UInt8] {
  let pattern = (0..<min(count, 251)).map { UInt8($0) &+ seed }
  var bytes: [UInt8] = []
  bytes.reserveCapacity(count + pattern.count)
  while bytes.count < count { bytes += pattern }
  bytes.removeLast(bytes.count - count)
  return bytes
}

/// The same as a message.
func bytes(_ count: Int, _ seed: UInt8 = 1) -> EncodedMessage {
  let pattern: [UInt8] = bytes(count, seed)
  return EncodedMessage(pattern)
}

extension ConnectionMachine {
  /// The frames to send now, as bytes.
  mutating func takeOutput(_ room: Room, at now: LoopInstant) -> [UInt8] {
    let output = OutputBuffer()
    var room = room
    var taken: [UInt8] = []
    while true {
      let rest = appendOutput(to: output, &room, at: now)
      taken += output.bytes
      taken += rest
      output.removeAll(keepingAtMost: .max)
      if rest.isEmpty { return taken }
    }
  }
}

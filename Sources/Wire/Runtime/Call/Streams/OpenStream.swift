// SPDX-License-Identifier: Apache-2.0

internal import Synchronization
public import WireCodec

/// One end of a call with items. At the caller's its end of life is the end of the call: what holds
/// it (the stream of answers, the object that sends) keeps the call open.
@usableFromInline
final class OpenStream: Sendable {
  @usableFromInline
  enum Role: Sendable {
    case caller
    case handler
  }

  @usableFromInline let method: String
  @usableFromInline let role: Role
  @usableFromInline let outlet: ItemOutlet
  /// What the reader was told, for senders that come after: the call's slot is forgotten by then.
  private let failure = Mutex<CallError?>(nil)

  init(connection: Connection, id: CallID, method: String, role: Role) {
    self.method = method
    self.role = role
    outlet = ItemOutlet(connection: connection, call: id)
  }

  deinit {
    giveUp()
  }

  /// The next item, if it is there and was kept as it came: it is read where it lies.
  @inlinable
  func nextAtOnce<Message: WireMessage>() throws(CallError) -> Message? {
    guard outlet.connection.isOnLoop, !Task.isCancelled,
      let bytes = outlet.connection.coreOnLoop.takeStoredItem(of: outlet.call)
    else { return nil }
    return try decode(bytes)
  }

  /// Waits for an item or the end; does not suspend where one is there and the caller runs on the
  /// connection's loop.
  @usableFromInline
  func next() async throws(CallError) -> EncodedMessage? {
    var taken = outlet.connection.takeItemNow(of: outlet.call)
    if case .wait = taken { taken = await outlet.connection.nextItem(of: outlet.call) }
    switch taken {
    case .item(let bytes): return bytes
    case .ended, .wait: return nil
    case .failed(let error):
      failure.withLock { $0 = error }
      throw error
    }
  }

  /// Reads a message that came; one that cannot be read is the end of the call.
  @inlinable
  func decode<Message: WireMessage>(_ message: EncodedMessage) throws(CallError) -> Message {
    do throws(CallError) {
      switch role {
      case .caller: return try Message(received: message, asAnswerOf: method)
      case .handler: return try Message(received: message, asRequestOf: method)
      }
    } catch {
      giveUp()
      throw error
    }
  }

  /// The same of one that lies in the connection's memory.
  @inlinable
  func decode<Message: WireMessage>(
    _ bytes: UnsafeRawBufferPointer
  ) throws(CallError) -> Message {
    do throws(CallError) {
      switch role {
      case .caller: return try Message(received: bytes, asAnswerOf: method)
      case .handler: return try Message(received: bytes, asRequestOf: method)
      }
    } catch {
      giveUp()
      throw error
    }
  }

  func send(_ item: EncodedMessage) async throws(CallError) {
    do throws(CallError) {
      try await outlet.send(item)
    } catch {
      throw failure.withLock { $0 } ?? error
    }
  }

  /// No more items will be sent.
  func finish() {
    outlet.connection.finishItems(of: outlet.call)
  }

  /// A handler's call ends by the handler.
  @usableFromInline
  func giveUp() {
    guard role == .caller else { return }
    outlet.connection.abandon(outlet.call)
  }
}

// SPDX-License-Identifier: Apache-2.0

extension Actor {
  /// Takes bytes that a stream delivers into an actor on the stream's own loop, without a hop and
  /// without a copy.
  ///
  /// Proof for `nonisolated(unsafe)`: the actor's executor is the loop whose thread we are on
  /// (`assumeIsolated` stops the program otherwise), `body` runs within this call and does not
  /// escape, so the buffer is read by this thread alone and not beyond its life.
  package nonisolated func receive(
    _ bytes: UnsafeRawBufferPointer,
    _ body: @Sendable (isolated Self, UnsafeRawBufferPointer) -> Void
  ) {
    nonisolated(unsafe) let bytes = bytes
    assumeIsolated { actor in body(actor, bytes) }
  }
}

// SPDX-License-Identifier: Apache-2.0

public import LivyAPI

/// How a batch is named to its server: as a session is, by number or by name.
public typealias BatchReference = SessionReference

extension LivyClient {
  /// Asks for a batch. Returns while it is starting: ``waitUntilFinished(_:schedule:)``
  /// waits for its end.
  public func createBatch(_ request: CreateBatch) async throws(ClientError) -> Batch {
    try await post(address.url(["batches"]), request)
  }

  /// One batch.
  public func batch(_ reference: BatchReference) async throws(ClientError) -> Batch {
    try await get(address.url(["batches", reference.description]))
  }

  /// Some batches, in order of their numbers.
  public func batches(
    from: Int? = nil, size: Int? = nil
  ) async throws(ClientError) -> BatchPage {
    try await get(address.url(["batches"], query: [("from", from), ("size", size)]))
  }

  /// Some lines of a batch's log; the newest ones without `from`.
  public func log(
    ofBatch reference: BatchReference, from: Int? = nil, size: Int? = nil
  ) async throws(ClientError) -> LogPage {
    let path = ["batches", reference.description, "log"]
    return try await get(address.url(path, query: [("from", from), ("size", size)]))
  }

  /// Ends a batch, if it still runs, and waits until it is gone.
  public func deleteBatch(_ reference: BatchReference) async throws(ClientError) {
    try await delete(address.url(["batches", reference.description]))
  }

  /// Waits until a batch has ended: with success or not, its state says.
  public func waitUntilFinished(
    _ reference: BatchReference, schedule: PollSchedule = .batches
  ) async throws(ClientError) -> Batch {
    for wait in schedule.waits() {
      let batch = try await batch(reference)
      if batch.state.isFinished { return batch }
      try await pause(wait)
    }
    return try await batch(reference)  // Not reached: a schedule has no end.
  }

  /// The same, and `onLook` sees at each look the batch and the lines of its log that the server
  /// keeps. The last look is complete: what has ended writes no more.
  public func follow(
    _ reference: BatchReference, schedule: PollSchedule = .batches,
    onLook: @Sendable (Batch, [String]) async -> Void
  ) async throws(ClientError) -> Batch {
    for wait in schedule.waits() {
      let batch = try await batch(reference)
      await onLook(batch, try await log(ofBatch: reference, size: -1).log)
      if batch.state.isFinished { return batch }
      try await pause(wait)
    }
    return try await batch(reference)  // Not reached: a schedule has no end.
  }
}

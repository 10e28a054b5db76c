// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import Hummingbird
internal import LivyAPI
internal import LivyCore
internal import LivyServer
internal import Synchronization

/// `/sessions/{session}/events` and `/sessions/{session}/statements/{statement}/events`: what
/// happens, as it happens, as server-sent events.
struct EventRoutes<Context: RequestContext>: Sendable {
  let directory: SessionDirectory
  let limits: RESTLimits
  private let seats: FollowerSeats

  init(directory: SessionDirectory, limits: RESTLimits) {
    self.directory = directory
    self.limits = limits
    seats = FollowerSeats(max: limits.followersMax)
  }

  func add(to table: RouteTable<Context>) {
    table.at("sessions/:session/events", [.get: .viewing(session)])
    table.at("sessions/:session/statements/:statement/events", [.get: .viewing(statement)])
  }

  @Sendable private func session(_ request: Request, _ context: Context) async throws -> Response {
    let reference = try context.session()
    let follower = try await directory.follow(reference)
    let standing = await follower.standing()
    let stream = EventStream(follower: follower, statement: nil, run: standing.run)
    let now = stream.event(
      .session(id: stream.sessionNumber, .init(standing.state)), number: standing.last)
    guard let asked = request.headers[.lastEventID] else {
      return try answer(stream, to: reference, first: [now], after: standing.last)
    }
    guard let place = EventPlace(asked), place.isKnown(in: standing) else {
      return try answer(
        stream, to: reference, first: [SessionNews.reset.event(id: nil), now], after: standing.last)
    }
    return try answer(stream, to: reference, first: [], after: place.number)
  }

  @Sendable private func statement(
    _ request: Request, _ context: Context
  ) async throws -> Response {
    let reference = try context.session()
    let follower = try await directory.follow(reference)
    guard let id = try context.statement(), let statement = await follower.statement(id) else {
      throw RESTFailure(.notFound, .string("Statement not found"))
    }
    let standing = await follower.standing()
    let stream = EventStream(follower: follower, statement: id, run: standing.run)
    if let place = request.headers[.lastEventID].flatMap(EventPlace.init),
      place.isKnown(in: standing)
    {
      return try answer(stream, to: reference, first: [], after: place.number)
    }
    // From the beginning, as far as it is kept.
    let missed = request.headers[.lastEventID] == nil ? [] : [SessionNews.reset.event(id: nil)]
    if statement.isFinished {
      let kept = await follower.events(after: standing.first &- 1, within: .zero).events
      if !kept.contains(where: { $0.what.isEnd(of: id) }) {
        let done = SessionNews.done(LivyAPI.Statement(statement)).event(id: nil)
        return try answer(stream, to: reference, first: missed + [done], after: nil)
      }
    }
    return try answer(stream, to: reference, first: missed, after: standing.first &- 1)
  }

  /// `after` is nil where nothing follows.
  private func answer(
    _ stream: EventStream, to reference: SessionReference, first: [ServerSentEvent], after: UInt64?
  ) throws(RESTFailure) -> Response {
    guard let seat = seats.take() else {
      throw RESTFailure(
        .tooManyRequests,
        .message("\(limits.followersMax) clients follow events, which is the limit."),
        headers: [.retryAfter: "10"])
    }
    let body = ResponseBody { [directory, limits] writer in
      defer { withExtendedLifetime(seat) {} }
      for event in first { try await writer.write(ByteBuffer(string: event.text)) }
      guard let after else { return try await writer.finish(nil) }
      try await stream.write(from: after, every: limits.followerPause, to: &writer) {
        await directory.note(.use, of: reference)
      }
      try await writer.finish(nil)
    }
    return Response(
      status: .ok,
      headers: [
        .contentType: "text/event-stream;charset=utf-8", .cacheControl: "no-store",
        .accelBuffering: "no",
      ], body: body)
  }
}

/// The events of one follower, in the words of the API.
private struct EventStream: Sendable {
  let follower: SessionFollower
  /// Nil for all of the session's.
  let statement: StatementID?
  let run: UInt64

  var sessionNumber: Int { Int(clamping: follower.id.number) }

  /// Writes what happens after event `after` until nothing more can happen. When nothing happened
  /// for a while, writes a comment, by which both ends see that the other is there. A server that
  /// stops waits for nobody who only listens.
  @concurrent func write(
    from after: UInt64, every pause: Duration, to writer: inout any ResponseBodyWriter,
    attend: @Sendable () async -> Void
  ) async throws {
    var seen = after
    while !Task.isCancelled {
      let page = await follower.events(after: seen, within: pause)
      await attend()
      if page.events.isEmpty {
        guard !page.isLast else { return }
        try await writer.write(ByteBuffer(string: ":\n\n"))
      }
      for event in page.events {
        seen = event.number
        guard statement == nil || event.what.statement == statement else { continue }
        try await writer.write(ByteBuffer(string: await words(of: event).text))
        if let statement, event.what.isEnd(of: statement) { return }
      }
    }
  }

  private func words(of event: SessionEvent) async -> ServerSentEvent {
    await self.event(news(of: event.what), number: event.number)
  }

  func event(_ news: SessionNews, number: UInt64) -> ServerSentEvent {
    news.event(id: EventPlace(run: run, number: number).text)
  }

  private func news(of what: SessionEvent.What) async -> SessionNews {
    switch what {
    case .session(let state): return .session(id: sessionNumber, .init(state))
    case .statement(let id, let state) where what.isEnd(of: id):
      // One that was dropped already has nothing but its state to show.
      let kept = await follower.statement(id).map { LivyAPI.Statement($0) }
      return .done(
        kept
          ?? LivyAPI.Statement(
            id: Int(clamping: id.number), code: "", state: .init(rawValue: state.rawValue)))
    case .statement(let id, let state):
      return .statement(id: Int(clamping: id.number), .init(rawValue: state.rawValue))
    case .progress(let id, let fraction):
      return .progress(statement: Int(clamping: id.number), fraction)
    case .printed(let id, let offset, let text):
      return .output(
        statement: Int(clamping: id.number), offset: Int(clamping: offset), text: text)
    case .held(let id): return .held(statement: Int(clamping: id.number))
    }
  }
}

extension SessionEvent.What {
  fileprivate func isEnd(of statement: StatementID) -> Bool {
    switch self {
    case .statement(statement, .available), .statement(statement, .cancelled): true
    case .session, .statement, .progress, .printed, .held: false
    }
  }
}

/// How many may follow at a time.
private final class FollowerSeats: Sendable {
  private let max: Int
  private let taken = Mutex(0)

  init(max: Int) {
    self.max = max
  }

  /// Free again when nobody holds it: also that of an answer whose body is never asked for.
  final class Seat: Sendable {
    private let seats: FollowerSeats

    fileprivate init(_ seats: FollowerSeats) {
      self.seats = seats
    }

    deinit {
      seats.taken.withLock { $0 -= 1 }
    }
  }

  func take() -> Seat? {
    taken.withLock {
      guard $0 < max else { return nil }
      $0 += 1
      return Seat(self)
    }
  }
}

extension HTTPField.Name {
  /// They are tokens, so the second choice never happens.
  fileprivate static let lastEventID = Self("Last-Event-ID") ?? .origin
  fileprivate static let accelBuffering = Self("X-Accel-Buffering") ?? .origin
}

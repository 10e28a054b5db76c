// SPDX-License-Identifier: Apache-2.0

internal import TestSupport

@testable internal import Wire

/// Everything about one call that is settled before the run.
struct CallPlan: Sendable {
  /// What the handler does at its end.
  enum Ending: Sendable {
    case answer
    case failure(CallError.Code)
    /// Nothing, until it is cancelled.
    case never
  }

  /// Where the calling task runs.
  enum Place: CaseIterable, Sendable {
    /// It belongs to an actor on a loop.
    case actor
    /// The same, and it prefers the loop's task executor.
    case preferringActor
    /// It prefers the loop's task executor.
    case preferring
    /// It has no loop.
    case pool
  }

  var id: UInt64
  var link: Int
  var caller: ConnectionSide
  var shape: Int
  var start: Duration
  var requestBytes: Int
  /// Of the response, or of each item.
  var answerBytes: Int
  /// Of a stream.
  var items: Int
  /// What the handler waits first; zero for one that answers at once.
  var delay: Duration
  var ending: Ending
  var timeout: Duration?
  var cancelAfter: Duration?
  /// Between two items that are read.
  var readingPause: Duration?
  /// The reader stops after so many items.
  var readsMax: Int?
  var place: Place

  /// - Parameter bytesLeft: what the contents of all calls may have together; is used up.
  static func random(
    id: UInt64, links: Int, bytesLeft: inout Int, _ random: inout SplitMix64
  ) -> CallPlan {
    func size() -> Int {
      let ranges = [0...0, 1...100, 1...100, 1...5_000, 1...5_000, 4_090...4_100, 1...200_000]
      let rare = 60_000...(1 << 20)
      let range = random.chance(4) ? rare : ranges.randomElement(using: &random) ?? 0...0
      let size = min(Int.random(in: range, using: &random), max(0, bytesLeft))
      bytesLeft -= size
      return size
    }
    let items = Int.random(in: 0...12, using: &random)
    var plan = CallPlan(
      id: id, link: Int.random(in: 0..<links, using: &random),
      caller: random.chance(50) ? .dialed : .accepted,
      shape: Int.random(in: 0..<CallShapes.all.count, using: &random),
      start: random.duration(.zero ... .milliseconds(400)), requestBytes: size(),
      answerBytes: size(), items: items, delay: .zero, ending: .answer,
      place: Place.allCases.randomElement(using: &random) ?? .actor)
    let shape = CallShapes.all[plan.shape]
    if shape.sharesAnswerBytes { plan.answerBytes /= max(1, items) }
    if random.chance(50) { plan.delay = random.duration(.zero ... .milliseconds(300)) }
    switch Int.random(in: 0..<100, using: &random) {
    case ..<10:
      plan.ending = .failure(CallError.Code.allCases.randomElement(using: &random) ?? .unknown)
    case ..<20: plan.ending = .never
    default: break
    }
    if random.chance(25) { plan.timeout = random.duration(.zero ... .milliseconds(800)) }
    if random.chance(20) { plan.cancelAfter = random.duration(.zero ... .milliseconds(600)) }
    if shape.answersAtOnce, case .never = plan.ending { plan.ending = .answer }
    if case .never = plan.ending, plan.timeout == nil, plan.cancelAfter == nil {
      plan.cancelAfter = random.duration(.zero ... .seconds(2))
    }
    if random.chance(30) { plan.readingPause = random.duration(.zero ... .milliseconds(50)) }
    if random.chance(10) { plan.readsMax = Int.random(in: 0...items, using: &random) }
    return plan
  }
}

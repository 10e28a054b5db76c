// SPDX-License-Identifier: Apache-2.0

package import TestSupport
internal import Transport

/// How the two directions of a link behave.
package struct LinkWeather: Sendable {
  package var delay: ClosedRange<Duration> = .microseconds(20) ... .milliseconds(2)
  /// Bytes that may be on the way, or arrived and not taken.
  package var windowBytes = 64 << 10
  /// Into so many pieces the bytes of one turn are split at most.
  package var piecesMax = 8
  /// What the receiver takes at once, at most, or a quarter of what is there.
  package var readBytesMax = 64 << 10

  package init() {}

  /// - Parameter isWide: many bytes are to pass, so that small pieces would take long.
  package static func random(isWide: Bool, _ random: inout SplitMix64) -> LinkWeather {
    var weather = LinkWeather()
    let fastest = random.duration(.microseconds(1) ... .milliseconds(5))
    weather.delay = fastest...(fastest + random.duration(.zero ... .milliseconds(40)))
    let windows = isWide ? [64 << 10, 1 << 20] : [1_000, 9_000, 64 << 10]
    weather.windowBytes = windows.randomElement(using: &random) ?? 9_000
    weather.piecesMax = [1, 2, 8].randomElement(using: &random) ?? 1
    let reads = isWide ? [9_000, 64 << 10] : [40, 1_400, 64 << 10]
    weather.readBytesMax = reads.randomElement(using: &random) ?? 1_400
    return weather
  }
}

/// One direction of a link: what is on the way arrives in order, in other pieces than it was sent
/// in.
struct SimulatedPath {
  var weather: LinkWeather
  private(set) var bytesOnTheWay = 0
  /// What goes in comes out no more.
  var isCut = false
  private var lastArrival = LoopInstant(nanoseconds: 0)

  init(_ weather: LinkWeather) {
    self.weather = weather
  }

  /// Nothing arrives before that time.
  mutating func stall(until instant: LoopInstant) {
    lastArrival = max(lastArrival, instant)
  }

  /// When something arrives that is sent now: never before what was sent earlier.
  mutating func arrival(in world: SimulatedWorld) -> LoopInstant {
    lastArrival = max(lastArrival, world.now.advanced(by: world.random.duration(weather.delay)))
    return lastArrival
  }

  mutating func enter(_ bytes: Int) { bytesOnTheWay += bytes }
  mutating func leave(_ bytes: Int) { bytesOnTheWay -= bytes }

  /// Cuts bytes at random places.
  func pieces(of bytes: [UInt8], _ random: inout SplitMix64) -> [[UInt8]] {
    let count = Int.random(in: 1...weather.piecesMax, using: &random)
    guard count > 1 else { return [bytes] }
    let cuts = (1..<count).map { _ in Int.random(in: 0...bytes.count, using: &random) }.sorted()
    return zip([0] + cuts, cuts + [bytes.count]).filter { $0 < $1 }.map { Array(bytes[$0..<$1]) }
  }
}

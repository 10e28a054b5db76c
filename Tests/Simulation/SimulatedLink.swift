// SPDX-License-Identifier: Apache-2.0

internal import TestSupport
package import Transport

/// A connection between two simulated loops, and what may happen to it on the way.
///
/// Proof for `@unchecked Sendable`: confined to the thread of its world.
package final class SimulatedLink: @unchecked Sendable {
  package enum Fault: CaseIterable, Sendable {
    /// Both ends hear of a reset, each at its own time; what is on the way is lost.
    case reset
    /// Nothing arrives any more, in one direction or both; nobody is told.
    case silenceNear
    case silenceFar
    case silenceBoth
    /// Nothing arrives for some time, in both directions.
    case stall
  }

  package let near: SimulatedStream
  package let far: SimulatedStream
  private let world: SimulatedWorld

  package init(
    _ near: SimulatedLoop, _ far: SimulatedLoop, number: Int, weather: LinkWeather = LinkWeather()
  ) {
    world = near.world
    self.near = SimulatedStream(on: near, weather: weather, number: 2 * number)
    self.far = SimulatedStream(on: far, weather: weather, number: 2 * number + 1)
    self.near.connect(to: self.far)
  }

  /// The ends as a dialer and a listener would hand them out.
  package var connections: (near: EstablishedConnection, far: EstablishedConnection) {
    let address = SocketAddress(ip: "127.0.0.1", port: 1)
    return (
      EstablishedConnection(stream: LoopBound(near, on: near.loop), remoteAddress: address),
      EstablishedConnection(stream: LoopBound(far, on: far.loop), remoteAddress: address)
    )
  }

  /// Within a turn of any loop of the world.
  package func suffer(_ fault: Fault) {
    world.note("fault", near.number, words: "\(fault)")
    switch fault {
    case .reset:
      for end in [near, far] {
        end.path.isCut = true
        end.hearReset(after: world.random.duration(.zero ... .milliseconds(30)))
      }
    case .silenceNear: near.path.isCut = true
    case .silenceFar: far.path.isCut = true
    case .silenceBoth:
      near.path.isCut = true
      far.path.isCut = true
    case .stall:
      let end = world.now.advanced(by: world.random.duration(.milliseconds(1) ... .seconds(3)))
      near.path.stall(until: end)
      far.path.stall(until: end)
    }
  }
}

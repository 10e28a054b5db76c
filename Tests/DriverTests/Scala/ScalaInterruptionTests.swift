// SPDX-License-Identifier: Apache-2.0

internal import LivyPy4J
internal import Testing
internal import Transport

@testable internal import LivyDriver

struct ScalaInterruptionTests {
  private func instant(_ seconds: UInt64) -> LoopInstant {
    LoopInstant(nanoseconds: seconds * 1_000_000_000)
  }

  @Test("Code is interrupted until the last resort's time has come, and stopped from then on")
  func steps() {
    var interruption = ScalaInterruption(lastResortDelay: .seconds(3), canStop: true)
    let steps = [100, 101, 102, 103, 104].map { interruption.next(at: instant($0)) }
    #expect(steps == [.interrupt, .interrupt, .interrupt, .stop, .stop])
  }

  @Test("However late the first ask comes, it is an interrupt")
  func first() {
    var interruption = ScalaInterruption(lastResortDelay: .zero, canStop: true)
    #expect(interruption.next(at: instant(1_000)) == .interrupt)
    #expect(interruption.next(at: instant(1_000)) == .stop)
  }

  @Test("Where Java cannot stop threads, code is only interrupted")
  func noStop() {
    var interruption = ScalaInterruption(lastResortDelay: .seconds(3), canStop: false)
    let steps = [0, 3, 6, 600].map { interruption.next(at: instant($0)) }
    #expect(steps.allSatisfy { $0 == .interrupt })
  }

  @Test("Java's refusal to stop a thread is told from the end of the JVM")
  func refusal() {
    func thrown(_ name: String) -> Py4JError {
      Py4JError(
        .java, "no", exception: JavaException(className: name, message: nil, stackTrace: ""))
    }
    #expect(ScalaInterruption.isRefusal(thrown("java.lang.UnsupportedOperationException")))
    #expect(ScalaInterruption.isRefusal(Py4JError(.gateway, "no such method")))
    #expect(!ScalaInterruption.isRefusal(thrown("java.lang.SecurityException")))
    #expect(!ScalaInterruption.isRefusal(Py4JError(.connectionLost, "the JVM has gone")))
  }
}

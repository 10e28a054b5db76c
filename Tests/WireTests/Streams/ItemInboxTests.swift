// SPDX-License-Identifier: Apache-2.0

internal import Testing
internal import WireCodec

@testable internal import Wire

@Suite("The inbox of a stream")
struct ItemInboxTests {
  private var budget = PartialBudget(bytesMax: 1 << 20)
  private var inbox = ItemInbox(creditBytes: 1 << 20)

  private func item(_ number: Int, bytes count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: number &* 31 &+ $0) }
  }

  private mutating func append(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { inbox.append($0) }
  }

  @Test("Items come out as they came, also where a reader never catches up")
  mutating func behind() {
    var taken = 0
    for number in 0..<20_000 {
      append(item(number, bytes: number % 200))
      if number >= 1_000 {
        #expect(inbox.popStored().map { [UInt8]($0) } == item(taken, bytes: taken % 200))
        taken += 1
      }
    }
    #expect(inbox.count == 1_000)
    while let bytes = inbox.popFirst(from: &budget) {
      #expect(bytes == EncodedMessage(item(taken, bytes: taken % 200)))
      taken += 1
    }
    #expect(taken == 20_000)
  }

  @Test("Items with memory of their own keep their place between the others, and are paid back")
  mutating func mixed() {
    budget.charge(70)
    append([1])
    inbox.append([2, 2], chargedBytes: 70)
    append([])
    append([3])
    #expect(inbox.popStored().map { [UInt8]($0) } == [1])
    #expect(inbox.popStored() == nil)
    #expect(inbox.popFirst(from: &budget) == [2, 2])
    #expect(budget.usedBytes == 0)
    #expect(inbox.popStored()?.count == 0)
    inbox.trim()
    #expect(inbox.popFirst(from: &budget) == [3])
    inbox.trim()
    #expect(inbox.popFirst(from: &budget) == nil)
    append([4])
    #expect(inbox.popStored().map { [UInt8]($0) } == [4])
  }

  @Test("What is dropped is paid back, and what comes after it is whole")
  mutating func dropped() {
    budget.charge(9)
    append([1, 1, 1])
    inbox.append([2], chargedBytes: 9)
    inbox.removeAll(from: &budget)
    #expect(inbox.count == 0)
    #expect(budget.usedBytes == 0)
    append([5, 6])
    #expect(inbox.popFirst(from: &budget) == [5, 6])
  }
}

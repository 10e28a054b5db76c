// SPDX-License-Identifier: Apache-2.0

/// First in, first out: an array whose front is taken off in constant time on average. An element
/// that was removed from the midst leaves a hole, which is skipped when its turn comes.
struct Fifo<Element> {
  private var elements: [Element?] = []
  /// Never at a hole.
  private var head = 0
  private(set) var count = 0

  var isEmpty: Bool { count == 0 }
  var first: Element? { isEmpty ? nil : elements[head] }

  mutating func append(_ element: Element) {
    elements.append(element)
    count += 1
  }

  mutating func popFirst() -> Element? {
    guard !isEmpty else { return nil }
    let element = elements[head].take()
    count -= 1
    skipHoles()
    return element
  }

  mutating func removeAll() {
    self = Fifo()
  }

  /// Looks at every element before the one that is taken out.
  mutating func removeFirst(where isOut: (Element) -> Bool) {
    let found = elements[head...].firstIndex { element in element.map(isOut) ?? false }
    guard let found else { return }
    elements[found] = nil
    count -= 1
    skipHoles()
  }

  private mutating func skipHoles() {
    while head < elements.count, case nil = elements[head] { head += 1 }
    if head == elements.count {
      elements.removeAll(keepingCapacity: elements.count <= 64)
      head = 0
    } else if head >= 32, head * 2 >= elements.count {
      elements.removeFirst(head)
      head = 0
    }
  }
}

// SPDX-License-Identifier: Apache-2.0

/// First in, first out: an array whose front is taken off in constant time on average.
struct Fifo<Element> {
  /// `nil` before `head`.
  private var elements: [Element?] = []
  private var head = 0

  var count: Int { elements.count - head }
  var isEmpty: Bool { head == elements.count }
  var first: Element? { isEmpty ? nil : elements[head] }

  mutating func append(_ element: Element) {
    elements.append(element)
  }

  mutating func popFirst() -> Element? {
    guard !isEmpty else { return nil }
    let element = elements[head].take()
    head += 1
    if head == elements.count {
      elements.removeAll(keepingCapacity: elements.count <= 64)
      head = 0
    } else if head >= 32, head * 2 >= elements.count {
      elements.removeFirst(head)
      head = 0
    }
    return element
  }

  mutating func removeAll() {
    self = Fifo()
  }

  mutating func removeAll(where isOut: (Element) -> Bool) {
    elements = elements[head...].filter { element in element.map { !isOut($0) } ?? false }
    head = 0
  }
}

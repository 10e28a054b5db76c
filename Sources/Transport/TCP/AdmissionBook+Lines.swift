// SPDX-License-Identifier: Apache-2.0

/// The lines in which connections of one address and stage stand, linked through their entries:
/// joining and leaving take the same short time wherever one stands.
extension AdmissionBook {
  private static func line(of stage: Stage) -> WritableKeyPath<AddressShare, AddressShare.Line>? {
    switch stage {
    case .silent: \.silent
    case .waiting: \.waiting
    case .shaking: \.shaking
    case .anonymous: \.anonymous
    case .identified: nil
    }
  }

  /// At the end of the line of its stage.
  mutating func joinLine(_ number: UInt64) {
    guard var entry = entries[number], let path = Self.line(of: entry.stage) else { return }
    var share = shares[entry.block] ?? AddressShare()
    entry.previous = share[keyPath: path].last
    entry.next = nil
    if let last = entry.previous {
      entries[last]?.next = number
    } else {
      share[keyPath: path].first = number
    }
    share[keyPath: path].last = number
    share[keyPath: path].count += 1
    entries[number] = entry
    shares[entry.block] = share
    count(entry, +1)
  }

  mutating func leaveLine(_ entry: Entry) {
    guard let path = Self.line(of: entry.stage) else { return }
    if let previous = entry.previous {
      entries[previous]?.next = entry.next
    } else {
      shares[entry.block]?[keyPath: path].first = entry.next
    }
    if let next = entry.next {
      entries[next]?.previous = entry.previous
    } else {
      shares[entry.block]?[keyPath: path].last = entry.previous
    }
    shares[entry.block]?[keyPath: path].count -= 1
    count(entry, -1)
  }

  private mutating func count(_ entry: Entry, _ difference: Int) {
    switch entry.stage {
    case .silent, .waiting, .anonymous:
      arrivals += difference
      crowds.add(difference, to: entry.block)
    case .shaking:
      shaking += difference
      slots.add(difference, to: entry.block)
    case .identified: break
    }
  }
}

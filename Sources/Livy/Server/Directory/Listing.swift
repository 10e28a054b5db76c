// SPDX-License-Identifier: Apache-2.0

internal import LivyCore

/// What a directory lists.
protocol Listed {
  associatedtype ID: Hashable, Comparable, CustomStringConvertible

  var id: ID { get }
  var name: String? { get }
}

/// Who is listed, in order of numbers, found by number or name.
struct Listing<Element: Listed> {
  typealias Entry = Element

  private var entries: [Entry.ID: Entry] = [:]
  private var names: [String: Entry.ID] = [:]
  /// Ascending. Numbers are given in order but may be listed out of it, since a store takes its
  /// time.
  private var order: [Entry.ID] = []

  init() {}

  var count: Int { order.count }

  var all: [Entry] { order.compactMap { entries[$0] } }

  subscript(id id: Entry.ID) -> Entry? { entries[id] }

  subscript(name name: String) -> Entry? { names[name].flatMap { entries[$0] } }

  func page(from: Int, size: Int) -> [Entry] {
    order.dropFirst(max(0, from)).prefix(max(0, size)).compactMap { entries[$0] }
  }

  /// Livy's rules and words, which are the same for sessions and batches.
  func checkName(_ name: String?, of id: Entry.ID) throws(LivyError) {
    guard let name else { return }
    guard name.contains(where: { !("0"..."9").contains($0) }) else {
      throw LivyError(.invalidRequest, "Invalid session name: \(name)")
    }
    guard names[name] == nil else {
      throw LivyError(
        .invalidRequest, "Duplicate session name: Some(\(name)) for session \(id)")
    }
  }

  mutating func add(_ entry: Entry) {
    let id = entry.id
    if entries.updateValue(entry, forKey: id) == nil {
      let position = order.lastIndex { $0 < id }.map { $0 + 1 } ?? 0
      order.insert(id, at: position)
    }
    if let name = entry.name { names[name] = id }
  }

  mutating func remove(_ id: Entry.ID) {
    guard let entry = entries.removeValue(forKey: id) else { return }
    order.removeAll { $0 == id }
    if let name = entry.name, names[name] == id { names[name] = nil }
  }
}

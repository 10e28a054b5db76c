// SPDX-License-Identifier: Apache-2.0

/// Which messages contain each other. Lists and maps stand on the heap anyhow; what is left are
/// single messages.
struct Recursion {
  /// Two messages contain each other if they have the same group. One that is alone in its group
  /// contains itself only by a field of its own type.
  private(set) var groups: [TypeName: Int] = [:]
  /// What a message contains comes before it, but for what contains it, too.
  private(set) var order: [TypeName] = []

  /// Strongly connected components, by Tarjan's algorithm with a stack of its own: a schema may
  /// chain more messages than this thread's stack has frames.
  init(of contents: [TypeName: [TypeName]]) {
    struct Visit {
      var name: TypeName
      var nextChild = 0
    }
    var met: [TypeName: Int] = [:]
    var low: [TypeName: Int] = [:]
    var open: [TypeName] = []
    for root in contents.keys where met[root] == nil {
      var visits = [Visit(name: root)]
      while var visit = visits.popLast() {
        let name = visit.name
        if visit.nextChild == 0 {
          met[name] = met.count
          low[name] = met[name]
          open.append(name)
        }
        let children = contents[name] ?? []
        if visit.nextChild > 0 {
          let done = children[visit.nextChild - 1]
          low[name] = min(low[name] ?? 0, low[done] ?? 0)
        }
        var descended = false
        while visit.nextChild < children.count {
          let child = children[visit.nextChild]
          visit.nextChild += 1
          if met[child] == nil {
            visits.append(visit)
            visits.append(Visit(name: child))
            descended = true
            break
          }
          if groups[child] == nil { low[name] = min(low[name] ?? 0, met[child] ?? 0) }
        }
        if descended || low[name] != met[name] { continue }
        let number = met[name] ?? 0
        while let member = open.popLast() {
          groups[member] = number
          order.append(member)
          if member == name { break }
        }
      }
    }
  }
}

extension Field {
  /// The message that is stored in its message's own memory.
  var containedMessage: TypeName? {
    guard case .message(let name) = type else { return nil }
    switch cardinality {
    case .optional, .member: return name
    case .singular, .repeated, .packed, .map: return nil
    }
  }
}

// SPDX-License-Identifier: Apache-2.0

/// Finds messages that contain themselves. Lists and maps stand on the heap anyhow; what is left
/// are single messages.
enum Recursion {
  static func mark(_ schema: inout Schema) {
    var contents: [TypeName: [TypeName]] = [:]
    for file in schema.files { collect(file.messages, into: &contents) }
    let groups = groups(of: contents)
    for index in schema.files.indices { mark(&schema.files[index].messages, groups) }
  }

  private static func collect(_ messages: [Message], into contents: inout [TypeName: [TypeName]]) {
    for message in messages {
      contents[message.name] = message.fields.compactMap(\.containedMessage)
      collect(message.messages, into: &contents)
    }
  }

  private static func mark(_ messages: inout [Message], _ groups: [TypeName: Int]) {
    for index in messages.indices {
      let own = groups[messages[index].name]
      for field in messages[index].fields.indices {
        if let contained = messages[index].fields[field].containedMessage {
          messages[index].fields[field].isRecursive = groups[contained] == own
        }
      }
      mark(&messages[index].messages, groups)
    }
  }

  /// Strongly connected components, by Tarjan's algorithm with a stack of its own: a schema may
  /// chain more messages than this thread's stack has frames. Two messages contain each other if
  /// they have the same group. A message that is alone in its group is marked only by a field of
  /// its own type.
  private static func groups(of contents: [TypeName: [TypeName]]) -> [TypeName: Int] {
    struct Visit {
      var name: TypeName
      var nextChild = 0
    }
    var order: [TypeName: Int] = [:]
    var low: [TypeName: Int] = [:]
    var group: [TypeName: Int] = [:]
    var open: [TypeName] = []
    for root in contents.keys where order[root] == nil {
      var visits = [Visit(name: root)]
      while var visit = visits.popLast() {
        let name = visit.name
        if visit.nextChild == 0 {
          order[name] = order.count
          low[name] = order[name]
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
          if order[child] == nil {
            visits.append(visit)
            visits.append(Visit(name: child))
            descended = true
            break
          }
          if group[child] == nil { low[name] = min(low[name] ?? 0, order[child] ?? 0) }
        }
        if descended || low[name] != order[name] { continue }
        let number = order[name] ?? 0
        while let member = open.popLast() {
          group[member] = number
          if member == name { break }
        }
      }
    }
    return group
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

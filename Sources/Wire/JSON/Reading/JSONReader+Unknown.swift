// SPDX-License-Identifier: Apache-2.0

extension JSONReader {
  /// Steps over a value, which must be JSON all the same.
  public mutating func skipValue() throws(JSONError) {
    switch try kind() {
    case .string: _ = try string()
    case .number: _ = try JSONNumber(bytes, from: &position)
    case .bool: _ = try bool()
    case .null: _ = try null()
    case .object:
      try beginObject()
      var isFirst = true
      while try nextName(isFirst: isFirst) != nil {
        isFirst = false
        try countElement()
        try skipValue()
      }
    case .list:
      try beginList()
      var isFirst = true
      while try nextElement(isFirst: isFirst) {
        isFirst = false
        try skipValue()
      }
    }
  }
}

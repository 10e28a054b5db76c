// SPDX-License-Identifier: Apache-2.0

/// Finds the types that names in a schema mean.
struct NameLookup {
  enum Result {
    case found(SymbolTable.Symbol)
    /// Found, but in a file that is not imported.
    case notImported(SymbolTable.Symbol)
    case missing
  }

  let symbols: SymbolTable
  /// For each file, the files whose names it may use: itself, what it imports, and what that
  /// imports publicly.
  let visible: [Set<Int>]

  /// From the innermost scope outwards. The first part of a name decides: once it is found in a
  /// scope, the rest must be there too (https://protobuf.dev/programming-guides/proto3, "Packages
  /// and Name Resolution").
  func find(_ name: String, in scope: Scope, file: Int) -> Result {
    if name.hasPrefix(".") { return result(String(name.dropFirst()), file: file) }
    let first = name.prefix { $0 != "." }
    var around = scope.full[...]
    while true {
      let prefix = around.isEmpty ? "" : around + "."
      if let symbol = symbols[prefix + first] {
        if first.count == name.count {
          // A field does not hide a type that is further out.
          if symbol.kind.holdsNames { return result(prefix + name, file: file) }
        } else if symbol.kind.holdsNames, symbol.kind != .service {
          // Packages are open: parts of one can be in many files, and also further out.
          if symbol.kind != .package || symbols[prefix + name] != nil {
            return result(prefix + name, file: file)
          }
        }
      }
      if around.isEmpty { return .missing }
      around = around.lastIndex(of: ".").map { around[..<$0] } ?? ""
    }
  }

  private func result(_ full: String, file: Int) -> Result {
    guard let symbol = symbols[full] else { return .missing }
    if symbol.kind == .package || visible[file].contains(symbol.range.file) {
      return .found(symbol)
    }
    return .notImported(symbol)
  }

  /// A type that is spelled nearly so.
  func suggestion(for name: String) -> String? {
    let last = String(name.split(separator: ".").last ?? "")
    let scalars = ScalarType.allCases.map(\.rawValue)
    let other = [
      "str": "string", "int": "int32", "long": "int64", "boolean": "bool",
      "uint": "uint32", "byte": "bytes", "float64": "double", "float32": "float",
    ]
    if let scalar = other[last.lowercased()] { return scalar }
    return Suggestion.nearest(to: last, among: scalars + symbols.typeNames.map(\.last).sorted())
  }
}

// SPDX-License-Identifier: Apache-2.0

internal import LivyCore

/// A place in a piece of SQL, seen from what stands around it: the word that is begun there, and
/// which tables the query is about. A pure value; it knows SQL's words and marks, not its grammar.
struct SQLPlace: Equatable {
  /// The word's part before the place; may be empty.
  var word: String
  /// What stands before the word's dot: a table, an alias or a database. Nil without a dot.
  var qualifier: String?
  /// The tables of the query, by the names that it gives them: alias and name.
  var tables: [Table]

  struct Table: Equatable {
    var name: String
    var alias: String
  }

  /// Tables of one query that columns are looked for in.
  static let tablesMax = 8

  /// Code of a place that is looked at: so many characters before it, and all where it has no more.
  static let charactersMax = 16 << 10

  init?(_ code: String, cursor: Int) {
    let prefix = String(code.before(cursor: cursor).suffix(Self.charactersMax))
    let isShort = code.utf8.count <= Self.charactersMax
    self.init(code: isShort ? code : prefix, prefix: prefix)
  }

  /// Nil within a text or a comment, where nothing is completed.
  init?(code: String, prefix: String) {
    let before = SQLWords(prefix)
    guard !before.endsInside else { return nil }
    var words = before.words
    let isWord = words.last.map { Self.isName($0) } ?? false
    word = isWord && !before.endsInBlank ? words.removeLast() : ""
    if words.last == ".", let owner = words.dropLast().last, Self.isName(owner),
      !SQLKeywords.all.contains(owner.uppercased())
    {
      qualifier = owner
    } else if words.last == "." {
      return nil
    }
    tables = Self.tables(in: SQLWords(code).words)
  }

  /// Names that follow FROM, JOIN and their like, with their aliases.
  private static func tables(in words: [String]) -> [Table] {
    var tables: [Table] = []
    for (index, word) in words.enumerated() where tables.count < tablesMax {
      guard introducers.contains(word.uppercased()) else { continue }
      var rest = words[(index + 1)...]
      repeat {
        guard let table = table(&rest) else { break }
        tables.append(table)
      } while rest.popFirst() == "," && tables.count < tablesMax
    }
    return tables
  }

  private static func table(_ words: inout ArraySlice<String>) -> Table? {
    guard var name = words.popFirst(), isName(name), !SQLKeywords.all.contains(name.uppercased())
    else { return nil }
    var last = name
    while words.first == ".", let next = words.dropFirst().first, isName(next) {
      words.removeFirst(2)
      name += "." + next
      last = next
    }
    if words.first?.uppercased() == "AS" { words.removeFirst() }
    if let alias = words.first, isName(alias), !SQLKeywords.all.contains(alias.uppercased()) {
      words.removeFirst()
      last = alias
    }
    return Table(name: name, alias: last)
  }

  private static let introducers: Set<String> = ["FROM", "JOIN", "INTO", "UPDATE", "TABLE"]

  private static func isName(_ word: String) -> Bool {
    word.unicodeScalars.first.map { $0 == "_" || $0.properties.isAlphabetic || $0 == "`" } ?? false
  }
}

/// The candidates of a place, from what is known of it.
struct SQLCandidates {
  let place: SQLPlace

  /// Matching pays no heed to case, as SQL does. Keywords come in the case of what is typed.
  func among(tables: [String], columns: [String]) -> [String] {
    let names = matching(place.qualifier == nil ? tables + columns : columns + tables)
    guard place.qualifier == nil else { return names }
    let isLower = !place.word.isEmpty && place.word == place.word.lowercased()
    return names + matching(SQLKeywords.all.map { isLower ? $0.lowercased() : $0 })
  }

  private func matching(_ names: [String]) -> [String] {
    let word = place.word.lowercased()
    return Set(names.filter { $0.lowercased().hasPrefix(word) }).sorted()
  }
}

/// Cuts SQL into words, quoted names and marks; texts and comments are left out.
struct SQLWords {
  private(set) var words: [String] = []
  /// The end is within a text, a quoted name or a comment.
  private(set) var endsInside = false
  private(set) var endsInBlank = false
  private var rest: Substring.UnicodeScalarView

  init(_ code: String) {
    rest = Substring(code).unicodeScalars
    while let scalar = rest.first { take(scalar) }
  }

  private mutating func take(_ scalar: Unicode.Scalar) {
    endsInBlank = false
    if rest.starts(with: "--".unicodeScalars) {
      let comment = rest.prefix { $0 != "\n" }
      rest.removeFirst(comment.count)
      endsInside = rest.isEmpty
    } else if rest.starts(with: "/*".unicodeScalars) {
      rest.removeFirst(2)
      while !rest.isEmpty, !rest.starts(with: "*/".unicodeScalars) { rest.removeFirst() }
      endsInside = rest.isEmpty
      rest = rest.dropFirst(2)
    } else if scalar == "'" || scalar == "\"" || scalar == "`" {
      takeQuoted(scalar)
    } else if scalar.properties.isWhitespace {
      rest.removeFirst()
      endsInBlank = true
    } else if Self.isNamePart(scalar) {
      let word = rest.prefix { Self.isNamePart($0) }
      rest.removeFirst(word.count)
      words.append(String(word))
    } else {
      words.append(String(Character(rest.removeFirst())))
    }
  }

  private mutating func takeQuoted(_ quote: Unicode.Scalar) {
    rest.removeFirst()
    var content = String.UnicodeScalarView()
    endsInside = true
    while let scalar = rest.popFirst() {
      if scalar == "\\", quote != "`" {
        _ = rest.popFirst()
      } else if scalar == quote {
        endsInside = false
        break
      } else {
        content.append(scalar)
      }
    }
    if quote == "`" { words.append(String(content)) }
  }

  private static func isNamePart(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "_" || scalar.properties.isAlphabetic || scalar.properties.numericType != nil
  }
}

/// Spark SQL's words, as far as people type them.
enum SQLKeywords {
  static let all: Set<String> = Set(
    """
    ADD ALL ALTER ANALYZE AND ANTI AS ASC BETWEEN BIGINT BOOLEAN BUCKETS BY CACHE CASCADE CASE CAST CLUSTER \
    CLUSTERED COALESCE COLUMN COLUMNS COMMENT COMPUTE COUNT CREATE CROSS CUBE CURRENT_DATE CURRENT_TIMESTAMP \
    DATABASE DATABASES DATE DECIMAL DELETE DESC DESCRIBE DISTINCT DISTRIBUTE DOUBLE DROP ELSE END ESCAPE EXCEPT \
    EXISTS EXPLAIN EXTENDED EXTERNAL FALSE FILTER FIRST FLOAT FOLLOWING FOR FORMAT FROM FULL FUNCTION FUNCTIONS \
    GLOBAL GROUP GROUPING HAVING IF ILIKE IN INNER INSERT INT INTERSECT INTERVAL INTO IS JOIN LAST LATERAL LEFT \
    LIKE LIMIT LOCATION MAP MATCHED MAX MERGE MIN MSCK NATURAL NOT NULL NULLS OFFSET ON OPTIONS OR ORDER OUTER \
    OVER OVERWRITE PARTITION PARTITIONED PARTITIONS PERCENT PIVOT PRECEDING PURGE RANGE RECOVER REFRESH RENAME \
    REPAIR REPLACE RESET RIGHT RLIKE ROLLUP ROW ROWS SCHEMA SCHEMAS SELECT SEMI SET SETS SHOW SORT STORED STRING \
    STRUCT SUM TABLE TABLES TABLESAMPLE TBLPROPERTIES TEMPORARY THEN TIMESTAMP TO TRANSFORM TRUE TRUNCATE UNBOUNDED \
    UNCACHE UNION UNPIVOT UPDATE USE USING VALUES VIEW VIEWS WHEN WHERE WINDOW WITH
    """.split(separator: " ").map(String.init))
}

// SPDX-License-Identifier: Apache-2.0

internal import Testing

@testable internal import LivyDriver

@Suite("SQL's completion, without Spark")
struct SQLPlaceTests {
  /// `|` marks the place.
  static func place(_ marked: String) -> SQLPlace? {
    let parts = marked.split(separator: "|", omittingEmptySubsequences: false)
    return SQLPlace(code: parts.joined(), prefix: String(parts.first ?? ""))
  }

  @Test("A place has its word, what stands before its dot, and the tables of the query")
  func places() throws {
    let people = SQLPlace.Table(name: "people", alias: "people")
    let cases: [(marked: String, word: String, qualifier: String?, tables: [SQLPlace.Table])] = [
      ("", "", nil, []),
      ("sel|", "sel", nil, []),
      ("select | from people", "", nil, [people]),
      ("select na| from people where x = 1", "na", nil, [people]),
      (
        "select p.na| from db.people p join `my table` as m on m.id = p.id", "na", "p",
        [
          SQLPlace.Table(name: "db.people", alias: "p"),
          SQLPlace.Table(name: "my table", alias: "m"),
        ]
      ),
      (
        "select p.| from people, pets p", "", "p",
        [people, SQLPlace.Table(name: "pets", alias: "p")]
      ),
      ("select 'from x', \"it''s\" -- from y\n, /* from z */ a| from people", "a", nil, [people]),
      ("select * from db.|", "", "db", [SQLPlace.Table(name: "db", alias: "db")]),
      ("select * from (select 1) where a|", "a", nil, []),
      ("insert into people values (|", "", nil, [people]),
    ]
    for (marked, word, qualifier, tables) in cases {
      var expected = try #require(Self.place("|"))
      (expected.word, expected.qualifier, expected.tables) = (word, qualifier, tables)
      #expect(Self.place(marked) == expected, "\(marked)")
    }
  }

  @Test(
    "Within texts and comments nothing is completed",
    arguments: [
      "select 'na|", "select \"na|", "-- na|", "/* na|", "`na|", "select 1.|", "select .|",
    ])
  func inside(marked: String) {
    #expect(Self.place(marked) == nil)
  }

  @Test("Names come before keywords, each once, whatever their case")
  func candidates() throws {
    let place = try #require(Self.place("select S| from t"))
    let found = SQLCandidates(place: place).among(
      tables: ["sales", "other"], columns: ["Size", "s"])
    #expect(found.prefix(4) == ["Size", "s", "sales", "SCHEMA"])
    #expect(found.contains("SELECT"))
    let lower = try #require(Self.place("sele|"))
    #expect(SQLCandidates(place: lower).among(tables: [], columns: []) == ["select"])
    let dotted = try #require(Self.place("select t.s| from t"))
    #expect(SQLCandidates(place: dotted).among(tables: [], columns: ["s", "x"]) == ["s"])
  }

  @Test("No text traps or takes long")
  func hostile() {
    for text in [
      "'", "\\", "'\\", "``", ".", "from", "from .", "from a.", "from a,", "\u{0}", "/*",
    ] {
      _ = Self.place(text + "|" + text)
    }
    let long = String(repeating: "from a.b ,'", count: 10_000)
    _ = SQLPlace(long, cursor: .max)
    #expect(SQLPlace("se", cursor: -1)?.word == "")
  }
}

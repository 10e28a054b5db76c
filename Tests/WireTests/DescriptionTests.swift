// SPDX-License-Identifier: Apache-2.0

internal import Testing
internal import WireCodec

/// Messages as logs show them.
struct DescriptionTests {
  @Test("A message is one line with the fields that are set")
  func fields() {
    #expect(Scalars().description == "Scalars()")
    let scalars = Scalars(
      doubleValue: 1.5, int32Value: -3, boolValue: true, stringValue: "a \"b\"\n",
      bytesValue: [0, 255], mood: .good)
    #expect(
      scalars.description
        == #"Scalars(doubleValue: 1.5, int32Value: -3, boolValue: true, stringValue: "a \"b\"\n", "#
        + "bytesValue: 0x00ff, mood: .good)")
    #expect(Optionals(int32Value: 0).description == "Optionals(int32Value: 0)")
    #expect(
      Lists(int32s: [1, 2], moods: [.bad, .unrecognized(9)]).description
        == "Lists(int32s: [1, 2], moods: [.bad, .unrecognized(9)])")
    #expect(
      Maps(counts: ["b": 2, "a": 1], names: [7: "x"]).description
        == #"Maps(counts: ["a": 1, "b": 2], names: [7: "x"])"#)
  }

  @Test("Messages inside of messages, and the one member of a oneof, are shown")
  func nested() {
    let sum = Expression.Pair(
      first: Expression(kind: .number(1)), second: Expression(kind: .number(2)))
    #expect(
      Expression(kind: .sum(sum), label: "l").description
        == #"Expression(sum: Pair(first: Expression(number: 1.0), second: Expression(number: 2.0)), "#
        + #"label: "l")"#)
  }

  @Test("Secrets are not shown, in whatever way a message becomes text")
  func secrets() {
    let secret = "hunter2"
    let message = Secrets(
      user: "u", password: secret, key: Array(secret.utf8), codes: [secret],
      answers: [secret: secret], proof: .token(Array(secret.utf8)),
      inner: Secrets(user: secret), descriptionField: "fine", other: Secrets(password: secret))
    let texts = [
      message.description, message.debugDescription, "\(message)", String(reflecting: message),
      "\([message])", "\(Optional(message) as Any)",
    ]
    let hex = "68756e74657232"
    for text in texts {
      #expect(!text.contains(secret) && !text.contains(hex), "\(text)")
      #expect(text.contains(#"user: "u""#))
      #expect(text.contains("token: <redacted>"))
      #expect(text.contains(#"descriptionField: "fine""#))
    }
  }

  @Test("Fields of a newer peer are counted, not shown")
  func unknown() throws {
    let message = try Nothing(decoding: [0x0A, 0x03, 0x61, 0x62, 0x63])
    #expect(message.description == "Nothing(unknownFields: 5 bytes)")
  }

  @Test("Long values are cut, and it is said how long they are")
  func long() {
    let limits = PrinterLimits(stringScalarsMax: 3, bytesMax: 2, elementsMax: 2)
    #expect(
      Scalars(stringValue: "äbcd", bytesValue: [1, 2, 3]).description(limits: limits)
        == #"Scalars(stringValue: "äbc"… (5 bytes), bytesValue: 0x0102… (3 bytes))"#)
    #expect(
      Lists(int32s: [1, 2, 3]).description(limits: limits)
        == "Lists(int32s: [1, 2, … (3 elements)])")
    // One letter of many marks is many scalars.
    let letter = "a" + String(repeating: "\u{301}", count: 100_000)
    #expect(Scalars(stringValue: letter).description(limits: limits).utf8.count < 60)
  }

  @Test("A text stays bounded, however large and deep its message is")
  func bounded() {
    let wide = Lists(
      strings: Array(repeating: String(repeating: "x", count: 500), count: 1000),
      scalars: Array(repeating: Scalars(stringValue: "abc"), count: 1000))
    #expect(wide.description.utf8.count < PrinterLimits.standard.textBytesMax + 1000)
    let text = wide.description(limits: PrinterLimits(textBytesMax: 1000))
    #expect(text.utf8.count < 1500)
    #expect(text.hasSuffix("\"… (500 bytes)], …)") || text.hasSuffix("\"], …)"))
    var deep = Tree(name: "leaf")
    for _ in 0..<50 { deep = Tree(left: deep) }
    #expect(deep.description.contains("left: Tree(…)"))
    #expect(!deep.description.contains("leaf"))
  }
}

// SPDX-License-Identifier: Apache-2.0

internal import LivyPy4J
internal import Testing

struct CommandTests {
  private static let list = JavaReference(id: "o7", shape: .list)

  @Test(
    "A command is written as the gateway reads it",
    arguments: [
      (.authenticate(secret: "s3cret"), "A\ns3cret\n"),
      (.call(.object(list), method: "size", arguments: []), "c\no7\nsize\ne\n"),
      (
        .call(.type("java.lang.System"), method: "getProperty", arguments: ["user.dir"]),
        "c\nz:java.lang.System\ngetProperty\nsuser.dir\ne\n"
      ),
      (
        .construct(className: "java.util.ArrayList", arguments: [.int(3)]),
        "i\njava.util.ArrayList\ni3\ne\n"
      ),
      (
        .staticField(className: "scala.Console$", field: "MODULE$"),
        "r\nm\nscala.Console$\nMODULE$\ne\n"
      ),
      (.newArray(className: "java.lang.String", length: 2), "a\nc\nsjava.lang.String\ni2\ne\n"),
      (.arrayElement(list, index: 1), "a\ng\no7\ni1\ne\n"),
      (.setArrayElement(list, index: 1, "x"), "a\ns\no7\ni1\nsx\ne\n"),
      (.arrayLength(list), "a\ne\no7\ne\n"),
      (.release(list), "m\nd\no7\ne\n"),
      (.stackTrace(JavaReference(id: "o9")), "p\nro9\ne\n"),
    ] as [(Command, String)])
  func line(of command: Command, is expected: String) {
    #expect(String(decoding: command.encoded, as: UTF8.self) == expected)
  }

  @Test(
    "An argument is written in its own type",
    arguments: [
      (.null, "n"), (.bool(true), "btrue"), (.bool(false), "bfalse"), (.int(.min), "i-2147483648"),
      (.long(.max), "L9223372036854775807"), (.double(1.5), "d1.5"), (.double(.nan), "dNaN"),
      (.double(-.infinity), "d-Infinity"), (.decimal("1.50"), "D1.50"), (.text(""), "s"),
      (.text("é\u{1F600}"), "sé\u{1F600}"), (.bytes([0xFF, 0, 1]), "j/wAB"),
      (.bytes([1]), "jAQ=="),
      (.bytes([1, 2]), "jAQI="), (.bytes([]), "j"), (.reference(list), "ro7"),
    ] as [(Py4JValue, String)])
  func argument(_ value: Py4JValue, is expected: String) {
    let command = Command.call(.type("C"), method: "m", arguments: [value])
    #expect(String(decoding: command.encoded, as: UTF8.self) == "c\nz:C\nm\n\(expected)\ne\n")
  }

  @Test(
    "Text cannot begin a line of its own", arguments: ["a\ne\nm\nd\no1", "a\r\ne", "\\\n", "\n"])
  func textIsEscaped(_ text: String) {
    let command = Command.call(.type("C"), method: "m", arguments: [.text(text)])
    #expect(command.encoded.count { $0 == UInt8(ascii: "\n") } == 5)
    #expect(!command.encoded.contains(UInt8(ascii: "\r")))
  }

  @Test("Names and ids cannot begin a line of their own either")
  func namesAreEscaped() {
    let hostile = JavaReference(id: "o1\ne\ns")
    let command = Command.call(.object(hostile), method: "a\nb", arguments: [.decimal("1\ne")])
    #expect(command.encoded.count { $0 == UInt8(ascii: "\n") } == 5)
  }
}

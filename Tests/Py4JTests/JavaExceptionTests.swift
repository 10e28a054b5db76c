// SPDX-License-Identifier: Apache-2.0

internal import LivyPy4J
internal import Testing

struct JavaExceptionTests {
  @Test("Frames are those of the throwable, not of its causes, and lose their mark")
  func ownFrames() {
    let exception = JavaException(
      className: "a.B", message: "no",
      stackTrace: "a.B: no\n\tat a.B.c(B.java:1)\n\tat a.D.e(D.java:2)\n"
        + "Caused by: x.Y: z\n\tat x.Y.z(Y.java:3)\n\t... 7 more\n")
    #expect(exception.frames == ["a.B.c(B.java:1)", "a.D.e(D.java:2)"])
  }

  @Test("Lines of the message that look like frames are no frames")
  func framesInMessage() {
    let message = "Job aborted\n\tat executor.X(X.scala:9)\n\nDriver stacktrace:"
    let exception = JavaException(
      className: "a.B", message: message, stackTrace: "a.B: \(message)\n\tat a.B.c(B.java:1)\n")
    #expect(exception.frames == ["a.B.c(B.java:1)"])
  }

  @Test("A throwable without a message or without frames is legal")
  func bare() {
    let plain = JavaException(
      className: "a.B", message: nil, stackTrace: "a.B\n\tat a.B.c(B.java:1)\n")
    #expect(plain.frames == ["a.B.c(B.java:1)"])
    #expect(JavaException(className: "a.B", message: "m", stackTrace: "").frames == [])
  }
}

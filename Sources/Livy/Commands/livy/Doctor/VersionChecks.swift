// SPDX-License-Identifier: Apache-2.0

/// Judges what programs and libraries say of their versions.
enum VersionChecks {
  /// Spark 3.5 and 4 run on these.
  private static let javaVersions = [8, 11, 17, 21]
  private static let javaRemedy =
    "install Java 17 (apt-get install openjdk-17-jre-headless), and set JAVA_HOME to it"

  /// `output` of `java -version`; nil when it could not be run.
  static func java(_ output: String?, place: String) -> Finding {
    let subject = "Java"
    guard let output else {
      return .missing(subject, "\(place) cannot be run", mend: javaRemedy)
    }
    guard let version = quoted(output), let major = javaMajor(version) else {
      return .doubtful(subject, "\(place) does not tell its version", mend: javaRemedy)
    }
    guard major >= 8 else {
      return .missing(subject, "\(place) is version \(version)", mend: javaRemedy)
    }
    guard javaVersions.contains(major) else {
      return .doubtful(
        subject, "\(place) is version \(version), which Spark is not tested with",
        mend: javaRemedy)
    }
    return .fine(subject, "\(version) (\(place))")
  }

  /// `1.8.0_392` is 8, `17.0.9` is 17.
  private static func javaMajor(_ version: String) -> Int? {
    let parts = numbers(version)
    return parts.first == 1 && parts.count > 1 ? parts[1] : parts.first
  }

  /// `output` of `python --version`; nil when it could not be run.
  static func python(_ output: String?, place: String) -> Finding {
    let remedy = "install Python 3.8 or later (apt-get install python3), or set PYSPARK_PYTHON"
    guard let output else {
      return .missing("Python", "\(place) cannot be run", mend: remedy)
    }
    let parts = numbers(output.filter { !$0.isNewline })
    guard parts.count > 1, (parts[0], parts[1]) >= (3, 8) else {
      return .missing("Python", "\(place) is \(output.filter { !$0.isNewline })", mend: remedy)
    }
    let version = parts.map(String.init).joined(separator: ".")
    return .fine("Python", "\(version) (\(place))")
  }

  /// OpenSSL's own words.
  static func openSSL(_ words: String) -> Finding {
    guard let major = numbers(words).first, words.hasPrefix("OpenSSL "), major >= 3 else {
      return .missing(
        "OpenSSL", words, mend: "install OpenSSL 3 (apt-get install libssl3) and build again")
    }
    return .fine("OpenSSL", words)
  }

  /// libuv's version.
  static func libuv(_ version: String) -> Finding {
    let parts = numbers(version)
    guard parts.count > 1, (parts[0], parts[1]) >= (1, 40) else {
      return .missing(
        "libuv", version, mend: "install libuv 1.40 or later (apt-get install libuv1)")
    }
    return .fine("libuv", version)
  }

  /// Spark's version from the name of its core's file: `spark-core_2.12-3.5.8.jar`.
  static func sparkVersion(jars: [String]) -> String? {
    let core = jars.first { $0.hasPrefix("spark-core_") && $0.hasSuffix(".jar") }
    return core.flatMap { name in
      name.dropLast(".jar".count).split(separator: "-").last.map(String.init)
    }
  }

  private static func quoted(_ text: String) -> String? {
    let parts = text.split(separator: "\"", omittingEmptySubsequences: false)
    return parts.count > 2 ? String(parts[1]) : nil
  }

  /// The numbers of the first word that begins with a digit: `3.11.2` is 3, 11, 2.
  private static func numbers(_ text: String) -> [Int] {
    guard let start = text.firstIndex(where: { $0.isASCII && $0.isNumber }) else { return [] }
    let word = text[start...].prefix { $0.isASCII && ($0.isNumber || $0 == "." || $0 == "_") }
    return word.split { $0 == "." || $0 == "_" }.compactMap { Int($0) }
  }
}

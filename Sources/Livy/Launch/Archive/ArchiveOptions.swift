// SPDX-License-Identifier: Apache-2.0

internal import LivyCore

/// What a JVM is told of archives (JEP 350). It is `auto` throughout: an archive that does not fit
/// is passed over, without a word in the session's log.
enum ArchiveOptions {
  static let using = ["-Xshare:auto", "-Xlog:cds=off", "-Xlog:cds+dynamic=off"]

  static func using(_ archive: String) -> [String] { ["-XX:SharedArchiveFile=\(archive)"] + using }

  static func making(_ archive: String) -> [String] {
    ["-XX:ArchiveClassesAtExit=\(archive)"] + using
  }

  /// In which Spark's launcher takes options of a driver's JVM that stand before all others, so
  /// that those of a request win.
  static let variable = "SPARK_SUBMIT_OPTS"

  /// Spark parts the variable at blanks and heeds quotes and backslashes; the JVM parts the path at
  /// colons. Such a path is left alone.
  static func canName(_ path: String) -> Bool {
    path.hasPrefix("/")
      && path.utf8.allSatisfy { byte in
        byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z")
          || Self.marks.contains(byte)
      }
  }

  private static let marks = Set("0123456789/._-+@=,".utf8)
}

extension SparkSubmitLine {
  /// Whether the driver's class path is Spark's jars, with nothing before them but a conf folder: in
  /// client mode a class path of the request's stands first, and then no archive fits.
  var hasPlainClassPath: Bool {
    let moved = ["SPARK_PREPEND_CLASSES", "SPARK_TESTING", "SPARK_SQL_TESTING", "CLASSPATH"]
    return properties.values["spark.driver.extraClassPath", default: ""].isEmpty
      && moved.allSatisfy { environment[$0, default: ""].isEmpty }
  }

  /// Where Spark's own conf lies for this start.
  var confFolder: String {
    environment["SPARK_CONF_DIR"] ?? environment["SPARK_HOME", default: ""] + "/conf"
  }

  /// `folder` is an empty one: a JVM archives no classes when a folder that holds files stands on
  /// its class path.
  mutating func use(_ options: [String], confFolder folder: String) {
    let former = environment[ArchiveOptions.variable].map { [$0] } ?? []
    environment[ArchiveOptions.variable] = (options + former).joined(separator: " ")
    // What the session's own programs start looks where it always looked.
    environment[DriverInvocation.confFolderVariable] = confFolder
    environment["SPARK_CONF_DIR"] = folder
  }
}

/// Spark's conf folder stands first on the class path. One whose files no class looks for can be
/// left out there.
enum SparkConfFolder {
  /// Files that Spark's scripts and this server read by their path, or nobody.
  private static let ownFiles: Set<String> = ["spark-defaults.conf", "workers", "slaves"]

  /// A folder that is not there matters to nobody either.
  static func matters(_ names: [String]) -> Bool {
    !names.allSatisfy { ownFiles.contains($0) || $0.hasSuffix(".template") }
  }
}

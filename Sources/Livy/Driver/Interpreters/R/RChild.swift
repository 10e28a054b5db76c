// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Transport

/// How the R of a session is started.
package struct ROptions: Sendable {
  /// All of the child's environment: the driver's own, and more.
  package var environment: [String: String]
  package var limits = RLimits()

  package init(environment: [String: String]) {
    self.environment = environment
  }

  /// R sends its errors and its output to one pipe, so that they stay in order.
  private static let shell = #"exec "$1" --vanilla -e "$2" 2>&1"#

  /// R cannot open an inherited descriptor: requests come through standard input, the program itself
  /// first.
  private static let loader =
    "local({input <- file('stdin', 'rb'); size <- readBin(input, 'integer', 1L, 4L, endian = 'little'); "
    + "eval(parse(text = rawToChar(readBin(input, 'raw', size)), keep.source = FALSE))(input)})"

  /// The folder of Spark's own R package; a full distribution of Spark has it, others have not.
  var library: String? {
    let home = environment["SPARK_HOME"] ?? ""
    let folder = home + "/R/lib/SparkR"
    return access(folder + "/DESCRIPTION", R_OK) == 0 ? folder : nil
  }

  /// `Rscript`, as the child's PATH gives it.
  var executable: String? {
    (environment["PATH"] ?? "").split(separator: ":").map { "\($0)/Rscript" }
      .first { access($0, X_OK) == 0 }
  }

  func process(_ executable: String) -> ChildProcessOptions {
    var process = ChildProcessOptions(
      executable: "/bin/sh", arguments: ["-c", Self.shell, "sh", executable, Self.loader])
    var variables = environment
    variables["LC_ALL"] = variables["LC_ALL"] ?? "C.UTF-8"
    process.environment = .exactly(variables)
    process.descriptors = [.pipe(.toChild), .pipe(.fromChild)]
    process.session = .own
    return process
  }
}

// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// What a program says: lines, each at once.
enum Report {
  static func line(_ text: String) {
    print(text)
    fflush(nil)
  }

  /// The result as one line of JSON. `more` is text such as `"resumed": true, `.
  static func result(_ window: Window, calls: Int, _ latencies: Histogram, more: String = "") {
    let figures = [
      "\"calls\": \(calls)", "\"seconds\": \(Double(window.wall) / 1e9)",
      "\"client_cpu_us\": \(Double(window.client) / 1e3)",
      "\"server_cpu_us\": \(Double(window.server) / 1e3)", percentiles(latencies),
    ]
    line("{\(more)\(figures.joined(separator: ", "))}")
  }

  static func percentiles(_ latencies: Histogram) -> String {
    [("p50_us", 0.5), ("p99_us", 0.99), ("p999_us", 0.999)]
      .map { "\"\($0.0)\": \(latencies.percentile($0.1))" }.joined(separator: ", ")
  }
}

extension Report {
  static func complain(_ text: String) {
    let line = Array("\(text)\n".utf8)
    _ = write(STDERR_FILENO, line, line.count)
  }
}

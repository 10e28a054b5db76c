// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Livy

/// Where the server is: for every command that talks to one.
struct ServerOptions: ParsableArguments {
  @Option(help: "Address of the server; else $LIVY_URL, else http://127.0.0.1:8998.")
  var url: String?

  func client() throws -> LivyClient {
    let environment = Surroundings.current.environment
    let said = environment["LIVY_URL"].flatMap { $0.isEmpty ? nil : $0 }
    return try LivyClient(url ?? said ?? "http://127.0.0.1:8998")
  }
}

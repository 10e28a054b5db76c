// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser

/// `livy`: the server, and what people do with one.
@main
struct LivyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "livy",
    abstract: "Interactive Spark sessions over REST, as Apache Livy serves them.",
    version: ProductVersion.text,
    subcommands: [ServerCommand.self])
}

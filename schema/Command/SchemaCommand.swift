// SPDX-License-Identifier: Apache-2.0

@main
struct SchemaCommand {
  static func main() {}
}

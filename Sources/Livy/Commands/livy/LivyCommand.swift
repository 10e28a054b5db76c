// SPDX-License-Identifier: Apache-2.0

@main
struct LivyCommand {
  static func main() {}
}

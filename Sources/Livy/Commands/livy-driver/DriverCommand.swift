// SPDX-License-Identifier: Apache-2.0

@main
struct DriverCommand {
  static func main() {}
}

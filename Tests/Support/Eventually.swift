// SPDX-License-Identifier: Apache-2.0

/// Polls until `condition` holds; false when it never did within the (generous) time.
package func eventually(
  within limit: Duration = .seconds(60), _ condition: @Sendable () async -> Bool
) async -> Bool {
  let end = ContinuousClock.now.advanced(by: limit)
  while ContinuousClock.now < end {
    if await condition() { return true }
    try? await Task.sleep(for: .milliseconds(2))
  }
  return await condition()
}

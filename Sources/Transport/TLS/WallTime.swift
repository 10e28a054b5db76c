// SPDX-License-Identifier: Apache-2.0

internal import CUV

/// The time of day, as certificates know it.
package enum WallTime {
  /// Seconds since 1970. The system's own clock cannot fail; 0 stands for one that does, and no
  /// certificate is good then.
  @Sendable package static func now() -> Int64 {
    var time = uv_timeval64_t()
    return uv_gettimeofday(&time) == 0 ? time.tv_sec : 0
  }
}

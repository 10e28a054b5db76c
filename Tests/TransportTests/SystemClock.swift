// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Seconds since 1970, for the dates of certificates.
func systemSeconds() -> Int64 {
  Int64(Date().timeIntervalSince1970)
}

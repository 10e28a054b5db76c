// SPDX-License-Identifier: Apache-2.0

// The payloads are part of every call here: who imports Livy has them too. On lines of their own,
// since every import begins with its access level.
// swift-format-ignore
@_exported
public import LivyAPI

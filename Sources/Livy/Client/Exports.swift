// SPDX-License-Identifier: Apache-2.0

// The payloads are part of every call here: who imports Livy has them too.
@_exported public import LivyAPI

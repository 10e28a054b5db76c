// SPDX-License-Identifier: Apache-2.0

/// The compiler must think that the value may have changed, so that nothing about it is worked out
/// once for many times.
@inline(never) @_optimize(none)
func touch<Value>(_ value: inout Value) {}

/// The compiler must think that the value is needed.
@inline(never) @_optimize(none)
func keep<Value>(_ value: borrowing Value) {}

# SPDX-License-Identifier: Apache-2.0
@0xd1f6b2a4c3e59087;

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("bench");

interface Echo {
  echo @0 (payload :Data) -> (payload :Data);
  # Calls the sink with so many items.
  follow @1 (items :UInt64, itemBytes :UInt32, sink :Sink) -> ();

  interface Sink {
    item @0 (payload :Data) -> stream;
  }
}

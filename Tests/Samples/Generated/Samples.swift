// SPDX-License-Identifier: Apache-2.0

package import WireJSON
internal import WireWellKnown
internal import WireWellKnownJSON

/// The messages of the sample schemas that are declared outside of others.
package enum Samples {
  package static let all: [any JSONMessage.Type] = [
    PlainScalars.self, OptionalScalars.self, PackedLists.self, LooseLists.self, Item.self,
    AllMaps.self, Stone.self, Choice.self, Leaf.self, Node.self, Edge.self, EnumPlaces.self,
    NameSample.self, FarNumbers.self, NoFields.self, WellKnownPlaces.self,
    TestAllTypesProto3.self, ForeignMessage.self, ConformanceRequest.self,
    ConformanceResponse.self, AddedAfter.self, NestedAfter.self, EnumAfter.self,
    Random10.self, Random11.self, Random12.self, Random13.self,
    Random14.self, Random15.self, Random20.self, Random21.self,
    Random22.self, Random23.self, Random24.self, Random25.self,
    Random30.self, Random31.self, Random32.self, Random33.self,
    Random34.self, Random35.self,
  ]

  /// What an `Any` may hold.
  package static let types = JSONTypes(
    all + [
      AnyMessage.self, DurationMessage.self, Empty.self, FieldMask.self, Int32Value.self,
      StringValue.self, Struct.self, Timestamp.self, Value.self,
    ])
}

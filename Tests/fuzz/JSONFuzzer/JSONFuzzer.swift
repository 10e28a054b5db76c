// SPDX-License-Identifier: Apache-2.0

internal import WireCodec
internal import WireJSON
internal import WireSamples

/// Texts, read as the JSON of messages that have each kind of field. The first byte of the input
/// says as which, and its highest bit whether unknown names are ignored.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  let input = [UInt8](UnsafeBufferPointer(start: data, count: size))
  guard let choice = input.first else { return 0 }
  let options = JSONReadingOptions(
    unknown: choice < 128 ? .refused : .ignored, types: Samples.types)
  let type: any JSONMessage.Type = Samples.all[Int(choice) % Samples.all.count]
  read(type, Array(input.dropFirst()), options)
  return 0
}

/// What was read is written to a text that means the same.
private func read<Message: JSONMessage>(
  _ type: Message.Type, _ text: [UInt8], _ options: JSONReadingOptions
) {
  let message: Message
  do throws(JSONError) {
    message = try Message(json: text, options)
  } catch {
    precondition(error.offset <= text.count, "\(type): an error lies beyond the input")
    return
  }
  let bytes = message.encoded()
  guard let decoded = try? Message(decoding: bytes), decoded.encoded() == bytes else {
    preconditionFailure("\(type): what came from JSON is no message in bytes")
  }
  let writing = JSONWritingOptions(types: Samples.types)
  guard let json = try? message.jsonBytes(writing), let again = try? Message(json: json, options)
  else { preconditionFailure("\(type): what was read is not written") }
  precondition(again.encoded() == bytes, "\(type): reading what was written changes it")
}

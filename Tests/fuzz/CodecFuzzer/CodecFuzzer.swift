// SPDX-License-Identifier: Apache-2.0

internal import WireCodec
internal import WireJSON
internal import WireSamples

/// Bytes, read as messages that have each kind of field. The first byte of the input says as which.
///
/// What was read is written to bytes that mean the same, and what has a form in JSON is read from
/// it again.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  // Memory of exactly this length: to read past it is found by the address sanitizer.
  let input = [UInt8](UnsafeBufferPointer(start: data, count: size))
  guard let choice = input.first else { return 0 }
  let type: any JSONMessage.Type = Samples.all[Int(choice) % Samples.all.count]
  read(type, Array(input.dropFirst()))
  return 0
}

private func read<Message: JSONMessage>(_ type: Message.Type, _ bytes: [UInt8]) {
  let message: Message
  do throws(CodecError) {
    message = try Message(decoding: bytes)
  } catch {
    precondition(error.offset <= bytes.count, "\(type): an error lies beyond the input")
    return
  }
  let encoded = message.encoded()
  precondition(encoded.count == message.encodedSize, "\(type): the size is not the size")
  guard let again = try? Message(decoding: encoded) else {
    preconditionFailure("\(type): what was written is not read")
  }
  // As bytes: NaN is not equal to itself.
  precondition(again.encoded() == encoded, "\(type): reading what was written changes it")
  readJSON(of: message)
}

/// Some of what is read in bytes JSON does not tell apart: any number of `NullValue` is `null`. So
/// the text of what was read from JSON is compared, and not the first one.
private func readJSON<Message: JSONMessage>(of message: Message) {
  let writing = JSONWritingOptions(types: Samples.types)
  guard let json = try? message.jsonBytes(writing) else { return }
  let reading = JSONReadingOptions(types: Samples.types)
  guard let read = try? Message(json: json, reading), let text = try? read.jsonBytes(writing),
    let again = try? Message(json: text, reading), let same = try? again.jsonBytes(writing)
  else { preconditionFailure("\(Message.self): what was written is not read") }
  precondition(same == text, "\(Message.self): JSON changes when it is read and written")
}

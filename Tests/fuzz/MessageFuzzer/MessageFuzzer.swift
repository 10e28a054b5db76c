// SPDX-License-Identifier: Apache-2.0

internal import WireCodec
internal import WireMessages

/// Bytes, read as messages of the schema. The first byte of the input says as which.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  // Memory of exactly this length: to read past it is found by the address sanitizer.
  let input = [UInt8](UnsafeBufferPointer(start: data, count: size))
  guard let choice = input.first else { return 0 }
  Readers.all[Int(choice) % Readers.all.count](Array(input.dropFirst()))
  return 0
}

/// Messages that between them have all kinds of fields and all that nest. Within a type, since
/// nobody runs what stands at the top of a program that has no `main` of its own.
private enum Readers {
  static let all: [@Sendable ([UInt8]) -> Void] = [
    reader(RegisterRequest.self), reader(RegisterResponse.self), reader(FailedRequest.self),
    reader(PingRequest.self), reader(ExecuteRequest.self), reader(WatchRequest.self),
    reader(AttachRequest.self), reader(AttachResponse.self), reader(Job.self),
    reader(SubmitJobRequest.self), reader(RunJobResponse.self), reader(JobStatusResponse.self),
    reader(JobReport.self), reader(AddFileRequest.self), reader(Event.self),
    reader(StatementStarted.self), reader(StatementProgress.self),
    reader(StatementFinished.self), reader(Success.self), reader(Part.self),
    reader(Failure.self), reader(EnrollRequest.self), reader(EnrollResponse.self),
    reader(LaunchFile.self),
  ]
}

private func reader<Message: WireMessage>(
  _ type: Message.Type
) -> @Sendable ([UInt8]) -> Void {
  { read(type, $0) }
}

/// What was read is written to bytes that mean the same.
private func read<Message: WireMessage>(_ type: Message.Type, _ bytes: [UInt8]) {
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
}

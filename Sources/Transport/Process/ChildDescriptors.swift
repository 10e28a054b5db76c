// SPDX-License-Identifier: Apache-2.0

internal import CUV

/// The descriptors of a child in libuv's form, with the files and pipes that were opened for them.
struct ChildDescriptors {
  private(set) var containers: [uv_stdio_container_t] = []
  private(set) var pipes: [Int: UVStream] = [:]
  /// The child has copies; ours are closed after the spawn.
  private var files: [Int32] = []

  init(
    _ descriptors: [ChildProcessOptions.Descriptor], of options: ChildProcessOptions,
    on loop: EventLoop, _ limits: TransportLimits
  ) throws(TransportError) {
    do {
      for (number, descriptor) in descriptors.enumerated() {
        let name = "descriptor \(number) of \(options.executable)"
        try add(descriptor, number, named: name, on: loop, limits)
      }
    } catch {
      closeFiles()
      for pipe in pipes.values { pipe.cancel() }
      throw error
    }
  }

  func closeFiles() {
    for file in files {
      var request = uv_fs_t()
      uv_fs_close(nil, &request, file, nil)
      uv_fs_req_cleanup(&request)
    }
  }

  private mutating func add(
    _ descriptor: ChildProcessOptions.Descriptor, _ number: Int, named name: String,
    on loop: EventLoop, _ limits: TransportLimits
  ) throws(TransportError) {
    var container = uv_stdio_container_t()
    switch descriptor {
    case .null:
      container.flags = UV_IGNORE
    case .inherit(let descriptor):
      container.flags = UV_INHERIT_FD
      container.data.fd = descriptor
    case .file(let path, let start):
      let file = try open(path, start)
      files.append(file)
      container.flags = UV_INHERIT_FD
      container.data.fd = file
    case .pipe(let direction):
      let pipe = try UVStream.pipe(direction, on: loop, name: name, limits: limits)
      pipes[number] = pipe
      // Both ways for libuv, so that we also see the end of a child that only reads.
      let flags =
        UV_CREATE_PIPE.rawValue | UV_READABLE_PIPE.rawValue | UV_WRITABLE_PIPE.rawValue
      container.flags = uv_stdio_flags(rawValue: flags)
      container.data.stream = pipe.stream
    }
    containers.append(container)
  }

  private func open(
    _ path: String, _ start: ChildProcessOptions.FileStart
  ) throws(TransportError) -> Int32 {
    var request = uv_fs_t()
    defer { uv_fs_req_cleanup(&request) }
    let how: Int32
    switch start {
    case .append: how = O_APPEND
    case .truncate: how = O_TRUNC
    }
    // libuv adds O_CLOEXEC.
    let file = uv_fs_open(nil, &request, path, O_WRONLY | O_CREAT | how, 0o600, nil)
    return try check(file, "cannot open \(path) for a child's output")
  }
}

extension UVStream {
  /// Our end of a pipe that `uv_spawn` will make.
  fileprivate static func pipe(
    _ direction: ChildProcessOptions.PipeDirection, on loop: EventLoop, name: String,
    limits: TransportLimits
  ) throws(TransportError) -> UVStream {
    let life: StreamLife
    switch direction {
    case .toChild: life = StreamLife(awaitsPeer: false)
    case .fromChild: life = StreamLife()
    }
    let stream = UVStream(on: loop, name: name, limits: limits, life: life)
    try stream.adopt(UV_NAMED_PIPE, "cannot make a pipe for \(name)") { memory in
      uv_pipe_init(loop.raw, memory.assumingMemoryBound(to: uv_pipe_t.self), 0)
    }
    return stream
  }
}

/// Strings as C's list of pointers with NULL at its end. Nil where a string holds a zero byte,
/// which C would take for its end.
final class CStringList {
  let pointers: UnsafeMutableBufferPointer<UnsafeMutablePointer<CChar>?>

  init?(_ texts: [String]) {
    if texts.contains(where: { $0.utf8.contains(0) }) { return nil }
    pointers = .allocate(capacity: texts.count + 1)
    pointers.initialize(repeating: nil)
    for (index, text) in texts.enumerated() {
      pointers[index] = text.withCString { strdup($0) }
    }
  }

  deinit {
    for pointer in pointers { free(pointer) }
    pointers.deallocate()
  }
}

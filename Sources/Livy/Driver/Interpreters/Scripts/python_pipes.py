# SPDX-License-Identifier: Apache-2.0
"""The talk with the driver, in bytes.

The driver starts `python3 -c LOADER REQUESTS REPLIES OUTPUT-BYTES FORMS` and sends all scripts
through stdin; this is the first, and all share one namespace. REQUESTS and REPLIES are the numbers
of inherited pipes, OUTPUT-BYTES is how many bytes of a statement's output the driver keeps, FORMS is
`rich` or `plain`. One reply follows each request, in order; but `complete` is answered at once, past
what runs:

    frame    length (u32 little endian, of kind and payload), kind (u8), payload
    text     length (u32 little endian), UTF-8
    bytes    length (u32 little endian), bytes

    request 1  attach   text token                     takes the Spark context of the gateway's JVM
    request 2  execute  text token, text id, text code
    request 3  interrupt  text token                   no reply: breaks off the request that has it
    request 4  include  text token, count * text name  files that were added can be imported
    request 5  job      text token, text id, bytes program
    request 6  complete  text token, text code         the code before the place
    reply   1  done     -
    reply   2  failed   text name, text value, u32 count, count * text traceback line
    reply   3  result   the job's pickled result, without a length
    reply   4  shown    count * (text MIME type, text `text` or `json`, text content)
    reply   5  completed  text token, count * text candidate

What a statement prints does not come in the reply: file descriptors 1 and 2 are one pipe that the
driver reads, so that prints, subprocesses and C code appear in the order in which they wrote, and
code that prints while it holds the interpreter's lock cannot wait for ever for a reader thread.
The token, written to that pipe before the reply, says where the output of a request ends.
What C code keeps in its own stdio buffers appears when C flushes it.
"""
import io
import os
import queue
import signal
import struct
import threading
import traceback

REQUEST_BYTES_MAX = 64 << 20
REPLY_TEXT_CHARACTERS_MAX = 256 << 10  # of the value, and of all traceback lines together
ATTACH, EXECUTE, INTERRUPT, INCLUDE, JOB, COMPLETE = 1, 2, 3, 4, 5, 6
DONE, FAILED, RESULT, SHOWN, COMPLETED = 1, 2, 3, 4, 5
CUT = "... [cut by Livy: too long]"


class Output(io.TextIOWrapper):
    """sys.stdout and sys.stderr: each write leaves at once, so that the order of printing stays."""

    def __init__(self, descriptor):
        file = open(descriptor, "wb", closefd=False)
        super().__init__(file, encoding="utf-8", errors="backslashreplace")

    def write(self, text):
        count = super().write(text)
        self.flush()
        return count

    def close(self):
        """User code may close what it did not open; later statements still want to print."""
        self.flush()


class Requests:
    """Reads the request pipe on a thread of its own, so that interrupts and the driver's end are
    noticed while user code runs: at the driver's end the whole process group is killed, with what
    user code started."""

    def __init__(self, descriptor, complete):
        """`complete` takes the texts of such a request and answers it: it must run no user code."""
        self._descriptor = descriptor
        self._complete = complete
        self._queue = queue.Queue()
        self._interrupted = None  # Token of the request that was interrupted last.
        self._signalled = None  # Token that the next SIGINT is meant for.
        threading.Thread(target=self._read, name="livy-requests", daemon=True).start()

    def take(self):
        return self._queue.get()

    def _read(self):
        try:
            while True:
                (length,) = struct.unpack("<I", self._exactly(4))
                if not 1 <= length <= REQUEST_BYTES_MAX:
                    raise EOFError
                frame = self._exactly(length)
                kind, fields = frame[0], unpack_fields(frame[1:])
                if kind == INTERRUPT:
                    self._interrupt(fields[0])
                elif kind == COMPLETE:
                    self._complete(*texts(fields))
                else:
                    self._queue.put((kind, fields))
        except (EOFError, OSError):
            end_process_group()

    def _interrupt(self, token):
        """First the code alone, and when that did not help, also what it started, as Ctrl-C at a
        terminal: while os.system waits, Python itself does not hear of it."""
        self._signalled = token
        if token == self._interrupted and leads_process_group():
            os.killpg(0, signal.SIGINT)
        else:
            signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
        self._interrupted = token

    def take_signalled(self):
        token, self._signalled = self._signalled, None
        return token

    def _exactly(self, count):
        chunks = []
        while count > 0:
            chunk = os.read(self._descriptor, min(count, 1 << 20))
            if not chunk:
                raise EOFError
            chunks.append(chunk)
            count -= len(chunk)
        return b"".join(chunks)


class Replies:
    """Writes whole replies, whichever thread they come from."""

    def __init__(self, descriptor):
        self._descriptor = descriptor
        self._lock = threading.Lock()

    def write(self, kind, payload):
        with self._lock:
            write_all(self._descriptor, struct.pack("<IB", len(payload) + 1, kind) + payload)


def leads_process_group():
    return os.getpgrp() == os.getpid()


def end_process_group():
    if leads_process_group():
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


def write_all(descriptor, data):
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view):]


def pack_text(text):
    data = text.encode("utf-8", "backslashreplace")
    return struct.pack("<I", len(data)) + data


def unpack_fields(payload):
    """The bytes of texts too; `texts` makes them what they are."""
    fields, offset = [], 0
    while offset < len(payload):
        (length,) = struct.unpack_from("<I", payload, offset)
        offset += 4
        fields.append(payload[offset:offset + length])
        offset += length
    return fields


def texts(fields):
    return [field.decode("utf-8") for field in fields]


class Failure:
    """An exception in the words of a failed statement."""

    kind = FAILED

    def __init__(self, name, value, lines):
        self.name = name
        self.value = cut(value)
        self.lines = cut_lines(lines)

    def pack(self):
        texts = [pack_text(self.name), pack_text(self.value), struct.pack("<I", len(self.lines))]
        return b"".join(texts + [pack_text(line) for line in self.lines])


def cut(text):
    if len(text) <= REPLY_TEXT_CHARACTERS_MAX:
        return text
    return text[:REPLY_TEXT_CHARACTERS_MAX] + CUT


def cut_lines(lines):
    """Keeps the head: the exception's own words, the last line, are kept in the value as well."""
    kept, room = [], REPLY_TEXT_CHARACTERS_MAX
    for line in lines:
        if len(line) > room:
            kept.append(line[:room] + CUT + "\n")
            break
        kept.append(line)
        room -= len(line)
    return kept


def value_of(error):
    try:
        return str(error)
    except Exception:
        return "<unprintable %s object>" % type(error).__name__


def exception_lines(error):
    try:
        return traceback.format_exception_only(type(error), error)
    except Exception:
        return ["%s: %s\n" % (type(error).__name__, value_of(error))]

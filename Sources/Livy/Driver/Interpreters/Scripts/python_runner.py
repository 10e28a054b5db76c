# SPDX-License-Identifier: Apache-2.0
"""Runs the Python statements of one session, or its jobs, one after the other.

The driver starts `python3 -c LOADER REQUESTS REPLIES` and sends this text through stdin, behind
`python_jobs.py`; the two arguments are the numbers of inherited pipes. One reply follows each
request, in order:

    frame    length (u32 little endian, of kind and payload), kind (u8), payload
    text     length (u32 little endian), UTF-8
    bytes    length (u32 little endian), bytes

    request 1  attach   text token                     takes the Spark context of the gateway's JVM
    request 2  execute  text token, text id, text code
    request 3  interrupt  text token                   no reply: breaks off the request that has it
    request 4  include  text token, count * text name  files that were added can be imported
    request 5  job      text token, text id, bytes program
    reply   1  done     -
    reply   2  failed   text name, text value, u32 count, count * text traceback line
    reply   3  result   the job's pickled result, without a length

What a statement prints does not come in the reply: file descriptors 1 and 2 are one pipe that the
driver reads, so that prints, subprocesses and C code appear in the order in which they wrote, and
code that prints while it holds the interpreter's lock cannot wait for ever for a reader thread.
The token, written to that pipe before the reply, says where the output of a request ends.
What C code keeps in its own stdio buffers appears when C flushes it.
"""
import __future__
import ast
import faulthandler
import importlib
import io
import os
import queue
import signal
import struct
import sys
import threading
import traceback
import types
import warnings
import weakref

# An interrupt that comes before the runner is ready meets nobody: by default it would end the process.
signal.signal(signal.SIGINT, lambda number, frame: None)

REQUEST_BYTES_MAX = 64 << 20
REPLY_TEXT_CHARACTERS_MAX = 256 << 10  # of the value, and of all traceback lines together
ATTACH, EXECUTE, INTERRUPT, INCLUDE, JOB = 1, 2, 3, 4, 5
DONE, FAILED, RESULT = 1, 2, 3
FILE_NAME = "<stdin>"
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

    def __init__(self, descriptor):
        self._descriptor = descriptor
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


def job_traceback(error):
    """As Python prints it, without the frames of this file and `python_jobs.py`."""
    ours = (job_traceback.__code__.co_filename, run_job.__code__.co_filename)  # noqa: F821
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename in ours:
        trace = trace.tb_next
    try:
        return traceback.format_exception(type(error), error, trace)
    except Exception:
        return exception_lines(error)


class Program:
    """The namespace of the session, `__main__` to all that looks: functions defined in it are
    pickled by value, so that executors can run them."""

    def __init__(self):
        self.module = types.ModuleType("__main__")
        sys.modules["__main__"] = self.module
        self.names = self.module.__dict__
        self._future_flags = 0
        # Lines of the statement that a code object came from; lives as long as the function does.
        self._lines_of = weakref.WeakKeyDictionary()

    def run(self, code):
        """None, or the Failure. A last statement that is an expression prints its value, as at
        Python's own prompt."""
        code = code.replace("\r\n", "\n")
        try:
            blocks = self._compile(code)
        except BaseException as error:
            # Nothing ran, so there are no frames to tell of.
            return Failure(type(error).__name__, value_of(error), exception_lines(error))
        try:
            for block in blocks:
                exec(block, self.names)
        except BaseException as error:
            return Failure(type(error).__name__, value_of(error), self._traceback(error))
        return None

    def _compile(self, code):
        nodes = compile(code, FILE_NAME, "exec", self._future_flags | ast.PyCF_ONLY_AST, True).body
        modules = []
        if len(nodes) > 1:
            modules.append((ast.Module(nodes[:-1], type_ignores=[]), "exec"))
        if nodes:
            modules.append((ast.Interactive(nodes[-1:]), "single"))
        blocks, lines = [], code.split("\n")
        for module, mode in modules:
            block = compile(module, FILE_NAME, mode, self._future_flags, True)
            for name in __future__.all_feature_names:
                flag = getattr(__future__, name).compiler_flag
                self._future_flags |= block.co_flags & flag
            self._remember(block, lines)
            blocks.append(block)
        return blocks

    def _remember(self, code, lines):
        self._lines_of[code] = lines
        for constant in code.co_consts:
            if isinstance(constant, types.CodeType):
                self._remember(constant, lines)

    def _traceback(self, error):
        walk = traceback.walk_tb(error.__traceback__)
        ours = self.run.__code__.co_filename  # The interrupt's own frame, for one.
        frames = [self._frame(frame, number) for frame, number in walk
                  if frame.f_code.co_filename != ours]
        for index, (file, _, name, _) in enumerate(frames):
            if file == FILE_NAME and name == "<module>":
                frames = frames[index + 1:]
                break
        lines = ["Traceback (most recent call last):\n"]
        lines += traceback.StackSummary.from_list(frames).format()
        return lines + exception_lines(error)

    def _frame(self, frame, number):
        code = frame.f_code
        text = None  # The traceback module looks in the file itself.
        if code.co_filename == FILE_NAME:
            lines = self._lines_of.get(code, [])
            text = lines[number - 1] if 0 < number <= len(lines) else ""
        return code.co_filename, number, code.co_name, text


def close_own_connection_alone():
    """Py4J 0.10.9.9 (Spark 4) answers an interrupt by asking the JVM to close the interrupted
    connection by its two ports, and the JVM closes all that share one of them: every connection of
    the gateway, the driver's too. Closing our own end is enough, as earlier versions do."""
    from py4j.clientserver import ClientServerConnection

    def shutdown_socket(connection, remote_port, local_port):
        connection.close()
        connection.is_connected = False

    if hasattr(ClientServerConnection, "shutdown_socket"):
        ClientServerConnection.shutdown_socket = shutdown_socket


class Session:
    def __init__(self, program, requests):
        self._program = program
        self._requests = requests
        self._context = None
        self._job_context = None
        self._token = None
        self._in_statement = False
        self.replace_interrupt()

    def replace_interrupt(self):
        signal.signal(signal.SIGINT, self._interrupt)

    def _interrupt(self, number, frame):
        """Ends the running statement, whoever asks for it; but what the driver asks for is heeded
        only by the statement that it means."""
        meant = self._requests.take_signalled()
        if self._in_statement and meant in (None, self._token):
            raise KeyboardInterrupt

    def attach(self):
        """Takes the Spark context that the JVM has already. None, or the Failure."""
        try:
            self._attach()
        except BaseException as error:
            lines = ["Traceback (most recent call last):\n"]
            lines += traceback.format_tb(error.__traceback__) + exception_lines(error)
            return Failure(type(error).__name__, value_of(error), lines)
        return None

    def _attach(self):
        from pyspark.conf import SparkConf
        from pyspark.context import SparkContext
        from pyspark.files import SparkFiles
        from pyspark.java_gateway import launch_gateway
        from pyspark.sql import SparkSession, SQLContext

        close_own_connection_alone()
        gateway = launch_gateway()
        jvm = gateway.jvm
        java_context = jvm.org.apache.spark.api.java.JavaSparkContext.fromSparkContext(
            jvm.org.apache.spark.SparkContext.getOrCreate())
        conf = SparkConf(_jvm=jvm, _jconf=java_context.getConf())
        context = SparkContext(jsc=java_context, gateway=gateway, conf=conf)
        sql = jvm.org.apache.spark.sql
        if int(context.version.split(".")[0]) >= 4:
            sql = getattr(sql, "classic")
        spark = SparkSession(context, sql.SparkSession.getDefaultSession().get())
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # SQLContext is deprecated, but promised by Livy.
            sql_context = SQLContext(context, spark)
        self._program.names.update(spark=spark, sc=context, sqlContext=sql_context)
        self._context = context
        self._job_context = JobContext(context, spark, sql_context)  # noqa: F821
        # PySpark's handler would cancel the jobs of the whole session.
        self.replace_interrupt()
        folder = SparkFiles.getRootDirectory()
        if os.path.isdir(folder):
            os.chdir(folder)

    def include(self, names):
        """Files that Spark has brought can be imported from here on, by its workers too: what
        PySpark's own `addPyFile` does after it has added the file."""
        from pyspark.files import SparkFiles
        try:
            folder = SparkFiles.getRootDirectory()
        except Exception as error:  # Code has stopped the context.
            return Failure(type(error).__name__, value_of(error), exception_lines(error))
        for name in names:
            is_package = name[-4:].lower() in (".zip", ".egg", ".jar")
            if is_package and name not in self._context._python_includes:
                self._context._python_includes.append(name)
            path = os.path.join(folder, name) if is_package else folder
            if path not in sys.path:
                sys.path.insert(1, path)
        importlib.invalidate_caches()
        return None

    def run_job(self, token, identifier, program):
        """The JobResult, or the Failure."""
        self._token = token
        group = "livy-job-%s" % identifier
        self._set_job_group(group, "Job %s" % identifier)
        try:
            try:
                self._in_statement = True
                return run_job(program, self._job_context)  # noqa: F821
            finally:
                self._in_statement = False
        except BaseException as error:
            self._in_statement = False
            return Failure(type(error).__name__, value_of(error), job_traceback(error))

    def execute(self, token, identifier, code):
        self._token = token
        self._set_job_group(identifier, "Job group for statement %s" % identifier)
        try:
            try:
                self._in_statement = True
                return self._program.run(code)
            finally:
                self._in_statement = False
        except KeyboardInterrupt as error:
            # It arrived just before or after the statement's own code.
            self._in_statement = False
            return Failure("KeyboardInterrupt", value_of(error), exception_lines(error))

    def _set_job_group(self, group, description):
        """On the JVM thread of this thread. Code that stopped the context can still run."""
        if self._context is None:
            return
        try:
            self._context.setJobGroup(group, description)
        except Exception:
            pass


def serve(requests, replies, output):
    session = Session(Program(), requests)
    while True:
        kind, payload = requests.take()
        token, arguments = payload[0], payload[1:]
        if kind == ATTACH:
            outcome = session.attach()
        elif kind == EXECUTE:
            outcome = session.execute(token, *texts(arguments))
        elif kind == INCLUDE:
            outcome = session.include(texts(arguments))
        elif kind == JOB:
            outcome = session.run_job(token, arguments[0].decode("utf-8"), arguments[1])
        else:
            outcome = Failure("NotImplementedError", "unknown request %d" % kind, [])
        write_all(output, token)
        payload = b"" if outcome is None else outcome.pack()
        head = struct.pack("<IB", len(payload) + 1, reply_kind(outcome))
        write_all(replies, head + payload)


def reply_kind(outcome):
    if outcome is None:
        return DONE
    return FAILED if isinstance(outcome, Failure) else RESULT


def main():
    requests, replies = int(sys.argv[1]), int(sys.argv[2])
    # What user code starts must not hold these open: our end would go unnoticed.
    os.set_inheritable(requests, False)
    os.set_inheritable(replies, False)
    os.dup2(1, 2)
    output = os.dup(1)  # For tokens: user code may close 1.
    sys.stdout = sys.stderr = sys.__stdout__ = sys.__stderr__ = Output(1)
    sys.argv = [""]
    faulthandler.enable(file=2)
    reader = Requests(requests)
    try:
        import pyspark.sql  # Takes a second, in which Spark starts.  # noqa: F401
    except ImportError:
        pass  # `attach` says so.
    serve(reader, replies, output)


main()

# SPDX-License-Identifier: Apache-2.0
"""Runs the Python statements of one session, or its jobs, one after the other.

The last of the scripts that `python_pipes.py` tells of.
"""
import __future__
import ast
import faulthandler
import functools
import importlib
import os
import signal
import sys
import traceback
import types
import warnings
import weakref

# An interrupt that comes before the runner is ready meets nobody: by default it would end the process.
signal.signal(signal.SIGINT, lambda number, frame: None)

FILE_NAME = "<stdin>"
SCRIPTS = frozenset(sys.argv[5:])


def job_traceback(error):
    """As Python prints it, without the runner's own frames."""
    trace = error.__traceback__
    while trace is not None and is_own(trace.tb_frame):
        trace = trace.tb_next
    try:
        return traceback.format_exception(type(error), error, trace)
    except Exception:
        return exception_lines(error)


def is_own(frame):
    """Code that a job's pickle evaluates has this namespace, too, but comes from no script."""
    return frame.f_globals is globals() and frame.f_code.co_filename in SCRIPTS


class Program:
    """The namespace of the session, `__main__` to all that looks: functions defined in it are
    pickled by value, so that executors can run them."""

    def __init__(self, bytes_max, is_rich):
        self.module = types.ModuleType("__main__")
        sys.modules["__main__"] = self.module
        self.names = self.module.__dict__
        self._magics = Magics(self.names, bytes_max)
        self._bytes_max = bytes_max
        self._is_rich = is_rich
        self._future_flags = 0
        # Lines of the statement that a code object came from; lives as long as the function does.
        self._lines_of = weakref.WeakKeyDictionary()

    def run(self, code):
        """What the statement comes to: Shown, Failure or None. A last statement that is an
        expression prints its value, as at Python's own prompt."""
        code = code.replace("\r\n", "\n")
        try:
            chunks = self._chunks(code)
        except BaseException as error:
            # Nothing ran, so there are no frames to tell of.
            return Failure(type(error).__name__, value_of(error), exception_lines(error))
        shown = None
        try:
            for run in chunks:
                shown = run()
        except UnknownMagic as error:
            return Failure(type(error).__name__, value_of(error), exception_lines(error))
        except BaseException as error:
            return Failure(type(error).__name__, value_of(error), self._traceback(error))
        return shown

    def _chunks(self, code):
        """Functions that run the code piece by piece. It has magics only if it is no Python."""
        try:
            return [functools.partial(self._execute, self._compile(code))]
        except SyntaxError:
            chunks = split_at_magics(code)
            if not any(chunk.startswith("%") for chunk in chunks):
                raise
        return [functools.partial(self._magics.run, chunk) if chunk.startswith("%")
                else functools.partial(self._execute, self._compile(chunk)) for chunk in chunks]

    def _execute(self, blocks):
        """What the last block shows."""
        for block, mode in blocks:
            if mode != "eval":
                exec(block, self.names)
                continue
            value = eval(block, self.names)
            sys.displayhook(value)
            return richer_forms(value, self._bytes_max)
        return None

    def _compile(self, code):
        nodes = compile(code, FILE_NAME, "exec", self._future_flags | ast.PyCF_ONLY_AST, True).body
        modules = []
        if len(nodes) > 1:
            modules.append((ast.Module(nodes[:-1], type_ignores=[]), "exec"))
        if nodes and self._is_rich and isinstance(nodes[-1], ast.Expr):
            modules.append((ast.Expression(nodes[-1].value), "eval"))
        elif nodes:
            modules.append((ast.Interactive(nodes[-1:]), "single"))
        blocks, lines = [], code.split("\n")
        for module, mode in modules:
            block = compile(module, FILE_NAME, mode, self._future_flags, True)
            for name in __future__.all_feature_names:
                flag = getattr(__future__, name).compiler_flag
                self._future_flags |= block.co_flags & flag
            self._remember(block, lines)
            blocks.append((block, mode))
        return blocks

    def _remember(self, code, lines):
        self._lines_of[code] = lines
        for constant in code.co_consts:
            if isinstance(constant, types.CodeType):
                self._remember(constant, lines)

    def _traceback(self, error):
        walk = traceback.walk_tb(error.__traceback__)
        # The interrupt's own frame is ours, for one.
        frames = [self._frame(frame, number) for frame, number in walk if not is_own(frame)]
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
        self._job_context = JobContext(context, spark, sql_context)
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
                return run_job(program, self._job_context)
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


def serve(program, requests, replies, output):
    session = Session(program, requests)
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
        if outcome is None:
            replies.write(DONE, b"")
        else:
            replies.write(outcome.kind, outcome.pack())


def completer(names, replies):
    def complete(token, code):
        try:
            candidates = completions(code, names)
        except Exception:
            candidates = []  # Values may be stranger than we can think of.
        replies.write(COMPLETED, b"".join(pack_text(text) for text in [token] + candidates))

    return complete


def main():
    requests, replies, bytes_max = map(int, sys.argv[1:4])
    program = Program(bytes_max, is_rich=sys.argv[4] == "rich")
    # What user code starts must not hold these open: our end would go unnoticed.
    os.set_inheritable(requests, False)
    os.set_inheritable(replies, False)
    os.dup2(1, 2)
    output = os.dup(1)  # For tokens: user code may close 1.
    sys.stdout = sys.stderr = sys.__stdout__ = sys.__stderr__ = Output(1)
    sys.argv = [""]
    faulthandler.enable(file=2)
    replies = Replies(replies)
    reader = Requests(requests, completer(program.names, replies))
    try:
        import pyspark.sql  # Takes a second, in which Spark starts.  # noqa: F401
    except ImportError:
        pass  # `attach` says so.
    serve(program, reader, replies, output)


main()

# SPDX-License-Identifier: Apache-2.0
"""Jobs of the programmatic API: a job is a pickled function of one argument, the job context."""
import collections
import importlib
import pickle
import sys
import tempfile
import threading

RESULT_BYTES_MAX = 32 << 20
SHARED_OBJECTS_MAX = 100


class JobContext:
    """What a job finds of the session. It lives as long as the process that runs the jobs, so that
    one job can leave objects for the next."""

    def __init__(self, sc, spark_session, sql_ctx):
        self.sc = sc
        self.spark_session = spark_session
        self.sql_ctx = sql_ctx
        self.hive_ctx = sql_ctx  # Spark has had one context for both since 2.0.
        self._lock = threading.Lock()
        self._folder = None
        self._shared = collections.OrderedDict()

    @property
    def local_tmp_dir_path(self):
        """Below Spark's own folder, which Spark removes."""
        with self._lock:
            if self._folder is None:
                from pyspark.files import SparkFiles
                self._folder = tempfile.mkdtemp(
                    prefix="livy-job-", dir=SparkFiles.getRootDirectory())
            return self._folder

    @property
    def streaming_ctx(self):
        raise NotImplementedError("this server has no streaming context; use structured streaming")

    def create_streaming_ctx(self, batch_duration):
        return self.streaming_ctx

    def stop_streaming_ctx(self):
        return self.streaming_ctx

    def get_shared_object(self, name):
        with self._lock:
            if name in self._shared:
                self._shared.move_to_end(name)
            return self._shared.get(name)

    def set_shared_object(self, name, value):
        """The objects that were asked for least recently make room."""
        with self._lock:
            self._shared[name] = value
            self._shared.move_to_end(name)
            while len(self._shared) > SHARED_OBJECTS_MAX:
                self._shared.popitem(last=False)

    def remove_shared_object(self, name):
        with self._lock:
            self._shared.pop(name, None)


class JobResult:
    """What a job returned, pickled."""

    kind = RESULT  # noqa: F821

    def __init__(self, data):
        self.data = data

    def pack(self):
        return self.data


def run_job(program, context):
    """The JobResult; raises what the job raises."""
    pickler = bundled_cloudpickle()
    result = pickler.dumps(pickle.loads(program)(context))
    if len(result) > RESULT_BYTES_MAX:
        raise ValueError("the job's result has %d bytes pickled, of %d at most; save it and return "
                         "its place" % (len(result), RESULT_BYTES_MAX))
    return JobResult(result)


def bundled_cloudpickle():
    """PySpark's. Clients pickle with the package of that name, and their pickles say so; where it is
    not installed PySpark's stands in for it."""
    bundled = importlib.import_module("pyspark.cloudpickle")
    try:
        importlib.import_module("cloudpickle")
    except ImportError:
        sys.modules["cloudpickle"] = bundled
        for name in ("cloudpickle", "cloudpickle_fast"):
            sys.modules["cloudpickle." + name] = importlib.import_module(
                "pyspark.cloudpickle." + name)
    return bundled

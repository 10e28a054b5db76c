"""Hive's metastore as a process on loopback, from the JARs that Spark brings: several sessions at once can use it."""

# SPDX-License-Identifier: Apache-2.0

import contextlib
import os
import socket
import subprocess
import time
from pathlib import Path
from xml.sax.saxutils import escape

SECONDS_MAX = 120


def write_site(folder, values):
    properties = ''.join(
        f'<property><name>{name}</name><value>{escape(value)}</value></property>' for name, value in values.items())
    folder.mkdir(parents=True, exist_ok=True)
    Path(folder, 'hive-site.xml').write_text(f'<configuration>{properties}</configuration>')


def free_port():
    with socket.create_server(('127.0.0.1', 0)) as server:
        return server.getsockname()[1]


@contextlib.contextmanager
def running(folder, site):
    """Runs it with tables below `folder`, and writes a `hive-site.xml` that leads to it into the folder `site`."""
    folder, port = Path(folder), free_port()
    write_site(folder, {
        'javax.jdo.option.ConnectionURL': f'jdbc:derby:;databaseName={folder}/tables;create=true',
        'datanucleus.schema.autoCreateAll': 'true',
        'hive.metastore.schema.verification': 'false',
        'hive.metastore.warehouse.dir': f'file://{folder}/warehouse',
        'hive.async.log.enabled': 'false',  # Spark does not bring what that log needs
    })
    write_site(Path(site), {'hive.metastore.uris': f'thrift://127.0.0.1:{port}'})
    path = f"{folder}:{os.environ['SPARK_HOME']}/jars/*"
    with open(folder / 'log', 'w') as log, subprocess.Popen(
            ['java', '-Xmx384m', '-cp', path, 'org.apache.hadoop.hive.metastore.HiveMetaStore', '-p', str(port)],
            cwd=folder, stdout=log, stderr=log) as process:
        try:
            deadline = time.monotonic() + SECONDS_MAX
            while not answers(port):
                told = (folder / 'log').read_text()
                assert process.poll() is None and time.monotonic() < deadline, f'no metastore:\n{told}'
                time.sleep(0.2)
            yield
        finally:
            process.terminate()


def answers(port):
    try:
        socket.create_connection(('127.0.0.1', port)).close()
        return True
    except OSError:
        return False

"""sparkmagic's own classes without a notebook, in Scala, and livy-uploads in the same session.

Arguments: URL of the server, a folder.
"""

# SPDX-License-Identifier: Apache-2.0

import sys
from importlib.metadata import version
from pathlib import Path

import notebook

url, folder = sys.argv[1:]
notebook.configure(url, folder)

from hdijupyterutils.ipythondisplay import IpythonDisplay  # noqa: E402
from livy_uploads import commands  # noqa: E402
from livy_uploads.endpoint import LivyEndpoint  # noqa: E402
from livy_uploads.exceptions import LivyError  # noqa: E402
from livy_uploads.retry_policy import TimeoutRetryPolicy  # noqa: E402
from livy_uploads.session import LivySession  # noqa: E402
from sparkmagic.livyclientlib.command import Command  # noqa: E402
from sparkmagic.livyclientlib.endpoint import Endpoint  # noqa: E402
from sparkmagic.livyclientlib.exceptions import BadUserDataException, HttpClientException  # noqa: E402
from sparkmagic.livyclientlib.sendpandasdftosparkcommand import SendPandasDfToSparkCommand  # noqa: E402
from sparkmagic.livyclientlib.sparkcontroller import SparkController  # noqa: E402
from sparkmagic.livyclientlib.sparkstorecommand import SparkStoreCommand  # noqa: E402
from sparkmagic.livyclientlib.sqlquery import SQLQuery  # noqa: E402

assert version('sparkmagic') == '0.23.0' and version('livy-uploads') == '0.1.5'


class Display(IpythonDisplay):
    """Keeps what a notebook would show."""

    lines = []

    def display(self, to_display):
        self.lines.append(to_display)

    def html(self, to_display):
        self.lines.append(to_display)

    def write(self, msg):
        self.lines.append(msg)

    def send_error(self, error):
        raise AssertionError(error)


def scala(controller):
    """Statements, queries and frames of a Scala session."""

    def run(code):
        return controller.run_command(Command(code), 'scala')

    good, text, form = run('1 + 1')
    assert good and text.endswith('res1: Int = 2\n') and form == 'text/plain', text
    good, text, _ = run('val x = 20\nprintln(x + 1)')
    assert good and text.startswith('x: Int = 20\n') or text.startswith('val x: Int = 20\n'), text
    assert text.endswith('21\n'), text
    good, text, _ = run('1 / 0')
    assert not good and text.startswith('java.lang.ArithmeticException: / by zero\n'), text
    good, text, _ = run('nope')
    assert not good and 'not found: value nope' in text, text
    assert run('// words alone')[:2] == (True, '')

    run('spark.range(3).selectExpr("id", "concat(id, \'\u00e9\') AS name").createOrReplaceTempView("kept")')
    frame = controller.run_sqlquery(SQLQuery('SELECT * FROM kept ORDER BY id'), 'scala')
    assert frame.to_dict('list') == {'id': [0, 1, 2], 'name': ['0\u00e9', '1\u00e9', '2\u00e9']}, frame
    assert len(controller.run_sqlquery(SQLQuery('SELECT id FROM kept', maxrows=2), 'scala')) == 2
    assert controller.run_sqlquery(SQLQuery('SELECT id FROM kept WHERE id > 5'), 'scala').empty
    try:
        controller.run_sqlquery(SQLQuery('SELECT * FROM no_such_table'), 'scala')
        raise AssertionError('a query without a table')
    except BadUserDataException as error:
        assert 'no_such_table' in str(error), error
    controller.run_command(SendPandasDfToSparkCommand('frame', frame, 'taken', 10), 'scala')
    back = controller.run_command(SparkStoreCommand('taken'), 'scala')
    assert back['name'].tolist() == frame['name'].tolist(), back


def session_table(controller, endpoint):
    """What the table of sessions is made from, and the log."""
    (session,) = controller.get_all_sessions_endpoint(endpoint)
    assert session.kind == 'spark' and session.status == 'idle', session
    assert session.id == controller.get_session_id_for_client('scala')
    assert session.get_app_info() == {'driverLogUrl': None, 'sparkUiUrl': None, 'executorLogUrls': None}
    assert 'State: idle' in controller.get_all_sessions_endpoint_info(endpoint)[0]
    assert controller.get_logs('scala').startswith('stdout: ')


def uploads(identifier):
    """livy-uploads in a running session: objects, output, errors, files, folders and shell commands."""
    (session,) = LivySession.list(LivyEndpoint(url))
    assert session.session_id == identifier and session.session_state == 'idle', session
    session.wait_ready(TimeoutRetryPolicy(60, 0.1))

    def run(code, **values):
        return session.apply(commands.LivyRunCode(code, vars=values))

    value = {'words': ['\u00e9', '\U0001f600'], 'bytes': bytes(range(256)), 'none': None}
    assert run('_ = value', value=value) == ([], value)
    lines, result = run("""
        print('one\\n  two')
        kept = number + 1
        _ = kept, spark.range(number).count()
    """, number=20)
    assert lines == ['one', '  two', ''] and result == (21, 20), (lines, result)
    assert run('_ = kept')[1] == 21
    large = 'x' * 3_000_000
    assert run('_ = 2 * large', large=large)[1] == 2 * large
    try:
        run('1 / 0')
        raise AssertionError('no error')
    except LivyError as error:
        assert 'division by zero' in str(error), error

    parts = Path(folder, 'parts')
    parts.mkdir(exist_ok=True)
    (parts / 'a.bin').write_bytes(bytes(range(256)) * 800)
    (parts / 'b.txt').write_text('\u00e9')
    progress = []
    path = session.apply(commands.LivyUploadFile(
        parts / 'a.bin', dest_path='sent/a.bin', progress_func=progress.append))
    assert path.endswith('/sent/a.bin') and progress[-1] == 1 and len(progress) == 5, (path, progress)
    assert run("_ = open(path, 'rb').read()", path=path)[1] == (parts / 'a.bin').read_bytes()
    path = session.apply(commands.LivyUploadDir(parts, dest_path='sent/parts'))
    assert run('import os\n_ = sorted(os.listdir(path))', path=path)[1] == ['a.bin', 'b.txt']
    pid, output, status = session.apply(commands.LivyRunShell('echo out; echo err >&2; exit 3'))
    assert pid > 0 and output == 'out\nerr\n' and status == 3
    assert next(session.follow()), 'no log'


display = Display()
controller = SparkController(display)
endpoint = Endpoint(url + '/', None)
assert controller.get_all_sessions_endpoint(endpoint) == []
properties = {'kind': 'spark', 'name': 'sparkmagic', 'conf': {'spark.ui.enabled': 'false'}}
controller.add_session('scala', endpoint, False, properties)
assert "SparkSession available as 'spark'." in [line.strip() for line in display.lines if isinstance(line, str)]
scala(controller)
session_table(controller, endpoint)
uploads(controller.get_session_id_for_client('scala'))
controller.cleanup()
assert controller.get_all_sessions_endpoint(endpoint) == []
try:
    controller.add_session('wrong', endpoint, False, {'kind': 'spark', 'name': '7'})
    raise AssertionError('a name that Livy refuses')
except HttpClientException as error:
    assert "Invalid status code '400'" in str(error) and 'Invalid session name: 7' in str(error), error
print('all is well')

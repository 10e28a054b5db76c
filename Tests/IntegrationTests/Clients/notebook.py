"""A notebook without a browser: runs cells in one of sparkmagic's kernels and keeps what each shows."""

# SPDX-License-Identifier: Apache-2.0

import json
import os
import queue
import time
from pathlib import Path

import sparkmagic
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager

SECONDS_MAX = 180


def configure(url, folder, **settings):
    """Writes sparkmagic's configuration file; to be called before its modules are imported elsewhere."""
    credentials = {'username': '', 'password': '', 'url': url, 'auth': 'None'}
    values = {
        'kernel_python_credentials': credentials,
        'kernel_scala_credentials': credentials,
        'kernel_r_credentials': credentials,
        'session_configs': {'conf': {'spark.ui.enabled': 'false'}},
        'livy_session_startup_timeout_seconds': SECONDS_MAX,
        'wait_for_idle_timeout_seconds': SECONDS_MAX,
        **settings,
    }
    os.makedirs(folder, exist_ok=True)
    Path(folder, 'config.json').write_text(json.dumps(values))
    os.environ['SPARKMAGIC_CONF_DIR'] = folder
    os.environ['PYTHONWARNINGS'] = 'ignore'  # pandas dislikes how sparkmagic guesses times


class Shown:
    """What one cell has shown: its printed text, its error output, pages of HTML, all forms of displays."""

    def __init__(self):
        self.text, self.errors, self.html, self.displays = '', '', [], []

    def add(self, message):
        kind, content = message['msg_type'], message['content']
        if kind == 'stream':
            if content['name'] == 'stderr':
                self.errors += content['text']
            else:
                self.text += content['text']
        elif kind == 'error':
            self.errors += content['ename'] + ': ' + content['evalue']
        elif kind in ('display_data', 'execute_result'):
            self.displays.append(content['data'])
            if 'text/html' in content['data']:
                self.html.append(content['data']['text/html'])

    def __repr__(self):
        return f'text {self.text!r}, errors {self.errors!r}, displays {self.displays!r}'


class Notebook:
    def __init__(self, kernel):
        specs = KernelSpecManager(kernel_dirs=[str(Path(sparkmagic.__file__).parent / 'kernels')])
        self.manager = KernelManager(kernel_name=kernel, kernel_spec_manager=specs)
        self.manager.start_kernel()
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=SECONDS_MAX)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.client.stop_channels()
        self.manager.shutdown_kernel()

    def run(self, code, during=None):
        """Runs a cell to its end. `during` is called once, when the kernel is busy with the cell."""
        message = self.client.execute(code)
        deadline = time.monotonic() + SECONDS_MAX
        shown = Shown()
        while True:
            try:
                reply = self.client.get_iopub_msg(timeout=1)
            except queue.Empty:
                assert time.monotonic() < deadline, f'{code!r} did not end: {shown}'
                continue
            if reply['parent_header'].get('msg_id') != message:
                continue
            state = reply['content'].get('execution_state')
            if state == 'busy' and during:
                during()
            if state == 'idle':
                return shown
            shown.add(reply)

    def text(self, code):
        """The printed text of a cell that shows no error."""
        shown = self.run(code)
        assert not shown.errors, shown
        return shown.text

    def local(self, code):
        """The printed text of a cell that the kernel itself runs."""
        return self.text('%%local\n' + code)

"""sparkmagic's PySpark kernel, driven as a notebook drives it. Arguments: URL of the server, a folder."""

# SPDX-License-Identifier: Apache-2.0

import sys
import threading
import time

import notebook

url, folder = sys.argv[1:]
notebook.configure(url, folder)

import requests  # noqa: E402


def sessions():
    return requests.get(url + '/sessions').json()['sessions']


def expect_info(book):
    """The table of sessions: id, application, kind, state, links, user, and a mark at this one."""
    info = ''.join(book.run('%%info').html)
    (session,) = sessions()
    assert f"<tr><td>{session['id']}</td>" in info, info
    assert f"<td>pyspark</td><td>{session['state']}</td>" in info, info
    assert '\u2714' in info, info


with notebook.Notebook('pysparkkernel') as book:
    assert 'No active sessions' in ''.join(book.run('%%info').html)
    assert 'No logs yet' in book.text('%%logs')
    configured = book.run('%%configure\n{"name": "from a notebook", "driverMemory": "600m"}')
    assert "'name': 'from a notebook'" in ''.join(configured.html), configured
    assert sessions() == []

    started = book.run("print('Gr\u00fc\u00dfe \U0001f600')")
    assert not started.errors, started
    assert 'Starting Spark application' in started.text, started
    assert "SparkSession available as 'spark'." in started.text, started
    assert 'Gr\u00fc\u00dfe \U0001f600' in started.text, started
    (session,) = sessions()
    assert session['name'] == 'from a notebook' and session['driverMemory'] == '600m', session
    assert session['heartbeatTimeoutInSecond'] == 60, session
    expect_info(book)
    assert 'stderr: ' in book.text('%%logs')

    # Code, its errors, and frames that come over.
    assert book.text('x = 20\nx + 1').strip() == '21'
    failed = book.run('1 / 0')
    assert 'division by zero' in failed.errors and 'ZeroDivisionError' in failed.errors, failed
    assert 'is not defined' in book.run('no_such_name').errors
    book.text("df = spark.range(3).selectExpr('id', 'id / 2 AS half', 'concat(id, \"\u00e9\") AS name')")
    book.text('%%spark -o df\ndf.count()')
    assert book.local("print(list(df.columns), df['half'].tolist(), df['name'].tolist())") == (
        "['id', 'half', 'name'] [0.0, 0.5, 1.0] ['0\u00e9', '1\u00e9', '2\u00e9']\n")
    pretty = book.run('%%pretty\ndf.show()')
    assert '>half</pre></th>' in ''.join(pretty.html), pretty

    # SQL, quietly into a frame, and with its picture.
    book.text("df.createOrReplaceTempView('kept')")
    book.text('%%sql -o frame -q\nSELECT id, name FROM kept ORDER BY id DESC')
    assert book.local('print(type(frame).__module__, frame.values.tolist())') == (
        "pandas.core.frame [[2, '2\u00e9'], [1, '1\u00e9'], [0, '0\u00e9']]\n")
    book.text('%%sql -n 2 -o two -q\nSELECT id FROM kept')
    assert book.local('print(len(two))') == '2\n'
    assert book.run('%%sql\nSELECT id FROM kept').displays, 'nothing is shown'
    assert 'no_such_table' in book.run('%%sql\nSELECT * FROM no_such_table').errors

    # Values that go over.
    book.local("import pandas\ngiven = pandas.DataFrame({'n': [1, 2], 's': ['a', 'b']})\nword = 'w\u00f6rd'")
    book.text('%%send_to_spark -i given -t df -n taken')
    assert book.text("taken.orderBy('n').collect()[1]['s']").strip() == "'b'"
    book.text('%%send_to_spark -i word -t str -n remote')
    assert book.text('print(remote)').strip() == 'w\u00f6rd'

    # What the interpreter of this notebook stops, the server stops too.
    stop = lambda: threading.Timer(2, book.manager.interrupt_kernel).start()
    began = time.monotonic()
    stopped = book.run('import time\ntime.sleep(100)', during=stop)
    assert 'Interrupted by user' in stopped.errors, stopped
    assert time.monotonic() - began < 60
    assert book.text('x').strip() == '20'

    # Ends.
    own = sessions()[0]['id']
    assert 'Cannot delete this kernel' in book.run(f'%%delete -f -s {own}').errors
    assert 'Include the -f parameter' in book.run('%%cleanup').errors
    book.text('%%cleanup -f')
    assert sessions() == []
    print('all is well')

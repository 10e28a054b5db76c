"""sparkmagic's Spark and SparkR kernels, driven as a notebook drives them. Arguments: URL of the server, a folder."""

# SPDX-License-Identifier: Apache-2.0

import sys

import notebook

url, folder = sys.argv[1:]
notebook.configure(url, folder, default_maxrows=2)

import requests  # noqa: E402

with notebook.Notebook('sparkkernel') as book:
    assert "SparkSession available as 'spark'." in book.text('case class Line(id: Long, name: String)')
    book.text('val df = (0L to 2L).map(i => Line(i, i.toString + "\u00e9")).toDS()')
    assert 'Long = 3' in book.text('df.map(_.id).reduce(_ + _)')
    assert '/ by zero' in book.run('1 / 0').errors
    assert '>name</pre></th>' in ''.join(book.run('%%pretty\ndf.show()').html)
    book.text('df.createOrReplaceTempView("kept")')
    book.text('%%sql -o frame -q -n -1\nSELECT name FROM kept ORDER BY id')
    assert book.local("print(frame['name'].tolist())") == "['0\u00e9', '1\u00e9', '2\u00e9']\n"
    book.text('%%spark -o df\ndf.count()')
    assert book.local('print(len(df))') == '2\n'
    # Another session beside this one, by its number.
    other = requests.post(url + '/sessions', json={'kind': 'pyspark'}).json()['id']
    assert f'<tr><td>{other}</td>' in ''.join(book.run('%%info').html)
    book.text(f'%%delete -f -s {other}')
    assert requests.get(f'{url}/sessions/{other}').status_code == 404
    assert 'include the -f argument' in book.run('%%configure\n{"name": "again"}').errors
    book.text('%%configure -f\n{"name": "again", "conf": {"spark.sql.shuffle.partitions": "3"}}')
    assert 'String = 3' in book.text('spark.conf.get("spark.sql.shuffle.partitions")')
    assert [session['name'] for session in requests.get(url + '/sessions').json()['sessions']] == ['again']
# The kernel deletes its session when it ends.
assert requests.get(url + '/sessions').json()['total'] == 0

# Spark from PyPI has no R: the kernel shows what is missing, and leaves no session.
with notebook.Notebook('sparkrkernel') as book:
    failed = book.run('1 + 1')
    assert 'this Spark has no R package (R/lib/SparkR)' in failed.errors, failed
assert requests.get(url + '/sessions').json()['total'] == 0
print('all is well')

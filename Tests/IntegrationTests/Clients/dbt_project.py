"""dbt with dbt-spark-livy: a seed, a table, a view and tests, each command by itself.

dbt has a session for each of its threads, so that the tables have to be in a metastore that several sessions share.
Arguments: URL of the server, a folder.
"""

# SPDX-License-Identifier: Apache-2.0

import json
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import metastore

url, folder = sys.argv[1:]
assert version('dbt-spark-livy') == '1.3.1' and version('dbt-core') == '1.3.8'

FILES = {
    'dbt_project.yml': """
        name: shop
        version: '1.0'
        config-version: 2
        profile: shop
        models: {+file_format: parquet}
        seeds: {+file_format: parquet}
        """,
    'profiles.yml': f"""
        shop:
          target: test
          outputs:
            test:
              type: spark_livy
              method: livy
              host: {url}
              user: someone
              password: secret
              schema: shop
              threads: 1
              usage_tracking: false
              livy_session_parameters: {{spark.ui.enabled: 'false'}}
        """,
    'seeds/people.csv': 'id,name,born\n1,Ada,1815-12-10\n2,Alan,1912-06-23\n3,Zo\u00eb,1985-01-02\n',
    'models/years.sql': """
        {{ config(materialized='table') }}
        select id, name, year(born) as year from {{ ref('people') }}
        """,
    'models/named.sql': """
        {{ config(materialized='view') }}
        select id, upper(name) as name from {{ ref('years') }} where id > 1
        """,
    'models/schema.yml': """
        version: 2
        models:
          - name: years
            columns:
              - name: id
                tests: [unique, not_null]
          - name: named
            columns:
              - name: name
                tests:
                  - accepted_values: {values: [ALAN, 'ZO\u00cb']}
                  - accepted_values: {values: [ALAN], name: refuses_the_second}
        """,
}


def unindented(text):
    """Without the eight blanks that begin each line of the files above."""
    return '\n'.join(line.removeprefix(' ' * 8) for line in text.strip('\n').split('\n'))


for name, text in FILES.items():
    file = Path(folder, name)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(unindented(text))


def dbt(*arguments, status=0):
    """The results of a command by the name of what it ran: `pass`, `success` or `fail`."""
    ran = subprocess.run(
        [str(Path(sys.executable).with_name('dbt')), *arguments], cwd=folder, text=True, capture_output=True,
        env={**os.environ, 'DBT_PROFILES_DIR': folder, 'DBT_SEND_ANONYMOUS_USAGE_STATS': 'false'})
    assert ran.returncode == status, f'{arguments}: {ran.returncode}\n{ran.stdout}\n{ran.stderr}'
    results = Path(folder, 'target/run_results.json')
    if not results.exists():
        return {}
    told = json.loads(results.read_text())['results']
    results.unlink()
    return {result['unique_id'].split('.')[2]: result['status'] for result in told}


with metastore.running(f'{folder}/metastore', os.environ['HIVE_CONF_DIR']):
    dbt('debug')
    assert dbt('seed') == {'people': 'success'}
    assert dbt('run') == {'years': 'success', 'named': 'success'}
    tests = dbt('test', status=1)
    assert tests.pop('refuses_the_second') == 'fail' and len(tests) == 3, tests
    assert set(tests.values()) == {'pass'}, tests
print('all is well')

"""
Loads deploy/airflow with real Airflow, and runs its DAG twice without a scheduler (`dag.test`), as tools/operations/schedulers.test.mjs wants it.
Prints one JSON document: the errors of the import, the tasks, and for both runs the state and the tries of each task.

    AIRFLOW_HOME=... ATTRACTIONS_COMMAND=... python tools/airflow/check.py DAGS
"""

import json
import os
import sys

folder = sys.argv[1]
os.environ.update(
    AIRFLOW__CORE__DAGS_FOLDER=folder,
    AIRFLOW__CORE__LOAD_EXAMPLES="False",
    AIRFLOW__DATABASE__SQL_ALCHEMY_CONN=f"sqlite:///{os.environ['AIRFLOW_HOME']}/airflow.db",
)

from airflow.dag_processing.dagbag import DagBag
from airflow.models.taskinstance import TaskInstance
from airflow.utils import db, timezone

db.initdb()
bag = DagBag(folder)
found = {"importErrors": bag.import_errors, "tasks": [], "runs": {}}

# A retry comes at once: the wait before it is Airflow's own, and not under test.
TaskInstance.next_retry_datetime = lambda self: timezone.utcnow()


def run(name: str, **variables: str) -> None:
    os.environ.update(variables)
    ended = bag.dags["attractions"].test()
    tasks = {each.task_id: {"state": str(each.state), "tries": each.try_number} for each in ended.get_task_instances()}
    found["runs"][name] = {"state": str(ended.state), "runId": ended.run_id, "tasks": tasks}


if not bag.import_errors:
    dag = bag.dags["attractions"]
    found["tasks"] = [
        {"id": each.task_id, "after": sorted(each.upstream_task_ids), "retries": each.retries} for each in dag.topological_sort()
    ]
    found["dag"] = {"catchup": dag.catchup, "maxActiveRuns": dag.max_active_runs}
    run("good")
    run("refused", GATE_MARGIN="1")
print("\n" + json.dumps(found))

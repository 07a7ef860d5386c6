"""
The night of attractions as an Airflow DAG: each stage is a task that Airflow retries on its own.

Exit codes of a stage: 0 done; 1 failed, so Airflow tries again; 2 (wrong configuration) and 3 (the data or the model was
refused) fail the task at once, since trying again changes nothing until somebody has looked. Later stages then do not run,
and the service goes on with the champion that it has.

Copy this file into the DAG folder. Each worker needs the command line, or a container runtime that has the image. Settings are the
variables of the worker's environment, or the lines of a `.env` file in ATTRACTIONS_FOLDER. Read here, when the DAG is parsed:

    ATTRACTIONS_COMMAND   how a worker starts the command line; default: npx attractions
    ATTRACTIONS_FOLDER    where it starts it: the folder with attractions.config.* and .env; default: a temporary one
    ATTRACTIONS_SCHEDULE  when the night begins, as cron; default: 15 3 * * * (UTC)
"""

import os
import shlex
from datetime import datetime, timedelta, timezone

from airflow.providers.standard.hooks.subprocess import SubprocessHook
from airflow.sdk import DAG, BaseOperator
from airflow.sdk.exceptions import AirflowException, AirflowFailException

COMMAND = shlex.split(os.environ.get("ATTRACTIONS_COMMAND", "npx attractions"))
FOLDER = os.environ.get("ATTRACTIONS_FOLDER")
SCHEDULE = os.environ.get("ATTRACTIONS_SCHEDULE", "15 3 * * *")

NOT_RETRIED = {2: "the usage or the configuration is wrong", 3: "the data or the model was refused"}


class StageOperator(BaseOperator):
    """Runs one command of attractions; its log is the log of the task. A task that is killed or times out sends SIGTERM to it, after which it commits nothing."""

    template_fields = ("arguments",)

    def __init__(self, *, arguments: list[str], **options) -> None:
        super().__init__(**options)
        self.arguments = arguments
        self.hook = SubprocessHook()

    def execute(self, context) -> None:
        code = self.hook.run_command([*COMMAND, *self.arguments], cwd=FOLDER).exit_code
        if code in NOT_RETRIED:
            raise AirflowFailException(f"Exit code {code}: {NOT_RETRIED[code]}; the log says why. It is not tried again.")
        if code != 0:
            raise AirflowException(f"Exit code {code}; the log says why.")

    def on_kill(self) -> None:
        self.hook.send_sigterm()


def stage(task_id: str, *arguments: str, hours: float = 2) -> StageOperator:
    return StageOperator(task_id=task_id, arguments=list(arguments), execution_timeout=timedelta(hours=hours))


with DAG(
    dag_id="attractions",
    description="Raw visits to a champion and the lists of all users",
    schedule=SCHEDULE,
    start_date=datetime(2026, 1, 1, tzinfo=timezone.utc),
    # A night that was missed is not made up for: the next one reads all that is new.
    catchup=False,
    # Overlapping nights do no harm, but the later one to commit fails.
    max_active_runs=1,
    default_args={"retries": 3, "retry_delay": timedelta(minutes=1), "retry_exponential_backoff": True},
    tags=["attractions"],
) as dag:
    # The same for all tries of a task: what one of them has committed is not committed again.
    RUN = ("--run-id", "{{ run_id }}")
    (
        stage("etl", "etl", *RUN)
        >> stage("train", "train", *RUN)
        >> stage("validate", "validate")
        >> stage("recommend", "recommend", "--all", *RUN)
    )

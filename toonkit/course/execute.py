"""Run one notebook in this process: what the runner starts for each. `python -m toonkit.course.execute JOB.json`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

FAILED_CELL = 3  # exit status where a cell raised


def main(job: str) -> int:
    """Execute the notebook that `job`, a JSON file, describes: source, target, parameters. The target grows by cell."""
    import papermill
    from papermill.exceptions import PapermillExecutionError

    from toonkit.course.processes import stop_on_terminate

    stop_on_terminate()  # so that papermill saves and ends its kernel
    task = json.loads(Path(job).read_text(encoding="utf-8"))
    try:
        papermill.execute_notebook(
            task["source"],
            task["target"],
            task["parameters"],
            kernel_name="python3",
            language="python",
            progress_bar=False,
            autosave_cell_every=5,
            cwd=str(Path(task["source"]).parent),
        )
    except PapermillExecutionError as error:
        print(f"{error.ename}: {error.evalue}", file=sys.stderr)
        return FAILED_CELL
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

"""Run one notebook in this process: what the runner starts for each. `python -m toonkit.course.execute JOB.json`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

FAILED_CELL = 3  # exit status where a cell raised
ENDED = "this cell ends the notebook; the cells after it do not run"


def main(job: str) -> int:
    """Execute the notebook that `job`, a JSON file, describes: source, target, parameters. The target grows by cell."""
    import papermill
    from papermill.exceptions import PapermillExecutionError

    from toonkit.course.processes import stop_on_terminate

    stop_on_terminate()  # so that papermill saves and ends its kernel
    task = json.loads(Path(job).read_text(encoding="utf-8"))
    try:
        papermill.execute_notebook(
            literal(task["source"]),
            literal(task["target"]),
            task["parameters"],
            kernel_name="python3",
            language="python",
            progress_bar=False,
            autosave_cell_every=5,
            cwd=str(Path(task["source"]).parent),
            on_cell_executed=refuse_exit,
        )
    except PapermillExecutionError as error:
        print(f"{error.ename}: {error.evalue}", file=sys.stderr)
        return FAILED_CELL
    return 0


def literal(path: str) -> str:
    """`path` as papermill is to be given it: it fills in what stands in braces (`str.format`), as in "out_{seed}"."""
    return path.replace("{", "{{").replace("}", "}}")


def refuse_exit(cell: Any, cell_index: int, execute_reply: dict[str, Any]) -> None:
    """Make a cell that ends the notebook fail, where papermill would call the whole notebook passed.

    After `raise SystemExit` and `sys.exit(0)` it runs no further cell and reports no error; after `exit` and `quit`,
    which only ask the kernel to end soon, some more cells may run. nbclient calls this after each cell.
    """
    from nbclient.exceptions import CellExecutionError
    from nbformat.v4 import new_output

    for output in cell.outputs:
        if output.output_type == "error" and output.ename == "SystemExit" and output.evalue in ("", "0"):
            output.evalue = ENDED
    requests = [entry.get("source") for entry in execute_reply["content"].get("payload", [])]
    if "ask_exit" in requests:
        cell.outputs.append(new_output("error", ename="SystemExit", evalue=ENDED, traceback=[f"SystemExit: {ENDED}"]))
        raise CellExecutionError(traceback="", ename="SystemExit", evalue=ENDED)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

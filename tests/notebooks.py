"""The notebooks, executed by this very Python; `python -m tests.notebooks [NUMBER ...]` writes their outputs anew."""

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import jupyter_client
import nbclient
import nbformat

from tests.conftest import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SECONDS = 60
# All that a notebook says of its kernel: neither versions nor paths, which differ from machine to machine.
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


class ThisPython(jupyter_client.kernelspec.KernelSpecManager):
    """Knows one kernel, this interpreter, so that none needs to be installed under a name."""

    def get_kernel_spec(self, kernel_name: str) -> Any:
        command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}", "--log-level=ERROR"]
        return jupyter_client.kernelspec.KernelSpec(argv=command, **METADATA["kernelspec"])


def executed(path: Path) -> Any:
    """Return a notebook with the outputs that it has now; what a cell raises is raised."""
    notebook = nbformat.read(path, as_version=4)
    with tempfile.TemporaryDirectory() as folder:
        kernel = jupyter_client.AsyncKernelManager(
            kernel_spec_manager=ThisPython(), connection_file=str(Path(folder, "kernel.json"))
        )
        client = nbclient.NotebookClient(
            notebook,
            km=kernel,
            timeout=SECONDS,
            allow_errors=False,
            coalesce_streams=True,
            record_timing=False,
            resources={"metadata": {"path": folder}},
        )
        # Neither the user's IPython settings nor the width of a terminal may show in the outputs.
        surroundings = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
        client.execute(env={**surroundings, "PYTHONPATH": str(ROOT), "IPYTHONDIR": folder})
    notebook.metadata = METADATA
    return notebook


def main(numbers: list[str]) -> None:
    """Execute the notebooks whose names begin with one of the numbers, or all, and write them back."""
    for path in NOTEBOOKS:
        if path.name.startswith(tuple(numbers or [""])):
            text = nbformat.writes(executed(path)).rstrip("\n")
            path.write_text(text + "\n", encoding="utf-8", newline="\n")
            print(path.relative_to(ROOT))


if __name__ == "__main__":
    main(sys.argv[1:])

"""Runs the consortium's suite for the array API standard on this package: ``python -m tests.array_api CHECKOUT``.

CHECKOUT is a clone of https://github.com/data-apis/array-api-tests with its submodule, and its requirements installed.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent
EXPECTED = ROOT / "tests/engine/array_api_xfails.txt"


def command(checkout: Path, module: str, options: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """Return the command that runs the suite in a checkout on a module, and its environment."""
    expected = ["--xfails-file", str(EXPECTED)] if module == "autograd_lite" else []
    run = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "array_api_tests", *expected, *options]
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return run, {**os.environ, "ARRAY_API_TESTS_MODULE": module, "PYTHONPATH": os.pathsep.join(paths)}


def main() -> int:
    """Run the suite; whatever else is given, such as ``--max-examples 100``, goes to pytest."""
    parser = argparse.ArgumentParser(description="Run array-api-tests.")
    parser.add_argument("checkout", type=Path, help="where the suite is")
    parser.add_argument("--module", default="autograd_lite", help="what to test; numpy for comparison")
    chosen, options = parser.parse_known_args()
    run, environment = command(chosen.checkout, chosen.module, options)
    return subprocess.run(run, cwd=chosen.checkout, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())

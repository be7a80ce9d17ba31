"""python -m tests.benchmarks.probes [--keep]: how much of NumPy's code each library differentiates, and how rightly.

Every probe of `tests/engine/probes.py` is run by each library in a process of its own. It passes when the value is
NumPy's and the derivatives along two directions are those of central differences; it is refused when the library raises
an exception; otherwise it is silently wrong. Second derivatives are counted apart.
"""

import argparse
import importlib
import importlib.metadata
import json
import math
import subprocess
import sys
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy

import autograd_lite as ag
from tests.engine.probes import Probe, curvature, directions, inputs, probes, scalar, slope, value

HERE = Path(__file__).parent
SYSTEMS = {
    "autograd_lite": "autograd-lite",
    "jax": "JAX",
    "autograd": "HIPS autograd",
    "advect": "advect",
    "mygrad": "MyGrad",
}
PASSES, REFUSES, WRONG = "pass", "refused", "silently wrong"
# Seconds after which a library's process is given up.
PATIENCE = 7200
LINE, OTHER = directions()
Along = Callable[[Probe], tuple[float, list[float]]]


def of_autograd_lite() -> tuple[Along, Along]:
    """This engine: NumPy itself, on Tensors."""

    def leaves(probe: Probe) -> dict[str, Any]:
        return {name: ag.tensor(inputs()[name], requires_grad=True) for name in probe.inputs}

    def first(probe: Probe) -> tuple[float, list[float]]:
        found = leaves(probe)
        y = scalar(numpy, probe(numpy, inputs() | found))
        return y.item(), along(probe, ag.gradients(y, list(found.values()), allow_unused=True))

    def second(probe: Probe) -> tuple[float, list[float]]:
        found = list(leaves(probe).items())
        y = scalar(numpy, probe(numpy, inputs() | dict(found)))
        g = ag.gradients(y, [t for _, t in found], create_graph=True, allow_unused=True)
        line = sum((numpy.sum(d * LINE[n]) for (n, _), d in zip(found, g, strict=True) if d is not None), ag.zeros(()))
        if not line.requires_grad:
            return y.item(), [0.0]
        return y.item(), along(probe, ag.gradients(line, [t for _, t in found], allow_unused=True))[:1]

    return first, second


def of_jax() -> tuple[Along, Along]:
    """JAX: its own numpy, in float64."""
    import jax

    jax.config.update("jax_enable_x64", True)

    def function(probe: Probe) -> tuple[Callable[..., Any], dict[str, Any]]:
        point = {name: jax.numpy.asarray(inputs()[name]) for name in probe.inputs}
        rest = {name: jax.numpy.asarray(each) for name, each in inputs().items()}
        return (lambda p: scalar(jax.numpy, probe(jax.numpy, rest | p))), point

    def first(probe: Probe) -> tuple[float, list[float]]:
        f, point = function(probe)
        y, g = jax.value_and_grad(f)(point)
        return float(y), along(probe, [g[name] for name in probe.inputs])

    def second(probe: Probe) -> tuple[float, list[float]]:
        f, point = function(probe)
        _, h = jax.jvp(jax.grad(f), (point,), ({name: jax.numpy.asarray(LINE[name]) for name in probe.inputs},))
        return float(f(point)), along(probe, [h[name] for name in probe.inputs])[:1]

    return first, second


def of_operators(library: str, module: str) -> tuple[Along, Along]:
    """A library with `grad(f, position)`, and the module that is its `np`."""
    np = importlib.import_module(module)
    grad = importlib.import_module(library).grad

    def function(probe: Probe) -> Callable[..., Any]:
        return lambda *values: scalar(np, probe(np, inputs() | dict(zip(probe.inputs, values, strict=True))))

    def point(probe: Probe) -> list[Any]:
        return [inputs()[name].copy() for name in probe.inputs]

    def gradient(probe: Probe) -> Callable[..., list[Any]]:
        f = function(probe)
        return lambda *values: [grad(f, k)(*values) for k in range(len(values))]

    def first(probe: Probe) -> tuple[float, list[float]]:
        return float(function(probe)(*point(probe))), along(probe, gradient(probe)(*point(probe)))

    def second(probe: Probe) -> tuple[float, list[float]]:
        def line(*values: Any) -> Any:
            found = gradient(probe)(*values)
            return sum(np.sum(g * LINE[name]) for name, g in zip(probe.inputs, found, strict=True))

        found = [grad(line, k)(*point(probe)) for k in range(len(probe.inputs))]
        return float(function(probe)(*point(probe))), along(probe, found)[:1]

    return first, second


def of_mygrad() -> tuple[Along, Along]:
    """MyGrad: NumPy itself on its tensors, and where that is refused MyGrad's functions; it has one order."""
    import mygrad

    def run(probe: Probe, np: Any) -> tuple[float, list[float]]:
        found = {name: mygrad.tensor(inputs()[name]) for name in probe.inputs}
        y = scalar(np, probe(np, inputs() | found))
        y.backward()
        return y.item(), along(probe, [t.grad for t in found.values()])

    def first(probe: Probe) -> tuple[float, list[float]]:
        try:
            return run(probe, numpy)
        except Exception:
            return run(probe, mygrad)

    def second(probe: Probe) -> tuple[float, list[float]]:
        raise NotImplementedError("one order")

    return first, second


def along(probe: Probe, gradients: list[Any]) -> list[float]:
    """Return a gradient's derivatives along both directions; what there is no gradient for counts as zeros."""
    arrays = [numpy.zeros(inputs()[n].shape) if g is None else g for n, g in zip(probe.inputs, gradients, strict=True)]
    pairs = [
        [(numpy.asarray(g), way[name]) for name, g in zip(probe.inputs, arrays, strict=True)] for way in (LINE, OTHER)
    ]
    return [float(sum(numpy.sum(g * d) for g, d in each)) for each in pairs]


MAKERS = {
    "autograd_lite": of_autograd_lite,
    "jax": of_jax,
    "autograd": lambda: of_operators("autograd", "autograd.numpy"),
    "advect": lambda: of_operators("advect", "numpy"),
    "mygrad": of_mygrad,
}


def verdict(run: Along, probe: Probe, expected: list[float], tolerance: float) -> str:
    """Return whether a library's value and derivatives are right."""
    try:
        y, found = run(probe)
    except Exception:
        return REFUSES
    pairs = zip([y, *found], [value(probe, inputs()), *expected], strict=True)
    right = all(math.isclose(mine, known, rel_tol=tolerance, abs_tol=tolerance) for mine, known in pairs)
    return PASSES if right else WRONG


def judge(system: str) -> dict[str, tuple[str, str]]:
    """Return the verdicts of both orders on every probe."""
    warnings.simplefilter("ignore")
    first, second = MAKERS[system]()
    found = {}
    with numpy.errstate(all="ignore"):
        for probe in probes():
            one = verdict(first, probe, [slope(probe, LINE), slope(probe, OTHER)], 1e-6)
            two = verdict(second, probe, [curvature(probe, LINE)], 1e-5)
            found[probe.name] = (one, two)
    return found


def in_a_process(system: str) -> dict[str, tuple[str, str]] | str:
    """Return the verdicts on a library, or why there are none."""
    command = [sys.executable, "-m", "tests.benchmarks.probes", "--one", system]
    try:
        done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        return "took too long"
    if done.returncode:
        return "not installed" if "ModuleNotFoundError" in done.stderr else done.stderr.strip().splitlines()[-1]
    verdicts: dict[str, tuple[str, str]] = json.loads(done.stdout.splitlines()[-1])
    return verdicts


def version(system: str) -> str:
    """Return the version of a library."""
    return ag.__version__ if system == "autograd_lite" else importlib.metadata.version(system)


def report(found: dict[str, dict[str, tuple[str, str]]]) -> str:
    """Return the tables as Markdown."""
    names = [probe.name for probe in probes()]
    lines = [
        "# How much of NumPy's code is differentiated",
        "",
        f"{len(names)} probes, one line of NumPy each (`tests/engine/probed/`), made anew by",
        "`python -m tests.benchmarks.probes --keep`. A probe passes when the value is NumPy's and the gradient that of",
        "central differences; it is refused when the library raises an exception; otherwise it is silently wrong. A",
        "gradient that is lost without a word counts as silently wrong. Each library runs the line with its own `np`",
        "where it has one; those that are called through NumPy's protocols get NumPy itself. What NumPy hands to no",
        "protocol, such as `np.r_[t]` and `np.sum([t1, t2])`, is no probe.",
        f"NumPy {numpy.__version__}, Python {sys.version_info.major}.{sys.version_info.minor}.",
        "",
        "| | pass | refused | silently wrong | second order: pass | refused | silently wrong |",
        "|-|-|-|-|-|-|-|",
    ]
    for system, verdicts in found.items():
        orders = [Counter(each[k] for each in verdicts.values()) for k in (0, 1)]
        cells = [str(order[kind]) for order in orders for kind in (PASSES, REFUSES, WRONG)]
        lines.append(f"| {SYSTEMS[system]} {version(system)} | {' | '.join(cells)} |")
    pages = list(dict.fromkeys(name.partition(": ")[0] for name in names))
    lines += ["", "First-order passes, page by page:", ""]
    lines += [f"| | probes | {' | '.join(SYSTEMS[each] for each in found)} |", "|-" * (len(found) + 2) + "|"]
    for page in pages:
        inside = [name for name in names if name.startswith(f"{page}: ")]
        counts = [sum(verdicts[name][0] == PASSES for name in inside) for verdicts in found.values()]
        lines.append(f"| {page.replace('_', ' ')} | {len(inside)} | {' | '.join(map(str, counts))} |")
    expressions = {probe.name: probe.expression for probe in probes()}
    for system, verdicts in found.items():
        wrong = [name for name in names if verdicts[name][0] == WRONG]
        if wrong:
            lines += ["", f"Silently wrong in {SYSTEMS[system]}:", "", *(f"- `{expressions[name]}`" for name in wrong)]
    return "\n".join(lines).rstrip() + "\n"


def main(arguments: list[str] | None = None) -> None:
    """Judge the libraries that are installed, print the tables, and keep them when asked."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.probes")
    parser.add_argument("--keep", action="store_true", help="write PROBES.md")
    parser.add_argument("--systems", default=",".join(SYSTEMS), help="which to judge, with commas between")
    parser.add_argument("--one", choices=SYSTEMS, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.one:
        print(json.dumps(judge(options.one)))
        return
    found = {}
    for system in options.systems.split(","):
        verdicts = in_a_process(system)
        if isinstance(verdicts, str):
            print(f"{SYSTEMS[system]}: {verdicts}", file=sys.stderr)
        else:
            found[system] = verdicts
    text = report(found)
    print(text)
    if options.keep:
        (HERE / "PROBES.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()

"""The explanation of a backward pass: true numbers and formulas, in two languages, and no trace left behind."""

import io
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd_lite as ag
import nn
from autograd_lite.explanation.formulas import rule
from autograd_lite.explanation.notation import Formula, Name, named
from autograd_lite.primitives import unregistered
from tests.engine.test_operations import PRIMITIVES, calls

# The first note's numbers.
DELTA2, DELTA1 = [-0.1149944810], [-0.0229988962, 0.0114994481, 0.0]
DW2, DW1 = [[-0.0919955848, -0.0689966886, 0.0]], [[-0.0229988962, -0.0459977924], [0.0114994481, 0.0229988962], [0, 0]]


def worked_loss() -> ag.Tensor:
    model, x, y, loss = nn.worked_example()
    return loss(model(x), y)


def differences(f: Callable[[np.ndarray], float], at: np.ndarray, h: float = 1e-6) -> np.ndarray:
    """Return the gradient by central differences."""
    gradient = np.empty_like(at)
    for index in np.ndindex(at.shape):
        step = np.zeros_like(at)
        step[index] = h
        gradient[index] = (f(at + step) - f(at - step)) / (2 * h)
    return gradient


def everything() -> ag.Tensor:
    """A loss with what is hard to tell: long names, shared values, indices, broadcasting, joins and masks."""
    x = ag.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True, name="x_in & <b>$\\")
    b = ag.tensor([0.5, -1.0], requires_grad=True)
    h = np.maximum(x @ x.T + b, 0.3)
    q = (ag.softmax(h) ** 2).mean(axis=0) / 3 - np.log(h[0]) * np.where(x[1] > 3.5, x[0], -2.0)
    z = np.concatenate([q, h[:, 1]]).reshape(2, 2)
    return z.sum() + ag.softmax_cross_entropy(h, np.array([0, 1])).sum() + x.max() + (x * np.ones((9, 2, 2))).sum()


def test_the_worked_example_has_the_numbers_of_the_note() -> None:
    told = ag.explain(worked_loss())
    assert [step.operation for step in told.steps] == [
        "squared_error", "sigmoid", "add", "matmul", "relu", "add", "matmul",
    ]  # fmt: skip
    incoming = {step.result: step.incoming.value for step in told.steps}
    np.testing.assert_allclose(incoming["z²"], DELTA2, atol=1e-10)
    np.testing.assert_allclose(incoming["z¹"], DELTA1, atol=1e-10)
    leaves = {leaf.name: leaf.value for leaf in told.leaves}
    np.testing.assert_allclose(leaves["W¹"], DW1, atol=1e-10)
    np.testing.assert_allclose(leaves["b¹"], DELTA1, atol=1e-10)
    np.testing.assert_allclose(leaves["W²"], DW2, atol=1e-10)
    np.testing.assert_allclose(leaves["b²"], DELTA2, atol=1e-10)
    assert set(told.constants) == {"x", "y"}


def test_the_worked_example_reads_like_the_note() -> None:
    lines = [line.strip() for line in ag.explain(worked_loss()).text().splitlines()]
    assert lines[0] == "Backward pass of L = 0.1070, from the result to the leaves"
    assert "1. L = ½ (a² − y)² = 0.1070   (loss)" in lines
    assert "∂L/∂a² += ∂L/∂L · (a² − y) = [-0.4626]" in lines
    assert "∂L/∂z² += ∂L/∂a² ⊙ a² (1 − a²) = [-0.1150]" in lines
    assert "∂L/∂W² += ∂L/∂v2 (a¹)ᵀ = [[-0.0920  -0.0690  0.0000]]" in lines
    assert "∂L/∂a¹ += (W²)ᵀ ∂L/∂v2 = [-0.0230  0.0115  -0.0345]" in lines
    assert "∂L/∂z¹ += ∂L/∂a¹ ⊙ [z¹ > 0] = [-0.0230  0.0115  0.0000]" in lines
    assert "y gets none: a constant." in lines
    assert lines[-1] == "No gradient, because they require none: x, y."


def test_the_sum_over_several_uses_is_written_out_and_right() -> None:
    point = np.array(1.5)
    x = ag.tensor(point, requires_grad=True, name="x")
    told = ag.explain(np.sin(x) * 2 + x * x * x)
    (leaf,) = told.leaves
    expected = differences(lambda at: float(np.sin(at) * 2 + at**3), point)
    np.testing.assert_allclose(leaf.value, expected, rtol=1e-8)
    np.testing.assert_allclose(sum(source.value for source in leaf.sources), expected, rtol=1e-8)
    assert "∂L/∂x = 2.2500 (from v4) + 2.2500 (from v3) + 2.2500 (from v3) + 0.1415 (from v1) = 6.8915" in told.text()


def test_every_gradient_is_the_sum_of_its_contributions() -> None:
    told = ag.explain(everything(), max_steps=None)
    sums: dict[str, Any] = {}
    for step in told.steps:
        if step.result in sums:
            np.testing.assert_allclose(step.incoming.value, sums[step.result], rtol=1e-12)
        for given in step.outgoing:
            sums[given.to] = sums.get(given.to, 0) + given.value
    for leaf in told.leaves:
        np.testing.assert_allclose(leaf.value, sums[leaf.name], rtol=1e-12)


def test_the_leaves_get_what_backward_adds() -> None:
    loss = everything()
    told = ag.explain(loss)
    inputs = [leaf for leaf in told.leaves]
    x, b = ag.tensor([[1.0, 2.0], [3.0, 4.0]]), ag.tensor([0.5, -1.0])
    h = np.maximum(x.numpy() @ x.numpy().T + b.numpy(), 0.3)
    assert h.shape == (2, 2) and [leaf.name for leaf in inputs] == ["x_in & <b>$\\", "p1"]

    def value(at: np.ndarray, shift: np.ndarray) -> float:
        h = np.maximum(at @ at.T + shift, 0.3)
        p = np.exp(h) / np.exp(h).sum(axis=1, keepdims=True)
        q = (p**2).mean(axis=0) / 3 - np.log(h[0]) * np.where(at[1] > 3.5, at[0], -2.0)
        entropy = np.log(np.exp(h).sum(axis=1)).sum() - h[0, 0] - h[1, 1]
        return float(q.sum() + h[:, 1].sum() + entropy + at.max() + 9 * at.sum())

    at, shift = x.numpy(), b.numpy()
    np.testing.assert_allclose(inputs[0].value, differences(lambda each: value(each, shift), at), rtol=1e-5)
    np.testing.assert_allclose(inputs[1].value, differences(lambda each: value(at, each), shift), rtol=1e-5)


def test_an_explanation_leaves_no_trace() -> None:
    model, x, y, loss = nn.worked_example()
    result = loss(model(x), y)
    calls: list[Any] = []
    weight = next(iter(model.parameters()))
    weight.register_hook(calls.append)
    before = weight.numpy().copy()
    str(ag.explain(result))
    assert weight.grad is None and not calls and np.array_equal(weight.numpy(), before)
    result.backward()
    assert weight.grad is not None and len(calls) == 1
    np.testing.assert_allclose(weight.grad.numpy(), DW1, atol=1e-10)


def test_after_backward_the_structure_and_the_leaves_gradients_remain() -> None:
    model, x, y, half_square = nn.worked_example()
    loss = half_square(model(x), y)
    loss.backward()
    told = ag.explain(loss)
    text = str(told)
    assert told.freed and "intermediate values freed" in text
    assert all(step.incoming.value is None for step in told.steps)
    assert "∂L/∂z² += ∂L/∂a² ⊙ a² (1 − a²)\n" in text
    np.testing.assert_allclose(told.leaves[0].value, DW1, atol=1e-10)
    assert told._repr_html_().startswith("<div") and told.to_latex()


def test_a_retained_graph_is_told_in_full() -> None:
    loss = worked_loss()
    loss.backward(retain_graph=True)
    assert not ag.explain(loss).freed


def test_a_broadcast_operand_is_said_to_be_summed() -> None:
    b = ag.tensor([1.0, 2.0], requires_grad=True, name="b")
    told = ag.explain((b + np.ones((3, 2))).sum())
    (given,) = told.steps[1].outgoing
    assert given.axes == (0,) and given.value.tolist() == [3.0, 3.0]
    assert "(summed over axis 0, along which b was repeated)" in str(told)


def test_names_count_what_has_none_and_pass_over_those_that_are_taken() -> None:
    v1 = ag.tensor(2.0, requires_grad=True, name="v1")
    w = ag.tensor(3.0, requires_grad=True)
    loss = np.exp(v1 * w) * w
    assert [step.result for step in ag.explain(loss).steps] == ["L", "v3", "v2"]
    assert [leaf.name for leaf in ag.explain(loss).leaves] == ["v1", "p1"]
    assert [leaf.name for leaf in ag.explain(loss, names={"w": w, "other": 3}).leaves] == ["v1", "w"]  # type: ignore[dict-item]


def test_a_name_of_several_lines_stays_on_one() -> None:
    x = ag.tensor(2.0, requires_grad=True, name="two\nlines\x1b[31m")
    assert "∂L/∂(two lines [31m) = 4.0000" in ag.explain(x**2).text().replace("(from v1)", "")


def test_two_tensors_of_one_name_are_told_apart() -> None:
    a, b = (ag.tensor(value, requires_grad=True, name="x") for value in (2.0, 3.0))
    assert {leaf.name: leaf.value.item() for leaf in ag.explain(a * b).leaves} == {"x": 3.0, "x:2": 2.0}


def test_a_result_that_is_a_leaf_has_the_gradient_1() -> None:
    (leaf,) = ag.explain(ag.tensor(2.0, requires_grad=True)).leaves
    assert leaf.value == 1.0


def test_ones_own_operation_with_and_without_a_formula() -> None:
    cube = unregistered(lambda x: x**3, x=lambda g, x: g * 3 * x**2, name="cube", tex="3x^2")
    twice = unregistered(lambda x: 2 * x, x=lambda g: 2 * g, name="twice")
    x = ag.tensor(2.0, requires_grad=True, name="x")
    text = ag.explain(twice(cube(x))).text()
    assert "∂L/∂x += ∂L/∂v1 · 3x² = 24.0000" in text
    assert "∂L/∂v1 += (the rule of twice in the table of derivatives) = 2.0000" in text


def test_large_arrays_are_told_by_shape_range_and_norm() -> None:
    w = ag.tensor(np.arange(50.0), requires_grad=True, name="w")
    norm = 2 * np.sqrt((np.arange(50.0) ** 2).sum())
    assert f"∂L/∂w += ∂L/∂v1 · 2w = [50: 0.0000 … 98.0000, ‖·‖ {norm:.4f}]" in ag.explain((w**2).sum()).text()


def test_spanish() -> None:
    text = ag.explain(everything(), lang="es").text()
    assert text.startswith("Propagación hacia atrás de L = ")
    assert "son constantes." in text and "Hojas: lo que backward() suma a .grad" in text
    assert "(sumado sobre el eje 0, a lo largo del cual se repitió p1)" in text
    assert not re.search(r"\b(the|from|gets|leaves|constant)\b", text)


def test_a_stream_without_unicode_gets_ascii() -> None:
    buffer = io.BytesIO()
    stream = io.TextIOWrapper(buffer, encoding="cp1252", newline="\n")
    ag.explain(worked_loss()).write(stream)
    text = buffer.getvalue().decode("ascii")
    assert "dL/dW2 += dL/dv2 (a1)^T = [[-0.0920  -0.0690  0.0000]]" in text
    assert "dL/dz1 += dL/da1 (*) [z1 > 0]" in text and "?" not in text


def test_long_lines_are_broken_before_a_sign() -> None:
    x = ag.tensor([1.0, 2.0, 3.0], requires_grad=True, name="x")
    lines = ag.explain((np.sin(x) + np.cos(x) + np.tanh(x) * x).sum()).text(columns=60).splitlines()
    assert max(map(len, lines)) <= 60
    assert sum(line.startswith("     + ") for line in lines) == 3 and any(line.startswith("     = ") for line in lines)


def test_a_long_graph_is_folded_and_told_in_full_on_demand() -> None:
    x = ag.tensor(np.ones(3), requires_grad=True, name="x")
    y = x
    for _ in range(5_000):
        y = np.tanh(y) + x
    told = ag.explain(y.sum())
    text = str(told)
    assert len(told.steps) == 200 and told.left_out == 9_801
    assert "… 9,801 more operations are left out: max_steps=None tells them all" in text
    assert "more terms" in text and len(text.splitlines()) < 2_000
    assert len(ag.explain(y.sum(), max_steps=None).steps) == 10_001


def test_the_page_escapes_names_and_has_no_colour_of_its_own() -> None:
    page = ag.explain(everything())._repr_html_()
    assert "<b>$" not in page and "&lt;b&gt;" in page
    assert page.count("<div") == page.count("</div>") and page.count("<span") == page.count("</span>")
    assert "<script" not in page and "<style" not in page and "class=" not in page
    assert not re.search(r"color:\s*#|background:\s*#", page)


def test_the_page_never_raises() -> None:
    told = ag.explain(worked_loss())
    object.__setattr__(told, "steps", None)
    assert told._repr_html_().startswith("<pre>")


def test_the_data_are_ready_for_json() -> None:
    data = json.loads(json.dumps(ag.explain(everything()).to_dict()))
    assert data["result"] == "L" and data["left_out"] == 0
    z = ag.tensor(1 + 2j, requires_grad=True)
    assert json.dumps(ag.explain(abs(z)).to_dict())
    step = ag.explain(worked_loss()).steps[1].to_dict()
    assert (step["operation"], step["inputs"], step["scope"]) == ("sigmoid", ["z²"], ["layer 2: sigmoid"])
    np.testing.assert_allclose(step["outgoing"][0]["value"], DELTA2, atol=1e-10)


@pytest.mark.parametrize("lang", ["en", "es"])
def test_latex_is_ascii_and_its_braces_and_environments_close(lang: str) -> None:
    text = ag.explain(everything(), lang=lang).to_latex(standalone=True)
    assert text.isascii()
    assert re.findall(r"\\usepackage\{(\w+)\}", text) == ["amsmath"]
    open_now: list[str] = []
    for kind, name in re.findall(r"\\(begin|end)\{([\w*]+)\}", text):
        if kind == "begin":
            open_now.append(name)
        else:
            assert open_now.pop() == name
    assert not open_now
    braces = re.sub(r"\\[{}]", "", text)
    assert braces.count("{") == braces.count("}")
    assert r"\frac{\partial L}{\partial p_{1}} &\mathrel{+}=" in text.replace("& ", "&")


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no pdfLaTeX here")
@pytest.mark.parametrize("lang", ["en", "es"])
def test_pdflatex_sets_it(lang: str, tmp_path: Path) -> None:
    (tmp_path / "told.tex").write_text(ag.explain(everything(), lang=lang).to_latex(standalone=True), encoding="ascii")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "told.tex"]
    done = subprocess.run(command, cwd=tmp_path, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:]


def formulas(name: str) -> list[tuple[int, str]]:
    """Return an operation's declared formulas, with the operand that each is for."""
    primitive = PRIMITIVES[name]
    if primitive.variadic:
        return [(0, primitive.tex)] if isinstance(primitive.tex, str) else []
    ruled = [k for k, rule in enumerate(primitive.rules.values()) if rule is not None]
    return [(k, primitive.formula(k)) for k in ruled if primitive.tex is not None]  # type: ignore[misc]


@pytest.mark.parametrize("name", PRIMITIVES)
def test_every_formula_of_the_table_translates(name: str) -> None:
    for _, tex in formulas(name):
        text, plain = Formula(tex).text(), Formula(tex).text(plain=True)
        assert not set("\\{}$") & set(text + plain), (tex, text)
        assert plain.isascii() and "?" not in plain
        assert tex.isascii() and tex.count("{") == tex.count("}")


@pytest.mark.parametrize("name", sorted(ag.OPERATIONS))
def test_every_public_operation_has_a_formula(name: str) -> None:
    assert ag.OPERATIONS[name].tex


# The elementwise operations that are no ufuncs of NumPy's; all others' formulas speak of axes, windows or places.
OUR_ELEMENTWISE = {
    "binary_cross_entropy", "clip", "elu", "erf", "erfc", "gelu", "hardtanh", "huber", "i0", "kl_divergence",
    "kl_divergence_of_logs", "leaky_relu", "log1mexp", "log_sigmoid", "mish", "prelu", "relu", "selu", "sigmoid",
    "sigmoid_cross_entropy", "silu", "sinc", "softplus", "softsign", "weighted_sigmoid_cross_entropy", "where", "xlogy",
}  # fmt: skip
ELEMENTWISE = OUR_ELEMENTWISE | {
    name
    for name, each in ag.OPERATIONS.items()
    if isinstance(each.fn, np.ufunc) and each.fn.signature is None and each.fn is not np.conjugate
}
ELEMENTARY = "cos sin cosh sinh tanh sqrt sign conj pi e rint copysign ldexp"
MEANINGS: dict[str, Any] = {
    **{name: getattr(np, name) for name in ELEMENTARY.split()},
    "ln": np.log,
    "I_1": lambda x: (np.i0(x + 1e-6) - np.i0(x - 1e-6)) / 2e-6,
    "abs": np.abs,
    "clip": np.clip,
    "min": np.minimum,
    "softplus": lambda x: np.logaddexp(0, x),
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "sigma": lambda x: 1 / (1 + np.exp(-x)),
    "phi": lambda x: np.exp(-x * x / 2) / np.sqrt(2 * np.pi),
    "Phi": lambda x: (1 + np.asarray(ag.erf(x / np.sqrt(2)))) / 2,
    "i": 1j,
}


def as_python(formula: str) -> str:
    """Return a formula in ASCII as an expression of Python."""
    known = "|".join(each for each, meaning in MEANINGS.items() if callable(meaning))
    code = formula.replace(" (*) ", " * ").replace(" * ", "*").replace("^", "**").replace("sqrtpi", "sqrt(pi)")
    code = re.sub(r"\|(\w+)\|", r"abs(\1)", code)
    code = re.sub(rf"\b({known}) (\w+)", r"\1(\2)", code)
    code = re.sub(r"\[([^\]]*?) = ([^\]]*)\]", r"(\1 == \2)", code)
    code = (
        re.sub(r"\[(\w+) <= (\w+) <= (\w+)\]", r"((\1 <= \2) & (\2 <= \3))", code).replace("[", "(").replace("]", ")")
    )
    code = re.sub(r"(?<=\d)(?=[a-z])|(?<=[\w)]) (?=[\w(])", "*", code)
    return re.sub(rf"\b({known})\*\(", r"\1(", code)


@pytest.mark.parametrize("name", sorted(ELEMENTWISE))
def test_the_formulas_of_elementwise_operations_say_what_central_differences_say(name: str) -> None:
    primitive, rng = PRIMITIVES[name], np.random.default_rng(3)
    args, kwargs = next(iter(calls(primitive, np.random.default_rng(1))))
    operands, keywords = primitive.call_form(args, kwargs)
    operands = tuple(np.asarray(each, float) if np.asarray(each).dtype.kind == "f" else each for each in operands)
    shape = np.shape(primitive.fn(*operands, **keywords))
    names = [Name(each, each) for each in primitive.operands]
    for k, _ in formulas(name):
        at = np.broadcast_to(operands[k], shape).astype(float)
        g = rng.normal(size=shape)

        def at_k(each: np.ndarray, k: int = k) -> np.ndarray:
            return primitive.fn(*operands[:k], each, *operands[k + 1 :], **keywords)

        local = (at_k(at + 1e-6) - at_k(at - 1e-6)) / 2e-6
        told = rule(primitive, k, gradient=Name("g", "g"), result=Name("y", "y"), operands=names, keywords=keywords)
        text = as_python(told.text(plain=True))
        symbols = {**MEANINGS, **dict(zip(primitive.operands, operands, strict=True)), "y": at_k(at), "g": g}
        value = eval(text, {"__builtins__": {}}, symbols)
        np.testing.assert_allclose(np.broadcast_to(value, shape), g * local, rtol=1e-5, atol=1e-7, err_msg=text)


def test_the_formulas_of_products_are_true() -> None:
    a, b = np.arange(6.0).reshape(2, 3) - 2, np.arange(12.0).reshape(3, 4) / 7
    A, B = (ag.tensor(each, requires_grad=True, name=name) for each, name in ((a, "A"), (b, "B")))
    g = np.arange(8.0).reshape(2, 4)
    told = ag.explain(((A @ B) * g).sum())
    to_a, to_b = told.steps[-1].outgoing
    assert (str(to_a.formula), str(to_b.formula)) == ("∂L/∂v1 Bᵀ", "Aᵀ ∂L/∂v1")
    np.testing.assert_allclose(to_a.value, g @ b.T)
    np.testing.assert_allclose(to_b.value, a.T @ g)


def test_squares_and_means_are_multiplied_out() -> None:
    x = ag.tensor([1.0, 2.0, 3.0, 4.0], requires_grad=True, name="x")
    text = ag.explain((x**2).mean()).text()
    assert "∂L/∂v1 += 1/4 broadcast(∂L/∂L) = [0.2500  0.2500  0.2500  0.2500]" in text
    assert "∂L/∂x += ∂L/∂v1 · 2x = [0.5000  1.0000  1.5000  2.0000]" in text


@pytest.mark.parametrize(
    ("name", "tex"),
    [
        ("W¹", "W^{1}"),
        ("δ²", r"\delta^{2}"),
        ("x₁", "x_{1}"),
        ("ŷ", r"\hat{y}"),
        ("v12", "v_{12}"),
        ("loss", r"\mathrm{loss}"),
        ("a_b%", r"\mathrm{a\_b\%}"),
        ("重", r"\mathrm{?}"),
    ],
)
def test_names_in_tex(name: str, tex: str) -> None:
    assert named(name).tex == tex


def test_hooks_are_not_called_and_said_to_be_there() -> None:
    x = ag.tensor([1.0, 1.0], requires_grad=True, name="x")
    said = {"en": "Hooks may change gradients on the way", "es": "Los hooks pueden cambiar los gradientes"}
    y = 2 * x
    hooked = y.sum()
    assert not any(words in ag.explain(hooked, lang=lang).text() for lang, words in said.items())
    handle = y.register_hook(lambda g: g * 10)
    for lang, words in said.items():
        lines = ag.explain(hooked, lang=lang).text().splitlines()
        assert lines[1].startswith(words) and lines[-1].endswith("= [2.0000  2.0000]")
    assert ag.explain(hooked).to_dict()["has_hooks"]
    handle.remove()
    assert said["en"] not in ag.explain(hooked).text()
    x.register_hook(lambda g: g * 10)
    assert said["en"] in ag.explain(hooked).text()
    hooked.backward()
    assert x.grad.tolist() == [20.0, 20.0]
    assert said["en"] not in ag.explain(hooked).text(), "what stands in .grad has passed the hooks"

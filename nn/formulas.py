"""The formulas of a pass as text, in the letters of either lecture note.

`Matrices` writes z, a, W and L with matrix products, as the first note does; `Sums` writes u, o, θ and Err with sums
over neurons, as the second. A batch has one example a row, so that W a becomes a Wᵀ and Wᵀ δ becomes δ W.

A formula is written in Unicode, here and nowhere else: `nn.telling` reads it for LaTeX and HTML. An activation has a
row in `slope`, a loss its own methods; a sign that no formula had before needs a row in `nn.telling.tex.SIGNS` too.
"""

from autograd_lite.matrices import superscript
from nn.messages import message
from nn.recursion import called

# The factor that the slope of (a − y)² and the loss's own ½ leave in δ.
SQUARES = {"half_sse": 1, "sse": 2, "mse": 2}
ROBUST = ("l1", "huber")


class Matrices:
    """z = W x + b, δˡ = (Wˡ⁺¹)ᵀ δˡ⁺¹ ⊙ σ′(zˡ), ∂L/∂W = δ aᵀ.

    Parameters
    ----------
    depth : int
        The number of layers.
    batch : int or None
        The number of examples; None for a single one.

    Examples
    --------
    >>> Matrices(2, None).hidden_delta(1)
    'δ¹ = (W²)ᵀ δ² ⊙ σ′(z¹)'
    """

    z, a, W, loss = "z", "a", "W", "L"

    def __init__(self, depth: int, batch: int | None) -> None:
        self.depth = depth
        self.batch = batch

    def before(self, k: int) -> str:
        """Return the name of what layer k takes."""
        return "x" if k == 1 else f"{self.a}{superscript(k - 1)}"

    def weighted_sum(self, k: int, *, bias: bool) -> str:
        index, shift = superscript(k), f" + b{superscript(k)}" if bias else ""
        product = f"{self.W}{index} {self.before(k)}" if self.batch is None else f"{self.before(k)} ({self.W}{index})ᵀ"
        return f"{self.z}{index} = {product}{shift}"

    def activation(self, k: int, label: str) -> str:
        """Return aˡ = σ(zˡ); an empty label stands for the identity."""
        z = f"{self.z}{superscript(k)}"
        return f"{self.a}{superscript(k)} = {f'{label}({z})' if label else z}"

    def slope(self, k: int, activation: str, lang: str) -> str:
        """Return σ′(z), and what it is for the activations that are known."""
        z, a = f"{self.z}{superscript(k)}", f"{self.a}{superscript(k)}"
        name, parameters = called(activation)
        parameter = parameters[0] if parameters else None
        sigmoid = f"{spoken('sigmoid', lang)}({z})"
        known = {
            "relu": f" = {message('record.relu_slope', lang, z=z)}",
            "sigmoid": f" = {a} (1 − {a})",
            "tanh": f" = 1 − ({a})²",
            "leaky_relu": f" = {message('record.leaky_slope', lang, z=z, below=_or(parameter, 0.01))}",
            "elu": f" = {message('record.leaky_slope', lang, z=z, below=f'{a} + {_or(parameter, 1)}')}",
            "gelu": f" = Φ({z}) + {z} φ({z})" if parameter is None else "",
            "silu": f" = {sigmoid} + {a} (1 − {sigmoid})",
            "softplus": f" = {spoken('sigmoid', lang)}({'' if parameter is None else f'{_or(parameter, 1)} '}{z})",
            "prelu": f" = {message('record.leaky_slope', lang, z=z, below=_or(parameter, 0.25))}",
            "log_sigmoid": f" = {spoken('sigmoid', lang)}(−{z})",
            "softsign": f" = (1 − |{a}|)²",
        }
        return f"σ′({z}){known.get(name, '')}"

    def squared_error(self, key: str, share: int) -> str:
        """Return the loss of squared differences, each summed or divided by `share`."""
        return f"{self.loss} = {'½ ' if key == 'half_sse' else ''}{_front(1, share)}Σ {self.difference()}²"

    def robust_error(self, key: str, share: int) -> str:
        """Return the loss of absolute differences, or Huber's, each summed or divided by `share`.

        Examples
        --------
        >>> Matrices(2, None).robust_error("l1", 1), Sums(2, 4).robust_error("huber(0.5)", 4)
        ('L = Σ |a² − y|', 'Err = 1/4 Σ Huber(y − ŷ)')
        """
        difference = self.difference()
        error = f"|{difference[1:-1]}|" if key == "l1" else f"Huber{difference}"
        return f"{self.loss} = {_front(1, share)}Σ {error}"

    def probabilities(self, *, linear: bool) -> str:
        """Return p, of the last layer's z, or where it has an activation of its own of its a."""
        return f"p = softmax({self.z if linear else self.a}{superscript(self.depth)})"

    def cross_entropy(self, share: int) -> str:
        return f"{self.loss} = −{_front(1, share)}{'' if self.batch is None else 'Σₙ '}log p[y]"

    def two_classes(self, key: str, share: int) -> str:
        """Return the cross-entropy of two classes: of the output, or under 'bce_logits' of its p.

        Examples
        --------
        >>> Matrices(2, None).two_classes("bce", 1)
        'L = −Σ (y log a² + (1 − y) log(1 − a²))'
        """
        a = self._probability(key)
        return f"{self.loss} = −{_front(1, share)}Σ (y log {a} + (1 − y) log(1 − {a}))"

    def sigmoid_probability(self, lang: str, *, linear: bool) -> str:
        """Return p, the probability that the output stands for under 'bce_logits'."""
        return f"p = {spoken('sigmoid', lang)}({self.z if linear else self.a}{superscript(self.depth)})"

    def two_classes_delta(self, key: str, share: int) -> str:
        """Return δ of the output layer: p − y of no activation under 'bce_logits', a − y of a sigmoid under 'bce'.

        Examples
        --------
        >>> Matrices(2, None).two_classes_delta("bce", 1)
        'δ² = ∂L/∂a² ⊙ σ′(z²) = a² − y'
        """
        first = f"δ{superscript(self.depth)}" if key == "bce_logits" else self.general_delta(self.depth)
        return f"{first} = {self.two_classes_difference(key, share)}"

    def two_classes_difference(self, key: str, share: int) -> str:
        difference = f"{self._probability(key)} − y"
        return f"{_front(1, share)}({difference})" if share > 1 else difference

    def _probability(self, key: str) -> str:
        return "p" if key == "bce_logits" else f"{self.a}{superscript(self.depth)}"

    def squared_error_delta(self, key: str, share: int) -> str:
        """Return δ = ∂L/∂a ⊙ σ′(z) of the output layer under squared differences."""
        k = superscript(self.depth)
        return f"δ{k} = {self.front(key, share)}{self.difference()} ⊙ σ′({self.z}{k})"

    def cross_entropy_delta(self, share: int) -> str:
        difference = f"{_front(1, share)}(p − e_y)" if share > 1 else "p − e_y"
        return f"δ{superscript(self.depth)} = {difference}"

    def general_delta(self, k: int) -> str:
        index = superscript(k)
        return f"δ{index} = ∂{self.loss}/∂{self.a}{index} ⊙ σ′({self.z}{index})"

    def unknown_delta(self, k: int) -> str:
        return f"δ{superscript(k)} = ∂{self.loss}/∂{self.z}{superscript(k)}"

    def hidden_delta(self, k: int) -> str:
        here, after = superscript(k), superscript(k + 1)
        product = f"({self.W}{after})ᵀ δ{after}" if self.batch is None else f"δ{after} {self.W}{after}"
        return f"δ{here} = {product} ⊙ σ′({self.z}{here})"

    def weight_gradient(self, k: int) -> str:
        index, before = superscript(k), self.before(k)
        row = f"{before}ᵀ" if k == 1 else f"({before})ᵀ"
        product = f"δ{index} {row}" if self.batch is None else f"(δ{index})ᵀ {before}"
        return f"∂{self.loss}/∂{self.W}{index} = {product}"

    def bias_gradient(self, k: int) -> str:
        return f"∂{self.loss}/∂b{superscript(k)} = {'' if self.batch is None else 'Σₙ '}δ{superscript(k)}"

    def difference(self) -> str:
        return f"({self.a}{superscript(self.depth)} − y)"

    def front(self, key: str, share: int) -> str:
        """Return the factor before the difference in δ."""
        return _front(SQUARES[key], share)


class Sums(Matrices):
    """u_i = Σ θ_ij o_j, δ_i = σ′(u_i) Σ δ_j θ_ji, ∂Err/∂θ_ij = δ_i o_j.

    Examples
    --------
    >>> Sums(2, None).hidden_delta(1)
    'δ¹ᵢ = σ′(u¹ᵢ) Σⱼ δ²ⱼ θ²ⱼᵢ'
    >>> Sums(2, None).squared_error_delta("sse", 1)
    'δ² = −2 (y − ŷ) ⊙ σ′(u²)'
    """

    z, a, W, loss = "u", "o", "θ", "Err"

    def weighted_sum(self, k: int, *, bias: bool) -> str:
        index, shift = superscript(k), f" + b{superscript(k)}ᵢ" if bias else ""
        return f"{self.z}{index}ᵢ = Σⱼ {self.W}{index}ᵢⱼ {self.before(k)}ⱼ{shift}"

    def activation(self, k: int, label: str) -> str:
        return ("ŷ = " if k == self.depth else "") + super().activation(k, label)

    def hidden_delta(self, k: int) -> str:
        here, after = superscript(k), superscript(k + 1)
        return f"δ{here}ᵢ = σ′({self.z}{here}ᵢ) Σⱼ δ{after}ⱼ {self.W}{after}ⱼᵢ"

    def weight_gradient(self, k: int) -> str:
        index, total = superscript(k), "" if self.batch is None else "Σₙ "
        return f"∂{self.loss}/∂{self.W}{index}ᵢⱼ = {total}δ{index}ᵢ {self.before(k)}ⱼ"

    def two_classes_difference(self, key: str, share: int) -> str:
        return f"−{_front(1, share)}(y − {self._probability(key)})"

    def _probability(self, key: str) -> str:
        return "p" if key == "bce_logits" else "ŷ"

    def difference(self) -> str:
        return "(y − ŷ)"

    def front(self, key: str, share: int) -> str:
        return "−" + _front(SQUARES[key], share)


SPOKEN = {"sigmoid": "record.sigmoid", "linear": "record.linear"}


def spoken(label: str, lang: str) -> str:
    """Return an activation's label in a language.

    Examples
    --------
    >>> spoken("sigmoid", "es"), spoken("ReLU", "es")
    ('sigmoide', 'ReLU')
    """
    return message(SPOKEN[label], lang) if label in SPOKEN else label


NOTATIONS: dict[str, type[Matrices]] = {"z-a": Matrices, "u-o": Sums}


def _front(factor: int, share: int) -> str:
    """Return a factor divided by the number of elements that the mean is taken over."""
    if share > 1:
        return f"{factor}/{share} "
    return "" if factor == 1 else f"{factor} "


def _or(parameter: float | str | None, usual: float) -> str:
    return f"{usual if parameter is None else parameter}".removesuffix(".0")

"""Python functions as transfer functions: traced where they can be, refused with the reason where not."""

import math

import neurate as nr
import numpy as np
import pytest

X = np.concatenate([-np.geomspace(1e-3, 500, 60)[::-1], [0.0], np.geomspace(1e-3, 500, 60), np.linspace(-12, 12, 97)])


def branches(x):
    if x < 0:
        return 0.0
    if x < 3:
        return 0.5 * x**2
    return 4.5 + 3 * (x - 3)


def fills(x):
    r = np.zeros_like(x)
    r[x > 1] = (x[x > 1] - 1) ** 1.5
    return r


def abbott_chance(x, a=270.0, b=108.0, d=0.154):
    y = a * x - b
    return y / (1 - np.exp(-d * y))


def as_array(x):
    x = np.asarray(x)
    return np.maximum(x, 0) ** 2


def naka_rushton(x):
    x = np.maximum(x, 0.0)
    return 100 * x**2 / (30**2 + x**2)


def composed(x):
    for _ in range(3):
        x = np.tanh(x)
    return x


class Gain:
    def __init__(self, gain):
        self.gain = gain

    def __call__(self, x):
        return self.gain * np.tanh(x / self.gain)


k = 0.04
TRACEABLE = {
    "tanh": np.tanh,
    "power": lambda x: k * np.maximum(x, 0) ** 2,
    "logistic": lambda x: 1 / (1 + np.exp(-(x - 2) / 0.5)),
    "where": lambda x: np.where(x > 0, x**2, 0),
    "where within where": lambda x: np.where(x < 0, 0, np.where(x < 1, x, 1)),
    "times condition": lambda x: x * (x > 0),
    "between": lambda x: ((x > 0) & (x < 2)) * x + 2 * (x >= 2),
    "heaviside": lambda x: np.heaviside(x, 0.5) * np.sqrt(abs(x)),
    "if": branches,
    "fills an array": fills,
    "0/0": abbott_chance,
    "asarray": as_array,
    "naka-rushton": naka_rushton,
    "loop": composed,
    "object": Gain(3.0),
    "max of Python": lambda x: max(0, x),
    "clip": lambda x: np.clip(x, 0, 10),
    "method": lambda x: x.clip(min=1),
    "logaddexp": lambda x: np.logaddexp(0, x),
    "softplus": lambda x: np.log1p(np.exp(np.minimum(x, 30))) + np.maximum(x - 30, 0),
    "expm1": lambda x: np.expm1(-np.abs(x)) * -1.0,
    "piecewise": lambda x: np.piecewise(x, [x < 0, x >= 0], [0, lambda x: x**2]),
    "select": lambda x: np.select([x < 0, x < 1], [0 * x, x], default=1.0),
    "sign": lambda x: np.sign(x) * np.abs(x) ** 0.5,
    "abs in condition": lambda x: np.where(np.abs(x) < 1, x, np.sign(x)),
    "leaky": lambda x: np.where(x > 2, x - 2, 0.1 * (x - 2)),
    "negative slope": lambda x: np.where(3 - 2 * x > 0, 3 - 2 * x, 0),
    "minus a power": lambda x: -(x**2) - 2 * -x / 4 / 2,
    "difference of differences": lambda x: 2 - (3 - (x - 5)) * 2 / (3 / 4),
    "constant": lambda x: 5.0 + 0 * x,
    "polynomial": np.poly1d([0.5, 2, 3]),
}


@pytest.mark.parametrize("name", TRACEABLE)
def test_a_traced_function_is_the_function(name):
    f = TRACEABLE[name]
    traced = nr.Expression.trace(f)
    with np.errstate(all="ignore"):
        try:
            expected = np.asarray(f(X.copy()), dtype=float) * np.ones_like(X)
        except ValueError:  # it takes numbers only
            expected = np.array([float(f(float(x))) for x in X])
    known = np.isfinite(expected)
    np.testing.assert_allclose(traced(X)[known], expected[known], rtol=1e-9, atol=1e-11)
    # Its slope is that of the function: central differences away from kinks.
    x = np.array([-7.3, -0.71, 0.37, 2.51, 7.9])
    one = np.vectorize(lambda v: float(np.asarray(f(np.float64(v)))), otypes=[float])
    h = 1e-5
    np.testing.assert_allclose(traced.gains(x), (one(x + h) - one(x - h)) / (2 * h), rtol=2e-6, atol=2e-6)


def test_formulas_are_short():
    text = {name: nr.Expression.trace(TRACEABLE[name]).formula for name in ("power", "where", "times condition", "between", "clip")}
    assert text == {
        "power": "0.04*max(x, 0)^2",
        "where": "max(x, 0)^2",
        "times condition": "max(x, 0)",
        "between": "max(min(2, x), 0)",
        "clip": "min(10, max(x, 0))",
    }


def rounds():
    calls = [0]

    def f(x):
        calls[0] += 1
        return x * calls[0]

    return f


REFUSED = {
    "math": (lambda x: math.exp(x), "needs a number"),
    "float": (lambda x: np.array(x, dtype=float) ** 2, "needs a number"),
    "jump": (lambda x: (x > 1) * 2.0, r"jumps at x = 1, from 0 to 2(.|\n)*Logistic"),
    "round": (lambda x: np.round(x), "np.round"),
    "floor": (lambda x: x // 1, "rounds x"),
    "interp": (lambda x: np.interp(x, [0, 1], [0, 1]), "np.interp"),
    "two inputs": (lambda x, y: x, "missing 1 required positional argument"),
    "array": (lambda x: x + np.array([1, 2]), r"shape \(2,\): give one function for each population"),
    "state": (rounds(), "depends on something besides x"),
    "nothing": (lambda x: None, "returns nothing"),
    "curved threshold": (lambda x: np.where(x**2 > 1, 1, x), r"branches on x\^2 - 1, which is not linear"),
    "type": (lambda x: x if isinstance(x, np.ndarray) else 2 * x, "looks at x in another way"),
    "attribute": (lambda x: x.foo(), "x.foo"),
    "out": (lambda x: np.maximum(x, 0, out=x), "np.maximum with out="),
    "text": (lambda x: "a", "combines x with 'a'"),
    "infinity": (lambda x: np.inf * x, "computes with inf"),
    "iteration": (lambda x: [y for y in x], "list of numbers"),
    "size": (lambda x: [x := x * x + x for _ in range(40)][-1], "4000 operations"),
    "many pieces": (lambda x: sum(np.maximum(x - i, 0) * (x > i) for i in range(100)), "64 pieces"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_traced_says_why(name):
    f, words = REFUSED[name]
    with pytest.raises(TypeError, match=rf"(?s)cannot become a formula: .*{words}.*help: .*Expression"):
        nr.Expression.trace(f)


def test_circuits_take_functions():
    w = np.array([[1.25, -0.65], [1.2, -0.5]])
    written = nr.Circuit(W=w, tau=[20, 10], f=nr.Expression("0.04*max(x, 0)^2"), h=20, kinds="EI")
    traced = nr.Circuit(W=w, tau=[20, 10], f=lambda x: 0.04 * np.maximum(x, 0) ** 2, h=20, kinds="EI")
    assert traced == written
    by_name = nr.Circuit(W=w, tau=[20, 10], f={"E": np.tanh, "I": nr.Linear()}, h=1, kinds="EI")
    listed = nr.Circuit(W=w, tau=[20, 10], f=[np.tanh, nr.Linear()], h=1, kinds="EI")
    assert by_name == listed and "tanh(x)" in by_name.populations[0].equation
    assert written.set({"E.f": np.tanh}).fixed_points()[0].r[0] == pytest.approx(
        written.set({"E.f": nr.Expression("tanh(x)")}).fixed_points()[0].r[0]
    )
    with pytest.raises(TypeError, match="cannot become a formula"):
        nr.Circuit(W=w, tau=20, f=math.tanh)

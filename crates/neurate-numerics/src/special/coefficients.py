"""Makes coefficients.rs with mpmath (1.3.0; 60 digits). Run: python3 coefficients.py > coefficients.rs

Each function is interpolated at Chebyshev nodes of t in [-1, 1], its Chebyshev series cut where
the rest is below 1e-16 of it or so, and written in powers of t; the powers' coefficients stay as
small as the function, so that Horner's scheme loses nothing.
"""

from mpmath import cos, erfc, euler, exp, hyp1f1, hyp2f2, log, mp, mpf, pi, sqrt

mp.dps = 60
HALF = mpf(1) / 2


def asymptotic(term, ratio):
    """Sum of an asymptotic series down to its smallest term."""
    total, n = term, 1
    while True:
        following = term * ratio(n)
        if abs(following) > abs(term) or abs(following) < mpf(10) ** -50:
            return total
        term, n = following, n + 1
        total += term


def erfcx(x):
    if x < 25:
        return exp(x * x) * erfc(x)
    return asymptotic(1 / (sqrt(pi) * x), lambda n: -(2 * n - 1) / (2 * x * x))


def erfcx_integral(x):
    """Integral of erfcx over [0, x]."""
    if x < 13:
        with mp.workdps(60 + int(0.9 * x * x)):
            return +(x * hyp1f1(HALF, 3 * HALF, x * x)
                     - x * x / sqrt(pi) * hyp2f2(1, 1, 3 * HALF, 2, x * x))
    # erfcx = sum_n c_n x^(-2n-1) / sqrt(pi), integrated term by term
    total, c = log(2 * x) + euler / 2, mpf(1)
    for n in range(1, 120):
        c *= -(2 * n - 1) / (2 * x * x)
        total -= c / (2 * n)
    return total / sqrt(pi)


def dawson_over_x(x):
    if x < 13:
        return hyp1f1(1, 3 * HALF, -x * x)
    return asymptotic(1 / (2 * x * x), lambda n: (2 * n - 1) / (2 * x * x))


def w(x):
    u = 1 / (1 + x)
    return (erfcx(x) / u - (1 + u) / sqrt(pi)) / u ** 2


def g(x):
    return erfcx_integral(x) - log(1 + x) / sqrt(pi)


def near(t):
    s = 96 / (mpf("2.2") - t) - 30
    return (s + 2) * dawson_over_x(sqrt(s))


def far(t):
    s = 52 / (1 - t) - 14
    return (s - HALF) * dawson_over_x(sqrt(s))


def powers(f, count, nodes=60):
    """Coefficients of t^n, n < count, and the size of what was cut."""
    ts = [cos(pi * (k + HALF) / nodes) for k in range(nodes)]
    fs = [f(t) for t in ts]
    series = [(2 if j else 1) * sum(v * cos(pi * j * (k + HALF) / nodes) for k, v in enumerate(fs)) / nodes
              for j in range(nodes)]
    previous, current = [mpf(1)], [mpf(0), mpf(1)]
    result = [series[0]] + [mpf(0)] * (count - 1)
    for j in range(1, count):
        for i, c in enumerate(current):
            result[i] += series[j] * c
        following = [mpf(0)] + [2 * c for c in current]
        for i, c in enumerate(previous):
            following[i] -= c
        previous, current = current, following
    return result, sum(abs(c) for c in series[count:])


def exponential(t):
    """(exp(r) - 1 - r)/r^2, r = ln(2)/2 t."""
    r = log(2) / 2 * t
    return (mp.expm1(r) - r) / r ** 2 if t else HALF


def logarithm(t):
    """(2 artanh(s) - 2s)/s^3, s^2 = limit (1+t)/2."""
    s = sqrt(LIMIT * (1 + t) / 2)
    return (2 * mp.atanh(s) - 2 * s) / s ** 3


LIMIT = (sqrt(2) - 1) ** 2 / (sqrt(2) + 1) ** 2


def rescaled(coefficients, slope, start):
    """Coefficients in r where t = start + slope r."""
    result = [mpf(0)]
    for c in reversed(coefficients):
        following = [start * r for r in result] + [mpf(0)]
        for i, r in enumerate(result):
            following[i + 1] += slope * r
        following[0] += c
        result = following
    return result[:len(coefficients)]


def of_x(f):
    return lambda t: f(mpf("4.5") / (1 - t) - mpf("2.5"))


print("//! Made by `coefficients.py`, which says how. Do not edit.\n")
for name, about, f, count, change in [
    ("EXPONENTIAL", "`(exp(r)-1-r)/r^2` in `r`, `|r| <= ln(2)/2`", exponential, 10, (2 / log(2), 0)),
    ("LOGARITHM", "`(2 artanh(s)-2s)/s^3` in `s^2`, `s <= (sqrt(2)-1)/(sqrt(2)+1)`", logarithm, 7, (2 / LIMIT, -1)),
    ("ERFCX", "`w` of `erfcx = u ((1+u)/sqrt(pi) + u^2 w)`, `u = 1/(1+x)`, in `t = 1 - 4.5/(x+2.5)`, `x >= -1/4`",
     of_x(w), 29, (1, 0)),
    ("ERFCX_INTEGRAL", "`L(x) - ln(1+x)/sqrt(pi)`, `L` the integral of erfcx from 0, in the same `t`",
     of_x(g), 27, (1, 0)),
    ("DAWSON_NEAR", "`(x^2+2) D(x)/x` in `t = 2.2 - 96/(x^2+30)`, `x^2 <= 50`", near, 31, (1, 0)),
    ("DAWSON_FAR", "`(x^2-1/2) D(x)/x` in `t = 1 - 52/(x^2+14)`, `x^2 >= 12`", far, 31, (1, 0)),
]:
    coefficients, rest = powers(f, count)
    coefficients = rescaled(coefficients, *change)
    print(f"/// {about}; cut: {mp.nstr(rest, 1)}.")
    print(f"pub const {name}: [f64; {count}] = [")
    for c in coefficients:
        print(f"    {float(c)!r},")
    print("];")

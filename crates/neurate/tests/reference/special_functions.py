"""Makes special_functions.csv and ricciardi_cv.csv with mpmath (1.3.0; 40 digits, inputs exact
doubles). Run: python3 special_functions.py

special_functions.csv: x >= 0; erf, erfc, erfcx = exp(x^2) erfc(x), Dawson's function, and with
F(y) = exp(y^2) (1 + erf y): F'(-x), F''(-x).
ricciardi_cv.csv: limits y_r, y_t and CV of the interspike interval for tau_m = 1, tau_ref = 0,
mu = 0, sigma = 1, by Brunel 2000 eq. A1, each integral done on its own (not the order of
integration of the library).
"""

from mpmath import erf, erfc, erfi, exp, mp, mpf, nstr, pi, quad, sqrt

mp.dps = 40


def erfcx(x):
    digits = mp.dps
    mp.dps += int(x * x) // 2 + 5 if x < 30 else 0
    value = exp(x * x) * erfc(x) if x < 30 else 1 / (
        sqrt(pi) * (x + continued(x, 1)))
    mp.dps = digits
    return value


def continued(x, n):
    value = mpf(0)
    for k in range(120, n - 1, -1):
        value = mpf(k) / 2 / (x + value)
    return value


def dawson(x):
    if x < 30:
        return sqrt(pi) / 2 * exp(-x * x) * erfi(x)
    term = total = 1 / (2 * x)
    for k in range(1, 60):
        term = term * (2 * k - 1) / (2 * x * x)
        total += term
    return total


def derivative(x, n):
    """F^(n)(-x) = 2/sqrt(pi) int_0^inf (2t)^n exp(-t^2 - 2xt) dt"""
    s = 1 / (1 + x)
    return 2 / sqrt(pi) * quad(
        lambda t: (2 * t) ** n * exp(-t * t - 2 * x * t), [0, s / 2, s, 2 * s, 4 * s, 8 * s, 16 * s, 40 * s, 100 * s])


def functions():
    xs = [0.0, 1e-9, 1e-3, 0.05, 0.1, 0.3, 0.5, 0.75, 1.0, 1.3, 1.6, 1.9, 1.999, 2.0, 2.1, 2.4, 2.8, 3.3, 3.9,
          4.5, 5.3, 6.2, 7.1, 7.999, 8.0, 8.5, 10.0, 12.5, 16.0, 21.0, 26.0, 35.0, 49.9, 50.1, 80.0, 150.0, 1e3, 1e5, 1e8]
    with open("special_functions.csv", "w") as file:
        file.write("x,erf,erfc,erfcx,dawson,f1,f2\n")
        for x in xs:
            y = mpf(x)
            row = [erf(y), erfc(y), erfcx(y), dawson(y), derivative(y, 1), derivative(y, 2)]
            file.write(repr(x) + "," + ",".join(nstr(v, 20) for v in row) + "\n")


def scaled_f(y, b2):
    """exp(y^2 - b2) (1 + erf y) without cancellation"""
    return exp(-b2) * erfcx(-y) if y < 0 else exp(y * y - b2) * (1 + erf(y))


def cv(a, b):
    a, b = mpf(a), mpf(b)
    b2 = max(b, mpf(0)) ** 2

    def inner(x):
        # exp(x^2) int_{-inf}^x exp(y^2) (1+erf y)^2 dy, times exp(-2 b2), y = x - t
        s = 1 / (1 + abs(x))
        def f(t):
            y = x - t
            if y < 0:
                return exp(x * x - y * y - 2 * b2) * erfcx(-y) ** 2
            return exp(x * x + y * y - 2 * b2) * (1 + erf(y)) ** 2
        end = max(40 * s, x + 7) if x > -1 else 40 * s
        points = [mpf(0)]
        step = s
        while points[-1] < end:
            points.append(points[-1] + step)
            step *= mpf("1.6")
        return quad(f, points, maxdegree=4)

    def panels(width):
        points = [b]
        step = width
        while points[-1] > a:
            points.append(max(a, points[-1] - step))
            step *= mpf("1.6")
        return points[::-1]

    points = panels(1 / (1 + abs(b)))
    variance = quad(inner, points, maxdegree=4)
    mean = quad(lambda y: scaled_f(y, b2), points, maxdegree=5)
    return sqrt(2 * variance) / mean  # 2 pi tau^2 r^2 = 2 pi / (pi mean^2)


def cvs():
    pairs = [(-1, 0), (-3, 0), (-0.5, 0.5), (-3, 1), (-8, 2), (-2, 3), (0.25, 0.75), (0, 2), (1, 4), (2, 2.0625),
             (5, 6), (-4, 6), (-30, 1), (-2, -1), (-1.0625, -1), (-8, -4), (-19, -18), (-30, -19), (-25, -21), (-60, -24),
             (-1000, -0.5), (-100, -30), (3, 3 + 2.0**-20), (-5 - 2.0**-20, -5), (-30 - 2.0**-20, -30), (-500, 4)]
    mp.dps = 20
    with open("ricciardi_cv.csv", "w") as file:
        file.write("y_r,y_t,cv\n")
        for a, b in pairs:
            file.write(f"{float(a)!r},{float(b)!r},{nstr(cv(a, b), 15)}\n")
            file.flush()


functions()
cvs()

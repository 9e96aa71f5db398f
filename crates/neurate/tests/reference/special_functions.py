"""Makes special_functions.csv and ricciardi_cv.csv with mpmath (1.3.0; 40 digits, inputs exact
doubles). Run: python3 special_functions.py

special_functions.csv: x >= 0; erf, erfc, erfcx = exp(x^2) erfc(x), Dawson's function, and with
F(y) = exp(y^2) (1 + erf y): F'(-x), F''(-x).
ricciardi_cv.csv: limits y_r, y_t and CV of the interspike interval for tau_m = 1, tau_ref = 0,
mu = 0, sigma = 1, by Brunel 2000 eq. A1, each integral done on its own by 16-point
Gauss rules (not the order of
integration of the library).
"""

from multiprocessing import Pool

from mpmath import cos, erf, erfc, erfi, exp, legendre, mp, mpf, nstr, pi, quad, sqrt

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


def gauss_legendre(n):
    nodes = []
    for i in range(n):
        x = cos(pi * (i + mpf(3) / 4) / (n + mpf(1) / 2))
        for _ in range(8):  # Newton
            slope = n * (legendre(n - 1, x) - x * legendre(n, x)) / (1 - x * x)
            x -= legendre(n, x) / slope
        nodes.append((x, 2 / ((1 - x * x) * slope**2)))
    return nodes


def composite(f, points, nodes):
    total = mpf(0)
    for low, high in zip(points, points[1:]):
        for x, weight in nodes:
            total += weight * (high - low) / 2 * f((low + high) / 2 + x * (high - low) / 2)
    return total


def growing(width, end):
    """Panels from 0 to end, each 1.6 times as wide as the one before"""
    points = [mpf(0)]
    while points[-1] < end:
        points.append(min(end, points[-1] + width))
        width *= mpf("1.6")
    return points


def cv(a, b, nodes):
    a, b = mpf(a), mpf(b)
    b2 = max(b, mpf(0)) ** 2

    def inner(x):
        # exp(x^2) int_{-inf}^x exp(y^2) (1 + erf y)^2 dy, times exp(-2 b2), y = x - t
        s = 1 / (1 + abs(x))

        def f(t):
            y = x - t
            if y < 0:
                return exp(x * x - y * y - 2 * b2) * erfcx(-y) ** 2
            return exp(x * x + y * y - 2 * b2) * (1 + erf(y)) ** 2

        end = max(30 * s, x + 6) if x > -1 else 30 * s
        return composite(f, growing(s, end), nodes)

    points = growing(1 / (1 + abs(b)), b - a)
    variance = composite(lambda t: inner(b - t), points, nodes)
    mean = composite(lambda t: scaled_f(b - t, b2), points, nodes)
    return sqrt(2 * variance) / mean  # 2 pi tau^2 r^2 = 2 pi / (pi mean^2)


def cv_row(pair):
    mp.dps = 20
    a, b = map(float, pair)
    return f"{a!r},{b!r},{nstr(cv(a, b, gauss_legendre(16)), 15)}\n"


def cvs():
    pairs = [(-1, 0), (-0.5, 0.5), (-8, 2), (0.25, 0.75), (1, 4), (2, 2.0625), (-4, 6), (-30, 1),
             (-1.0625, -1), (-8, -4), (-30, -19), (-25, -21), (-1000, -0.5), (-500, 4),
             (3, 3 + 2.0**-20), (-5 - 2.0**-20, -5), (-30 - 2.0**-20, -30)]
    with Pool() as pool, open("ricciardi_cv.csv", "w") as file:
        file.write("y_r,y_t,cv\n")
        file.writelines(pool.imap(cv_row, pairs))


if __name__ == "__main__":
    functions()
    cvs()

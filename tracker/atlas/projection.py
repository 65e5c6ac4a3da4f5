"""The Equal Earth projection: every country has its true share of the area.

Source: Šavrič, Patterson, Jenny (2018), The Equal Earth map projection, International Journal of Geographical
Information Science 33(3), doi:10.1080/13658816.2018.1504949. On a sphere, which is what a small map shows.
"""

from math import asin, cos, radians, sin, sqrt

WIDTH, HEIGHT = 1000, 450  # of the map; the south is cut below 61°, where no institution has its seat
_A = (1.340264, -0.081106, 0.000893, 0.003796)
_FULL = (5.413259967392149, 2.6347255183148267)  # width and height of the whole Earth of radius 1


def equal_earth(latitude: float, longitude: float) -> tuple[float, float]:
    """(x to the east, y to the north) on a sphere of radius 1 of a place given in degrees."""
    angle = asin(sqrt(3) / 2 * sin(radians(latitude)))
    square = angle * angle
    sixth = square**3
    first, second, third, fourth = _A
    slope = first + 3 * second * square + sixth * (7 * third + 9 * fourth * square)
    x = 2 * sqrt(3) / 3 * radians(longitude) * cos(angle) / slope
    y = angle * (first + second * square + sixth * (third + fourth * square))
    return x, y


def unrounded(latitude: float, longitude: float) -> tuple[float, float]:
    """Where a place given in degrees lies on the map: (from the left, from the top), in its units."""
    x, y = equal_earth(latitude, longitude)
    scale = WIDTH / _FULL[0]
    return WIDTH / 2 + x * scale, (_FULL[1] / 2 - y) * scale


def on_the_map(latitude: float, longitude: float) -> tuple[int, int]:
    """As `unrounded` in whole units, and never outside the picture."""
    left, top = unrounded(latitude, longitude)
    return min(max(round(left), 0), WIDTH), min(max(round(top), 0), HEIGHT)

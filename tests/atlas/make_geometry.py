"""How the map's two files were made, once: static/img/coastline.svg and tracker/atlas/points.py.

    npm pack world-atlas@2.0.2            # TopoJSON of Natural Earth, which is in the public domain
    npm pack i18n-iso-countries@7.14.0    # its codes.json says which number is which letters in ISO 3166
    python -m tests.atlas.make_geometry LAND-50M.JSON COUNTRIES-50M.JSON CODES.JSON

The coastline is Natural Earth's 1:50m land without Antarctica: the 1:110m has no island of the Caribbean's small
states, of Cabo Verde, Mauritius or the Pacific. Each ring is cut at the 180th meridian, projected, simplified
(Visvalingam: corners of a triangle below LEAST_CORNER go) and rounded to whole units; what is smaller than
LEAST_RING becomes a square of one unit. A country's point is the centre of the largest piece of its land, or a
place well within it where that centre lies outside.
"""

import json
import sys
from collections.abc import Iterator
from itertools import pairwise
from math import cos, radians
from pathlib import Path
from typing import Any

from tracker.atlas.projection import HEIGHT, WIDTH, unrounded

ROOT = Path(__file__).parent.parent.parent
LEAST_CORNER, LEAST_RING = 0.5, 1.5  # square units of the map
Ring = list[tuple[float, float]]
BY_HAND = {  # alpha-2 -> (latitude, longitude): not in the data as countries of their own, or better placed so
    **{"AQ": (-60.7, -45.0), "BQ": (12.2, -68.3), "BV": (-54.4, 3.4), "CC": (-12.1, 96.9), "CX": (-10.5, 105.6)},
    **{"FJ": (-17.8, 178.0), "KI": (1.4, 173.0)},  # their largest islands lie on the other side of the map
    **{"GF": (4.0, -53.0), "GI": (36.1, -5.3), "GP": (16.2, -61.6), "MQ": (14.6, -61.0), "MY": (4.0, 102.0)},
    **{"RE": (-21.1, 55.5), "SJ": (78.2, 15.6), "TK": (-9.2, -171.8), "TV": (-8.5, 179.2), "UM": (19.3, 166.6)},
    **{"XK": (42.6, 20.9), "YT": (-12.8, 45.2)},
}


def rings(path: str, name: str) -> Iterator[tuple[dict[str, Any], bool, Ring]]:
    """(geometry, whether it is an outline rather than a lake, its (longitude, latitude) pairs) of a TopoJSON file."""
    told = json.loads(Path(path).read_text())
    (across, up), (west, south) = told["transform"]["scale"], told["transform"]["translate"]
    arcs = []
    for steps in told["arcs"]:
        x = y = 0
        arc = []
        for east, north in steps:
            x, y = x + east, y + north
            arc.append((x * across + west, y * up + south))
        arcs.append(arc)
    for geometry in told["objects"][name]["geometries"]:
        polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
        for polygon in polygons:
            for number, held in enumerate(polygon):
                ring: Ring = []
                for arc_number in held:
                    ring += arcs[arc_number][1:] if arc_number >= 0 else arcs[~arc_number][::-1][1:]
                yield geometry, number == 0, ring


def unwrapped(ring: Ring) -> Ring:
    """The ring without jumps from one side of the world to the other; longitudes may pass 180."""
    out = ring[:1]
    for longitude, latitude in ring[1:]:
        out.append((longitude + 360 * round((out[-1][0] - longitude) / 360), latitude))
    return out


def cut(ring: Ring) -> list[Ring]:
    """The ring's pieces west and east of the 180th meridian, each within the map."""
    pieces = []
    for turn in (-360, 0, 360):
        piece = [(longitude + turn, latitude) for longitude, latitude in unwrapped(ring)]
        for edge, sign in ((-180, 1), (180, -1)):
            kept: Ring = []
            for before, after in zip(piece[-1:] + piece[:-1], piece, strict=True):
                was, is_in = (before[0] - edge) * sign >= 0, (after[0] - edge) * sign >= 0
                if was != is_in:
                    share = (edge - before[0]) / (after[0] - before[0])
                    kept.append((edge, before[1] + share * (after[1] - before[1])))
                if is_in:
                    kept.append(after)
            piece = kept
        if piece:
            pieces.append(piece)
    return pieces


def area(ring: Ring) -> float:
    """Signed, in the units of the ring squared."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:] + ring[:1], strict=True)) / 2


def simplified(ring: Ring) -> Ring:
    """Without the corners that change the area least."""
    while len(ring) > 4:
        around = zip(ring[-1:] + ring[:-1], ring, ring[1:] + ring[:1], strict=True)
        sizes = sorted((abs(area([a, b, c])), number) for number, (a, b, c) in enumerate(around))
        small = [number for size, number in sizes if size < LEAST_CORNER][: len(ring) // 10 + 1]
        if not small:
            break
        gone: set[int] = set()
        for number in small:
            if not {(number - 1) % len(ring), (number + 1) % len(ring)} & gone:
                gone.add(number)
        ring = [corner for number, corner in enumerate(ring) if number not in gone]
    return ring


def drawn(ring: Ring, is_outline: bool) -> str:
    """The ring as a piece of an SVG path in whole units; empty for a lake too small to show."""
    corners: list[tuple[int, int]] = []
    if abs(area(ring)) >= LEAST_RING:
        for x, y in simplified(ring):
            if (round(x), round(y)) not in corners[-1:]:
                corners.append((round(x), round(y)))
    if len(corners) < 3:
        x, y = (round(sum(values) / len(ring)) for values in zip(*ring, strict=True))
        return f"M{x} {y}h1v1h-1z" if is_outline else ""
    path = f"M{corners[0][0]} {corners[0][1]}l"
    for (left, top), (right, bottom) in pairwise(corners):
        for step in (right - left, bottom - top):
            path += str(step) if step < 0 or path[-1] == "l" else f" {step}"
    return path + "z"


def coastline(land: str) -> str:
    """The SVG file."""
    pieces: dict[str, None] = {}
    for _geometry, is_outline, ring in rings(land, "land"):
        if min(latitude for _longitude, latitude in ring) > -61:
            for piece in cut(ring):
                pieces[drawn([unrounded(latitude, longitude) for longitude, latitude in piece], is_outline)] = None
    told = "Natural Earth 1:50m land, public domain; Equal Earth projection. See tests/atlas/make_geometry.py"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"><!-- {told} -->'
        f'<path id="land" fill="currentColor" d="{"".join(pieces)}"/></svg>\n'
    )


def within(ring: Ring, x: float, y: float) -> bool:
    """Whether a point lies in the ring: a ray to the east crosses it an odd number of times."""
    crossed = False
    for (ax, ay), (bx, by) in zip(ring, ring[1:] + ring[:1], strict=True):
        if (ay > y) != (by > y) and x < ax + (y - ay) / (by - ay) * (bx - ax):
            crossed = not crossed
    return crossed


def middle(ring: Ring) -> tuple[float, float]:
    """(longitude, latitude) of the centre, or of the place of a grid that is furthest from the coast."""
    size = area(ring)
    sides = list(zip(ring, ring[1:] + ring[:1], strict=True))
    x = sum((a[0] + b[0]) * (a[0] * b[1] - b[0] * a[1]) for a, b in sides) / (6 * size)
    y = sum((a[1] + b[1]) * (a[0] * b[1] - b[0] * a[1]) for a, b in sides) / (6 * size)
    if within(ring, x, y):
        return x, y
    west, east = min(a[0] for a in ring), max(a[0] for a in ring)
    south, north = min(a[1] for a in ring), max(a[1] for a in ring)
    grid = [(west + (east - west) * i / 40, south + (north - south) * j / 40) for i in range(41) for j in range(41)]
    shrink = cos(radians(y))
    inside = [place for place in grid if within(ring, *place)]
    return max(inside, key=lambda at: min(((at[0] - a[0]) * shrink) ** 2 + (at[1] - a[1]) ** 2 for a in ring))


def points(countries: str, codes: str) -> dict[str, tuple[float, float]]:
    """(latitude, longitude) in degrees by alpha-2."""
    letters = {number: alpha2 for alpha2, _alpha3, number, _name in json.loads(Path(codes).read_text())}
    largest: dict[str, tuple[float, Ring]] = {}
    for geometry, is_outline, ring in rings(countries, "countries"):
        code = letters.get(str(geometry.get("id")))
        if code and is_outline:
            size = abs(area(ring)) * cos(radians(ring[0][1]))
            largest[code] = max(largest.get(code, (0.0, ring)), (size, ring), key=lambda held: held[0])
    found = {code: middle(unwrapped(ring)) for code, (_size, ring) in largest.items()}
    placed = {code: (round(y, 1), round((x + 180) % 360 - 180, 1)) for code, (x, y) in found.items()}
    return dict(sorted((placed | BY_HAND).items()))


def main(land: str, countries: str, codes: str) -> None:
    """Write the coastline, print the points as lines of `points.py`."""
    (ROOT / "static" / "img" / "coastline.svg").write_text(coastline(land), encoding="utf-8")
    for code, (latitude, longitude) in points(countries, codes).items():
        sys.stdout.write(f"{code} {latitude:g} {longitude:g}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])

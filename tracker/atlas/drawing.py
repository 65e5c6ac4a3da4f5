"""What is drawn on the coastline: circles, squares on their corner, lines, in whole units of the map."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from math import hypot, sqrt

from tracker.atlas.points import point_of
from tracker.atlas.projection import on_the_map

MOST_SPOTS, MOST_LINES = 300, 100  # of one picture
SMALLEST, LARGEST = 3, 40  # radius of a circle
NEAR = 8  # closer than this, two places are drawn as one


@dataclass(frozen=True)
class Point:
    """A place on the map, how many stand there, and what to call them."""

    left: float
    top: float
    count: int = 1
    label: str = ""


@dataclass(frozen=True)
class Spot:
    """One drawn shape: its centre, its radius, how many it stands for, and their names."""

    left: int
    top: int
    radius: int
    count: int
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Picture:
    """All shapes of a map. `lines`: (how strong, 1 to 3; the path) of those that are drawn alike."""

    spots: list[Spot]
    asked: list[Spot] = field(default_factory=list)
    seats: list[Spot] = field(default_factory=list)
    lines: list[tuple[int, str]] = field(default_factory=list)

    @property
    def is_grouped(self) -> bool:
        """Whether some shape stands for several."""
        return any(spot.count > 1 for spot in [*self.spots, *self.asked, *self.seats])


def place(latitude: float | None, longitude: float | None, code: str) -> tuple[int, int] | None:
    """Where on the map: by its own coordinates (degrees), else by its country or region; None where none is known."""
    if latitude is None or longitude is None:
        known = point_of(code)
        return on_the_map(*known) if known else None
    return on_the_map(latitude, longitude)


def group(points: Iterable[Point], *, most: int = MOST_SPOTS, radius: int = 8) -> list[Spot]:
    """The points as shapes, those near each other as one: as many as `most`, the largest first.

    The area of a shape grows with the number it stands for; `radius` is that of a single one, and less where the
    largest would cover too much.
    """
    known, cell = list(points), float(NEAR)
    while len(cells := _cells(known, cell)) > most:
        cell *= 1.25
    totals = {key: sum(point.count for point in held) for key, held in cells.items()}
    unit = min(radius, LARGEST / sqrt(max(totals.values(), default=1)))
    spots = []
    for key, held in cells.items():
        total = totals[key]
        left = sum(point.left * point.count for point in held) / total
        top = sum(point.top * point.count for point in held) / total
        size = max(SMALLEST, round(unit * sqrt(total)))
        labels = tuple(dict.fromkeys(point.label for point in held if point.label))
        spots.append(Spot(round(left), round(top), size, total, labels))
    return sorted(spots, key=lambda spot: (-spot.radius, spot.left, spot.top))


def _cells(points: Sequence[Point], size: float) -> dict[tuple[int, int], list[Point]]:
    cells: dict[tuple[int, int], list[Point]] = {}
    for point in points:
        cells.setdefault((int(point.left // size), int(point.top // size)), []).append(point)
    return cells


def beside(shapes: Iterable[Spot], others: Sequence[Spot]) -> list[Spot]:
    """The shapes, each that would lie under one of the others moved to its right."""

    def moved(shape: Spot) -> Spot:
        above = [o for o in others if hypot(o.left - shape.left, o.top - shape.top) < (o.radius + shape.radius) / 2]
        if not above:
            return shape
        return replace(shape, left=max(other.left + other.radius for other in above) + shape.radius)

    return [moved(shape) for shape in shapes]


def nearest(spots: Sequence[Spot]) -> Callable[[tuple[int, int]], tuple[int, int]]:
    """A function from a place to the centre of the shape that stands for it."""
    centres = [(spot.left, spot.top) for spot in spots]
    known: dict[tuple[int, int], tuple[int, int]] = {}

    def find(at: tuple[int, int]) -> tuple[int, int]:
        if at not in known:
            known[at] = min(centres, key=lambda each: hypot(each[0] - at[0], each[1] - at[1]), default=at)
        return known[at]

    return find


def draw_lines(pairs: Iterable[tuple[tuple[int, int], tuple[int, int], int]]) -> list[tuple[int, str]]:
    """(how strong, path) of lines between places, each with how many joint projects it stands for.

    Lines between the same two places are one; MOST_LINES at the most, the strongest. They are arcs, so that two
    that run side by side can be told apart.
    """
    totals: dict[tuple[tuple[int, int], tuple[int, int]], int] = {}
    for one, other, count in pairs:
        if one != other:
            ends = (min(one, other), max(one, other))
            totals[ends] = totals.get(ends, 0) + count
    strongest = sorted(totals.items(), key=lambda each: (-each[1], each[0]))[:MOST_LINES]
    paths: dict[int, str] = {}
    for ends, count in strongest:
        strength = 1 if count == 1 else 2 if count < 4 else 3
        paths[strength] = paths.get(strength, "") + _arc(*ends)
    return sorted(paths.items())


def _arc(one: tuple[int, int], other: tuple[int, int]) -> str:
    bend = round(hypot(one[0] - other[0], one[1] - other[1]) * 0.15)
    middle = ((one[0] + other[0]) // 2, max(0, (one[1] + other[1]) // 2 - bend))
    return f"M{one[0]} {one[1]}Q{middle[0]} {middle[1]} {other[0]} {other[1]}"

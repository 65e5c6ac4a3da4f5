"""Places on the map lie where the published projection puts them, and the coastline is small and drawn the same way."""

import gzip
import re
from pathlib import Path

import pytest

from tracker.atlas.drawing import MOST_LINES, Point, draw_lines, group, nearest, place
from tracker.atlas.points import COUNTRY_POINTS, point_of
from tracker.atlas.projection import HEIGHT, WIDTH, equal_earth, on_the_map
from tracker.countries import COUNTRIES, INTERMEDIATE, REGIONS

COASTLINE = Path(__file__).parent.parent.parent / "static" / "img" / "coastline.svg"
PUBLISHED = [  # longitude, latitude, x, y: PROJ 9, +proj=eqearth +R=1
    (0, 0, 0, 0),
    (180, 0, 2.7066299836960748, 0),
    (0, 90, 0, 1.3173627591574133),
    (-52, -12, -0.7737398571326466, -0.2421657412072243),
    (120, 60, 1.3593733917143729, 1.0883008355053194),
]


@pytest.mark.parametrize(("longitude", "latitude", "x", "y"), PUBLISHED)
def test_the_projection_is_the_published_one(longitude, latitude, x, y):
    assert equal_earth(latitude, longitude) == pytest.approx((x, y), abs=1e-12)


def test_equal_areas_of_the_earth_are_equal_on_the_map():
    def cell(latitude, longitude, step=0.5):
        corners = [(0, 0), (0, step), (step, step), (step, 0)]
        at = [equal_earth(latitude + up, longitude + across) for up, across in corners]
        return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(at, at[1:] + at[:1], strict=True))) / 2

    # A cell of half a degree at 60° is half as wide as on the equator, wherever it lies.
    assert cell(59.75, 150) / cell(-0.25, 10) == pytest.approx(0.5, rel=1e-3)
    assert cell(-60.25, -20) / cell(-0.25, 10) == pytest.approx(0.5, rel=1e-3)


def test_the_whole_map_is_used_and_nothing_leaves_it():
    assert on_the_map(0, -180)[0] == 0
    assert on_the_map(0, 180)[0] == WIDTH
    for latitude in range(-90, 91, 15):
        for longitude in range(-180, 181, 15):
            left, top = on_the_map(latitude, longitude)
            assert 0 <= left <= WIDTH
            assert 0 <= top <= HEIGHT


def test_the_coastline_is_at_most_20_kb_compressed():
    assert len(gzip.compress(COASTLINE.read_bytes(), 6)) <= 20 * 1024


def test_the_coastline_is_one_shape_of_whole_units_inside_the_map_that_takes_the_colour_around_it():
    told = COASTLINE.read_text()
    assert f'viewBox="0 0 {WIDTH} {HEIGHT}"' in told
    assert told.count("<path") == 1
    assert 'id="land" fill="currentColor"' in told
    path = re.search(r' d="([^"]+)"', told)[1]
    assert not re.search(r"[^MlhvzZ0-9 -]", path)
    for piece in path.split("M")[1:]:
        left, top = map(int, re.match(r"(\d+) (\d+)", piece).groups())
        assert 0 <= left <= WIDTH
        assert 0 <= top <= HEIGHT


def test_land_lies_where_the_same_formula_puts_a_city_and_no_land_lies_in_the_ocean():
    path = re.search(r' d="([^"]+)"', COASTLINE.read_text())[1]
    dhaka, la_paz, nairobi = on_the_map(23.8, 90.4), on_the_map(-16.5, -68.1), on_the_map(-1.3, 36.8)
    assert all(_on_land(path, *city) for city in (dhaka, la_paz, nairobi))
    assert not any(_on_land(path, *on_the_map(*sea)) for sea in ((0, -30), (-30, 80), (30, -150), (-45, -179)))


def test_every_country_and_region_has_a_point():
    assert COUNTRIES | {"XK"} == set(COUNTRY_POINTS)
    regions = [code for region, below in REGIONS for code in (region, *below)]
    regions += [code for below in INTERMEDIATE.values() for code in below]
    assert all(point_of(code) for code in regions)
    assert all(-90 <= latitude <= 90 and -180 <= longitude <= 180 for latitude, longitude in COUNTRY_POINTS.values())


@pytest.mark.parametrize(
    ("code", "near"),
    [
        ("BD", (24, 90)),
        ("BO", (-17, -65)),
        ("NA", (-22, 17)),
        ("FJ", (-18, 178)),
        ("202", (-2, 20)),
        ("061", (-17, -166)),
    ],
)
def test_a_point_is_where_one_would_look_for_it(code, near):
    assert point_of(code) == pytest.approx(near, abs=2)


def test_anywhere_and_what_is_not_known_have_no_point():
    assert [point_of(code) for code in ("", "001", "ZZ", "999")] == [None] * 4


def test_coordinates_of_its_own_come_before_the_country():
    assert place(-16.5, -68.1, "BD") == on_the_map(-16.5, -68.1)
    assert place(None, 12.0, "BD") == place(None, None, "BD")


def test_neighbours_become_one_circle_whose_area_tells_how_many():
    far, *near = group([Point(100, 100, 1, "A"), Point(500, 200, 3, "B"), Point(502, 201, 1, "C")])[::-1]
    assert (far.count, near[0].count, near[0].labels) == (1, 4, ("B", "C"))
    assert near[0].radius == 2 * far.radius


def test_there_are_never_more_circles_than_asked_for_and_nobody_is_lost():
    crowd = [Point(left, top) for left in range(0, 1000, 13) for top in range(0, 450, 13)]
    spots = group(crowd, most=300)
    assert len(spots) <= 300
    assert sum(spot.count for spot in spots) == len(crowd) > 2000
    assert max(spot.radius for spot in spots) <= 40


def test_lines_are_the_strongest_and_join_the_same_places_once():
    ends = [((0, 0), (left, 10), 1) for left in range(1, 200)]
    (strength, path), (strong, both) = draw_lines(
        [*ends, ((0, 0), (400, 10), 4), ((400, 10), (0, 0), 2), ((5, 5), (5, 5), 9)]
    )
    assert (strength, strong) == (1, 3)
    assert both.count("M") == 1
    assert path.count("M") == MOST_LINES - 1


def test_a_line_ends_in_the_circle_that_stands_for_the_place():
    spots = group([Point(100, 100, 3), Point(300, 300)])
    assert nearest(spots)((104, 98)) == (100, 100)
    assert nearest([])((104, 98)) == (104, 98)


def _on_land(path, left, top):
    """Whether a point lies within the path: a ray to the right crosses it an odd number of times."""
    crossed = False
    for piece in path.split("M")[1:]:
        if "h1" in piece:
            continue
        numbers = list(map(int, re.findall(r"-?\d+", piece)))
        x, y = numbers[:2]
        corners = [(x, y)]
        for across, down in zip(numbers[2::2], numbers[3::2], strict=True):
            x, y = x + across, y + down
            corners.append((x, y))
        for (ax, ay), (bx, by) in zip(corners, corners[1:] + corners[:1], strict=True):
            if (ay > top) != (by > top) and left < ax + (top - ay) / (by - ay) * (bx - ax):
                crossed = not crossed
    return crossed

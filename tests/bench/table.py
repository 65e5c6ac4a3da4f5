"""The figures as a Markdown table, and the aims that are missed."""

from collections.abc import Iterable

from tests.bench.load import Answers
from tests.bench.measure import Figures

SLOWER = 2.0  # a page may take so many times as long on the largest database as on the smallest

Results = dict[int, list[Figures]]  # projects -> figures, in the same order of pages


def markdown(results: Results, about: Iterable[str]) -> str:
    """The whole report."""
    sizes = sorted(results)
    growth = [f"{size:,} : {sizes[0]:,}" for size in sizes[1:]]
    head = ["page", "for", "queries", "kB (gzip)", *(f"median ms at {size:,}" for size in sizes), *growth]
    head += ["p99 ms, 4 at once", "a second", "bare view", "ratio", "CPU ms, bare", "CPU ms", *growth]
    lines = [*about, "", _row(head), _row(["---", "---", *["---:"] * (len(head) - 2)])]
    for number, largest in enumerate(results[sizes[-1]]):
        figures = [results[size][number] for size in sizes]
        counts = list(dict.fromkeys(str(found.queries) for found in figures))
        kilobytes = [found.size / 1000 for found in figures]
        size = f"{kilobytes[0]:.1f}–{kilobytes[-1]:.1f} ({largest.gzipped / 1000:.1f})"
        cells = [_name(largest), largest.page.who or "visitor", "–".join(counts), size]
        together, bare = _known(largest.together), _known(largest.bare)
        medians, works = _medians(figures), [_known(found.together).work for found in figures]
        cells += [f"{median:.1f}" for median in medians]
        cells += [f"{median / medians[0]:.1f}" for median in medians[1:]]
        cells += [f"{together.p99:.0f}", f"{together.rate:.0f}", f"{bare.rate:.0f}", f"{largest.share:.2f}"]
        cells += [f"{bare.work:.2f}", f"{works[-1]:.1f}"]
        cells += [f"{work / (works[0] or 1):.1f}" for work in works[1:]]
        lines.append(_row(cells))
    lines += ["", *_verdict(results)]
    return "\n".join(lines) + "\n"


def missed(results: Results) -> list[str]:
    """The aims that are not reached, each as a sentence."""
    sizes = sorted(results)
    found = []
    for number, largest in enumerate(results[sizes[-1]]):
        least = results[sizes[0]][number]
        who = f"{_name(largest)}, {largest.page.who or 'visitor'}"
        before, after = _medians([least, largest])
        if after > SLOWER * before:
            longer = f"{after / before:.1f} times as long at {sizes[-1]:,} projects as at {sizes[0]:,}"
            found.append(f"{who}: {longer}, with {largest.size / least.size:.1f} times the content")
        aim = largest.page.versus_bare
        if aim and largest.share < aim:
            found.append(f"{who}: {largest.share:.2f} of the bare view's rate, not {aim:.2f}")
    return found


def slow_queries(results: Results) -> str:
    """The slowest statements of each page on the largest database, and their plans where they were asked for."""
    lines = []
    for found in results[max(results)]:
        lines.append(f"\n### {_name(found)}, {found.page.who or 'visitor'}: {found.queries} queries")
        for place, statement in enumerate(found.slowest):
            lines.append(f"{statement.took:.1f} ms: {' '.join(statement.sql.split())} {statement.values}"[:1500])
            lines += [f"    {step}" for step in (found.plans[place] if found.plans else ())]
    return "\n".join(lines)


def _verdict(results: Results) -> list[str]:
    sentences = missed(results)
    return [f"- missed: {sentence}" for sentence in sentences] or ["Every aim is reached."]


def _medians(figures: Iterable[Figures]) -> list[float]:
    return [_known(found.alone).median for found in figures]


def _known(answers: Answers | None) -> Answers:
    assert answers is not None
    return answers


def _name(found: Figures) -> str:
    return found.page.name + ("" if found.page.how == "fresh" else f", {found.page.how}")


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"

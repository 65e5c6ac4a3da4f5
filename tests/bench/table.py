"""The figures as a Markdown table, and the aims that are missed."""

from collections.abc import Iterable

from tests.bench.measure import Figures

SLOWER = 2.0  # a page may take so many times as long on the largest database as on the smallest

Results = dict[int, list[Figures]]  # projects -> figures, in the same order of pages


def markdown(results: Results, about: Iterable[str]) -> str:
    """The whole report."""
    sizes = sorted(results)
    head = ["page", "for", "queries", "kB (gzip)"]
    head += [f"median ms at {size:,}" for size in sizes]
    head += [f"× {size:,} to {sizes[0]:,}" for size in sizes[1:]]
    head += ["p99 ms, 4 at once", "a second", "bare view", "part of it"]
    lines = [*about, "", _row(head), _row(["---", "---", *["---:"] * (len(head) - 2)])]
    for number, largest in enumerate(results[sizes[-1]]):
        figures = [results[size][number] for size in sizes]
        medians = [found.alone.median if found.alone else 0.0 for found in figures]
        times = [f"{median:.1f}" for median in medians]
        ratios = [f"{median / medians[0]:.1f}" for median in medians[1:]]
        counts = list(dict.fromkeys(str(found.queries) for found in figures))
        assert largest.together is not None
        rates = [f"{largest.together.p99:.0f}", f"{largest.together.rate:.0f}"]
        rates += [f"{largest.bare_rate:.0f}", f"{largest.share:.2f}"]
        size = f"{largest.size / 1000:.1f} ({largest.gzipped / 1000:.1f})"
        lines.append(
            _row([_name(largest), largest.page.who or "visitor", "–".join(counts), size, *times, *ratios, *rates])
        )
    lines += ["", *_verdict(results)]
    return "\n".join(lines) + "\n"


def missed(results: Results) -> list[str]:
    """The aims that are not reached, each as a sentence."""
    sizes = sorted(results)
    found = []
    for number, largest in enumerate(results[sizes[-1]]):
        least = results[sizes[0]][number]
        who = f"{_name(largest)}, {largest.page.who or 'visitor'}"
        if largest.alone and least.alone and largest.alone.median > SLOWER * least.alone.median:
            times = largest.alone.median / least.alone.median
            found.append(f"{who}: {times:.1f} times as long at {sizes[-1]:,} projects as at {sizes[0]:,}")
        aim = largest.page.versus_bare
        if aim and largest.bare_rate and largest.share < aim:
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


def _name(found: Figures) -> str:
    return found.page.name + ("" if found.page.how == "fresh" else f", {found.page.how}")


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"

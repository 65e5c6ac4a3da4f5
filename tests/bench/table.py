"""The figures as Markdown tables, and the aims that are missed."""

from collections.abc import Iterable, Iterator

from tests.bench.load import Answers
from tests.bench.measure import Figures
from tests.bench.statements import Statement
from tests.bench.work import Work

SLOWER = 2.0  # a page may take so many times as long on the largest database as on the smallest

Results = dict[int, list[Figures]]  # projects -> figures, in the same order of pages


Works = dict[int, Work]  # projects -> figures


def markdown(results: Results, works: Works, about: Iterable[str]) -> str:
    """The whole report: the pages, where they were measured, then the worker."""
    lines = [*about]
    if results:
        lines += ["", *_pages(results)]
    if works:
        lines += ["", "The worker:", "", *_worker(works)]
    return "\n".join(lines) + "\n"


def _pages(results: Results) -> list[str]:
    sizes = sorted(results)
    growth = [f"{size:,} : {sizes[0]:,}" for size in sizes[1:]]
    head = ["page", "for", "queries", "kB (gzip)", *(f"median ms at {size:,}" for size in sizes), *growth]
    head += ["p99 ms, 4 at once", "a second", "bare view", "ratio", "CPU ms, bare", "CPU ms", *growth]
    lines = [_row(head), _row(["---", "---", *["---:"] * (len(head) - 2)])]
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
    return [*lines, "", *_verdict(results)]


def _worker(works: Works) -> list[str]:
    sizes = sorted(works)
    all_of_it = [works[size] for size in sizes]
    rows: list[tuple[str, list[str]]] = [
        ("found due where nothing was", [f"{one.found:,}" for one in all_of_it]),
        ("a turn with nothing due: queries", [str(one.queries) for one in all_of_it]),
        ("a turn with nothing due: ms", [f"{one.turn * 1000:.1f}" for one in all_of_it]),
    ]
    for what in all_of_it[-1].rounds:
        rounds = [one.rounds[what] for one in all_of_it]
        rows.append((f"of it “{what}”: queries, ms", [f"{queries}, {took * 1000:.1f}" for queries, took in rounds]))
    rows += [
        (
            "due at once: reminders, news, people",
            [f"{one.reminders:,}, {one.news:,}, {one.people:,}" for one in all_of_it],
        ),
        ("until all reminders are held: s", [f"{one.holding:.1f}" for one in all_of_it]),
        ("reminders held a second", [f"{one.reminders / one.holding:.0f}" for one in all_of_it]),
        ("until all is gathered and owed: s", [f"{one.gathering:.1f}" for one in all_of_it]),
        ("mails owed by it", [f"{one.mails:,}" for one in all_of_it]),
        ("reminders and news gathered a second", [_gathered(one) for one in all_of_it]),
        (
            "longest transaction, holding and gathering: ms",
            [f"{one.longest_holding * 1000:.0f}, {one.longest_gathering * 1000:.0f}" for one in all_of_it],
        ),
        ("digests composed a second", [f"{one.digests:.0f}" for one in all_of_it]),
        ("mails of one question composed a second", [f"{one.questions:.0f}" for one in all_of_it]),
    ]
    for place, first in enumerate(all_of_it[-1].files):
        made = [one.files[place] for one in all_of_it]
        cells = [f"{each.steps:,}, {each.seconds:.1f}, {each.size / 1e6:.2f}, {each.peak / 1e6:.1f}" for each in made]
        rows.append((f"file “{first.name}”: rows or tables, s, MB, peak MB of memory", cells))
    head = ["", *(f"at {size:,}" for size in sizes)]
    return [_row(head), _row(["---", *["---:"] * len(sizes)]), *(_row([name, *cells]) for name, cells in rows)]


def _gathered(one: Work) -> str:
    return f"{(one.reminders + one.news) / one.gathering:.0f}"


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


def slow_queries(results: Results, works: Works) -> str:
    """The slowest statements of each page and of the worker on the largest database, with their plans."""
    lines = []
    for found in results[max(results)] if results else ():
        lines.append(f"\n### {_name(found)}, {found.page.who or 'visitor'}: {found.queries} queries")
        lines += _explained(found.slowest, found.plans)
    if works:
        largest = works[max(works)]
        lines += ["\n### The worker, with nothing due", *_explained(largest.slowest, largest.plans)]
    return "\n".join(lines)


def _explained(statements: Iterable[Statement], plans: list[list[str]]) -> Iterator[str]:
    for place, statement in enumerate(statements):
        yield f"{statement.took:.1f} ms: {' '.join(statement.sql.split())} {statement.values}"[:1500]
        yield from (f"    {step}" for step in (plans[place] if plans else ()))


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

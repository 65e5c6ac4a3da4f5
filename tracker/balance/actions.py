from tracker.activity.kinds import declare
from tracker.activity.record import record
from tracker.balance.models import Wish
from tracker.balance.queries import wish_of
from tracker.database import db
from tracker.errors import RuleBroken
from tracker.i18n import _, _l
from tracker.institutions.models import Network, Person

declare({"balance.wish": _l("%(actor)s changed what the network wishes of a project's partners.")})

# At the least one; at the most so many, as no project could have more.
MOST = {"institutions": 50, "countries": 50, "regions": 5, "languages": 20, "newcomers": 20, "largest_share": 100}
LONGEST_WORDS = 2000  # characters


def wish(network: Network, *, words: str = "", actor: Person | None, **numbers: int | None) -> Wish:
    """Say what the network wishes of a project's partners: numbers by the names in MOST, None for no wish.

    Nothing is ever refused for it. Raises RuleBroken for a number outside its range, TypeError for an unknown name.
    """
    if unknown := set(numbers) - set(MOST):
        raise TypeError(f"nothing of this name can be wished: {sorted(unknown)}")
    for name, number in numbers.items():
        if number is not None and not 1 <= number <= MOST[name]:
            raise RuleBroken(_("Give a number from 1 to %(most)s, or none.", most=str(MOST[name])))
    row = wish_of(network.id)
    if row is None:
        row = Wish(network_id=network.id, version=0, words="")
        db.session.add(row)
    wanted = {**dict.fromkeys(MOST), **numbers, "words": words[:LONGEST_WORDS]}
    changed = [name for name, value in wanted.items() if getattr(row, name) != value]
    if changed:
        for name in changed:
            setattr(row, name, wanted[name])
        row.version += 1
        record("balance.wish", network, actor=actor, fields=changed)
    db.session.flush()
    return row

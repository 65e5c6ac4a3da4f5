from time import monotonic

from flask import current_app

from tracker.library import actions
from tracker.worker import round_of_work

SECONDS = 10.0  # of one round, then the others have their turn
CITED_AT_ONCE = 25  # by one run of pandoc


@round_of_work("Reports read for the library")
def read_files(limit: int) -> int:
    """Read the texts of reports that wait for it; return how many were tried."""
    done, began = 0, monotonic()
    while done < limit and monotonic() - began < SECONDS and actions.read_next():
        done += 1
    return done


@round_of_work("Reports cited in the common styles")
def cite(limit: int) -> int:
    """Make the citations of reports that were published or corrected; return of how many."""
    done, began, base = 0, monotonic(), current_app.config["BASE_URL"]
    while done < limit and monotonic() - began < SECONDS:
        made = actions.cite_next(min(limit, CITED_AT_ONCE), base)
        done += made
        if made < CITED_AT_ONCE:
            break
    return done

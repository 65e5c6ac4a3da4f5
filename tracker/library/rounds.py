from tracker.library import actions
from tracker.worker import round_of_work


@round_of_work("Reports read for the library")
def read_files(limit: int) -> int:
    """Read the texts of reports that wait for it; return how many were tried."""
    done = 0
    while done < min(limit, 5) and actions.read_next():
        done += 1
    return done

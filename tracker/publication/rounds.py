from tracker.publication import making
from tracker.publication.states import RenditionKind
from tracker.worker import round_of_work


@round_of_work("Publications made")
def make(limit: int) -> int:
    """Make as many formats as one report has, so that mails never wait for more; return how many were made."""
    done = 0
    while done < min(limit, len(RenditionKind)) and making.make_next():
        done += 1
    return done

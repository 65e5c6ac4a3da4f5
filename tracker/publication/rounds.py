from tracker.publication import making
from tracker.worker import round_of_work


@round_of_work("Publications made")
def make(_limit: int) -> int:
    """Make one format of one report, so that mails never wait for more than one; return how many were made."""
    return int(making.make_next())

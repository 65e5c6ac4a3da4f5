"""What the worker sends to the registries of DOIs, where an account is configured."""

from flask import current_app

from tracker.harvest.deposits import Accounts, send_next
from tracker.worker import round_of_work


@round_of_work("Deposits of DOIs")
def deposit(_limit: int) -> int:
    """Send one deposit to each registry, so that mails never wait for more; return how many were tried."""
    accounts = Accounts.of(current_app.config)
    return sum(send_next(accounts, registry) for registry in accounts.registries)

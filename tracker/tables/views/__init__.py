"""The pages: the twelve tables, the lists behind them, files and print; figures kept and compared."""

from tracker.tables.views import kept, reports, tables, texts
from tracker.tables.views.blueprint import bp

__all__ = ["bp", "kept", "reports", "tables", "texts"]

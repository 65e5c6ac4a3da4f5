from wtforms import HiddenField

from tracker.forms import BaseForm


class PublishForm(BaseForm):
    """The button that publishes. `seen`: the versions that were on the page."""

    seen = HiddenField()

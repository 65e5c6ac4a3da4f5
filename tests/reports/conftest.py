import re

import pytest


@pytest.fixture
def field_of():
    """The value of a hidden field of a page: `field_of(text, name)`."""

    def find(text, name):
        tag = re.search(rf'<input[^>]*name="{name}"[^>]*>', text)[0]
        return re.search(r'value="([^"]*)"', tag)[1]

    return find

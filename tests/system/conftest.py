"""One browser for all pages: two of them in one process do not get on."""

import pytest
from browser import chromium


@pytest.fixture(scope="session")
def browser():
    """A headless Chromium."""
    with chromium() as started:
        yield started

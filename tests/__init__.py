"""Tests mirror the source; what several of them need stands beside them here."""

from pathlib import Path

import pytest

PROJECT = Path(__file__).parent.parent
"""The checkout."""
pytest.register_assert_rewrite("shared.testing", "tests.invariants", "tests.services")

"""Tests mirror the source; what several of them need stands beside them here."""

from pathlib import Path

PROJECT = Path(__file__).parent.parent
"""The checkout."""

"""Examples to copy and to try, for people and the sandbox; shipped with nothing."""

from pathlib import Path

EXAMPLE_RULES = Path(__file__).parent / "rules"
"""A folder of rules: policies, calendars and rosters of three dealers."""

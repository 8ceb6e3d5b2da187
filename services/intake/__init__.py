"""Intake: takes what dealer-management systems report, gives it a version, publishes it once."""

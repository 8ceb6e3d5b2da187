"""Tests of the desk's adapters."""

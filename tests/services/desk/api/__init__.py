"""Tests of the desk's api."""

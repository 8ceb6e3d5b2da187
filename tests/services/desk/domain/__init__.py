"""Tests of the desk's domain."""

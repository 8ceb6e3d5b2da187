"""Complaints: sees to it that no case passes its deadlines unnoticed."""

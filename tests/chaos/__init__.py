"""The whole of Aftercare, killed and cut off on real servers."""

"""What staff read of complaints: cases, lists, why a deadline is what it is, statistics."""

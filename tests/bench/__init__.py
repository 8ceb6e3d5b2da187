"""How fast it is: ratios between loops that are measured in one run, on fresh servers."""

"""A whole Aftercare on one machine, for development, trials and tests: in a checkout, not shipped.

`embedded` and `apache_kafka` start servers as `processes`, which `probes` ask; `stack` puts broker,
database, topics and the six services together; `up` runs that until Ctrl-C, and `recording` leaves
its addresses to the other commands. `demo` plays what `feed` makes up, and accounts for it.
"""

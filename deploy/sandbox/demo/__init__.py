"""`aftercare demo`: years of history, then six days in half a minute, all of it accounted for.

`play` sends and waits, `watch` reads what the services publish, `audit` asks them what they hold.
`account` says whether all of it is there, `stories` what became of three cases, `summary` what the
days come to, `browse` what to look at; `show` runs it and prints them.
"""

"""The folder of the dealers' rules: drafts, calendars and rosters, and the editions applied.

Operators write `policies/`, `calendars/` and `rosters/`; `aftercare policy apply` alone writes
`applied/`. The service reads `applied/` and `rosters/`, so that a draft never influences it.
"""

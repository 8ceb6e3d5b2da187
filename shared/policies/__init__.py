"""Rules of a dealer's own, for any service: written as drafts, applied as editions, followed.

Pure, and what a service's domain may name:
    edition, rulebook   what was applied when, and what is in force of which dealer
    by_edition          a service that decides by one policy, deciding by a rulebook
    differences         what is different between two policies, field by field
    trial               how other rules are tried on what is stored

The folder of rules:
    paths               where things are in it, and what is refused
    drafts, policy_file what operators write: read with file, line and field
    applied             editions as files, written once
    folder, watch       what a service follows, read at the start and while it runs
    kind                what a service says of its policy to `aftercare policy`
"""

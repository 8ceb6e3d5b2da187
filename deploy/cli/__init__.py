"""The command `aftercare`. Each command is in the module of its name, with what it does and how it
shows it; those in groups (`config`, `dead-letters`, `policy`) as well.

Beside them stands what several need: `terminal` (where to write, how to ask), `address_file` (where
what runs can be reached), `configuration` (the services' settings, checked), `intake_client`,
`event_files` and `json_texts` (what `send` reads), `topic_tail` and `record_summary` (records as
they are written, and what each says), `readiness`, `failures`, and `sandbox_here`, through which
alone the two commands get at the sandbox, which is not shipped.
"""

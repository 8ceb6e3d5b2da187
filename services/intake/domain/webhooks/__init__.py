"""What arrives as a webhook: the handshake before it, and whether it is who it says. Pure.

handshake       may this sender send, as CloudEvents has it
signature       is it signed, and now, as Standard Webhooks has it
records         plain JSON to events through a mapping, and what became of each record
"""

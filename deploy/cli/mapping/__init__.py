"""`aftercare mapping`: what files as other systems write them would become, before they are sent.

command     the commands
found       a mapping by its name or its file, and the dealer and source that it is tried for
trial       what each record of a file would become, and what intake would say of that
account     the same in words, for people and for programs
outline     of a mapping: its fields, and where each comes from
"""

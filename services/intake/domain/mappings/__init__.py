"""From a file as another system writes it to the events that intake takes. Pure.

A source is a YAML file (`feed_mapping`): how its files are read, and where each canonical field
comes from. Nothing here knows a dealer-management system by name.

    reads           how a file is read: its format, its encodings, where its records are
    records         what readers give: records and their places, whatever the format
    readers/        one for each format: bytes in, records out, a bad one the fault of no other
    feed_mapping    what a mapping file holds
    shape           the canonical fields of a report, out of its contract
    check           what is wrong with a mapping, held against that
    paths, says     where something stands in a record, and whether it says something
    values/         texts and cells to canonical values: days, instants, amounts, readings, numbers
    reading         how a rule has a cell read
    plan, leaf_plan, outcome    a mapping made ready for records, field by field
    convert         a record to an event, with what was doubtful of it, or why it is none
    columns         columns that a file lacks or has twice; where a field came from
    guess           a first draft of a mapping, from headings
    shipped/        the mappings that ship, as data
"""

"""A first draft of a mapping, from the headings of a file and its first records. Pure.

What it is not sure of is a comment that begins with `?`. What it does not find is one, too, so that
checking the draft says what is to be filled in.

    sample        the columns of a file, and what stands in its first records
    vocabulary    what headings and words are known to mean
    cells         what the cells of a column look like: days in which order, telephones, VINs
    choice        which column fills which field
    draft         the mapping, as YAML with comments
"""

"""What was rejected and is kept, so that it can be corrected and taken after all. Pure.

    rejected again -> kept -> replayed (accepted, or known already) | discarded | expired

What ends is deleted: none of these states is stored.

content     what came, as it is put away, and made the same again
row         what is told of it without opening it; whose it is, and what is the same again
again       what is sent to the one path once more: as it is, corrected, or by another mapping
"""

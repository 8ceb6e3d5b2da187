"""Files that are taken in as jobs: what a job is, and what becomes of it. Pure.

job         an import, and every step of its life
account     what became of a portion of its records: counts, and what is to be mended
"""

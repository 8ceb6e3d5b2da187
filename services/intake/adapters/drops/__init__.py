"""Watched folders: which there are, what is done in them, and when.

drops_file  the file that says which there are
disk        the one place that reads and writes in a folder
folder      one folder: sees, takes, imports, puts away
runner      all of them, each by itself
"""

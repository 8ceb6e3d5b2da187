"""Files that are put into a watched folder, such as an SFTP server's. Pure.

names       which files are meant, and what they are called where they are put away
watching    which of them are complete
taken_file  a file that was taken, and what has become of it so far
"""

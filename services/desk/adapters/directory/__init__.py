"""Who the customers of the dealers are, and how they are found.

What profiles say is kept sealed, each under its customer's key; what customers are found by is kept
as tokens, which nobody reads without the desk's secret, and which are different at each dealer. It
all follows from the topics: whoever loses it reads them again.
"""

from services.desk.adapters.directory.directory import Directory, MongoDirectory

__all__ = ["Directory", "MongoDirectory"]

"""The page where staff see what to do, do it, and see why."""

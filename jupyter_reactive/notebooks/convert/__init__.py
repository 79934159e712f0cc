"""From a Jupyter notebook to a reactive one and back, with a report of what was done to each cell."""

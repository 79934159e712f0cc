"""Which marimo servers run, for which environment, since when. No tornado."""

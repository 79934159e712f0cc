"""Notebooks of Jupyter into marimo's, with a report of what became of each cell.

`pipeline.convert` and `back.back` do it; `converter.Converter` in a process of its own, as servers
want it: IPython, by which they go, takes 11 MB.
"""

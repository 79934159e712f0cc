"""marimo's static files, served by Jupyter itself: compressed, and kept by browsers.

`catalog` knows which there are, `store` their compressed copies, `compress` makes those, and
`handler` answers with them.
"""

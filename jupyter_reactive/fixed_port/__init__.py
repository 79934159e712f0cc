"""Reactive notebooks at a port of their own, behind a Jupyter that forwards ports.

For places where Jupyter itself cannot be extended and `jupyter-server-proxy` alone leads to a
program of the user's. What answers at the port is a Jupyter server with this extension and nothing
else, so that every rule of the extension holds there too.
"""

"""The files: recognise, create. Pure: no server, no traitlets."""

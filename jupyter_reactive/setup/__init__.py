"""What a place needs so that its users have reactive notebooks, as files.

Pure functions over texts; `writing` alone touches the disk, and `repo2docker` looks at it.
"""

"""Writes many lines, an endless one among them."""

import sys

for number in range(int(sys.argv[1])):
    print("line", number)
print("x" * 300_000)
print("end")

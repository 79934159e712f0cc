"""Reads its secret as marimo does, and is indiscreet about it."""

import sys
import time

secret = sys.stdin.read()
print(f"read {len(secret)} characters: {secret}", flush=True)
time.sleep(60)

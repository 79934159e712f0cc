"""Starts a process of its own, as marimo starts kernels and language servers."""

import os
import subprocess
import sys
import time

grandchild = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print("grandchild", grandchild.pid, flush=True)
if sys.argv[1:] == ["apart"]:
    for name, environment in (("apart", {**os.environ, "MARIMO_LSP_TOKEN": "x"}), ("daemon", None)):
        sleep = [sys.executable, "-c", "import time; time.sleep(60)"]
        process = subprocess.Popen(sleep, env=environment, start_new_session=True)
        print(name, process.pid, flush=True)
time.sleep(60)

"""Runs a program that ends with its supervisor, even one that was killed: nothing is left behind.

Stands alone (python -S -E leash.py SECONDS PROGRAM …), waiting as told: every process starts through it, so it imports nothing heavy.
"""

import ctypes
import os
import signal
import sys
import time

PR_SET_PDEATHSIG = 1


def main() -> None:
    parent = os.getppid()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            sys.exit(1)
    time.sleep(float(sys.argv[1]))
    os.execvp(sys.argv[2], sys.argv[2:])


if __name__ == "__main__":
    main()

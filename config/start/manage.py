"""./run manage …: a command of manage.py with the installation's own surroundings."""

import os
import sys

from config.environment import ROOT
from config.start import surroundings

if __name__ == "__main__":
    surroundings.begin()
    os.execv(sys.executable, [sys.executable, str(ROOT / "manage.py"), *sys.argv[1:]])

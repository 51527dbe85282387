"""Makes sure the browser that the journeys drive is on this machine; `make browsers` runs it.

As root it installs Debian's chromium through apt; otherwise it stops with the one command to run. It never skips:
a journey that did not run proves nothing.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

CHROMIUM = "/usr/bin/chromium"
PACKAGES = ("chromium",)
INSTALL = ("apt-get", "install", "--yes", "--no-install-recommends", *PACKAGES)


def main() -> int:
    if os.path.exists(CHROMIUM):
        return 0
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        print(f"The journeys need Chromium at {CHROMIUM}. Run:  sudo {' '.join(INSTALL)}", file=sys.stderr)
        return 1
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (("apt-get", "update", "--quiet"), INSTALL):
        subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)
    return 0 if os.path.exists(CHROMIUM) else 1


if __name__ == "__main__":
    sys.exit(main())

"""Makes sure the browsers that the journeys drive are on this machine; `make browsers` runs it.

Three engines, as Debian has them: Chromium, Firefox, and WebKitGTK with its driver, the window it is shown in (drawn by
Python's GObject) and a screen in memory. As root it installs what is missing through apt; otherwise it stops with the
one command to run. It never skips: a journey that did not run proves nothing.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from glob import glob

NEEDED = {
    "chromium": "/usr/bin/chromium",
    "firefox-esr": "/usr/bin/firefox-esr",
    "webkit2gtk-driver": "/usr/bin/WebKitWebDriver",
    "gir1.2-webkit2-4.1": "/usr/lib/*/girepository-1.0/WebKit2-4.1.typelib",
    "python3-gi": "/usr/lib/python3/dist-packages/gi/__init__.py",
    "xvfb": "/usr/bin/Xvfb",
}


def missing() -> list[str]:
    """Debian's packages whose file is not here."""
    return [package for package, file in NEEDED.items() if not glob(file)]


def main() -> int:
    wanted = missing()
    if not wanted:
        return 0
    install = ("apt-get", "install", "--yes", "--no-install-recommends", *wanted)
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        print(f"The journeys need browsers that are not here. Run:  sudo {' '.join(install)}", file=sys.stderr)
        return 1
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (("apt-get", "update", "--quiet"), install):
        subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)
    return 1 if missing() else 0


if __name__ == "__main__":
    sys.exit(main())

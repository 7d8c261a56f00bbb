"""The page in the browser: ``pkmodels app``.

Streamlit draws it (the extra ``app``). It listens on this machine only, sends nothing anywhere, takes
files up to a bounded size, and executes nothing that stands in a file.
"""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

from ..errors import PkmodelsError

#: Largest file that may be dropped, in megabytes: a lab sheet has a few kilobytes.
LARGEST = 10


def start(port=8501, browser=True):
    """Serve the page until interrupted.

    Parameters
    ----------
    port : int
        On the loopback address; 1024 to 65535.
    browser : bool
        Whether to open it in the browser.

    Returns
    -------
    int
        Exit code.

    Raises
    ------
    PkmodelsError
        If the extra ``app`` is not installed, or the port is not possible.
    """
    if importlib.util.find_spec("streamlit") is None:
        raise PkmodelsError('the page needs Streamlit, which is not installed; python -m pip install "pkmodels[app]"')
    if not (isinstance(port, int) and 1024 <= port <= 65535):
        raise PkmodelsError(f"the port {port} is not possible; give a number from 1024 to 65535, such as 8501")
    # Only the options of this project count, whatever stands in the user's own configuration of Streamlit.
    options = {"server.address": "127.0.0.1", "server.port": port, "browser.serverAddress": "127.0.0.1",
               "server.headless": str(not browser).lower(), "browser.gatherUsageStats": "false",
               "server.maxUploadSize": LARGEST, "server.fileWatcherType": "none", "client.toolbarMode": "minimal",
               "server.enableXsrfProtection": "true", "client.showErrorDetails": "none", "theme.base": "light",
               "theme.primaryColor": "#0072B2", "logger.level": "error"}
    command = [sys.executable, "-m", "streamlit", "run", str(Path(__file__).with_name("page.py"))]
    command += [part for name, value in options.items() for part in (f"--{name}", str(value))]
    if not browser:
        print(f"pkmodels: http://127.0.0.1:{port} (end it with Ctrl+C)", flush=True)
    around = {**os.environ, "MPLBACKEND": "Agg"}
    if os.name == "posix":
        # The server takes this process's place, so that whoever ends the one ends the other.
        os.execve(command[0], command, around)
    try:
        return subprocess.run(command, check=False, env=around).returncode
    except KeyboardInterrupt:
        return 0

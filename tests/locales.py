# SPDX-License-Identifier: ISC
"""Locales for tests, made in the build folder: those of this machine do not
matter, and nothing is installed."""

import os
import shutil
import subprocess
import tempfile

FOLDER = os.path.join(os.environ["TOP_BUILDDIR"], "tests", "locales")
CHARSETS = {"ja_JP.UTF-8": "UTF-8", "ja_JP.eucJP": "EUC-JP"}
CODECS = {"C": "ascii", "C.UTF-8": "utf-8", "ja_JP.UTF-8": "utf-8",
          "ja_JP.eucJP": "euc_jp"}


# With LOCPATH set, glibc's newlocale(3) forgets the copy that it makes of it.
ENVIRONMENT = {
    "LOCPATH": FOLDER,
    "ASAN_OPTIONS": ":".join(filter(None, [os.environ.get("ASAN_OPTIONS"),
                                           "detect_leaks=0"]))}


def make(name):
    """True: LOCPATH=FOLDER has it now. False: this host cannot make it."""
    path = os.path.join(FOLDER, name)
    if name not in CHARSETS or os.path.isdir(path):
        return True
    os.makedirs(FOLDER, exist_ok=True)
    scratch = tempfile.mkdtemp(dir=FOLDER)
    try:
        # without its sources it fails, and leaves an empty folder
        subprocess.run(["localedef", "-i", "ja_JP", "-f", CHARSETS[name],
                        os.path.join(scratch, "made")], capture_output=True,
                       timeout=60, check=True)
        os.rename(os.path.join(scratch, "made"), path)
    except (OSError, subprocess.SubprocessError):
        pass            # no localedef, or another test was faster
    shutil.rmtree(scratch, ignore_errors=True)
    return os.path.isdir(path)


def translated(language):
    return os.path.exists(os.path.join(
        os.environ["TOP_BUILDDIR"], "po", "locale", language, "LC_MESSAGES",
        "whybounce.mo"))

"""Chromium from the system's packages, and axe-core from npm: what tests of pages share.

`CHROMIUM` names another browser; `AXE_CORE` names a folder with ``axe.min.js`` where npm is out of reach.
"""

import os
import shutil
import subprocess
import tarfile
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright

AXE_VERSION = "4.14.1"
_QUIET = (
    "--headless",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextmanager
def chromium():
    """A headless Chromium that asks the network for nothing of its own."""
    with sync_playwright() as playwright:
        path = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
        browser = playwright.chromium.launch(executable_path=path, args=list(_QUIET), chromium_sandbox=False)
        try:
            yield browser
        finally:
            browser.close()


def axe_source(folder):
    """The script of axe-core, fetched into ``folder`` once by npm."""
    given = os.environ.get("AXE_CORE")
    if given:
        return (Path(given) / "axe.min.js").read_text("utf-8")
    packed = folder / f"axe-core-{AXE_VERSION}.tgz"
    if not packed.exists():
        subprocess.run(["npm", "pack", "--silent", f"axe-core@{AXE_VERSION}"], cwd=folder, check=True)
    with tarfile.open(packed) as archive:
        return archive.extractfile("package/axe.min.js").read().decode()


def violations(page, source):
    """What axe-core finds on a page as it stands: rule, how grave, and the places.

    The page's context must pass by its content security policy (``bypass_csp=True``).
    """
    page.evaluate(source)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [(each["id"], each["impact"], [node["html"][:120] for node in each["nodes"][:3]]) for each in found]

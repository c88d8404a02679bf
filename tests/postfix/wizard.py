# SPDX-License-Identifier: ISC
"""The wizard on a machine of the test's own, driven as its user would."""

import os
import shlex
import tempfile


def on(machine):
    """A script that runs the wizard on MACHINE from here."""
    import terminal
    folder = machine.internet.shared
    tempfile.tempdir = os.environ["TMUX_TMPDIR"] = folder
    script = os.path.join(folder, "whybounce-" + machine.name)
    with open(script, "w", encoding="ascii") as file:
        file.write("#!/bin/sh\nPATH=%s exec %s \"$@\"\n" % (
            "/usr/sbin:/usr/bin:/sbin:/bin",
            " ".join(map(shlex.quote,
                         machine.command(os.environ["WHYBOUNCE"])))))
    os.chmod(script, 0o755)
    terminal.PROGRAM = script
    return terminal


def change_server(tap, machine, title, *options):
    """Open the wizard on the machine's log, go to the step TITLE, and let it
    make the changes."""
    terminal = on(machine)
    with terminal.Tmux(*options, "/var/log/mail.log", lines=80,
                       columns=100) as screen:
        # from the list of bounces, where there are several, to the findings
        while screen.settle()[0] not in ("findings", "step"):
            screen.key("Enter")
        screen.key("f", "1")
        for _ in range(12):
            if screen.has(title):
                break
            screen.key("n")
        tap.ok(screen.has(title), "the wizard has the step", screen.text())
        screen.key("A")
        tap.ok(screen.has("Then runs"), "it shows what it would change",
               screen.text())
        screen.key("Down", "Enter")
        tap.ok(screen.has("The changes are made", "whybounce undo"),
               "it makes the changes", screen.text())

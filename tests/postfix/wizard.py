# SPDX-License-Identifier: ISC
"""The wizard on a machine of the test's own, driven as its user would."""

import os
import shlex
import tempfile

LOG = "/var/log/mail.log"


def on(machine):
    """A script that runs the wizard on MACHINE from here, with the machine's
    own journal of changes."""
    import terminal
    folder = machine.internet.shared
    tempfile.tempdir = os.environ["TMUX_TMPDIR"] = folder
    script = os.path.join(folder, "whybounce-" + machine.name)
    with open(script, "w", encoding="ascii") as file:
        file.write("#!/bin/sh\nunset XDG_STATE_HOME\n"
                   "PATH=%s exec %s \"$@\"\n" % (
            "/usr/sbin:/usr/bin:/sbin:/bin",
            " ".join(map(shlex.quote,
                         machine.command(os.environ["WHYBOUNCE"])))))
    os.chmod(script, 0o755)
    terminal.PROGRAM = script
    return terminal


def to_steps(screen):
    """From the list of bounces, where there are several, to the first step."""
    while screen.settle()[0] not in ("findings", "step"):
        screen.key("Enter")
    screen.key("f", "1")


def change_server(tap, machine, title, *options):
    """Open the wizard on the machine's log, go to the step TITLE, and let it
    make the changes."""
    terminal = on(machine)
    with terminal.Tmux(*options, LOG, lines=80, columns=100) as screen:
        to_steps(screen)
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


def choose_at_the_end(screen, item):
    """On the last screen, behind all steps."""
    to_steps(screen)
    while screen.screen_name() == "step":
        screen.key("n")
    screen.settle()
    for _ in range(20):
        if screen.has("> " + item):
            break
        screen.key("Down")
    return screen.key("Enter")


def flush(tap, machine):
    """Open the wizard on the machine's log, and have all mail tried again."""
    terminal = on(machine)
    with terminal.Tmux(LOG, lines=80, columns=100,
                       env={"WHYBOUNCE_LOG": LOG}) as screen:
        choose_at_the_end(screen, "Put the waiting messages back to work: "
                          "postqueue -f (2 messages)")
        tap.ok(screen.has("Run the command now", "postqueue -f"),
               "the wizard shows how waiting mail is tried again",
               screen.text())
        screen.key("Down", "Enter")
        screen.settle()


def send_test(tap, machine, recipient, arrived):
    """Open the wizard on the machine's log, and let it send a test message to
    RECIPIENT. ARRIVED(): the message as it then lies in the mailbox, which is
    pasted. What the screen says of it."""
    terminal = on(machine)
    with terminal.Tmux(LOG, lines=80, columns=100,
                       env={"WHYBOUNCE_LOG": LOG}) as screen:
        choose_at_the_end(screen, "Send a test from this server")
        screen.key("3", "C-u", *recipient, "Enter", "2")
        screen.wait(0, lambda mark: mark == ("test", 0))
        if tap.ok(screen.has("[ OK ] handed to Postfix", "It was accepted."),
                  "the wizard sends a test message and sees the reply",
                  screen.text()):
            screen.key("1")
            screen.paste(arrived())
            screen.key("C-d")
            screen.settle()
        return screen.text()

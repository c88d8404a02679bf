# SPDX-License-Identifier: ISC
"""What the tests with real mail have in common: the receiver, the names, and
what is said of a mail. A test is a list of acts, each called with the scene."""

import glob
import json
import os
import re
import shutil
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(os.path.dirname(HERE), name)
                for name in ("", "cases", "screens")]
import expectations
import machines
import receiver
import zones
from tap import Tap

TOP = os.environ["TOP_SRCDIR"]
PROGRAM = os.environ["WHYBOUNCE"]
SERVERS = os.environ.get("SERVERS", "/nonexistent")
SECONDS = 150           # a few are enough, but not on every machine
DEMO = os.path.join(TOP, "data", "demo")
ADDRESSES = ["64.233.188.27", "2404:6800:4008:c01::1b"]
GMAIL = ["gmail.com. 60 IN MX 10 %s." % receiver.NAME,
         "%s. 60 IN A %s" % (receiver.NAME, ADDRESSES[0])]
# What does not depend on how the machine at hand is set up.
WORDS = ("class", "outcome", "client-ip", "owner", "envelope-domain",
         "relayhost", "authentication", "finding", "step", "proof", "record",
         "postconf")
PYTHON = "usr/lib/python3/dist-packages/"
MODULES = (PYTHON + "spf.py", PYTHON + "DNS/__init__.py",
           PYTHON + "authres/__init__.py", "usr/lib/*/sasl2/libplain.so")


def unable(script, tools):
    """Why the test cannot run on this machine, or None."""
    for name in tools:
        if shutil.which(name, path=machines.PATH) is None:
            return name + " is missing"
    for name in ("bin/nsd", "usr/sbin/postfix", *receiver.NEEDS):
        if not os.path.exists(os.path.join(SERVERS, name)):
            return "no %s in $SERVERS" % name
    for name in MODULES:
        if not any(glob.glob(os.path.join(top, name))
                   for top in ("/", SERVERS)):
            return "no " + name
    return machines.within(os.path.abspath(script), SECONDS)


def play(script, cases, acts, tools=()):
    """The test of SCRIPT, which needs TOOLS, from its first line of TAP to its
    last."""
    why = unable(script, tools)
    if why is not None:
        print("1..0 # SKIP " + why)
        return
    try:
        scene = Scene(Tap(), cases)
    except machines.Impossible as reason:
        print("1..0 # SKIP no machines of its own: %s" % reason)
        return
    for act in acts:
        act(scene)
    scene.end()


class Scene:
    """CASES: the bundled ones whose names are in DNS."""

    def __init__(self, tap, cases):
        self.tap = tap
        self.net = machines.Internet(SERVERS,
                                     [TOP, os.environ["TOP_BUILDDIR"]])
        self.zone = zones.Zone(self.net, os.path.join(SERVERS, "bin/nsd"),
                               GMAIL, [os.path.join(DEMO, case, "facts")
                                       for case in cases])
        self.receiver = receiver.Receiver(self.net, ADDRESSES)

    def ready(self, *servers):
        for server in self.receiver, *servers:
            server.starting.wait(30)

    def diagnosed(self, server, path, case=None, status=1, options=(),
                  without=()):
        """What whybounce on SERVER says of the newest bounce in PATH. CASE:
        the bundled one which it should look like, but for the lines WITHOUT of
        what is expected there."""
        done = server.run(PROGRAM, "diagnose", "--json", *options, path,
                          status=status)
        result = json.loads(done.stdout)
        if case is not None:
            unmet = expectations.unmet(
                result, os.path.join(DEMO, case, "expect"), WORDS)
            self.tap.same(unmet, list(without), "that very bounce is "
                          "diagnosed as the bundled case is")
        return result

    def arrives(self, mail, envelope, subject):
        """MAIL, sent with SUBJECT, comes to its recipient, from ENVELOPE. As
        it then stands in the mailbox."""
        before = len(self.receiver.log())
        mail.send(subject)
        self.receiver.wait(r"to=<%s>.*status=sent|reject: .*?: (550 )?5\."
                           % re.escape(mail.recipient), before)
        text = self.newest(mail.name)
        self.tap.ok("\nSubject: %s\n" % subject in text and
                    "Return-Path: <%s>" % envelope in text,
                    "%s: it arrives, from %s" % (subject, envelope),
                    text + self.receiver.log()[before:] +
                    mail.server.log()[-1500:])
        return text

    def newest(self, name):
        """The last message in a mailbox."""
        box = self.receiver.read("/var/mail/" + name).decode()
        return box[box.rfind("\nFrom ") + 1:]

    def bounces(self, mail, envelope, subject, status="5.7.26"):
        """MAIL, sent with SUBJECT from ENVELOPE, is refused with STATUS."""
        before = len(mail.server.log())
        mail.send(subject)
        found = mail.server.wait(r"to=<%s>.*" % re.escape(mail.recipient),
                                 before)
        log = mail.server.log()[before:]
        self.tap.ok(found and "dsn=%s, status=bounced" % status in
                    found.group() and "from=<%s>" % envelope in log,
                    "%s: it bounces, from %s" % (subject, envelope), log)

    def undo(self, server, before):
        """The last change. BEFORE: what configuration() said before it."""
        undone = server.run(PROGRAM, "undo", "--yes", status=None)
        self.tap.same((undone.returncode, undone.stderr), (0, ""),
                      "undo works")
        now = server.configuration()
        self.tap.same([name for name in sorted(before.keys() | now.keys())
                       if before.get(name) != now.get(name)], [],
                      "every file is octet for octet as it was")

    def end(self):
        self.zone.end()
        self.net.end()
        self.tap.end()

# SPDX-License-Identifier: ISC
"""Mail servers for the tests: the real Postfix on a machine of the test's own,
set up as Debian sets it up."""

import os
import re
import time

from machines import Machine, POSTDROP, POSTFIX

LOG = "/var/log/mail.log"
PATIENCE = 20           # seconds
COMMON = """\
compatibility_level = 3.6
maillog_file = /var/log/mail.log
smtp_tls_security_level = may
"""
MESSAGE = "From: %s\nTo: %s\nSubject: %s\n\nHello.\n"


class Mailserver(Machine):
    """A machine with Postfix on it, SETTINGS in its main.cf, SERVICES at the
    end of its master.cf."""

    def __init__(self, internet, name, addresses, settings, services=""):
        self.settings, self.services = settings, services
        super().__init__(internet, name, *addresses)
        self.install()
        self.starting = self.start("postfix", "start")

    def install(self):
        """What the package does when it is installed."""
        for name in ("postfix-files", "postfix-script", "post-install"):
            self.write("/etc/postfix/" + name,
                       self.read("/usr/lib/postfix/conf/" + name).decode(),
                       0o755)
        for name in "dynamicmaps.cf", "makedefs.out":
            self.write("/etc/postfix/" + name,
                       self.read("/usr/share/postfix/" + name).decode())
        self.write("/etc/postfix/main.cf", COMMON + self.settings)
        self.write("/etc/postfix/master.cf", self.read(
            "/usr/share/postfix/master.cf.dist").decode() + self.services)
        self.write("/etc/aliases", "postmaster: root\n")
        for name, owner, group, mode in (
                ("/var/lib/postfix", POSTFIX, POSTFIX, 0o755),
                ("/var/spool/postfix", 0, 0, 0o755),
                ("/var/mail", 0, 0, 0o1777)):
            os.makedirs(self.path(name), exist_ok=True)
            os.chown(self.path(name), owner, group)
            os.chmod(self.path(name), mode)
        # most services live in a chroot that has its own copy of these
        for name in "resolv.conf", "services", "hosts", "nsswitch.conf":
            self.write("/var/spool/postfix/etc/" + name,
                       self.read("/etc/" + name).decode())
        # of a file that is newer Postfix thinks that it is being written
        old = time.time() - 60
        os.utime(self.path("/etc/postfix/main.cf"), (old, old))
        self.run("newaliases")

    def send(self, recipient, user, subject, sender=None, author=None):
        """Hand in a mail as USER, as a program on the machine does."""
        argv = ["sendmail", "-i", *(["-f", sender] if sender else []),
                recipient]
        self.run(*argv, user=user, text=MESSAGE % (
            author or sender or user, recipient, subject))

    def log(self):
        return self.read(LOG).decode(errors="replace")

    def wait(self, pattern, after=0):
        """The match in the log beyond the first AFTER characters, once it is
        there; None: it did not come."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            found = re.search(pattern, self.log()[after:])
            if found is not None:
                return found
            time.sleep(0.02)
        return None

    def end(self):
        self.run("postfix", "stop", status=None)
        super().end()

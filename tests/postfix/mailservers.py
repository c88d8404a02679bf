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
MESSAGE = "%sFrom: %s\nTo: %s\nSubject: %s\n\nHello.\n"


class Mailserver(Machine):
    """A machine with Postfix on it, SETTINGS in its main.cf, SERVICES at the
    end of its master.cf."""

    CONFIGURED = ("/etc/postfix",)

    def __init__(self, internet, name, addresses, settings, services=""):
        self.settings, self.services = settings, services
        self.stopping = None
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

    def configuration(self):
        """All that CONFIGURED names: name -> octets, rights and owner. Of a
        table only that it is there: each one made has an id of its own."""
        found = {}
        for top in self.CONFIGURED:
            for name in [top, *self.below(top)]:
                path = self.path(name)
                if os.path.exists(path):
                    about = os.stat(path)
                    whole = os.path.isfile(path) and not name.endswith(".db")
                    found[name] = (self.read(name) if whole else None,
                                   about.st_mode, about.st_uid, about.st_gid)
        return found

    def below(self, folder):
        for where, folders, files in os.walk(self.path(folder)):
            inside = os.path.relpath(where, self.path("/"))
            for name in folders + files:
                yield os.path.join("/", inside, name)

    def stop(self):
        self.stopping = self.start("postfix", "stop")

    def end(self):
        self.stopping.wait(PATIENCE)
        super().end()


class Mail:
    """One kind of mail: from USER of SERVER to NAME at Gmail. MORE: lines of
    its header."""

    def __init__(self, server, name, user, sender=None, author=None, more=""):
        self.server, self.name, self.user = server, name, user
        self.sender, self.author, self.more = sender, author, more
        self.recipient = name + "@gmail.com"

    def send(self, subject):
        """Hand it in as a program on the machine does."""
        envelope = ["-f", self.sender] if self.sender else []
        text = MESSAGE % (self.more, self.author or self.sender or self.user,
                          self.recipient, subject)
        self.server.run("sendmail", "-i", *envelope, self.recipient,
                        user=self.user, text=text)


class Submission(Mail):
    """The same by SMTP."""

    def send(self, subject):
        self.server.run("smtp-source", "-f", self.sender, "-t", self.recipient,
                        "-S", subject, "inet:127.0.0.1:25", user=self.user)

# SPDX-License-Identifier: ISC
"""A mail server on which Debian's opendkim has been installed and nothing set
up yet."""

import os
import shutil

from machines import OPENDKIM
from mailservers import Mailserver

# What systemd does by the package's unit (Type=forking, PIDFile=).
SYSTEMCTL = """\
#!/bin/sh
# stands in for systemd: only what is asked for here
test "$*" = "restart opendkim" || exit 1
file=/run/opendkim/opendkim.pid
if read -r pid 2>/dev/null <$file; then
	kill -KILL "$pid"      # asked politely it takes five seconds
	while kill -0 "$pid" 2>/dev/null; do
		sleep 0.05
	done
fi
exec /usr/sbin/opendkim
"""
PACKAGED = "/etc/opendkim.conf"
PID_FILE = "/run/opendkim/opendkim.pid"


class SigningServer(Mailserver):
    CONFIGURED = (*Mailserver.CONFIGURED, "/etc/opendkim.conf",
                  "/etc/opendkim", "/etc/dkimkeys")

    def install(self):
        super().install()
        # what the machine below may have is none of the test's business
        shutil.rmtree(self.path("/etc/opendkim"), ignore_errors=True)
        for name, mode in (("/etc/dkimkeys", 0o700), ("/run/opendkim", 0o755)):
            shutil.rmtree(self.path(name), ignore_errors=True)
            os.makedirs(self.path(name))
            os.chown(self.path(name), OPENDKIM, OPENDKIM)
            os.chmod(self.path(name), mode)
        with open(self.internet.packaged + PACKAGED,
                  encoding="ascii") as file:
            # there is no DNSSEC on this Internet
            self.write(PACKAGED, file.read().replace(
                "TrustAnchorFile", "#TrustAnchorFile"))
        self.write("/usr/bin/systemctl", SYSTEMCTL, 0o755)

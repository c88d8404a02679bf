#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""How long whybounce log takes for a large log, as a multiple of counting one
word in it with grep, on one core; and the memory it needs. Prints figures,
judges nothing. Usage: log.py [FILE]; without one, a log of 200 MB is made.
Environment as for the tests."""
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time

PROGRAM = os.environ["WHYBOUNCE"]
REASONS = (
    "host mx%d.example.net[192.0.2.%d] said: 550 5.1.1 <u%d@example.net>: "
    "Recipient address rejected: User unknown (in reply to RCPT TO command)",
    "host mx%d.example.net[192.0.2.%d] said: 450 4.2.0 <u%d@example.net>: "
    "Recipient address rejected: Greylisted (in reply to RCPT TO command)",
    "connect to mx%d.example.net[192.0.2.%d]:25: Connection timed out (%d)")


def make(path, size):
    numbers = random.Random(1)
    with open(path, "w", encoding="ascii") as f:
        while f.tell() < size:
            lines = []
            for _ in range(20000):
                lines += message(numbers)
            f.write("".join(lines))


def message(numbers):
    n = numbers.randrange(1 << 40)
    head = "Feb  1 %02d:%02d:%02d mail postfix/%%s[%d]: %011X: " % (
        n % 24, n % 60, n // 60 % 60, n % 9999, n)
    status, reason = "sent", "250 2.0.0 OK %x" % n
    if n % 8 == 0:
        status = "bounced" if n % 64 == 0 else "deferred"
        reason = REASONS[n // 8 % 3] % (n % 7, n % 250, n % 999)
    return (head % "smtpd" + "client=web.example.org[198.51.100.7]\n",
            head % "cleanup" + "message-id=<%x@example.org>\n" % n,
            head % "qmgr" + "from=<app@example.org>, size=%d, nrcpt=1 "
            "(queue active)\n" % (n % 90000),
            head % "smtp" + "to=<u%d@example.net>, relay=mx.example.net"
            "[192.0.2.9]:25, delay=1.2, delays=0.05/0.01/0.5/0.6, dsn=%s, "
            "status=%s (%s)\n" % (n % 999, "2.0.0", status, reason),
            head % "qmgr" + "removed\n")


def seconds(command):
    start = time.monotonic()
    subprocess.run(["taskset", "-c", "0", "sh", "-c", command],
                   stdout=subprocess.DEVNULL, check=False)
    return time.monotonic() - start


def main():
    with tempfile.TemporaryDirectory() as folder:
        path = sys.argv[1] if len(sys.argv) > 1 else folder + "/mail.log"
        if len(sys.argv) == 1:
            make(path, 200_000_000)
        grep, ours = [], []
        for _ in range(11):
            grep.append(seconds("LC_ALL=C grep -c status=bounced '%s' | cat"
                                % path))
            ours.append(seconds("'%s' log --json '%s'" % (PROGRAM, path)))
        # 71: out of memory
        small = subprocess.run(
            ["sh", "-c", "ulimit -v 65536; exec '%s' log --json '%s'" % (
                PROGRAM, path)], stdout=subprocess.DEVNULL,
            check=False).returncode in (0, 1)
    grep, ours = statistics.median(grep), statistics.median(ours)
    print("grep %.0f ms, whybounce log %.0f ms: %.2f times; in 64 MB of "
          "memory: %s" % (grep * 1000, ours * 1000, ours / grep,
                          "yes" if small else "no"))


main()

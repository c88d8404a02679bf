#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""What it costs to read a main.cf and to judge it, beside one postconf -n of
the same file, and how often a diagnosis runs postconf. Prints figures, judges
nothing. Environment as for the tests; postconf is that of $SERVERS."""
import os
import re
import shutil
import subprocess
import tempfile
import time

BENCH = os.path.join(os.environ["TOP_BUILDDIR"], "tests/bench/bench_postfix")
PROGRAM = os.environ["WHYBOUNCE"]
POSTCONF = os.path.join(os.environ.get("SERVERS", "/nowhere"), "bin/postconf")
LINES = 5000
NAMES = ["myhostname = mail.example.com", "compatibility_level = 3.6"]
FILES = {
    "usual": NAMES + [
        "mydestination = $myhostname, localhost.$mydomain, localhost",
        "relayhost = [smtp.example.net]:587", "smtp_sasl_auth_enable = yes",
        "inet_protocols = ipv4", "smtp_tls_security_level = may"],
    "long lists": NAMES + ["mynetworks = 127.0.0.0/8"] + [
        "  203.0.113.%d" % (i % 256) for i in range(LINES // 2)]
        + ["virtual_alias_domains ="]
        + ["  d%d.example.com" % i for i in range(LINES // 2)],
    "many settings": NAMES + ["# one" if i % 10 == 0 else
                              "my%d = $mydomain, example%d.com" % (i, i)
                              for i in range(LINES)],
    "the same again": NAMES + ["relayhost = [r%d.example.net]" % i
                               for i in range(LINES)],
    "an inline table": NAMES + ["transport_maps = inline:{"]
        + ["  { d%d.example.com = smtp:[r.example.net] }" % i
           for i in range(LINES)] + ["  }"],
}


def best(command, runs=10):
    """Shortest wall time in ms: the machine's noise only adds."""
    times = []
    for _ in range(runs):
        start = time.monotonic()
        subprocess.run(command, stdin=subprocess.DEVNULL, check=False,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        times.append((time.monotonic() - start) * 1000)
    return min(times)


def count(folder, scratch):
    """How many postconf a check starts: through one that leaves a mark."""
    marks = os.path.join(scratch, "marks")
    wrapper = os.path.join(scratch, "postconf")
    with open(wrapper, "w", encoding="ascii") as file:
        file.write("#!/bin/sh\necho >>%s\nexec %s \"$@\"\n" % (marks, POSTCONF))
    os.chmod(wrapper, 0o755)
    subprocess.run([PROGRAM, "check", "example.com", "--no-blocklists",
                    "--resolver", "127.0.0.1@1", "--postfix", folder],
                   check=False, stdout=subprocess.DEVNULL,
                   env=dict(os.environ, PATH=scratch + ":" + os.environ["PATH"],
                            HOME=scratch, XDG_STATE_HOME=scratch))
    with open(marks, encoding="ascii") as file:
        return len(file.readlines())


def main():
    master = os.path.join(os.path.dirname(POSTCONF), "..",
                          "usr/share/postfix/master.cf.dist")
    there = os.access(POSTCONF, os.X_OK)
    with tempfile.TemporaryDirectory() as scratch:
        for name, lines in FILES.items():
            with open(os.path.join(scratch, "main.cf"), "w",
                      encoding="ascii") as file:
                file.write("\n".join(lines) + "\n")
            if os.path.exists(master):
                shutil.copy(master, os.path.join(scratch, "master.cf"))
            said = subprocess.run([BENCH, scratch, "50"], check=True, text=True,
                                  stdout=subprocess.PIPE).stdout.strip()
            read, judge = map(float, re.findall(r"ing ([0-9.]+) ms", said))
            print("%-16s %5d lines: %s" % (name, len(lines), said))
            if there:
                other = best([POSTCONF, "-c", scratch, "-n"])
                print("%16s postconf -n: %.1f ms, %.1f times as long"
                      % ("", other, other / (read + judge)))
        if there:
            print("postconf runs in one check: %d" % count(scratch, scratch))


main()

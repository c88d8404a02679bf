#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""How long a diagnosis takes against a name server that answers after 50 ms,
as a multiple of one look-up; and what explain and the first screen cost.
Prints figures, judges nothing. Environment as for the tests."""
import os
import resource
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.environ["TOP_SRCDIR"], "tests/cases"))
import world

PROGRAM = os.environ["WHYBOUNCE"]
FAKEDNS = os.path.join(os.environ["TOP_BUILDDIR"], "tests/fakedns")
DEMO = os.path.join(os.environ["TOP_SRCDIR"], "data/demo/1-relayhost")
DELAY = 50

NESTED = "\n".join(
    'i%d.example.net. 60 IN TXT "v=spf1 include:i%d.example.net ~all"'
    % (i, i + 1) for i in range(1, 9)) + """
example.net. 60 IN TXT "v=spf1 include:i1.example.net ~all"
i9.example.net. 60 IN TXT "v=spf1 ip4:192.0.2.1 ~all"
"""


class Fake:
    def __init__(self, scratch, text, delay):
        world.write(os.path.join(scratch, "zone"), text)
        conf = world.write(os.path.join(scratch, "conf"),
                           "server 127.0.0.1 0 rec delay=%d zone=zone\n"
                           "log=%s/log\n" % (delay, scratch))
        self.process = subprocess.Popen([FAKEDNS, "-e", conf], text=True,
                                        stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE)
        for line in self.process.stdout:
            if line.startswith("port"):
                self.port = line.split()[1]
            if line.startswith("ready"):
                break

    def stop(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


def best(command, runs=5):
    """Shortest wall time in ms: the machine's noise only adds."""
    times = []
    for _ in range(runs):
        start = time.monotonic()
        subprocess.run(command, stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        times.append((time.monotonic() - start) * 1000)
    return min(times)


def cpu(command, runs=20):
    """CPU time of one run in ms, the mean."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    for _ in range(runs):
        subprocess.run(command, stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime
            - before.ru_stime) * 1000 / runs


def chain(name, text, depth, arguments):
    with tempfile.TemporaryDirectory() as scratch:
        fake = Fake(scratch, text, DELAY)
        took = best([PROGRAM] + arguments(scratch)
                    + ["--resolver", "127.0.0.1@" + fake.port])
        fake.stop()
        with open(os.path.join(scratch, "log"), encoding="utf-8") as f:
            asked = len({line.lower() for line in f})
    limit = 1.15 * depth * DELAY + 20
    print("%s: %d names, depth %d: %.0f ms = %.2f x depth x %d ms "
          "(one after the other: %d ms; limit %.0f ms)"
          % (name, asked, depth, took, took / (depth * DELAY), DELAY,
             asked * DELAY, limit))


facts = world.sections(os.path.join(DEMO, "facts"))
# PTR -> A of its name; the relay's record -> its includes
chain("case 1", world.zone(facts), 2,
      lambda scratch: ["diagnose", "--json"] + world.options(facts, scratch)
      + [os.path.join(DEMO, "bounce")])
chain("9 nested includes", world.SOA + "\n" + NESTED, 10,
      lambda scratch: ["spf", "--ip", "192.0.2.1", "--sender",
                       "a@example.net"])
text, addresses = world.everything(os.environ["TOP_SRCDIR"])
# PTR -> address of the name; SPF -> its includes; list -> its name servers
chain("check of a domain with everything", text, 2,
      lambda scratch: ["check", "--json", "full.example", "--postfix",
                       os.path.dirname(world.write(
                           os.path.join(scratch, "main.cf"),
                           "myhostname = mail.full.example\n")),
                       "--selector", "s1"]
      + [word for ip in addresses for word in ("--own-ip", ip)])
bounce = os.path.join(DEMO, "bounce")
print("explain, one bounce, cold: %.2f ms CPU (true(1): %.2f ms)"
      % (cpu([PROGRAM, "explain", bounce]), cpu(["true"])))

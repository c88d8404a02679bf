# SPDX-License-Identifier: ISC
"""What the tests of the command line share: running the program, TAP lines,
and the shape of the JSON contract."""

import json
import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from tap import Tap


PROGRAM = os.environ["WHYBOUNCE"]
CLASS_KEYS = [
    "file", "class", "alternatives", "rule", "provider", "outcome", "reply",
    "status", "stage", "recipient", "sender", "queue_id", "remote_host",
    "remote_ip", "client_ip", "domain", "reporting_host", "text"]
IDENTITY_KEYS = ["client_ip", "owner", "evidence", "relayhost", "helo",
                 "envelope_domain", "from_domain"]
FACT_STATUSES = ["ok", "nxdomain", "nodata", "servfail", "timeout", "refused",
                 "invalid", None]
SPF_RESULTS = ["none", "neutral", "pass", "fail", "softfail", "temperror",
               "permerror", "unknown"]

DSN = """\
This is the mail system at host mx.example.net.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients.

<taro@example.com>: host mx1.example.com[192.0.2.25] said: 550-5.7.26 This mail
    is unauthenticated, which poses a security risk to the sender and
    550-5.7.26 Gmail users, and has been blocked. The sender must authenticate
    550-5.7.26 with at least one of SPF or DKIM. For this message, DKIM checks
    550-5.7.26 did not pass and SPF check for [example.net] did not pass
    550-5.7.26 with ip: [192.0.2.7]. 550 5.7.26 - gsmtp (in reply to end of
    DATA command)
"""

FACTS = """\
[case]
title = one server without SPF
[host]
name = mx.example.net
address = 192.0.2.7 eth0
[postfix]
myhostname = mx.example.net
myorigin = example.net
smtp_sasl_password_maps = static:user:opensesame
[dns]
world = closed
example.net. 300 IN A 192.0.2.7
example.net. 300 IN MX 10 mx.example.net.
mx.example.net. 300 IN A 192.0.2.7
7.2.0.192.in-addr.arpa. 300 IN PTR mx.example.net.
other.example. 300 IN TXT "v=spf1 ip4:192.0.2.7 -all"
loop.example. 300 IN TXT "v=spf1 include:loop.example -all"
bad.example. 300 IN TXT "v=spf1 ip4:192.0.2.300 -all"
"""


def run(*args, stdin=b"", env=None, **more):
    """The finished process; its output is bytes."""
    if isinstance(stdin, str):
        stdin = stdin.encode()
    environment = dict(os.environ, LC_ALL="C.UTF-8", LANGUAGE="C")
    environment.update(env or {})
    if "stdin_file" in more:
        more["stdin"] = more.pop("stdin_file")
    else:
        more["input"] = stdin
    more.setdefault("stdout", subprocess.PIPE)
    return subprocess.run([PROGRAM, *args], stderr=subprocess.PIPE,
                          env=environment, timeout=240, check=False, **more)


def objects(process):
    """The JSON objects of standard output, one a line."""
    return [json.loads(line) for line in process.stdout.splitlines()]


def one_complaint(process):
    """Exactly one line on standard error, in the form of the contract."""
    text = process.stderr
    return text.startswith(b"whybounce: ") and text.count(b"\n") == 1 and \
        text.endswith(b"\n")


def raw(data):
    """Octets that may act on a terminal."""
    return [b for b in data if (b < 32 and b != 10) or b == 127]


def bounce_faults(bounce):
    faults = [key for key in CLASS_KEYS if key not in bounce]
    if not isinstance(bounce.get("alternatives"), list):
        faults.append("alternatives is no list")
    if bounce.get("outcome") not in ["sent", "deferred", "bounced", "expired",
                                     "unknown"]:
        faults.append("outcome %r" % bounce.get("outcome"))
    return faults


def finding_faults(finding, keys):
    faults = []
    for key in ("id", "status", "role", "title", "detail", "facts"):
        if key not in finding:
            faults.append("finding without " + key)
    if finding["status"] not in ("problem", "ok", "unknown"):
        faults.append("finding status %r" % finding["status"])
    if finding["role"] not in ("cause", "contributing", "advice"):
        faults.append("finding role %r" % finding["role"])
    if finding["id"].split(".")[0] not in (
            "identity", "spf", "dkim", "dmarc", "address", "mx", "blocklist",
            "envelope", "postfix", "list"):
        faults.append("finding id %r" % finding["id"])
    faults += ["%s rests on %r, which is not among the facts" % (
        finding["id"], key) for key in finding["facts"] if key not in keys]
    return faults


def change_faults(change):
    wanted = {"dns": ["zone", "name", "type", "old", "new"],
              "postconf": ["parameter", "old", "new"],
              "advice": ["text"]}
    if change.get("kind") not in wanted:
        return ["change kind %r" % change.get("kind")]
    return ["change without " + key for key in wanted[change["kind"]]
            if key not in change]


def step_faults(step, ids):
    faults = ["step without " + key for key in (
        "id", "alternative_to", "title", "why", "who", "changes", "proof",
        "cards", "verify") if key not in step]
    if step["who"] not in ("dns", "host", "app", "hoster", "recipient",
                           "wait"):
        faults.append("%s: who is %r" % (step["id"], step["who"]))
    if step["alternative_to"] is not None and \
            step["alternative_to"] not in ids:
        faults.append("%s: alternative to %r" % (
            step["id"], step["alternative_to"]))
    for change in step["changes"]:
        faults += change_faults(change)
    for proof in step["proof"]:
        faults += ["proof without " + key for key in (
            "what", "ip", "sender", "before", "after") if key not in proof]
    if not all(isinstance(card, str) for card in step["cards"].values()):
        faults.append("%s: a card is no text" % step["id"])
    return faults


def report_faults(report):
    """What is not as the contract says; an empty list is fine."""
    faults = ["no " + key for key in (
        "version", "bounces", "identity", "authentication", "findings", "plan",
        "facts") if key not in report]
    if faults:
        return faults
    keys = [fact["key"] for fact in report["facts"]]
    for bounce in report["bounces"]:
        faults += bounce_faults(bounce)
    faults += ["identity without " + key for key in IDENTITY_KEYS
               if key not in report["identity"]]
    if report["identity"]["owner"] not in ("own", "relay", "nat", "forwarder",
                                           "unknown"):
        faults.append("owner %r" % report["identity"]["owner"])
    for row in report["authentication"]:
        faults += ["authentication without " + key for key in (
            "ip", "sender", "helo", "spf", "spf_domain", "spf_reason",
            "lookups", "void", "dkim", "dmarc") if key not in row]
        if row["spf"] not in SPF_RESULTS:
            faults.append("spf %r" % row["spf"])
    for finding in report["findings"]:
        faults += finding_faults(finding, keys)
    ids = [step["id"] for step in report["plan"]]
    for step in report["plan"]:
        faults += step_faults(step, ids)
    for fact in report["facts"]:
        faults += ["fact without " + key for key in (
            "key", "status", "value", "server", "ms") if key not in fact]
        if fact["status"] not in FACT_STATUSES:
            faults.append("fact status %r" % fact["status"])
    if len(keys) != len(set(keys)):
        faults.append("a fact stands there twice")
    return faults


class Folder(tempfile.TemporaryDirectory):
    """A temporary folder with write()."""

    def write(self, name, text):
        path = os.path.join(self.name, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(text.encode() if isinstance(text, str) else text)
        return path

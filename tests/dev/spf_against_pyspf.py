#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Random SPF records and zones, judged by pyspf and by our own engine.

usage: spf_against_pyspf.py DRIVER [COUNT [SEED]]

Prints the agreement, and for each kind of disagreement (by pyspf's reason)
how often it came and one example.
"""
import collections
import random
import socket
import subprocess
import sys

import spf

NAMES = ["example.com", "a.example.com", "b.example.com", "c.example.com",
         "mail.example.com", "example.net", "mx.example.net", "x.example.org",
         "y.example.org", "none.example.org", "spf.example.net"]
IP4 = ["192.0.2.1", "192.0.2.129", "198.51.100.7", "203.0.113.40"]
IP6 = ["2001:db8::1", "2001:db8:0:1::7"]
TYPES = ["A", "AAAA", "MX", "TXT", "PTR"]


class Zone:
    """Answers by (name, type): a list of values, or a failure."""

    def __init__(self):
        self.sets = {}

    def add(self, name, rrtype, value):
        self.sets.setdefault((name, rrtype), []).append(value)

    def lookup(self, name, qtype, strict=True, timeout=None):
        name = name.lower().rstrip(".")
        values = self.sets.get((name, qtype), [])
        if values and values[0] in ("!timeout", "!servfail"):
            raise spf.TempError("DNS " + values[0][1:])
        for value in values:
            if value == "!nodata":
                continue
            if qtype == "AAAA":
                value = bytes(socket.inet_pton(socket.AF_INET6, value))
            elif qtype == "TXT":
                value = (value.encode("latin-1"),)
            elif qtype == "MX":
                pref, host = value.split(" ")
                value = (int(pref), host)
            yield ((name, qtype), value)

    def lines(self):
        for (name, rrtype), values in self.sets.items():
            for value in values:
                yield "zone\t%s\t%s\t%s\n" % (name, rrtype, escape(value))


def escape(text):
    return "".join(c if c.isalnum() and c.isascii() or c in ":.-_/!"
                   else "%%%02X" % b
                   for c in text for b in c.encode("latin-1"))


def unescape(text):
    out, i = [], 0
    while i < len(text):
        if text[i] == "%":
            out.append(chr(int(text[i + 1:i + 3], 16)))
            i += 3
        else:
            out.append(text[i])
            i += 1
    return "".join(out)


def pick_ip(rng):
    return rng.choice(IP6 if rng.random() < 0.25 else IP4)


def macro(rng):
    letter = rng.choice("slodipvhSLODIPVH" if rng.random() < 0.9 else "crtxz")
    digits = rng.choice(["", "", "1", "2", "3", "128", "0", "02"][
        :8 if rng.random() < 0.1 else 6])
    return "%{" + letter + digits + rng.choice(["", "", "r", "R"]) + \
        rng.choice(["", "", "", ".", "-", "+-", "=_", "/"]) + "}"


def domain_spec(rng):
    kind = rng.random()
    if kind < 0.75:
        return rng.choice(NAMES)
    if kind < 0.9:
        return macro(rng) + "." + rng.choice(NAMES)
    if kind < 0.93:
        return "p" + macro(rng)
    if kind < 0.96:
        return rng.choice(["%%", "%_", "%-"]) + "." + rng.choice(NAMES)
    return rng.choice(["com", "a..example.com", "example.com.", ".example",
                       "example.1", "x" * 64 + ".example.com",
                       ".".join(["y" * 50] * 6) + ".example.com", "1.2.3.4",
                       "example.c-d", "example.-c", "_spf.example.com",
                       "e/x.example.com", "a.example.com/24"])


def cidr(rng):
    if rng.random() < 0.7:
        return ""
    out = ""
    if rng.random() < 0.7:
        out += "/%d" % rng.choice([0, 8, 24, 25, 32] if rng.random() < 0.95
                                  else [33, 128])
    if rng.random() < 0.4:
        out += "//%d" % rng.choice([0, 32, 64, 128] if rng.random() < 0.95
                                   else [129])
    return out


def term(rng):
    q = rng.choice(["", "", "", "+", "-", "~", "?"])
    kind = rng.choice(["ip4", "ip4", "ip6", "a", "a", "mx", "include",
                       "include", "exists", "ptr", "all", "modifier"])
    if kind == "all":
        return q + ("all" if rng.random() < 0.3 else
                    "ip4:" + rng.choice(IP4))
    if kind == "ip4":
        return q + "ip4:" + rng.choice(IP4) + rng.choice(
            ["", "", "/24", "/32", "/0", "/25"])
    if kind == "ip6":
        return q + "ip6:" + rng.choice(IP6) + rng.choice(
            ["", "", "/64", "/128", "/0", "/32"])
    if kind in ("a", "mx"):
        return q + kind + (":" + domain_spec(rng) if rng.random() < 0.7
                           else "") + cidr(rng)
    if kind == "ptr":
        return q + kind + (":" + domain_spec(rng) if rng.random() < 0.5
                           else "")
    if kind == "modifier":
        return rng.choice(["redirect=" + domain_spec(rng),
                           "exp=exp.example.com", "x-y=" + macro(rng),
                           "include=" + rng.choice(NAMES)])
    return q + kind + ":" + domain_spec(rng)


def record(rng, broken):
    terms = [term(rng) for _ in range(rng.randint(0, 5))]
    # a modifier twice is broken already
    seen = set()
    for t in list(terms):
        name = t.split("=")[0] if "=" in t else None
        if name in seen and not broken:
            terms.remove(t)
        seen.add(name if name else object())
    if rng.random() < 0.8:
        terms.append(rng.choice(["-all", "~all", "?all", "+all"]))
    text = " ".join(["v=spf1"] + terms)
    if broken and len(text) > 8:
        at = rng.randint(7, len(text) - 1)
        text = text[:at] + rng.choice(
            ["", " ", "/", ":", "=", "%", "{", "}", ".", "-", "\t", "\x00",
             "\xe9", ",", "a", "1", "_", "~", "//"]) + text[at + rng.randint(0, 1):]
    return text


def make_zone(rng, broken_share):
    zone = Zone()
    for name in NAMES:
        if name.startswith("none."):
            continue
        if rng.random() < 0.85:
            zone.add(name, "TXT",
                     record(rng, rng.random() < broken_share))
        if rng.random() < 0.03:
            zone.add(name, "TXT", record(rng, False))
        if rng.random() < 0.3:
            zone.add(name, "TXT", "some other text")
        for _ in range(rng.choice([0, 1, 1, 2])):
            zone.add(name, "A", rng.choice(IP4))
        for _ in range(rng.choice([0, 0, 1])):
            zone.add(name, "AAAA", rng.choice(IP6))
        for _ in range(rng.choice([0, 1, 2, 2, 11] if rng.random() < 0.2
                                  else [0, 1, 2])):
            zone.add(name, "MX", "%d %s" % (rng.randint(0, 50),
                                            rng.choice(NAMES)))
    for ip in IP4 + IP6:
        if rng.random() < 0.7:
            for _ in range(rng.choice([1, 1, 2])):
                zone.add(spf_reverse(ip), "PTR", rng.choice(NAMES))
    for _ in range(rng.choice([0, 0, 0, 1, 2])):
        key = (rng.choice(NAMES), rng.choice(TYPES))
        zone.sets[key] = [rng.choice(["!timeout", "!servfail"])]
    zone.add("exp.example.com", "TXT",
             rng.choice(["%{i} is not for %{d}", "see %{r}%{_}", "from %{p}",
                         "%{S} (%{c}) %{h}%_%%%-", "plain", "\xe9"]))
    return zone


def spf_reverse(ip):
    import ipaddress
    return ipaddress.ip_address(ip).reverse_pointer


def hints(zone):
    """What in the zone is known to be read differently."""
    text = " ".join(v for (_, t), values in zone.sets.items() if t == "TXT"
                    for v in values).lower()
    found = [word for word, sign in (("%{p}", "%{p"), ("%{.0}", "0}"),
                                     ("redirect", "redirect="))
             if sign in text]
    return " [" + ", ".join(found) + "]" if found else ""


def pyspf_judge(zone, ip, sender, helo):
    spf.DNSLookup = zone.lookup
    query = spf.query(i=ip, s=sender, h=helo, receiver="receiver.example",
                      strict=1, timeout=20, querytime=0)
    query.set_default_explanation("DEFAULT")
    result, _, text = query.check()
    return result, text, query.lookups


def main():
    driver = subprocess.Popen([sys.argv[1]], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, encoding="latin-1")
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 2000
    rng = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    agree, kinds, examples = 0, collections.Counter(), {}
    results = collections.Counter()
    for _ in range(count):
        zone = make_zone(rng, rng.choice([0, 0, 0, 0.2]))
        ip = pick_ip(rng)
        domain = rng.choice(NAMES)
        sender = rng.choice(["user", "user", "a.b-c+d", "u/v", "", "Big=One",
                             "a b", "100%"]) + "@" + domain
        if rng.random() < 0.05:
            sender = ""
        helo = rng.choice(NAMES)
        for line in zone.lines():
            driver.stdin.write(line)
        driver.stdin.write("case\t%s\t%s\t%s\n" % (ip, escape(sender),
                                                   escape(helo)))
        driver.stdin.flush()
        result, lookups, voids, text, reason = \
            driver.stdout.readline().rstrip("\n").split("\t")
        want, want_text, want_lookups = pyspf_judge(zone, ip, sender, helo)
        results[want] += 1
        kind = None
        if result != want:
            kind = "%s, ours %s: %s" % (want, result, (want_text.split(": ") + [""])[1])
        elif want == "fail" and (unescape(text) or "DEFAULT") != want_text:
            kind = "explanation"
        elif want in ("pass", "fail", "softfail", "neutral") and \
                int(lookups) != want_lookups:
            kind = "look-ups counted"
        agree += result == want
        if kind is None:
            continue
        kind += hints(zone)
        kinds[kind] += 1
        if kind not in examples:
            examples[kind] = (ip, sender, helo, result, lookups, voids,
                              text, reason, want, want_text, want_lookups,
                              zone.sets)
    driver.stdin.close()
    print("results: %d of %d agree (%.2f %%)" % (agree, count, 100.0 * agree / count))
    print("pyspf's results:", dict(results))
    for kind, n in kinds.most_common():
        print("%6d  %s" % (n, kind))
        ip, sender, helo, result, lookups, voids, text, reason, want, \
            want_text, want_lookups, sets = examples[kind]
        print("        %s %r helo %s: ours %s (%s look-ups, %s void) %s [%s]"
              % (ip, sender, helo, result, lookups, voids, reason, text))
        print("        pyspf %s (%s look-ups) %r"
              % (want, want_lookups, want_text))
        if "-v" in sys.argv:
            for key, values in sets.items():
                print("            ", key, values)
    return 0


if __name__ == "__main__":
    sys.exit(main())

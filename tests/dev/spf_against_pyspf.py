#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Random SPF records and zones, judged by pyspf and by our own engine.

usage: spf_against_pyspf.py DRIVER [COUNT [SEED]]

Prints how many results agree; how many differences (of results, explanations
and look-ups counted) are explained, by which section of RFC 7208; and what is left unexplained, with an example of each kind.
A disagreement is explained when pyspf, put right in that one point, agrees; or
when the record that we call faulty does not match the grammar of section 12,
which is written here once more, as a regular expression. Ends with 1 when
something is left.
"""
import collections
import random
import re
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
    """A macro of section 7.1; in a faulty record, one in ten is none."""
    letter = rng.choice("slodipvhSLODIPVH" if not rng.faulty or
                        rng.random() < 0.9 else "crtxz")
    digits = rng.choice(["", "", "1", "2", "3", "128", "0", "02"][
        :8 if rng.faulty and rng.random() < 0.1 else 6])
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
    rng.faulty = broken
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


# ---- pyspf put right, a point at a time ----

class Corrected(spf.query):
    """pyspf with the corrections that are switched on."""
    fixes = ()
    for_macro = False

    def validate_mechanism(self, mech):
        """4.6.2, 5.2: that a record includes itself is no syntax error; it
        matters when evaluation comes to it. 4.8: for a name that DNS cannot
        be asked for, nothing is looked up."""
        try:
            got = super().validate_mechanism(mech)
            if got[1] == "ptr" and "4.8 impossible names" in self.fixes and \
                    any(not 0 < len(label) < 64 for label in
                        got[2].rstrip(".").split(".")):
                # nothing is asked: as "exists" of such a name
                got = got[:1] + ("exists",) + got[2:]
            return got
        except spf.PermError as problem:
            if "trivial recursion" not in str(problem) or \
                    "5.2 self-include" not in self.fixes:
                raise
            sign = mech[0] if mech[0] in "+-~?" else "+"
            return (mech, "include", self.d, self.cidrmax, spf.RESULTS[sign])

    def note_error(self, *msg):
        """6: only redirect= and exp= may stand in a record but once."""
        if "MUST appear at most once" in str(msg[0]) and \
                not str(msg[0]).startswith(("exp=", "redirect=")) and \
                "6 modifiers twice" in self.fixes:
            return None
        return super().note_error(*msg)

    def expand(self, s, stripdot=True):
        """7.1, RFC 5234 2.3: the "r" of a macro may be written "R"."""
        if "7.1 macro R" in self.fixes:
            s = re.sub(r"(%\{[A-Za-z][0-9]*)R", r"\1r", s)
        return super().expand(s, stripdot)

    def getp(self):
        """4.6.4, 7.3: the look-ups of %{p} count for no limit, a failure
        gives "unknown", and the name depends on the domain in hand."""
        self.for_macro = True
        try:
            return self.macro_p()
        finally:
            self.for_macro = False

    def macro_p(self):
        if "7.3 macro p" not in self.fixes:
            return super().getp()
        voids, self.void_lookups, self.p = self.void_lookups, -1000, None
        try:
            return super().getp()
        except spf.TempError:
            return "unknown"
        finally:
            self.void_lookups = voids

    def validated_ptrs(self):
        """5.5: a failed look-up of the PTR means no match, one of a name's
        address that the name is passed over; the names behind one that
        matches need not be looked up."""
        if "5.5 ptr" not in self.fixes:
            return super().validated_ptrs()
        return list(self.ptrs()) if self.for_macro else self.ptrs()

    def ptrs(self):
        try:
            names = self.dns_ptr(self.i)[:spf.MAX_PTR]
        except spf.TempError:
            return
        for name in names:
            try:
                if self.cidrmatch(self.dns_a(name, self.A), self.cidrmax):
                    yield name
            except spf.TempError:
                pass


    def dns_mx(self, name):
        """5.4: any address that matches will do; the hosts behind it need not
        be looked up."""
        if "5.4 mx" not in self.fixes:
            return super().dns_mx(name)
        names = self.dns(name, "MX")
        if len(names) > spf.MAX_MX:
            raise spf.PermError("More than %d MX records" % spf.MAX_MX)
        return (a for mx in names for a in self.dns_a(mx[1], self.A))

    def cidrmatch(self, addresses, n):
        if isinstance(addresses, list):
            return super().cidrmatch(addresses, n)
        return any(super(Corrected, self).cidrmatch([a], n)
                   for a in addresses)


FIXES = ["5.2 self-include", "6 modifiers twice", "7.3 macro p", "5.5 ptr",
         "4.8 impossible names", "5.4 mx", "4.3 postmaster", "7.1 macro R"]

# RFC 7208 section 12, term by term.
MACRO = r"%(?:[%_-]|\{[slodiphvSLODIPHV](?:0*[1-9][0-9]*)?r?[-.+,/_=]*\})"
LITERAL = r"[\x21-\x24\x26-\x7e]"
STRING = "(?:%s|%s)*" % (MACRO, LITERAL)
ALNUM = "[a-z0-9]"
TOPLABEL = "(?:%s*[a-z]%s*|%s+-(?:%s|-)*%s)" % ((ALNUM,) * 5)
DOMAIN = r"%s(?:\.%s\.?|%s)" % (STRING, TOPLABEL, MACRO)
CIDR4 = "/(?:0|[1-9][0-9]?)"
CIDR6 = "/(?:0|[1-9][0-9]{0,2})"
DUAL = "(?:%s)?(?:/%s)?" % (CIDR4, CIDR6)
TERM = re.compile(
    "(?:[-+?~]?(?:all|include:%(d)s|(?:a|mx)(?::%(d)s)?%(dual)s|"
    "ptr(?::%(d)s)?|ip4:[0-9.]+(?:%(c4)s)?|ip6:[0-9a-f:.]+(?:%(c6)s)?|"
    "exists:%(d)s)|(?:redirect|exp)=%(d)s|"
    "(?!(?:redirect|exp)=)[a-z][-_.a-z0-9]*=%(s)s)\\Z"
    % {"d": DOMAIN, "dual": DUAL, "c4": CIDR4, "c6": CIDR6, "s": STRING},
    re.IGNORECASE)


def keeps_grammar(text):
    terms = [t for t in text.split(" ")[1:] if t]
    if sum(t.lower().startswith("redirect=") for t in terms) > 1 or \
            sum(t.lower().startswith("exp=") for t in terms) > 1:
        return False
    for t in terms:
        if not TERM.match(t):
            return False
        found = re.match(r"[-+?~]?ip([46]):([^/]*)(?:/([0-9]+))?\Z", t, re.I)
        if found:
            family = socket.AF_INET if found[1] == "4" else socket.AF_INET6
            try:
                socket.inet_pton(family, found[2])
            except OSError:
                return False
            if int(found[3] or 0) > (32 if found[1] == "4" else 128):
                return False
        found = re.match(r"[-+?~]?(?:a|mx)\b.*?(?:/([0-9]+))?(?://([0-9]+))?\Z",
                         t, re.I)
        if found and (int(found[1] or 0) > 32 or int(found[2] or 0) > 128):
            return False
    return True


def explain(zone, case, ours, reason):
    """The section of the RFC that is on our side, or None."""
    fault = re.match(r"The record of (\S+) has a mistake", reason)
    if ours == "permerror" and fault and not all(
            keeps_grammar(v) for v in zone.sets.get((fault[1], "TXT"), [])
            if re.match("v=spf1( |$)", v, re.I)):
        return "12 grammar"
    for fixes in [(f,) for f in FIXES] + [FIXES]:
        if pyspf_judge(zone, *case, fixes=fixes)[0] == ours:
            return fixes[0] if len(fixes) == 1 else "several of these"
    return None


def explain_details(zone, case, result, texts, lookups):
    """The same result: what else differs, and by which section. (None, None):
    nothing does."""
    if result == "fail" and texts[0] != texts[1]:
        for fixes in [(f,) for f in FIXES] + [FIXES]:
            if pyspf_judge(zone, *case, fixes=fixes)[1] == texts[0]:
                return "explanation", fixes[0] + ", explanation"
        return "explanation", None
    if result not in ("pass", "fail", "softfail", "neutral") or \
            lookups[0] == lookups[1]:
        return None, None
    redirects = sum("redirect=" in v.lower() for (_, t), values in
                    zone.sets.items() if t == "TXT" for v in values)
    # pyspf counts redirect= when it reads it, not when it follows it
    counted = lookups[0] < lookups[1] <= lookups[0] + redirects
    return "look-ups counted", \
        "6.1 redirect, look-ups counted" if counted else None


def pyspf_judge(zone, ip, sender, helo, fixes=()):
    spf.DNSLookup = zone.lookup
    if sender.startswith("@") and "4.3 postmaster" in fixes:
        sender = "postmaster" + sender
    query = Corrected(i=ip, s=sender, h=helo, receiver="receiver.example",
                      strict=1, timeout=20, querytime=0)
    query.fixes = fixes
    query.set_default_explanation("DEFAULT")
    result, _, text = query.check()
    return result, text, query.lookups


def main():
    driver = subprocess.Popen([sys.argv[1]], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, encoding="latin-1")
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 2000
    rng = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    agree, explained = 0, collections.Counter()
    kinds, examples = collections.Counter(), {}
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
        case = (ip, sender, helo)
        if result == want:
            agree += 1
            kind, section = explain_details(
                zone, case, want, (unescape(text) or "DEFAULT", want_text),
                (int(lookups), want_lookups))
            if kind is None:
                continue
        else:
            kind = "%s, ours %s: %s" % (want, result,
                                        (want_text.split(": ") + [""])[1])
            section = explain(zone, case, result, reason)
        if section is not None:
            explained[section] += 1
            continue
        kinds[kind] += 1
        examples.setdefault(kind, (ip, sender, helo, result, lookups, voids,
                                   text, reason, want, want_text,
                                   want_lookups, zone.sets))
    driver.stdin.close()
    print("agree: %d of %d (%.2f %%)" % (agree, count, 100.0 * agree / count))
    print("explained: %d" % sum(explained.values()))
    for section, n in explained.most_common():
        print("%6d  RFC 7208 %s" % (n, section))
    print("unexplained: %d" % sum(kinds.values()))
    show(kinds, examples)
    print("pyspf's results:", dict(results))
    return 1 if kinds else 0


def show(kinds, examples):
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


if __name__ == "__main__":
    sys.exit(main())

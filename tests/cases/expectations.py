# SPDX-License-Identifier: ISC
"""Compares a diagnosis (JSON) with an expect file: one expectation a line,
its first word says about what. Used by the case tests."""


def _steps(result):
    return {step["id"]: step for step in result["plan"]}


def _changes(result, kind):
    return [c for s in result["plan"] for c in s["changes"]
            if c["kind"] == kind]


def _texts(result):
    for finding in result["findings"]:
        yield finding["title"]
        yield finding["detail"]
    for step in result["plan"]:
        yield step["title"]
        yield step["why"]
        for change in step["changes"]:
            yield change.get("text") or ""


def _main_bounce(result, want):
    return any(b["class"] == want for b in result["bounces"])


def _finding(result, rest):
    words = rest.split()
    for f in result["findings"]:
        if (f["id"] == words[0] and f["status"] == words[1]
                and (len(words) < 3 or f["role"] == words[2])):
            return bool(f["facts"]) or f["status"] == "ok"
    return False


def _step(result, rest):
    words = rest.split()
    step = _steps(result).get(words[0])
    if step is None:
        return False
    return step["alternative_to"] == (words[1] if len(words) > 1 else None)


def _record(result, rest):
    name, kind, value = rest.split(" ", 2)
    return any(c["name"] == name and c["type"] == kind and value in c["new"]
               for c in _changes(result, "dns"))


def _proof(result, rest):
    what, ip, before, after = rest.split()
    return any(p["what"] == what and p["ip"] == ip and p["before"] == before
               and p["after"] == after
               for s in result["plan"] for p in s["proof"])


def _postconf(result, rest):
    name, value = rest.split(" ", 1)
    return any(c["parameter"] == name and c["new"] == value
               for c in _changes(result, "postconf"))


def _wrong(result, rest):
    record, outcome = rest.rsplit(" ", 1)
    return any(c.get("record") == record and c.get("result") == outcome
               for c in _changes(result, "advice"))


def _authentication(result, rest):
    ip, spf = rest.split()
    return any(a["ip"] == ip and a["spf"] == spf
               for a in result["authentication"])


def _card(result, rest):
    panel, text = rest.split(" ", 1)
    return any(text in (s["cards"] or {}).get(panel, "")
               for s in result["plan"])


CHECKS = {
    "bounces": lambda r, want: len(r["bounces"]) == int(want),
    "class": _main_bounce,
    "outcome": lambda r, want: any(b["outcome"] == want
                                   for b in r["bounces"]),
    "client-ip": lambda r, want: r["identity"]["client_ip"] == want,
    "owner": lambda r, want: r["identity"]["owner"] == want,
    "relayhost": lambda r, want: r["identity"]["relayhost"] == want,
    "envelope-domain":
        lambda r, want: r["identity"]["envelope_domain"] == want,
    "authentication": _authentication,
    "finding": _finding,
    "no-finding": lambda r, want: all(
        f["id"] != want or f["status"] != "problem" for f in r["findings"]),
    "step": _step,
    "record": _record,
    "proof": _proof,
    "postconf": _postconf,
    "command": lambda r, want: any(want in (c.get("command") or "")
                                   for c in _changes(r, "advice")),
    "wrong": _wrong,
    "text": lambda r, want: any(want in t for t in _texts(r)),
    "card": _card,
}


def read(path):
    """The expectations of an expect file: (word, rest) pairs."""
    with open(path, encoding="utf-8") as f:
        for line in f:
            line = line.rstrip("\n")
            if line and not line.startswith("#"):
                yield tuple(line.split(" ", 1))


def unmet(result, path, only=None):
    """The lines of PATH that RESULT does not fulfil; ONLY limits the words."""
    return [" ".join(pair) for pair in read(path)
            if (only is None or pair[0] in only)
            and not CHECKS[pair[0]](result, pair[1])]

# SPDX-License-Identifier: ISC
"""TAP output for the tests in Python: one ok() a check, then end()."""

import sys


class Tap:
    """ok() lines, and the plan when it is over."""

    def __init__(self):
        self.n = self.failed = 0

    def ok(self, condition, name, note=""):
        self.n += 1
        print("%sok %d - %s" % ("" if condition else "not ", self.n, name))
        if not condition:
            self.failed += 1
            for line in str(note).splitlines()[:60]:
                print("# " + line)
        sys.stdout.flush()
        return bool(condition)

    def same(self, got, want, name):
        return self.ok(got == want, name, "got  %r\nwant %r" % (got, want))

    def end(self):
        print("1..%d" % self.n)
        sys.exit(1 if self.failed else 0)

#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Knows the one user of the test's relay, for its Postfix: an authentication
server as Dovecot has one (its protocol, version 1.1). Run by spawn(8)."""

import base64
import sys

PLAIN = b"\0www\0secret"        # RFC 4616
HELLO = "VERSION\t1\t1\nMECH\tPLAIN\tplaintext\nSPID\t1\nCUID\t1\n" \
    "COOKIE\t00000000000000000000000000000000\nDONE\n"


def main():
    print(HELLO, end="", flush=True)
    for line in sys.stdin:
        command, *words = line.rstrip("\n").split("\t")
        if command != "AUTH":
            continue
        given = [word[len("resp="):] for word in words
                 if word.startswith("resp=")]
        known = given and base64.b64decode(given[0]) == PLAIN
        print("%s\t%s\tuser=www" % ("OK" if known else "FAIL", words[0]),
              flush=True)


main()

#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""A policy server for Postfix (SMTPD_POLICY_README) that takes only mail that
passes SPF, judged by pyspf with live DNS. It refuses in the words of Gmail,
the older or the newer ones by the recipient's name."""

import sys

import spf

WORDS = {
    "hoge": "This message does not have authentication information or fails to "
            "550-5.7.26 pass authentication checks. To best protect our users "
            "from spam, the 550-5.7.26 message has been blocked. Please visit "
            "550-5.7.26 https://support.google.com/mail/answer/81126"
            "#authentication for more 550 5.7.26 information. "
            "c7si22504154pgw.429 - gsmtp",
    None: "This mail is unauthenticated, which poses a security risk to the "
          "550-5.7.26 sender and Gmail users, and has been blocked. The sender "
          "must 550-5.7.26 authenticate with at least one of SPF or DKIM. For "
          "this message, 550-5.7.26 DKIM checks did not pass and SPF check for "
          "[%(domain)s] did not pass 550-5.7.26 with ip: [%(ip)s]. The sender "
          "should visit 550-5.7.26  https://support.google.com/mail/answer/"
          "81126#authentication for 550 5.7.26 instructions on setting up "
          "authentication. n1-20020a170903404100b001bbc7b6492fsi4175505pla.8 "
          "- gsmtp",
}


def answer(asked):
    sender, helo = asked.get("sender", ""), asked.get("helo_name", "")
    ip = asked.get("client_address", "")
    result = spf.check2(i=ip, s=sender, h=helo, timeout=5)[0]
    if result == "pass":
        return "DUNNO"
    if result == "temperror":
        return "451 4.7.24 SPF could not be looked up"
    name = asked.get("recipient", "").partition("@")[0]
    words = WORDS.get(name, WORDS[None])
    domain = sender.rpartition("@")[2] or helo
    return "550 5.7.26 " + words % {"domain": domain, "ip": ip}


def main():
    asked = {}
    for line in sys.stdin:
        key, equals, value = line.rstrip("\n").partition("=")
        if equals:
            asked[key] = value
            continue
        print("action=%s\n" % answer(asked), flush=True)
        asked = {}


main()

# SPDX-License-Identifier: ISC
"""A mail server that takes only authenticated mail, as Gmail does: Debian's
policyd-spf judges SPF, opendkim verifies signatures, opendmarc has them and the
From line agree, each as its package sets it up but for what is said here."""

import os

from mailservers import Mailserver, PATIENCE

HERE = os.path.dirname(os.path.abspath(__file__))
NEEDS = ("usr/bin/policyd-spf", "usr/sbin/opendkim", "usr/sbin/opendmarc")
DKIM, DMARC = 8891, 8893        # ports, as the packages propose them
NAME = "gmail-smtp-in.l.google.com"
SETTINGS = """\
myhostname = %(name)s
mydestination = gmail.com
inet_protocols = all
smtpd_recipient_restrictions = reject_unauth_destination,
	check_policy_service unix:private/policyd-spf
smtpd_end_of_data_restrictions = reject_rbl_client zen.spamhaus.org
maps_rbl_reject_code = 550
default_rbl_reply = $rbl_code 5.7.1 [$client_address      18] Our system has
	detected that this message is 550-5.7.1 likely suspicious due to the
	very low reputation of the sending IP 550-5.7.1 address. To best protect
	our users from spam, the message has been 550-5.7.1 blocked. Please visit
	550 5.7.1  https://support.google.com/mail/answer/188131 for more
	information. c7si22504154pgw.279 - gsmtp
smtpd_milters = inet:127.0.0.1:%(dkim)d, inet:127.0.0.1:%(dmarc)d
"""
SERVICES = "policyd-spf unix - n n - 0 spawn user=policyd-spf " \
    "argv=/usr/bin/policyd-spf\n"
SPF_CONF = """\
debugLevel = 1
TestOnly = 1
HELO_reject = No_Check
Mail_From_reject = False
Header_Type = AR
Authserv_Id = %(name)s
"""
DKIM_CONF = """\
Mode v
UserID opendkim
Socket inet:%(dkim)d@127.0.0.1
AuthservID %(name)s
AlwaysAddARHeader yes
Nameservers %(resolver)s
FinalPolicyScript /etc/gmail.lua
On-BadSignature accept
"""
DMARC_CONF = """\
UserID opendmarc
Socket inet:%(dmarc)d@127.0.0.1
AuthservID %(name)s
TrustedAuthservIDs %(name)s
RejectFailures true
PublicSuffixList /etc/suffixes
"""


class Receiver(Mailserver):
    """The receiver of the cases."""

    def __init__(self, internet, addresses):
        self.values = {"name": NAME, "dkim": DKIM, "dmarc": DMARC,
                       "resolver": internet.RESOLVER}
        super().__init__(internet, NAME, addresses, SETTINGS % self.values,
                         SERVICES)
        self.write("/etc/postfix-policyd-spf-python/policyd-spf.conf",
                   SPF_CONF % self.values)
        self.write("/etc/opendkim.conf", DKIM_CONF % self.values)
        self.write("/etc/opendmarc.conf", DMARC_CONF % self.values)
        self.write("/etc/suffixes", "com\nnet\norg\njp\nco.jp\n")
        with open(os.path.join(HERE, "gmail.lua"), encoding="ascii") as file:
            self.write("/etc/gmail.lua", file.read())
        self.milters = [
            self.start("opendkim", "-f", "-x", "/etc/opendkim.conf"),
            self.start("opendmarc", "-f", "-c", "/etc/opendmarc.conf")]

    def stop(self):
        for milter in self.milters:
            milter.kill()           # asked politely they take five seconds
        super().stop()

    def end(self):
        for milter in self.milters:
            milter.wait(PATIENCE)
        super().end()

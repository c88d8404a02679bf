# SPDX-License-Identifier: ISC
"""A server that sends as it should: facts in which SPF passes, mail is signed
(selector s1) and DMARC has RECORD, and a bounce from before that."""

# a key of 1024 bits, made for this test
KEY = ("MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDSMJKNT1BQw920W1DWpoFBd2zC2E"
       "Ul9t1eIS5P+min3uspQX0G/qavMqIseIJCr+1HufODvufPGC8MtxWRvjprYlGAM/gd"
       "x6XyRBvBpxPMsP+L6o9Tmio+7jQCnA6VxVlzuTAGnfzCxvkG6cVj0diCVWyZXwfDxt"
       "eWcu5i/4GKOwIDAQAB")
FACTS = """\
[host]
name = mail.example.net
address = 203.0.113.7 eth0
[postfix]
mail_version = 3.7.11
myhostname = mail.example.net
myorigin = example.net
inet_protocols = ipv4
mynetworks_style = host
smtp_tls_security_level = may
mydestination = $myhostname, localhost
[dns]
world = closed
example.net. 300 IN TXT "v=spf1 ip4:203.0.113.7 include:_spf.google.com -all"
_spf.google.com. 300 IN TXT "v=spf1 ip4:192.0.2.0/24 -all"
example.net. 300 IN MX 10 aspmx.l.google.com.
aspmx.l.google.com. 300 IN A 192.0.2.26
mail.example.net. 300 IN A 203.0.113.7
mail.example.net. 300 IN TXT "v=spf1 a -all"
_dmarc.example.net. 300 IN TXT "RECORD"
7.113.0.203.in-addr.arpa. 300 IN PTR mail.example.net.
s1._domainkey.example.net. 300 IN TXT "v=DKIM1; k=rsa; p=PUBLIC"
""".replace("PUBLIC", KEY)
BOUNCE = """\
<taro@gmail.com>: host mx.example.org[192.0.2.26] said: 550-5.7.26 This mail
    is unauthenticated. SPF check for [example.net] did not pass 550-5.7.26
    with ip: [203.0.113.7] (in reply to end of DATA command)
"""

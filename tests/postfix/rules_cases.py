# SPDX-License-Identifier: ISC
"""The cases of rules.test. main, master: what is added to a usual main.cf and
to the delivered master.cf; problem, unknown: all that must be found beside
what is in order; says, cure: what must be in the findings and in the plan;
hand: what is left when the plan's own commands were typed."""

NAMES = """\
. 60 IN SOA ns.test. root.test. 1 3600 900 604800 60
. 60 IN NS ns.test.
ns.test. 60 IN A 127.0.0.1
example.com. 60 IN MX 10 mail.example.com.
example.com. 60 IN A 203.0.113.25
example.com. 60 IN TXT "v=spf1 ip4:203.0.113.25 ~all"
_dmarc.example.com. 60 IN TXT "v=DMARC1; p=none"
mail.example.com. 60 IN A 203.0.113.25
mail.example.com. 60 IN TXT "v=spf1 ip4:203.0.113.25 ~all"
25.113.0.203.in-addr.arpa. 60 IN PTR mail.example.com.
other.example.com. 60 IN A 203.0.113.99
away.example. 60 IN MX 10 mx.mail.example.
mx.mail.example. 60 IN A 198.51.100.9
isp.example. 60 IN A 198.51.100.7
gate.example.com. 60 IN A 198.51.100.8
isp.example. 60 IN MX 10 in.isp.example.
in.isp.example. 60 IN A 198.51.100.5
smtp.isp.example. 60 IN A 198.51.100.6
2.0.0.127.good.list.example. 60 IN A 127.0.0.2
2.0.0.127.shy.list.example. 60 IN A 127.255.255.254
*.everything.list.example. 60 IN A 127.0.0.2
"""
LOG = ("Nov 22 01:00:00 mail postfix/pickup[11]: 4ABCDEF012: uid=33"
       " from=<%s>\n"
       "Nov 22 01:00:01 mail postfix/smtp[12]: 4ABCDEF012:"
       " to=<x@away.example>, relay=mx.mail.example[198.51.100.9]:25, delay=1,"
       " delays=0/0/0/0, dsn=5.7.1, status=bounced (host"
       " mx.mail.example[198.51.100.9] said: 550 5.7.1 [203.0.113.25] go away"
       " (in reply to RCPT TO command))\n")
SUBMISSION = "submission inet n - y - - smtpd\n"
LOGIN = ("relayhost = [smtp.isp.example]:587\nsmtp_sasl_auth_enable = yes\n"
         "smtp_sasl_security_options = noanonymous\n"
         "smtp_sasl_password_maps = hash:/etc/postfix/sasl_passwd\n")
PASSWORDS = {"/etc/postfix/sasl_passwd":
             "[smtp.isp.example]:587 user:hunter2\n"}
POSTMAP = "postmap hash:/etc/postfix/"

CASES = {
    "a usual one": {},
    "a usual one, written just now": {"fresh": True},
    "as Debian's installer writes it": {
        "whole": "smtpd_banner = $myhostname ESMTP $mail_name (Debian/GNU)\n"
        "biff = no\nappend_dot_mydomain = no\nreadme_directory = no\n"
        "compatibility_level = 3.6\n"
        "smtp_tls_CApath=/etc/ssl/certs\nsmtp_tls_security_level=may\n"
        "smtp_tls_session_cache_database ="
        " btree:${data_directory}/smtp_scache\n"
        "smtpd_relay_restrictions = permit_mynetworks"
        " permit_sasl_authenticated defer_unauth_destination\n"
        "myhostname = mail.example.com\nalias_maps = hash:/etc/aliases\n"
        "alias_database = hash:/etc/aliases\nmyorigin = /etc/mailname\n"
        "mydestination = $myhostname, example.com,"
        " localhost.example.com, localhost\nrelayhost = \n"
        "mynetworks = 127.0.0.0/8 [::ffff:127.0.0.0]/104 [::1]/128\n"
        "mailbox_size_limit = 0\nrecipient_delimiter = +\n"
        "inet_interfaces = all\ninet_protocols = ipv4\n",
        "files": {"/etc/mailname": "example.com\n"}},
    "written by hand, all in one odd way": {
        "whole": "# my server\n\n\tcontinued nothing?\n"
        "myhostname=mail.example.com\n   # a comment in between\n"
        "mynetworks = 127.0.0.0/8,\n#\n  [::1]/128\n"
        "my_domains = example.com\n"
        "relayhost = [wrong.example]\n"
        "mydestination = ${my_domains?$myhostname, localhost}\n"
        "virtual_alias_domains = $my_domains\n"
        "virtual_alias_maps = inline:{ { @example.com = root } }\n"
        "compatibility_level=3.6\n"
        "inet_protocols = ${{$my_domains} == {} ? {all} : {ipv4}}\n"
        "relayhost =\nsmtp_tls_security_level = ${tls_level:may}\n",
        "unknown": "postfix.odd-lines", "says": r"Line 3 begins"},

    # STANDARD_CONFIGURATION_README and its like
    "a null client": {
        "hand": "postfix.not-taken",
        "main": "myorigin = $mydomain\nrelayhost = isp.example\n"
        "inet_interfaces = loopback-only\nmydestination =\n"
        "local_transport = error:local delivery is disabled\n",
        "problem": "postfix.not-taken", "ok": "postfix.relayhost"},
    "virtual mailboxes alone": {
        "main": "mydestination = localhost\n"
        "virtual_mailbox_domains = texthash:/etc/postfix/domains\n"
        "virtual_mailbox_maps = texthash:/etc/postfix/boxes\n"
        "virtual_transport = lmtp:unix:private/dovecot-lmtp\n"
        "myorigin = example.com\n",
        "files": {"/etc/postfix/domains": "example.com x\n",
                  "/etc/postfix/boxes": "info@example.com x\n"},
        "log": LOG % "info"},
    "virtual mailboxes, not this one": {
        "main": "mydestination = localhost\n"
        "virtual_mailbox_domains = example.com\n"
        "virtual_mailbox_maps = texthash:/etc/postfix/boxes\n"
        "myorigin = example.com\n",
        "files": {"/etc/postfix/boxes": "info@example.com x\n"},
        "log": LOG % "sales", "problem": "envelope.no-mailbox"},
    "a backup MX": {"main": "relay_domains = away.example\n"
                    "relay_recipient_maps =\n"},
    "postscreen in front": {
        "main": "postscreen_dnsbl_sites = good.list.example*2,"
        " shy.list.example=127.0.0.[2..11]*3\n", "blocklists": True,
        "master": "smtp inet n - y - 1 postscreen\n"
        "smtpd pass - - y - - smtpd\ndnsblog unix - - y - 0 dnsblog\n"},
    "postscreen with a list that refuses": {
        "hand": "postfix.list-refuses",
        "main": "postscreen_dnsbl_sites = shy.list.example*3\n",
        "blocklists": True, "master": "smtp inet n - y - 1 postscreen\n",
        "problem": "postfix.list-refuses"},
    "amavis, signing on its way back": {
        "main": "content_filter = amavis:[127.0.0.1]:10024\n",
        "master": "amavis unix - - n - 2 smtp -o smtp_send_xforward_command=yes"
        "\n127.0.0.1:10025 inet n - n - - smtpd -o content_filter=\n"
        "  -o smtpd_relay_restrictions=permit_mynetworks,reject\n"
        "  -o mynetworks=127.0.0.0/8\n"
        "  -o receive_override_options=no_address_mappings\n"},
    "SRS by a table that is not there now": {
        "main": "sender_canonical_maps = tcp:127.0.0.1:1\n"
        "sender_canonical_classes = envelope_sender\nmyorigin = example.com\n",
        "log": LOG % "taro", "unknown": "envelope.rewrite-unknown"},
    "a relay by another of its names": {
        "main": LOGIN + "relayhost = [smtp.isp.example]:submission\n"
        "smtp_sasl_password_maps = texthash:/etc/postfix/sasl_passwd\n",
        "files": {"/etc/postfix/sasl_passwd":
                  "[smtp.isp.example]:submission user:hunter2\n"},
        "never": ["hunter2"]},
    "a relay named by a setting of one's own": {
        "main": LOGIN + "my_relay = smtp.isp.example\n"
        "relayhost = [${my_relay}]:587\n", "files": PASSWORDS,
        "commands": [POSTMAP + "sasl_passwd"]},
    "a service for one sender": {
        "main": "sender_dependent_default_transport_maps ="
        " inline:{@example.com=out:}\nmyorigin = example.com\n",
        "master": "out unix - - y - - smtp -o smtp_helo_name=other.example.com"
        " -o smtp_tls_security_level=none\n", "log": LOG % "taro",
        "problem": "address.helo-mismatch postfix.tls-off",
        "says": r"smtp_helo_name = other\.example\.com \(master\.cf, -o of"
        " out/unix", "cure": ["out/unix/smtp_helo_name",
                              "out/unix/smtp_tls_security_level"]},

    # M01
    "M01 a name without a domain": {
        "main": "myhostname = mail\nmydomain = localdomain\n",
        "problem": "address.helo-not-fqdn envelope.inside-domain"},
    "M01 localhost": {
        "main": "myhostname = localhost.localdomain\n",
        "problem": "address.helo-not-fqdn envelope.inside-domain",
        "cure": r"myhostname.*mail\.example\.com"},
    "M01 a name of the network inside": {
        "main": "myhostname = mail.office.lan\n",
        "problem": "address.helo-not-fqdn envelope.inside-domain"},
    "M01 an address": {
        "main": "myhostname = 203.0.113.25\nmyorigin = example.com\n",
        "problem": "address.helo-not-fqdn"},
    "M01 the name inside, another outside": {
        "main": "myhostname = mail.office.lan\nmyorigin = example.com\n"
        "smtp_helo_name = mail.example.com\n"},
    # M02
    "M02 a name without an address": {
        "hand": "address.helo-no-address",
        "main": "myhostname = nowhere.example.com\nmyorigin = example.com\n",
        "problem": "address.helo-no-address"},
    "M02 a name with another address": {
        "hand": "address.helo-mismatch",
        "main": "myhostname = other.example.com\nmyorigin = example.com\n",
        "problem": "address.helo-mismatch"},
    # M04, M05
    "M04 the server's name as the domain": {
        "hand": "envelope.web-user",
        "log": LOG % "nginx", "problem": "envelope.web-user"
        " envelope.host-name envelope.no-alias",
        "says": r"myorigin = mail\.example\.com \(not set, the default\)"},
    "M04 what programs send as": {
        "main": "smtp_generic_maps = inline:{@mail.example.com="
        "info@example.com}\n", "ok": "envelope.origin",
        "says": r"Programs that name no sender send as info@example\.com"},
    "M04 myorigin in a file": {
        "hand": "envelope.no-mailbox",
        "main": "myorigin = /etc/mailname\n",
        "files": {"/etc/mailname": "mail.example.com\n"},
        "log": LOG % "taro", "problem": "envelope.host-name"},
    "M04 a file that is not there": {
        "main": "myorigin = /etc/mailname\n",
        "problem": "postfix.origin-file",
        "says": r"myorigin = /etc/mailname \(main\.cf, line 8\)",
        "cure": r"postfix\.origin: .*example\.com.*/etc/mailname"},
    "M05 mydomain is localdomain": {
        "main": "mydomain = localdomain\nmyorigin = $mydomain\n",
        "problem": "envelope.inside-domain"},
    "M05 mydomain is another of mine": {
        "main": "mydomain = example.net\nmyorigin = example.com\n"},
    "M35 append_dot_mydomain makes it longer": {
        "main": "myorigin = mail\nappend_dot_mydomain = yes\n"},
    # M06-M08
    "M06 a domain whose MX is elsewhere": {
        "main": "mydestination = $myhostname, example.com, away.example\n",
        "problem": "postfix.hosted-elsewhere",
        "says": r"mydestination = .* \(main\.cf, line 8\)",
        "cure": r'"mydestination".*"\$myhostname, example\.com"'},
    "M06 in a table": {
        "hand": "postfix.hosted-elsewhere",
        "main": "virtual_alias_domains = hash:/etc/postfix/domains\n"
        "virtual_alias_maps = hash:/etc/postfix/virtual\n",
        "files": {"/etc/postfix/domains": "away.example x\n",
                  "/etc/postfix/virtual": "a@away.example root\n"},
        "commands": [POSTMAP + "domains", POSTMAP + "virtual"],
        "log": LOG % "taro", "problem": "envelope.host-name"
        " postfix.hosted-elsewhere", "cure": "tables of virtual_alias_dom"},
    "M07 the MX leads here, nobody takes it": {
        "hand": "postfix.not-taken",
        "main": "mydestination = localhost\n",
        "problem": "postfix.not-taken"},
    "M07 taken by a pattern": {
        "main": "mydestination = localhost regexp:/etc/postfix/mine\n",
        "files": {"/etc/postfix/mine": "/^(mail\\.)?example\\.com$/ x\n"}},
    "M07 taken by a list in a file": {
        "main": "mydestination = localhost, /etc/postfix/mine\n",
        "files": {"/etc/postfix/mine": "# mine\nexample.com\n"}},
    "M07 taken by a transport": {
        "main": "mydestination = localhost\nrelay_domains = example.com\n"
        "transport_maps = inline:{example.com=smtp:[192.0.2.9]}\n"},
    "M08 in two classes": {
        "hand": "postfix.two-classes",
        "main": "virtual_mailbox_domains = example.com\n",
        "problem": "postfix.two-classes"},
    "M03 the bare domain as the server's name": {
        "main": "myhostname = example.com\nmydestination = $myhostname\n"
        "virtual_alias_domains = example.com\n"
        "virtual_alias_maps = inline:{info@example.com=root}\n",
        "problem": "postfix.two-classes address.helo-other-name"},
    # M09, M10
    "M09 no login at the relay": {
        "hand": "postfix.table-missing",
        "main": "relayhost = [smtp.isp.example]:587\n",
        "problem": "postfix.relay-no-login",
        "cure": [r"smtp_sasl_auth_enable.*yes", r"noanonymous",
                 r"hash:/etc/postfix/sasl_passwd",
                 r"\[smtp\.isp\.example\]:587 LOGIN"]},
    "M09 all as it should be": {
        "main": LOGIN, "files": PASSWORDS,
        "commands": [POSTMAP + "sasl_passwd"], "never": ["hunter2"]},
    "M09 the password of another next hop": {
        "hand": "postfix.relay-no-password",
        "main": LOGIN, "files": {"/etc/postfix/sasl_passwd":
                                 "smtp.isp.example:587 user:hunter2\n"},
        "commands": [POSTMAP + "sasl_passwd"], "never": ["hunter2"],
        "problem": "postfix.relay-no-password",
        "says": r"exactly \[smtp\.isp\.example\]:587"},
    "M09 the relay's name alone is enough": {
        "main": LOGIN, "files": {"/etc/postfix/sasl_passwd":
                                 "smtp.isp.example user:hunter2\n"},
        "commands": [POSTMAP + "sasl_passwd"]},
    "M09 passwords that were never postmapped": {
        "main": LOGIN, "files": PASSWORDS, "problem": "postfix.table-missing",
        "cure": "postmap hash:/etc/postfix/sasl_passwd"},
    "M10 a relay without brackets": {
        "main": "relayhost = isp.example:587\nsmtp_sasl_auth_enable = yes\n"
        "smtp_sasl_password_maps = static:a:b\n",
        "problem": "postfix.relay-by-mx",
        "cure": r"relayhost.*\[isp\.example\]:587"},
    "M10 465 without TLS first": {
        "main": LOGIN + "relayhost = [smtp.isp.example]:465\n"
        "smtp_sasl_password_maps = static:a:b\n",
        "problem": "postfix.relay-tls-first",
        "cure": r"smtp_tls_wrappermode.*yes"},
    "M10 465 by a service of its own": {
        "main": LOGIN + "relayhost = [smtp.isp.example]:465\n"
        "smtp_sasl_password_maps = static:a:b\ndefault_transport = smtps\n",
        "master": "smtps unix - - y - - smtp\n  -o smtp_tls_wrappermode=yes\n"
        "  -o smtp_tls_security_level=encrypt\n"},
    "M10 587 with TLS first in master.cf": {
        "main": LOGIN + "smtp_sasl_password_maps = static:a:b\n",
        "master": "smtp unix - - y - - smtp -o smtp_tls_wrappermode=yes\n",
        "problem": "postfix.relay-tls-later",
        "says": r"smtp_tls_wrappermode = yes \(master\.cf, -o of smtp/unix\)",
        "cure": "smtp/unix/smtp_tls_wrappermode"},
    # M13, M14
    "M14 IPv6 without an address": {
        "main": "inet_protocols = all\n", "problem": "postfix.ipv6-unused",
        "cure": r"inet_protocols.*ipv4"},
    "M14 the client alone has IPv4": {
        "main": "inet_protocols = all\n",
        "master": "smtp unix - - y - - smtp -o inet_protocols=ipv4\n"},
    # M15, M16
    "M15 another HELO name": {
        "main": "smtp_helo_name = other.example.com\n",
        "problem": "address.helo-mismatch",
        "says": r"smtp_helo_name = other\.example\.com \(main\.cf, line 8\)",
        "cure": "smtp_helo_name"},
    "M15 the same in other words": {
        "main": "smtp_helo_name = mail.$mydomain\n"},
    "M16 an address that is not here": {
        "main": "smtp_bind_address = 203.0.113.77\n",
        "problem": "postfix.bind-address", "cure": "smtp_bind_address"},
    "M16 the loopback address": {
        "main": "smtp_bind_address = 127.0.0.1\n",
        "problem": "postfix.bind-address"},
    "M16 a private address that is not here": {
        "main": "smtp_bind_address = 192.168.7.7\n",
        "problem": "postfix.bind-address"},
    "M16 the loopback address, for a filter": {
        "main": "content_filter = scan:[127.0.0.1]:10024\n",
        "master": "scan unix - - n - 2 smtp -o smtp_bind_address=127.0.0.1\n"
        "127.0.0.1:10025 inet n - n - - smtpd -o content_filter=\n"
        "  -o smtpd_recipient_restrictions=permit_mynetworks,reject\n"},
    "M16 only loopback listens": {"main": "inet_interfaces = loopback-only\n"},
    "M16 one address listens": {"main": "inet_interfaces = 203.0.113.25,"
                                " 127.0.0.1\n"},
    # M18
    "M18 everybody may send": {
        "main": "mynetworks = 127.0.0.0/8 0.0.0.0/0\n",
        "problem": "postfix.open-relay",
        "says": r"holds 0\.0\.0\.0/0",
        "cure": r"mynetworks.*127\.0\.0\.0/8 \[::1\]/128"},
    "M18 a class A network": {
        "main": "mynetworks = 127.0.0.0/8 203.0.0.0/8\n",
        "problem": "postfix.open-relay"},
    "M18 in a table": {
        "main": "mynetworks = 127.0.0.0/8 cidr:/etc/postfix/nets\n",
        "files": {"/etc/postfix/nets": "10.0.0.0/8 OK\n"}},
    "M18 private networks": {
        "main": "mynetworks = 127.0.0.0/8, [::1]/128 10.0.0.0/8"
        " 192.168.0.0/16 [fe80::]/10 172.16.0.0/12 !192.168.9.9\n"},
    "M18 permit for all": {
        "main": "smtpd_relay_restrictions = permit_mynetworks, permit\n",
        "problem": "postfix.relay-permit"},
    "M18 permit for all, on another port": {
        "master": "2525 inet n - y - - smtpd\n"
        "  -o smtpd_relay_restrictions=permit\n",
        "problem": "postfix.service-open",
        "says": r"-o of 2525/inet", "cure": r"2525/inet/smtpd_relay_restrictions"},
    "M18 permit for all, behind a filter": {
        "master": "127.0.0.1:10025 inet n - n - - smtpd\n"
        "  -o smtpd_relay_restrictions=permit -o mynetworks=0.0.0.0/0\n"
        "[::1]:10026 inet n - n - - smtpd -o smtpd_relay_restrictions=permit\n"
        "localhost:10027 inet n - n - - smtpd\n"
        "  -o smtpd_relay_restrictions=permit\n"},
    "M18 networks of another port": {
        "master": "2525 inet n - y - - smtpd -o mynetworks=0.0.0.0/0\n",
        "problem": "postfix.service-open"},
    "M18 a class of one's own": {
        "main": "smtpd_restriction_classes = mine\n"
        "mine = reject_unauth_destination\n"
        "smtpd_relay_restrictions = permit_mynetworks, mine, permit\n"},
    # M28
    "M28 the neighbours, by an old level": {
        "whole": "myhostname = mail.example.com\ninet_protocols = ipv4\n"
        "mydestination = $myhostname, example.com\n"
        "smtp_tls_security_level = may\n",
        "problem": "postfix.subnet-trusted", "says": "compatibility_level = 0"},
    "M28 an old level, and all set": {
        "main": "compatibility_level = 0\nappend_dot_mydomain = no\n"},
    # M19
    "M19 no TLS": {"main": "smtp_tls_security_level =\n",
                   "problem": "postfix.tls-off", "cure": r"may"},
    "M19 none": {"main": "smtp_tls_security_level = none\n",
                 "problem": "postfix.tls-off",
                 "says": r"smtp_tls_security_level = none"},
    "M19 the old way": {"main": "smtp_tls_security_level =\n"
                        "smtp_use_tls = yes\n"},
    "M19 none, but for one client": {
        "main": "smtp_tls_security_level = none\n",
        "master": "smtp unix - - y - - smtp -o smtp_tls_security_level=may\n"},
    # M21-M23
    "M21 programs unsigned": {
        "hand": "postfix.milter-absent postfix.milters-smtpd-only",
        "main": "smtpd_milters = inet:127.0.0.1:1\n"
        "milter_default_action = accept\n",
        "problem": "postfix.milters-smtpd-only postfix.milter-absent",
        "cure": r"non_smtpd_milters.*smtpd_milters"},
    "M22 a socket that is not there": {
        "hand": "postfix.milter-absent",
        "main": "smtpd_milters = unix:opendkim/opendkim.sock\n"
        "non_smtpd_milters = $smtpd_milters\nmilter_default_action = accept\n",
        "problem": "postfix.milter-absent"},
    # M25
    "M25 other name servers in the chroot": {
        "files": {"/var/spool/postfix/etc/resolv.conf":
                  "nameserver 192.0.2.53\n"},
        "problem": "postfix.chroot-resolver",
        "cure": "cp /etc/resolv.conf /var/spool/postfix/etc/resolv.conf"},
    "M25 no copy": {
        "commands": ["rm -f /var/spool/postfix/etc/resolv.conf"],
        "problem": "postfix.chroot-resolver"},
    "M25 the same, written otherwise": {
        "files": {"/var/spool/postfix/etc/resolv.conf": "# a copy\n"
                  "options timeout:1\nnameserver   198.51.100.53\n"}},
    "M25 no chroot": {
        "master": "smtp unix - - n - - smtp\n",
        "files": {"/var/spool/postfix/etc/resolv.conf": ""}},
    # M27
    "M27 no DNS": {"main": "disable_dns_lookups = yes\n",
                   "problem": "postfix.no-dns",
                   "cure": r"disable_dns_lookups.*no"},
    "M27 addresses from the system": {
        "main": "smtp_host_lookup = native\n"},
    "M27 both": {"main": "smtp_host_lookup = native, dns\n"},
    "M27 no DNS in front of a relay": {
        "main": "disable_dns_lookups = yes\nrelayhost = [192.0.2.9]\n"},
    # M29-M31
    "M29 soft_bounce": {"main": "soft_bounce = yes\n",
                        "problem": "postfix.soft-bounce"},
    "M30 a short life": {"main": "maximal_queue_lifetime = 30m\n",
                         "problem": "postfix.short-lifetime"},
    "M30 three days": {"main": "maximal_queue_lifetime = 3d\n"
                       "bounce_queue_lifetime = 1d\n"},
    "M31 another way for this recipient": {
        "main": "relayhost = [smtp.isp.example]\ntransport_maps ="
        " inline:{away.example=smtp:[gate.example.com]:2500}\n"
        "myorigin = example.com\n",
        "log": LOG % "taro",
        "says": r"transport_maps, table inline:.*entry away\.example"},
    "M31 default_transport over relayhost": {
        "main": "relayhost = [smtp.isp.example]\n"
        "default_transport = smtp:[gate.example.com]\n",
        "says": r"relay gate\.example\.com \(default_transport\)"},
    "M31 a fallback": {"main": "smtp_fallback_relay = [gate.example.com]\n",
                       "ok": "postfix.fallback-relay"},
    # M33
    "M33 an alias": {
        "hand": "envelope.web-user",
        "log": LOG % "nginx",
        "main": "alias_maps = hash:/etc/postfix/aliases\n"
        "myorigin = example.com\n",
        "files": {"/etc/postfix/aliases": "nginx: taro\n"},
        "commands": ["postalias hash:/etc/postfix/aliases"],
        "problem": "envelope.web-user", "ok": "envelope.alias"},
    "M33 nobody": {"log": LOG % "nobody-here",
                   "main": "myorigin = example.com\n",
                   "problem": "envelope.no-mailbox"},
    # tables
    "a table that is not there": {
        "hand": "postfix.table-missing",
        "main": "smtp_generic_maps = hash:/etc/postfix/none\n",
        "problem": "postfix.table-missing"},
    "a database older than its text": {
        "main": "smtp_generic_maps = hash:/etc/postfix/generic\n",
        "files": {"/etc/postfix/generic": "a@b c@d\n"},
        "commands": [POSTMAP + "generic",
                     "touch -d '1 hour ago' /etc/postfix/generic.db"],
        "problem": "postfix.table-old", "cure": "postmap"},
    "a type that this Postfix has not": {
        "main": "smtp_generic_maps = lmdb:/etc/postfix/generic\n",
        "files": {"/etc/postfix/generic": "a@b c@d\n"},
        "problem": "postfix.table-type", "says": "lmdb",
        "cure": r"hash:/etc/postfix/generic"},
    "a table that needs a package": {
        "hand": "postfix.table-type",
        "main": "smtp_generic_maps = pcre:/etc/postfix/generic\n",
        "files": {"/etc/postfix/generic": "/a/ c@d\n"},
        "problem": "postfix.table-type", "says": "postfix-pcre"},
    "types that every Postfix has": {
        "main": "smtp_generic_maps = regexp:/etc/postfix/g, cidr:/etc/postfix/c"
        " texthash:/etc/postfix/t inline:{a=b} static:x@example.com\n"
        "  unionmap:{static:x@example.com} proxy:hash:/etc/postfix/h\n",
        "files": {"/etc/postfix/g": "/a/ b\n", "/etc/postfix/c": "",
                  "/etc/postfix/t": "a b\n", "/etc/postfix/h": "a b\n"},
        "commands": [POSTMAP + "h"]},
    "tables in a database server": {
        "main": "virtual_mailbox_domains = proxy:mysql:/etc/postfix/d.cf\n"
        "mydestination = localhost\n",
        "files": {"/etc/postfix/d.cf": "password = hunter2\n"},
        "never": ["hunter2"]},
    # instances
    "several instances": {
        "main": "multi_instance_directories = /etc/postfix-out\n",
        "ok": "postfix.instances"},
    "another instance by its directory": {
        "hand": "address.helo-mismatch",
        "options": ["--postfix", "/etc/postfix-out"],
        "files": {"/etc/postfix-out/main.cf": "multi_instance_name ="
                  " postfix-out\nmyhostname = other.example.com\n"
                  "myorigin = example.com\nmydestination = example.com\n"
                  "queue_directory = /var/spool/postfix-out\n"
                  "inet_protocols = ipv4\nsmtp_tls_security_level = may\n"
                  "mynetworks = 127.0.0.1\n"},
        "problem": "address.helo-mismatch"},

    # who reads it, and what lies there
    "main.cf is not for this user": {
        "commands": ["chmod 600 /etc/postfix/main.cf"], "user": "taro",
        "unknown": "postfix.unreadable", "says": "Permission denied"},
    "master.cf is not for this user": {
        "commands": ["chmod 600 /etc/postfix/master.cf"], "user": "taro",
        "unknown": "postfix.master-unreadable"},
    "the passwords are not for this user": {
        "main": LOGIN, "files": PASSWORDS, "user": "taro",
        "commands": [POSTMAP + "sasl_passwd",
                     "chmod 600 /etc/postfix/sasl_passwd*"]},
    "tables in a folder that is closed": {
        "main": "smtp_generic_maps = hash:/etc/postfix/closed/generic\n",
        "files": {"/etc/postfix/closed/generic": "a@b c@d\n"}, "user": "taro",
        "commands": [POSTMAP + "closed/generic",
                     "chmod 700 /etc/postfix/closed"],
        "afterwards": ["rm -rf /etc/postfix/closed"],
        "unknown": "postfix.table-unknown"},
    "main.cf is a link": {
        "main": "soft_bounce = yes\n",
        "commands": ["mv /etc/postfix/main.cf /etc/postfix/mine",
                     "ln -s mine /etc/postfix/main.cf"],
        "afterwards": ["rm /etc/postfix/main.cf /etc/postfix/mine"],
        "problem": "postfix.soft-bounce", "says": r"main\.cf, line 8"},
    "lines end as on Windows, the last one not at all": {
        "whole": "compatibility_level = 3.6\r\nmyhostname ="
        " mail.example.com\r\nmydestination = $myhostname,\r\n  example.com\r\n"
        "mynetworks = 127.0.0.0/8\r\ninet_protocols = ipv4\r\n"
        "smtp_tls_security_level = may"},
    "an empty main.cf": {"hand": "postfix.not-taken",
        "whole": "\n", "problem": "postfix.tls-off"
                         " postfix.not-taken postfix.ipv6-unused"
                         " postfix.subnet-trusted"},

    # master.cf
    "a line of master.cf that is none": {
        "hand": "postfix.master-faulty",
        "master": "oops inet n\n", "problem": "postfix.master-faulty",
        "unknown": "postfix.odd-lines"},
    "submission without a signer": {
        "hand": "postfix.milter-absent",
        "main": "smtpd_milters = inet:127.0.0.1:1\n"
        "non_smtpd_milters = $smtpd_milters\nmilter_default_action = accept\n",
        "master": SUBMISSION + "  -o smtpd_milters=\n",
        "problem": "postfix.service-unsigned postfix.milter-absent",
        "says": r"smtpd_milters = .*master\.cf, -o of submission/inet",
        "cure": "submission/inet/smtpd_milters"},
    "submission with another filter": {
        "hand": "postfix.milter-absent",
        "main": "smtpd_milters = inet:127.0.0.1:1\n"
        "non_smtpd_milters = $smtpd_milters\nmilter_default_action = accept\n",
        "master": SUBMISSION + "  -o smtpd_milters=inet:127.0.0.1:2\n"
        "127.0.0.1:10025 inet n - n - - smtpd -o smtpd_milters=\n",
        "problem": "postfix.milter-absent"},
    "submission without logins": {
        "master": SUBMISSION +
        "  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject\n",
        "problem": "postfix.service-no-login",
        "cure": "submission/inet/smtpd_sasl_auth_enable"},
    "submission as it is delivered": {
        "master": SUBMISSION + "  -o syslog_name=postfix/submission\n"
        "  -o smtpd_tls_security_level=encrypt\n"
        "  -o smtpd_sasl_auth_enable=yes\n  -o smtpd_tls_auth_only=yes\n"
        "  -o smtpd_client_restrictions=$mua_client_restrictions\n"
        "  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject\n"
        "  -o milter_macro_daemon_name=ORIGINATING\n"
        "smtps inet n - y - - smtpd -o syslog_name=postfix/smtps\n"
        "  -o smtpd_tls_wrappermode=yes -o smtpd_sasl_auth_enable=yes\n"
        "  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject\n"},
    "submissions without TLS first": {
        "master": "smtps inet n - y - - smtpd -o smtpd_sasl_auth_enable=yes\n",
        "problem": "postfix.service-tls",
        "cure": r"smtps/inet/smtpd_tls_wrappermode.*yes"},
    "submission with TLS first": {
        "main": "smtpd_tls_wrappermode = yes\n",
        "master": SUBMISSION, "problem": "postfix.service-tls"},
    # M26
    "M26 a list that refuses the resolver": {
        "hand": "postfix.list-refuses",
        "blocklists": True,
        "main": "smtpd_recipient_restrictions = permit_mynetworks,"
        " reject_unauth_destination, reject_rbl_client shy.list.example,"
        " reject_rbl_client good.list.example\n",
        "problem": "postfix.list-refuses",
        "says": r"shy\.list\.example"},
    "M26 a list that lists everybody": {
        "hand": "postfix.list-everybody",
        "blocklists": True,
        "main": "smtpd_client_restrictions = reject_rbl_client"
        " everything.list.example=127.0.0.2\n",
        "problem": "postfix.list-everybody"},
    "M26 lists that answer, or are told apart": {
        "blocklists": True,
        "main": "smtpd_recipient_restrictions = permit_mynetworks,"
        " reject_unauth_destination, reject_rbl_client good.list.example,"
        " reject_rbl_client shy.list.example=127.0.0.[2..11]\n"
        "postscreen_dnsbl_sites = good.list.example*2\n"},
    "M26 a key is nobody's business": {
        "blocklists": True,
        "main": "smtpd_recipient_restrictions = permit_mynetworks,"
        " reject_unauth_destination, reject_rbl_client"
        " hunter2.zen.dq.spamhaus.net=127.0.0.[2..11]\n",
        "never": ["hunter2"]},
}

/* SPDX-License-Identifier: ISC
 * Postfix configurations and what is said about them: each row is a small
 * world, a finding that must (or must not) be there, and what its step
 * changes. */
#include "config.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "engine/remedy/plan.h"

#define HOST "[host]\nname = mx.example.com\naddress = 192.0.2.1 eth0\n"
#define NAT "[host]\nname = mx.example.com\naddress = 192.168.1.2 eth0\n"
#define CF "[postfix]\nmail_version = 3.7.11\nmyhostname = mx.example.com\n" \
	"mynetworks = 127.0.0.0/8\nsmtp_tls_security_level = may\n" \
	"inet_protocols = ipv4\n"
#define OLD_CF "[postfix]\nmail_version = 2.6.6\nmyhostname = mx.example.com\n"
#define RELAY CF "relayhost = [smtp.isp.example]:587\n"
#define LOGIN RELAY "smtp_sasl_auth_enable = yes\n" \
	"smtp_sasl_security_options = noanonymous\n"
#define MX_HERE "example.com. MX 10 mx.example.com.\n" \
	"mx.example.com. A 192.0.2.1\n"
#define MX_AWAY "example.com. MX 10 mx.mail.example.\n" \
	"mx.mail.example. A 198.51.100.9\n"

static const struct row {
	const char *name, *host, *postfix, *dns;
	const char *class_id, *sender, *login, *client_ip, *text, *remote;
	const char *id;              /* of the finding */
	int status;                  /* -1: it must not be there */
	const char *step, *change;   /* its step, and a part of what it does */
	bool orig_to;
} rows[] = {
	{ .name = "soft_bounce left on", .postfix = CF "soft_bounce = yes\n",
	  .id = "postfix.soft-bounce", .status = FINDING_PROBLEM,
	  .step = "postfix.queue", .change = "soft_bounce = no" },
	{ .name = "… for the SMTP client alone", .postfix = CF
	  "whybounce_services = smtp/unix y smtp {soft_bounce=yes}\n",
	  .id = "postfix.soft-bounce", .status = FINDING_PROBLEM,
	  .step = "postfix.queue", .change = "smtp/unix/soft_bounce = no" },
	{ .name = "no soft_bounce", .postfix = CF "soft_bounce = no\n",
	  .id = "postfix.soft-bounce", .status = -1 },
	{ .name = "an hour in the queue", .postfix = CF
	  "maximal_queue_lifetime = 1h\n", .class_id = "greylist",
	  .id = "postfix.short-lifetime", .status = FINDING_PROBLEM,
	  .step = "postfix.queue", .change = "maximal_queue_lifetime = 5d" },
	{ .name = "two days in the queue", .postfix = CF
	  "maximal_queue_lifetime = 2\n", .id = "postfix.short-lifetime",
	  .status = -1 },
	{ .name = "a unit that is none", .postfix = CF
	  "maximal_queue_lifetime = 1y\n", .id = "postfix.short-lifetime",
	  .status = -1 },
	{ .name = "unknown users are taken", .postfix = CF
	  "local_recipient_maps =\n", .id = "postfix.backscatter",
	  .status = FINDING_PROBLEM, .step = "postfix.queue",
	  .change = "local_recipient_maps = proxy:unix:passwd.byname" },
	{ .name = "… where none are local", .postfix = CF
	  "local_recipient_maps =\nmydestination =\n",
	  .id = "postfix.backscatter", .status = -1 },
	{ .name = "… by a catch-all", .postfix = CF
	  "local_recipient_maps =\nluser_relay = info\n",
	  .id = "postfix.backscatter", .status = -1 },
	{ .name = "no DNS", .postfix = CF "disable_dns_lookups = yes\n",
	  .class_id = "rcpt_domain", .id = "postfix.no-dns",
	  .status = FINDING_PROBLEM, .step = "postfix.with-dns",
	  .change = "disable_dns_lookups = no" },
	{ .name = "the relay's port 25 is closed", .postfix = CF
	  "relayhost = [smtp.isp.example]\n", .class_id = "connect",
	  .text = "connect to smtp.isp.example[198.51.100.5]:25: Connection "
	  "timed out", .remote = "smtp.isp.example",
	  .id = "postfix.relay-port-25", .status = FINDING_PROBLEM,
	  .step = "postfix.relay-submission",
	  .change = "relayhost = [smtp.isp.example]:587" },
	{ .name = "… a receiver's is", .postfix = CF
	  "relayhost = [smtp.isp.example]\n", .class_id = "connect",
	  .remote = "mx.example.net", .id = "postfix.relay-port-25",
	  .status = -1 },
	{ .name = "addresses from /etc/hosts", .postfix = CF
	  "smtp_host_lookup = native\n", .class_id = "connect",
	  .id = "postfix.no-dns", .status = FINDING_PROBLEM,
	  .step = "postfix.with-dns", .change = "smtp_host_lookup = dns" },
	{ .name = "… are in order while mail gets through", .postfix = CF
	  "smtp_host_lookup = native\n", .id = "postfix.no-dns", .status = -1 },
	{ .name = "no DNS in front of a relay is as it should be", .postfix =
	  LOGIN "disable_dns_lookups = yes\n", .id = "postfix.no-dns",
	  .status = -1 },
	{ .name = "another way out", .postfix = CF
	  "smtp_fallback_relay = [out.example.net]\n",
	  .id = "postfix.fallback-relay", .status = FINDING_OK },

	{ .name = "no login at a submission port", .postfix = RELAY,
	  .class_id = "relay_denied", .id = "postfix.relay-no-login",
	  .status = FINDING_PROBLEM, .step = "postfix.login",
	  .change = "smtp_sasl_password_maps = hash:/etc/postfix/sasl_passwd" },
	{ .name = "a relay at port 25 may know us by our address", .postfix = CF
	  "relayhost = [smtp.isp.example]\n", .id = "postfix.relay-no-login",
	  .status = -1 },
	{ .name = "a table without the relay", .postfix = LOGIN
	  "smtp_sasl_password_maps = inline:{ { [other.example]:587 = a:b } }\n",
	  .id = "postfix.relay-no-password", .status = FINDING_PROBLEM,
	  .step = "postfix.login", .change = "[smtp.isp.example]:587 LOGIN" },
	{ .name = "a table with it", .postfix = LOGIN "smtp_sasl_password_maps = "
	  "inline:{ { [smtp.isp.example]:587 = a:b } }\n",
	  .id = "postfix.relay-no-password", .status = -1 },
	{ .name = "the MX of a relay may be in it", .postfix = CF
	  "relayhost = isp.example\nsmtp_sasl_auth_enable = yes\n"
	  "smtp_sasl_password_maps = inline:{ { mx.isp.example = a:b } }\n",
	  .id = "postfix.relay-no-password", .status = -1 },
	{ .name = "a table that cannot be read", .postfix = LOGIN
	  "smtp_sasl_password_maps = hash:/etc/postfix/sasl_passwd\n",
	  .class_id = "relay_denied", .id = "postfix.relay-login-unknown",
	  .status = FINDING_UNKNOWN },
	{ .name = "… is not worth a word when mail gets through", .postfix = LOGIN
	  "smtp_sasl_password_maps = hash:/etc/postfix/sasl_passwd\n",
	  .id = "postfix.relay-login-unknown", .status = -1 },
	{ .name = "no brackets and an MX elsewhere", .postfix = CF
	  "relayhost = isp.example:587\n", .dns = "isp.example. MX 10 "
	  "in.isp.example.\n", .id = "postfix.relay-by-mx",
	  .status = FINDING_PROBLEM, .step = "postfix.relay-brackets",
	  .change = "relayhost = [isp.example]:587" },
	{ .name = "no brackets at port 25: the domain's own MX", .postfix = CF
	  "relayhost = isp.example\n", .dns = "isp.example. MX 10 "
	  "in.isp.example.\n", .id = "postfix.relay-by-mx", .status = -1 },
	{ .name = "no brackets and no MX", .postfix = CF
	  "relayhost = smtp.isp.example:587\n", .dns = "smtp.isp.example. A "
	  "198.51.100.5\n", .id = "postfix.relay-by-mx", .status = -1 },
	{ .name = "465 without TLS first", .postfix = CF
	  "relayhost = [smtp.isp.example]:465\n",
	  .id = "postfix.relay-tls-first", .status = FINDING_PROBLEM,
	  .step = "postfix.relay-port", .change = "smtp_tls_wrappermode = yes" },
	{ .name = "… where Postfix cannot", .postfix = OLD_CF
	  "relayhost = [smtp.isp.example]:465\n",
	  .id = "postfix.relay-tls-first", .status = FINDING_PROBLEM,
	  .step = "postfix.relay-port", .change = "stunnel" },
	{ .name = "465 with it", .postfix = CF
	  "relayhost = [smtp.isp.example]:465\nsmtp_tls_wrappermode = yes\n",
	  .id = "postfix.relay-tls-first", .status = -1 },
	{ .name = "465 by a service of its own", .postfix = CF
	  "relayhost = [smtp.isp.example]:465\ndefault_transport = smtps\n",
	  .id = "postfix.relay-tls-first", .status = -1 },
	{ .name = "587 with it", .postfix = RELAY "smtp_tls_wrappermode = yes\n",
	  .id = "postfix.relay-tls-later", .status = FINDING_PROBLEM,
	  .step = "postfix.relay-port", .change = "smtp_tls_wrappermode = no" },
	{ .name = "only logins that are ruled out", .postfix = RELAY
	  "smtp_sasl_auth_enable = yes\n", .class_id = "smtp_auth",
	  .text = "SASL authentication failed; no mechanism available",
	  .id = "postfix.relay-plaintext", .status = FINDING_PROBLEM,
	  .step = "postfix.login",
	  .change = "smtp_sasl_security_options = noanonymous" },

	{ .name = "permit before the end", .postfix = CF
	  "smtpd_relay_restrictions = permit_mynetworks, permit, "
	  "reject_unauth_destination\n", .id = "postfix.relay-permit",
	  .status = FINDING_PROBLEM, .step = "postfix.relay-rules",
	  .change = "smtpd_relay_restrictions = permit_mynetworks, "
	  "permit_sasl_authenticated, defer_unauth_destination" },
	{ .name = "the second list closes it", .postfix = CF
	  "smtpd_relay_restrictions = permit\nsmtpd_recipient_restrictions = "
	  "reject_unauth_destination\n", .id = "postfix.relay-permit",
	  .status = -1 },
	{ .name = "a class of restrictions may close it", .postfix = CF
	  "smtpd_restriction_classes = mine\nsmtpd_relay_restrictions = mine, "
	  "permit\n", .id = "postfix.relay-permit", .status = -1 },
	{ .name = "the usual restrictions", .postfix = CF,
	  .id = "postfix.relay-permit", .status = -1 },
	{ .name = "the neighbours", .postfix = OLD_CF,
	  .id = "postfix.subnet-trusted", .status = FINDING_PROBLEM,
	  .step = "postfix.close-relay", .change = "mynetworks = 127.0.0.0/8" },
	{ .name = "no neighbours", .postfix = "[postfix]\nmail_version = 3.7.11\n"
	  "compatibility_level = 3.6\n", .id = "postfix.subnet-trusted",
	  .status = -1 },

	{ .name = "two classes", .postfix = CF
	  "mydestination = $myhostname, example.net\n"
	  "virtual_alias_domains = example.net\n",
	  .id = "postfix.two-classes", .status = FINDING_PROBLEM,
	  .step = "postfix.domains", .change = "Leave example.net" },
	{ .name = "two classes, one of them a table", .postfix = CF
	  "mydestination = $myhostname, example.net\nvirtual_alias_maps = "
	  "inline:{ { example.net = x } }\n",
	  .id = "postfix.two-classes", .status = FINDING_PROBLEM },
	{ .name = "relay_domains may say it again", .postfix = CF
	  "mydestination = $myhostname, example.net\n"
	  "relay_domains = $mydestination\n", .id = "postfix.two-classes",
	  .status = -1 },
	{ .name = "addresses in the table are no domain", .postfix = CF
	  "mydestination = $myhostname, example.net\nvirtual_alias_maps = "
	  "inline:{ { a@example.net = x } }\n",
	  .id = "postfix.two-classes", .status = -1 },
	{ .name = "virtual here, MX elsewhere", .postfix = CF
	  "virtual_alias_domains = example.org, example.com\n", .dns = MX_AWAY,
	  .id = "postfix.hosted-elsewhere", .status = FINDING_PROBLEM,
	  .step = "postfix.domains",
	  .change = "virtual_alias_domains = example.org" },
	{ .name = "virtual here, MX here", .postfix = CF
	  "virtual_alias_domains = example.com\n", .dns = MX_HERE,
	  .id = "postfix.hosted-elsewhere", .status = -1 },
	{ .name = "a backup MX relays", .postfix = CF
	  "relay_domains = example.com\n", .dns = MX_AWAY,
	  .id = "postfix.hosted-elsewhere", .status = -1 },
	{ .name = "MX here, not taken", .postfix = CF, .dns = MX_HERE,
	  .class_id = "loop", .id = "postfix.not-taken",
	  .status = FINDING_PROBLEM, .step = "postfix.domains",
	  .change = "Add example.com" },
	{ .name = "MX here, taken", .postfix = CF
	  "mydestination = $myhostname, $mydomain\n", .dns = MX_HERE,
	  .id = "postfix.not-taken", .status = -1 },
	{ .name = "MX here, a table that cannot be asked", .postfix = CF
	  "virtual_mailbox_domains = mysql:/etc/postfix/d.cf\n",
	  .dns = MX_HERE, .id = "postfix.not-taken", .status = -1 },
	{ .name = "MX here, a table that was asked", .postfix = CF
	  "virtual_mailbox_domains = mysql:/etc/postfix/d.cf\nwhybounce_asked = "
	  "{mysql:/etc/postfix/d.cf - example.com}\n", .dns = MX_HERE,
	  .id = "postfix.not-taken", .status = FINDING_PROBLEM },
	{ .name = "MX at the router, another machine may answer", .host = NAT,
	  .postfix = CF, .dns = "example.com. MX 10 in.example.com.\n"
	  "in.example.com. A 203.0.113.9\nmx.example.com. A 203.0.113.9\n",
	  .client_ip = "203.0.113.9", .id = "postfix.not-taken", .status = -1 },
	{ .name = "an MX behind a router does not know itself", .host = NAT,
	  .postfix = CF, .dns = "example.com. MX 10 mx.example.com.\n"
	  "example.com. MX 20 b.example.com.\nmx.example.com. A 203.0.113.9\n",
	  .client_ip = "203.0.113.9", .id = "postfix.proxy-interfaces",
	  .status = FINDING_PROBLEM, .step = "postfix.proxy",
	  .change = "proxy_interfaces = 203.0.113.9" },
	{ .name = "… or does", .host = NAT, .postfix = CF
	  "proxy_interfaces = 203.0.113.9\n", .dns =
	  "example.com. MX 10 mx.example.com.\n"
	  "example.com. MX 20 b.example.com.\nmx.example.com. A 203.0.113.9\n",
	  .client_ip = "203.0.113.9", .id = "postfix.proxy-interfaces",
	  .status = -1 },

	{ .name = "a database that was never made", .postfix = CF
	  "whybounce_files = {no-database smtp_generic_maps "
	  "hash:/etc/postfix/generic /etc/postfix/generic.db}\n",
	  .id = "postfix.table-missing", .status = FINDING_PROBLEM,
	  .step = "postfix.tables", .change = "postmap hash:/etc/postfix/generic" },
	{ .name = "old aliases", .postfix = CF "whybounce_files = {old alias_maps "
	  "hash:/etc/aliases /etc/aliases.db}\n", .id = "postfix.table-old",
	  .status = FINDING_PROBLEM, .step = "postfix.tables",
	  .change = "newaliases" },
	{ .name = "a table nobody may look at", .postfix = CF "whybounce_files = "
	  "{unknown smtp_generic_maps hash:/x/y /x/y.db}\n",
	  .id = "postfix.table-unknown", .status = FINDING_UNKNOWN },
	{ .name = "name servers of the chroot", .postfix = CF "whybounce_files = "
	  "{old queue_directory - /var/spool/postfix/etc/resolv.conf}\n",
	  .class_id = "dns_temp", .id = "postfix.chroot-resolver",
	  .status = FINDING_PROBLEM, .step = "postfix.chroot",
	  .change = "cp /etc/resolv.conf /var/spool/postfix/etc/resolv.conf" },
	{ .name = "several instances", .postfix = CF
	  "multi_instance_directories = /etc/postfix-out\n",
	  .id = "postfix.instances", .status = FINDING_OK },
	{ .name = "sendmail is Exim's", .host = HOST "setting = sendmail "
	  "/usr/sbin/sendmail:0 path /usr/sbin/exim4\n", .postfix = CF,
	  .id = "postfix.other-sendmail", .status = FINDING_PROBLEM,
	  .step = "postfix.sendmail", .change = "alternatives" },
	{ .name = "sendmail is Postfix'", .host = HOST "setting = sendmail "
	  "/usr/sbin/sendmail:0 path /usr/sbin/sendmail.postfix\n",
	  .postfix = CF, .id = "postfix.other-sendmail", .status = -1 },
	{ .name = "a line that Postfix refuses", .postfix = CF "rubbish\n",
	  .id = "postfix.odd-lines", .status = FINDING_UNKNOWN },
	{ .name = "the client sends over IPv4 alone", .postfix = "[postfix]\n"
	  "inet_protocols = all\nwhybounce_services = smtp/unix y smtp "
	  "{inet_protocols=ipv4}\n", .id = "postfix.ipv6-unused", .status = -1 },

	{ .name = "generic maps are seen through", .postfix = CF
	  "smtp_generic_maps = inline:{ { @mx.example.com = info@example.com } }"
	  "\n", .sender = "www@mx.example.com", .id = "envelope.host-name",
	  .status = -1 },
	{ .name = "without them", .postfix = CF, .sender = "www@mx.example.com",
	  .id = "envelope.host-name", .status = FINDING_PROBLEM,
	  .step = "envelope.sender", .change = "@mx.example.com info@example.com" },
	{ .name = "a table that is there stays", .postfix = CF
	  "smtp_generic_maps = hash:/etc/mail/out\nwhybounce_asked = "
	  "{hash:/etc/mail/out - www@mx.example.com} "
	  "{hash:/etc/mail/out - www} {hash:/etc/mail/out - @mx.example.com}\n",
	  .sender = "www@mx.example.com", .id = "envelope.host-name",
	  .status = FINDING_PROBLEM, .step = "envelope.sender",
	  .change = "postmap hash:/etc/mail/out" },
	{ .name = "… an entry that leads astray is changed itself", .postfix = CF
	  "smtp_generic_maps = inline:{ { @mx.example.com = w@mx.example.com } }"
	  "\n", .sender = "nginx@mx.example.com", .class_id = "unauth",
	  .id = "envelope.host-name", .status = FINDING_PROBLEM,
	  .step = "envelope.sender",
	  .change = "Change the entry @mx.example.com" },
	{ .name = "a table that cannot be asked leaves it open", .postfix = CF
	  "smtp_generic_maps = pcre:/etc/postfix/g\n",
	  .sender = "www@mx.example.com", .id = "envelope.rewrite-unknown",
	  .status = FINDING_UNKNOWN },
	{ .name = "a sender domain of the network", .postfix = "[postfix]\n"
	  "myhostname = server.localdomain\n", .login = "root",
	  .id = "envelope.inside-domain", .status = FINDING_PROBLEM,
	  .step = "postfix.hostname", .change = "hostnamectl" },
	{ .name = "an alias reads the bounces", .postfix = CF "alias_maps = "
	  "inline:{ { www-data = info@example.com } }\n",
	  .sender = "www-data@mx.example.com", .id = "envelope.alias",
	  .status = FINDING_OK },
	{ .name = "nobody is there", .postfix = CF "alias_maps =\n"
	  "local_recipient_maps = inline:{ { root = x } }\n",
	  .sender = "form@mx.example.com", .id = "envelope.no-mailbox",
	  .status = FINDING_PROBLEM, .step = "envelope.alias",
	  .change = "form: root" },
	{ .name = "all local users are taken", .postfix = CF "alias_maps =\n"
	  "local_recipient_maps =\n", .sender = "form@mx.example.com",
	  .id = "envelope.no-mailbox", .status = -1 },
	{ .name = "a program's user without an alias", .postfix = CF
	  "alias_maps =\nlocal_recipient_maps = inline:{ { nginx = x } }\n",
	  .sender = "nginx@mx.example.com", .id = "envelope.no-alias",
	  .status = FINDING_PROBLEM, .step = "envelope.alias",
	  .change = "nginx: root" },
	{ .name = "what PHP is set to", .host = HOST "setting = php "
	  "/etc/php/8.2/fpm/php.ini:1103 sendmail_path "
	  "/usr/sbin/sendmail%20-t%20-i\n", .postfix = CF,
	  .sender = "www-data@mx.example.com", .id = "envelope.php",
	  .status = FINDING_OK, .step = "envelope.sender",
	  .change = "sendmail_path = \"/usr/sbin/sendmail -t -i -f " },
	{ .name = "… and its server is told", .host = HOST "setting = php "
	  "/etc/php/8.2/fpm/php.ini:1103 sendmail_path "
	  "/usr/sbin/sendmail%20-t%20-i\n", .postfix = CF,
	  .sender = "www-data@mx.example.com", .id = "envelope.php",
	  .status = FINDING_OK, .step = "envelope.sender",
	  .change = "systemctl reload php8.2-fpm" },
	{ .name = "… of a pool, by hand", .host = HOST "setting = php "
	  "/etc/php/8.2/fpm/pool.d/www.conf:9 sendmail_path "
	  "/usr/sbin/sendmail%20-t%20-i\n", .postfix = CF,
	  .sender = "www-data@mx.example.com", .id = "envelope.php",
	  .status = FINDING_OK, .step = "envelope.sender",
	  .change = "/etc/php/8.2/fpm/pool.d/www.conf, line 9" },
	{ .name = "… of another program, by hand", .host = HOST "setting = php "
	  "/etc/php.ini:9 sendmail_path /usr/bin/msmtp%20-t\n", .postfix = CF,
	  .sender = "www-data@mx.example.com", .id = "envelope.php",
	  .status = FINDING_OK, .step = "envelope.sender",
	  .change = "/etc/php.ini, line 9" },
	{ .name = "… for a shell, by hand", .host = HOST "setting = php "
	  "/etc/php.ini:9 sendmail_path /usr/sbin/sendmail%20-t%20|%20x\n",
	  .postfix = CF, .sender = "www-data@mx.example.com",
	  .id = "envelope.php", .status = FINDING_OK,
	  .step = "envelope.sender", .change = "/etc/php.ini, line 9" },
	{ .name = "mailname holds the host's name", .postfix = CF
	  "myorigin = /etc/mailname\nwhybounce_mailname = mx.example.com\n",
	  .login = "www-data", .id = "envelope.host-name",
	  .status = FINDING_PROBLEM, .step = "postfix.identity",
	  .change = "/etc/mailname" },
	{ .name = "other local domains stay", .postfix = CF "mydestination = "
	  "$myhostname, other.example, $mydomain\n", .dns = MX_AWAY,
	  .sender = "a@mx.example.com", .id = "postfix.mydestination-elsewhere",
	  .status = FINDING_PROBLEM, .step = "postfix.identity",
	  .change = "mydestination = $myhostname, other.example'" },
	{ .name = "a stranger's mail is forwarded", .postfix = CF,
	  .class_id = "spf", .sender = "a@stranger.example", .orig_to = true,
	  .id = "list.forwards-foreign", .status = FINDING_PROBLEM,
	  .step = "forward.srs", .change = "socketmap:unix:srs" },
	{ .name = "… with SRS", .postfix = CF
	  "sender_canonical_maps = tcp:localhost:10001\n", .class_id = "spf",
	  .sender = "a@stranger.example", .orig_to = true,
	  .id = "list.forwards-foreign", .status = -1 },
	{ .name = "our own mail is expanded", .postfix = CF, .class_id = "spf",
	  .sender = "a@example.com", .orig_to = true,
	  .id = "list.forwards-foreign", .status = -1 },
};

static bool
has(const char *text, const char *part)
{
	return text != NULL && strstr(text, part) != NULL;
}

static bool
changes(const struct step *step, const char *part)
{
	for (size_t i = 0; i < step->n_changes; i++) {
		const struct change *x = &step->changes[i];

		if (has(x->text, part) || has(x->path, part))
			return true;
	}
	return false;
}

static void
check_plan(const struct row *row, const struct plan *plan)
{
	size_t at = plan_step_number(plan, row->step);

	if (at == 0) {
		print_message("no step %s\n", row->step);
		fail();
	}
	if (row->change != NULL && !changes(&plan->steps[at - 1], row->change)) {
		print_message("%s: nothing with '%s', but\n", row->step,
		    row->change);
		for (size_t i = 0; i < plan->steps[at - 1].n_changes; i++)
			print_message("  %s\n",
			    plan->steps[at - 1].changes[i].text);
		fail();
	}
}

static void
check_finding(const struct row *row, const struct findings *found)
{
	const struct finding *f = finding_find(found, row->id);

	if ((f == NULL) != (row->status < 0) ||
	    (f != NULL && (int)f->status != row->status)) {
		print_message("%s is %s\n", row->id, f == NULL ? "missing" :
		    finding_status_name(f->status));
		if (f != NULL)
			print_message("%s %s\n", f->title, f->detail);
		fail();
	}
	if (f != NULL)
		assert_non_null(f->facts[0]);
}

static void
check_row(const struct row *row)
{
	struct arena *arena = arena_new();
	struct facts *facts = facts_new(arena);
	struct recording recording;
	struct str err;
	struct bounce bounce = {
		.class_id = row->class_id != NULL ? row->class_id : "unauth",
		.outcome = OUTCOME_BOUNCED, .form = FORM_LOG,
		.client_ip = row->client_ip, .sender = row->sender,
		.login = row->login, .connect_delay = -1,
		.text = row->text != NULL ? row->text : "",
		.remote_host = row->remote,
		.list_mail = row->orig_to,
	};
	struct bounces bounces = { .list = &bounce, .n = 1 };
	struct check_input input = {
		.arena = arena, .bounce = &bounce, .bounces = &bounces,
		.facts = facts, .recording = &recording, .finished = true,
		.no_blocklists = true,
	};
	const struct findings *found;
	const char *text = arena_printf(arena, "%s%s[dns]\nworld = closed\n%s",
	    row->host != NULL ? row->host : HOST, row->postfix,
	    row->dns != NULL ? row->dns : "");

	print_message("%s\n", row->name);
	str_init(&err, 256);
	assert_true(replay_read(arena, "-", text, strlen(text), facts,
	    &recording, &err));
	input.host = recording.host;
	input.postfix = postfix_parse(arena, recording.postfix,
	    recording.postfix_len, "main.cf", recording.host->name,
	    recording.mail_version);
	found = checks_run(&input);
	check_finding(row, found);
	if (row->step != NULL)
		check_plan(row, plan_make(&input, found));
	str_free(&err);
	arena_free(&arena);
}

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		check_row(&rows[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
	};

	setvbuf(stdout, NULL, _IOLBF, 0);
	return cmocka_run_group_tests_name("settings", tests, NULL, NULL);
}

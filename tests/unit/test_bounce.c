/* SPDX-License-Identifier: ISC
 * Reading bounces: every form gives its facts, and nothing else is found. */
#include "config.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/text.h"
#include "engine/bounce/bounce.h"
#include "engine/bounce/rules.h"

/* What a text must come to. A NULL or 0 is not looked at; "-" means: must be
 * NULL. */
struct want {
	const char *name, *text;
	size_t n;
	const char *class_id, *client_ip, *domain, *recipient, *sender;
	const char *reply, *status, *queue_id, *remote_host, *remote_ip;
	const char *reporting_host;
	enum stage stage;
	enum outcome outcome;
	enum bounce_form form;
};

static void
check_string(const struct want *want, const char *what, const char *got,
    const char *wanted)
{
	if (wanted == NULL)
		return;
	if (strcmp(wanted, "-") == 0 ? got != NULL : got == NULL ||
	    strcmp(got, wanted) != 0)
		fail_msg("%s: %s is '%s', want '%s'", want->name, what,
		    got != NULL ? got : "(null)", wanted);
}

static void
check(const struct want *want, const struct bounces *got)
{
	const struct bounce *b;

	if (got->n != (want->n != 0 ? want->n : 1))
		fail_msg("%s: %zu bounces", want->name, got->n);
	b = &got->list[got->n - 1];
	check_string(want, "class", b->class_id, want->class_id);
	check_string(want, "client_ip", b->client_ip, want->client_ip);
	check_string(want, "domain", b->domain, want->domain);
	check_string(want, "recipient", b->recipient, want->recipient);
	check_string(want, "sender", b->sender, want->sender);
	check_string(want, "reply", b->reply, want->reply);
	check_string(want, "status", b->status, want->status);
	check_string(want, "queue_id", b->queue_id, want->queue_id);
	check_string(want, "remote_host", b->remote_host, want->remote_host);
	check_string(want, "remote_ip", b->remote_ip, want->remote_ip);
	check_string(want, "reporting_host", b->reporting_host,
	    want->reporting_host);
	if (want->stage != STAGE_UNKNOWN && b->stage != want->stage)
		fail_msg("%s: stage %s", want->name, stage_name(b->stage));
	if (want->outcome != OUTCOME_UNKNOWN && b->outcome != want->outcome)
		fail_msg("%s: outcome %s", want->name,
		    outcome_name(b->outcome));
	if (want->form != FORM_REPLY)
		assert_int_equal(b->form, want->form);
}

static struct bounces
read_text(struct arena *arena, const char *text, size_t len)
{
	struct bounces got;

	bounce_read(arena, rules_builtin(), "-", text, len, &got);
	return got;
}

#define GMAIL_DSN \
	"This is the mail system at host relay.example.net.\n\n" \
	"I'm sorry to have to inform you that your message could not\n" \
	"be delivered to one or more recipients. It's attached below.\n\n" \
	"                   The mail system\n\n" \
	"<taro@example.com>: host gmail-smtp-in.l.google.com[192.0.2.27]\n" \
	"    said: 550-5.7.26 Your email has been blocked because the sender\n" \
	"    is unauthenticated. 550-5.7.26 Gmail requires all senders to\n" \
	"    authenticate with either SPF or DKIM. 550-5.7.26 DKIM = did\n" \
	"    not pass 550-5.7.26 SPF [example.org] with ip: [203.0.113.9] =\n" \
	"    did not pass 550\n" \
	"    5.7.26 For instructions go to the help pages. abc - gsmtp (in\n" \
	"    reply to end of DATA command)\n"

#define STATUS_FIELDS \
	"Reporting-MTA: dns; mail.example.org\n" \
	"X-Postfix-Queue-ID: 3F2A41BBD52\n" \
	"X-Postfix-Sender: rfc822; app@example.org\n\n" \
	"Final-Recipient: rfc822; taro@example.com\n" \
	"Original-Recipient: rfc822;taro@example.com\n" \
	"Action: failed\nStatus: 5.1.1\n" \
	"Remote-MTA: dns; mx.example.com\n" \
	"Diagnostic-Code: smtp; 550 5.1.1 <taro@example.com>: no such user\n"

#define REPORT \
	"From: MAILER-DAEMON@mail.example.org (Mail Delivery System)\n" \
	"To: app@example.org\nSubject: Undelivered Mail Returned to Sender\n" \
	"Content-Type: multipart/report; report-type=delivery-status;\n" \
	"\tboundary=\"b0/mail\"\n\nThis is a MIME-encapsulated message.\n\n" \
	"--b0/mail\nContent-Type: text/plain\n\n" \
	"This is the mail system at host mail.example.org.\n\n" \
	"<taro@example.com>: host mx.example.com[192.0.2.5] said: 550 5.1.1\n" \
	"    <taro@example.com>: no such user (in reply to RCPT TO command)\n" \
	"\n--b0/mail\nContent-Type: message/delivery-status\n\n" \
	STATUS_FIELDS "\n--b0/mail\nContent-Type: message/rfc822\n\n" \
	"Return-Path: <app@example.org>\nReceived: from web by mail\n" \
	"DKIM-Signature: v=1; a=rsa-sha256; d=Example.org; s=s2026; b=x\n" \
	"From: \"A B\" <info@example.org>\nTo: taro@example.com\n" \
	"List-Id: <l.example.org>\nSubject: x\n\n" \
	"550 5.7.1 words of the returned message\n\n--b0/mail--\n"

#define SES(to, status, text) \
	"{\"emailAddress\":\"" to "\",\"action\":\"failed\",\"status\":\"" \
	status "\",\"diagnosticCode\":\"smtp; " text "\"}"

static const struct want wants[] = {
	{ .name = "Postfix notice through a relay", .text = GMAIL_DSN,
	    .class_id = "unauth", .client_ip = "203.0.113.9",
	    .domain = "example.org", .recipient = "taro@example.com",
	    .reply = "550", .status = "5.7.26",
	    .remote_host = "gmail-smtp-in.l.google.com",
	    .remote_ip = "192.0.2.27", .reporting_host = "relay.example.net",
	    .stage = STAGE_END_OF_DATA, .outcome = OUTCOME_BOUNCED,
	    .form = FORM_DSN_TEXT },
	{ .name = "the last line's code decides",
	    .text = "550-5.7.26 Unauthenticated email from example.org is not "
	    "accepted 450 4.7.26 due to temporary DNS failures that prevent "
	    "authentication. - gsmtp",
	    .class_id = "dmarc", .reply = "450", .status = "4.7.26",
	    .outcome = OUTCOME_DEFERRED },
	{ .name = "delivery-status alone", .text = STATUS_FIELDS,
	    .class_id = "rcpt_unknown", .recipient = "taro@example.com",
	    .sender = "app@example.org", .queue_id = "3F2A41BBD52",
	    .status = "5.1.1", .remote_host = "mx.example.com",
	    .reporting_host = "mail.example.org",
	    .outcome = OUTCOME_BOUNCED, .form = FORM_DSN_MIME },
	{ .name = "a whole report is one refusal", .text = REPORT,
	    .class_id = "rcpt_unknown", .recipient = "taro@example.com",
	    .sender = "app@example.org", .remote_ip = "192.0.2.5",
	    .stage = STAGE_RCPT, .outcome = OUTCOME_BOUNCED },
	{ .name = "our address, not theirs",
	    .text = "host mx.example.net[192.0.2.53] said: 554 5.7.1 Service "
	    "unavailable; Client host [203.0.113.9] blocked using "
	    "zen.spamhaus.org; https://www.spamhaus.org/query/ip/203.0.113.9 "
	    "(in reply to RCPT TO command)",
	    .class_id = "blocklist_ip", .client_ip = "203.0.113.9",
	    .remote_ip = "192.0.2.53", .stage = STAGE_RCPT },
	{ .name = "a private address is a hop of theirs",
	    .text = "554 5.7.1 rejected by filter at 10.1.2.3, spam detected",
	    .class_id = "spam_content", .client_ip = "-" },
	{ .name = "client with its name",
	    .text = "450 4.7.1 <unknown[203.0.113.9]>: Client host rejected: "
	    "cannot find your reverse hostname, [203.0.113.9]",
	    .class_id = "ptr", .client_ip = "203.0.113.9" },
	{ .name = "IPv6 client, Gmail's number behind it",
	    .text = "550-5.7.1 [2001:db8::25      12] Our system has detected "
	    "that this message is 550 5.7.1 likely unsolicited mail. - gsmtp",
	    .class_id = "spam_content", .client_ip = "2001:db8::25" },
	{ .name = "refused at the greeting",
	    .text = "host mx.example.net[192.0.2.7] refused to talk to me: "
	    "554-gmx.net Nemesis 554-No SMTP service 554-Bad DNS PTR resource "
	    "record. 554 For explanation visit https://postmaster.gmx.net/",
	    .class_id = "ptr", .reply = "554", .stage = STAGE_CONNECT,
	    .remote_host = "mx.example.net" },
	{ .name = "domain of the sender",
	    .text = "450 4.1.8 <root@Web1.Example.org>: Sender address "
	    "rejected: Domain not found",
	    .class_id = "sender_domain", .domain = "web1.example.org" },
	{ .name = "DMARC domain",
	    .text = "550 5.7.1 rejected by DMARC policy for example.org.",
	    .class_id = "dmarc", .domain = "example.org" },
	{ .name = "queue listing",
	    .text = "-Queue ID-  --Size-- ----Arrival Time---- -Sender/Recip\n"
	    "A1B2C3D4E5*     1234 Mon Jan  2 10:11:12  app@example.org\n"
	    "(host mx.example.com[192.0.2.5] said: 450 4.2.0 <t@example.com>:\n"
	    " Recipient address rejected: Greylisted (in reply to RCPT TO "
	    "command))\n"
	    "                                         taro@example.com\n\n"
	    "-- 1 Kbytes in 1 Request.\n",
	    .class_id = "greylist", .queue_id = "A1B2C3D4E5",
	    .sender = "app@example.org", .recipient = "taro@example.com",
	    .outcome = OUTCOME_DEFERRED, .form = FORM_QUEUE },
	{ .name = "queue listing as JSON",
	    .text = "{\"queue_name\": \"deferred\", \"queue_id\": \"A1B2C3\", "
	    "\"sender\": \"app@example.org\", \"recipients\": [{\"address\": "
	    "\"taro@example.com\", \"delay_reason\": \"connect to "
	    "mx.example.com[192.0.2.5]:25: Connection timed out\"}]}\n",
	    .class_id = "connect", .queue_id = "A1B2C3",
	    .recipient = "taro@example.com", .remote_ip = "192.0.2.5",
	    .outcome = OUTCOME_DEFERRED, .form = FORM_QUEUE },
	{ .name = "a notification of Amazon SES",
	    .text = "{\"notificationType\":\"Bounce\",\"bounce\":{"
	    "\"bouncedRecipients\":[" SES("taro@example.org", "5.1.1",
	    "550 5.1.1 user unknown") ",{\"emailAddress\":\"x@example.org\"},"
	    SES("b@example.net", "5.2.2", "552 5.2.2 mailbox full")
	    "],\"timestamp\":\"2026-11-21T10:00:00Z\"}}\n", .n = 2,
	    .class_id = "rcpt_full", .recipient = "b@example.net",
	    .reply = "552", .status = "5.2.2", .outcome = OUTCOME_BOUNCED },
	{ .name = "the same inside an envelope",
	    .text = "{\"Type\":\"Notification\",\"Message\":\"{"
	    "\\\"bouncedRecipients\\\":[{\\\"emailAddress\\\":"
	    "\\\"b@example.net\\\",\\\"diagnosticCode\\\":\\\"smtp; 550 "
	    "5.1.1 user unknown\\\"}]}\"}\n",
	    .class_id = "rcpt_unknown", .recipient = "b@example.net" },
	{ .name = "the same, laid out",
	    .text = "{\n  \"bounce\": {\n    \"bouncedRecipients\": [\n"
	    "      {\n        \"emailAddress\": \"a@example.net\",\n"
	    "        \"diagnosticCode\": \"smtp; 550 5.1.1 [x] user unknown\"\n"
	    "      },\n      {\n        \"emailAddress\": \"b@example.net\",\n"
	    "        \"status\": \"5.2.2\",\n"
	    "        \"diagnosticCode\": \"smtp; 552 5.2.2 mailbox full\"\n"
	    "      }\n    ],\n    \"timestamp\": \"2026\"\n  }\n}\n", .n = 2,
	    .class_id = "rcpt_full", .recipient = "b@example.net" },
	{ .name = "Exim",
	    .text = "This message was created automatically by mail delivery "
	    "software.\n\nA message that you sent could not be delivered to "
	    "one or more of its\nrecipients. The following address(es) "
	    "failed:\n\n  taro@example.com\n    host mx.example.com "
	    "[192.0.2.5]\n    SMTP error from remote mail server after RCPT "
	    "TO:<taro@example.com>:\n    550 5.7.1 Relaying denied\n\n"
	    "------ This is a copy of the message, including all the headers. "
	    "------\n\nReturn-path: <app@example.org>\nReceived: from x\n\n"
	    "550 5.1.1 user unknown\n",
	    .class_id = "relay_denied", .recipient = "taro@example.com",
	    .sender = "app@example.org", .remote_ip = "192.0.2.5",
	    .stage = STAGE_RCPT, .form = FORM_PROSE },
	{ .name = "qmail, two recipients",
	    .text = "Hi. This is the qmail-send program at mail.example.org.\n"
	    "I'm afraid I wasn't able to deliver your message to the "
	    "following addresses.\n\n<a@example.com>:\n192.0.2.5 does not "
	    "like recipient.\nRemote host said: 550 5.1.1 no such user\n"
	    "Giving up on 192.0.2.5.\n\n<b@example.com>:\n192.0.2.5 does not "
	    "like recipient.\nRemote host said: 552 5.2.2 mailbox is full\n"
	    "Giving up on 192.0.2.5.\n",
	    .n = 2, .class_id = "rcpt_full", .recipient = "b@example.com",
	    .reporting_host = "mail.example.org", .remote_ip = "192.0.2.5",
	    .client_ip = "-", .stage = STAGE_RCPT, .form = FORM_PROSE },
	{ .name = "a dialogue",
	    .text = "MAIL FROM:<app@example.org>\n250 2.1.0 Ok\n"
	    "RCPT TO:<taro@example.com>\n550 5.1.1 <taro@example.com>: "
	    "Recipient address rejected: User unknown\nQUIT\n221 Bye\n",
	    .class_id = "rcpt_unknown", .recipient = "taro@example.com",
	    .sender = "app@example.org", .stage = STAGE_RCPT },
	{ .name = "swaks",
	    .text = "-> RCPT TO:<taro@example.com>\n<** 550 5.1.1 "
	    "<taro@example.com>: User unknown\n-> QUIT\n<-  221 Bye\n",
	    .class_id = "rcpt_unknown", .recipient = "taro@example.com",
	    .stage = STAGE_RCPT },
	{ .name = "a mail program's mailto",
	    .text = "<taro@example.com<mailto:taro@example.com>>: host "
	    "mx.example.com[192.0.2.5] said: 550 5.1.1 no such user (in reply "
	    "to RCPT TO command)\n",
	    .class_id = "rcpt_unknown", .recipient = "taro@example.com" },
	{ .name = "Exim's log",
	    .text = "2026-01-27 19:51:28 1abcde-000123-AB ** taro@example.com "
	    "R=dnslookup T=remote_smtp H=mx.example.com [192.0.2.5]: SMTP "
	    "error from remote mail server after RCPT TO:<taro@example.com>: "
	    "550 5.7.1 Relaying denied\n",
	    .class_id = "relay_denied", .recipient = "taro@example.com",
	    .remote_ip = "192.0.2.5", .client_ip = "-",
	    .queue_id = "1abcde-000123-AB", .stage = STAGE_RCPT,
	    .outcome = OUTCOME_BOUNCED, .form = FORM_LOG },
	{ .name = "sendmail's log",
	    .text = "Jan 27 19:51:28 w sendmail[4502]: v0RApSab004502: "
	    "to=<taro@example.com>, delay=00:00:01, mailer=esmtp, pri=30000, "
	    "relay=mx.example.com. [192.0.2.5], dsn=5.1.1, stat=User "
	    "unknown\n",
	    .class_id = "rcpt_unknown", .recipient = "taro@example.com",
	    .remote_ip = "192.0.2.5", .remote_host = "mx.example.com",
	    .status = "5.1.1", .form = FORM_LOG },
	{ .name = "Postfix as the server",
	    .text = "Jan 27 19:51:28 mx postfix/smtpd[4502]: NOQUEUE: reject: "
	    "RCPT from unknown[203.0.113.9]: 554 5.7.1 <a@example.com>: Relay "
	    "access denied; from=<b@example.org> to=<a@example.com> "
	    "proto=ESMTP helo=<x>\n",
	    .class_id = "relay_denied", .client_ip = "203.0.113.9",
	    .sender = "b@example.org", .recipient = "a@example.com",
	    .queue_id = "-", .stage = STAGE_RCPT },
	{ .name = "a delay notice with a reason",
	    .text = "This is the mail system at host mail.example.org.\n\n"
	    "# THIS IS A WARNING ONLY.  YOU DO NOT NEED TO RESEND YOUR "
	    "MESSAGE. #\n\n<a@example.com>: connect to "
	    "mx.example.com[192.0.2.5]:25:\n    Connection timed out\n",
	    .class_id = "connect", .outcome = OUTCOME_DEFERRED,
	    .reporting_host = "mail.example.org" },
	{ .name = "Exchange",
	    .text = "Delivery has failed to these recipients or groups:\n\n"
	    "taro@example.com (taro@example.com)\nThe email address you "
	    "entered couldn't be found.\n\nGenerating server: "
	    "ex.example.org\n\ntaro@example.com\nRemote Server returned "
	    "'550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not "
	    "found'\n\nOriginal message headers:\n\nReceived: from ex\n",
	    .class_id = "rcpt_unknown", .recipient = "taro@example.com",
	    .reply = "550", .status = "5.1.10",
	    .form = FORM_PROSE },
	{ .name = "told twice: log line and notice",
	    .text = "Jan 27 19:51:28 w postfix/smtp[1]: 3F2A41BBD52: "
	    "to=<taro@example.com>, relay=mx.example.com[192.0.2.5]:25, "
	    "delay=1, delays=0/0/0/1, dsn=5.1.1, status=bounced (host "
	    "mx.example.com[192.0.2.5] said: 550 5.1.1 no such user here, "
	    "sorry (in reply to RCPT TO command))\n\n"
	    "<taro@example.com>: host mx.example.com[192.0.2.5] said: 550 "
	    "5.1.1\n    no such user here, sorry (in reply to RCPT TO "
	    "command)\n",
	    .class_id = "rcpt_unknown", .queue_id = "3F2A41BBD52",
	    .recipient = "taro@example.com" },
	{ .name = "told twice: log line and the reply alone",
	    .text = "Jan 27 19:51:28 w postfix/smtp[1]: 3F2A41BBD52: "
	    "to=<taro@example.com>, relay=mx.example.com[192.0.2.5]:25, "
	    "delay=1, delays=0/0/0/1, dsn=5.1.1, status=bounced (host "
	    "mx.example.com[192.0.2.5] said: 550 5.1.1 no such user here, "
	    "sorry (in reply to RCPT TO command))\n\n"
	    "550 5.1.1 no such user here, sorry\n",
	    .class_id = "rcpt_unknown", .queue_id = "3F2A41BBD52",
	    .recipient = "taro@example.com" },
	{ .name = "the same words for two recipients are two",
	    .text = "<a@example.com>: host mx.example.com[192.0.2.5] said: "
	    "550 no such user here\n\n<b@example.com>: host "
	    "mx.example.com[192.0.2.5] said: 550 no such user here\n",
	    .n = 2, .class_id = "rcpt_unknown", .recipient = "b@example.com" },
	{ .name = "parts of the returned message are not read",
	    .text = "From: MAILER-DAEMON@example.org\nSubject: Undelivered\n"
	    "Content-Type: multipart/report; boundary=o\n\n--o\n"
	    "Content-Type: message/delivery-status\n\n" STATUS_FIELDS
	    "\n--o\nContent-Type: message/rfc822\n\nReceived: from a\n"
	    "From: x@example.org\n"
	    "Content-Type: multipart/mixed; boundary=i\n\n--i\n"
	    "Content-Type: text/plain\n\n<b@example.com>: host "
	    "mx.example.com[192.0.2.6] said: 552 5.2.2 mailbox is full\n"
	    "--i--\n--o--\n",
	    .class_id = "rcpt_unknown", .recipient = "taro@example.com" },
	{ .name = "several bounces in one paste",
	    .text = "550 5.1.1 user unknown\n552 5.2.2 mailbox is full\n",
	    .n = 2, .class_id = "rcpt_full" },
	{ .name = "a reply in a script without blanks",
	    /* "no such user" in Japanese */
	    .text = "550 \xe8\xa9\xb2\xe5\xbd\x93\xe3\x81\x99\xe3\x82\x8b"
	    "\xe3\x83\xa6\xe3\x83\xbc\xe3\x82\xb6\xe3\x83\xbc\xe3\x81\xaf"
	    "\xe5\xad\x98\xe5\x9c\xa8\xe3\x81\x97\xe3\x81\xbe\xe3\x81\x9b"
	    "\xe3\x82\x93", .class_id = "rcpt_unknown", .reply = "550" },
	{ .name = "the first line of a reply alone",
	    .text = "550-5.7.26 Unauthenticated email from example.org is not "
	    "accepted due to domain's", .class_id = "dmarc" },
	{ .name = "nothing but HTML, encoded",
	    .text = "From: MAILER-DAEMON@example.org\nSubject: Undelivered\n"
	    "Content-Type: text/html; charset=utf-8\n"
	    "Content-Transfer-Encoding: quoted-printable\n\n"
	    "<p>Your mail could not be delivered to<br>=\n"
	    "&lt;taro@example.com&gt;: 550 5.1.1=20User <b>un=\nknown</b></p>\n",
	    .class_id = "rcpt_unknown", .recipient = "taro@example.com",
	    .status = "5.1.1" },
	{ .name = "header fields of the returned mail are no reason",
	    .text = "The following message could not be delivered: "
	    "<taro@example.com>: 550 5.9.9 Xyzzy plugh Received: from a by b; "
	    "Message-Id: <1@example.org> Content-Type: text/plain; "
	    "charset=utf-8\n", .class_id = "unknown" },
	{ .name = "words alone", .text = "mail for example.org loops back to "
	    "myself", .class_id = "loop" },
	{ .name = "an unknown reason is unknown",
	    .text = "554 5.9.9 Xyzzy plugh", .class_id = "unknown" },
};

/* What was copied, not pasted: nothing may stand around it. */
static const struct want copied[] = {
	{ .name = "copied out of an address line",
	    .text = "550%205.1.1%20%3Cuser%40example.net%3E%3A%20no%20such"
	    "%20user\n", .n = 1, .class_id = "rcpt_unknown", .reply = "550",
	    .status = "5.1.1" },
	{ .name = "blanks as plus signs", .text = "550+5.7.23+SPF+check+failed",
	    .n = 1, .class_id = "spf", .reply = "550", .status = "5.7.23" },
	{ .name = "escapes that are none",
	    .text = "550 5.1.1 100%20 no such user", .n = 1,
	    .class_id = "rcpt_unknown", .status = "5.1.1" },
	{ .name = "source of a page",
	    .text = "<p>host mx.example.com[192.0.2.5] said:<br>550 5.1.1 "
	    "&lt;taro@example.com&gt; no such user (in reply to RCPT TO "
	    "command)</p>\n", .n = 1, .class_id = "rcpt_unknown",
	    .remote_host = "mx.example.com", .stage = STAGE_RCPT },
	{ .name = "as Python shows it",
	    .text = "Traceback (most recent call last):\n"
	    "  File \"/usr/lib/python3.11/smtplib.py\", line 897, in sendmail\n"
	    "    raise SMTPDataError(code, resp)\n"
	    "smtplib.SMTPDataError: (550, b'5.7.1 Isn\\'t\\n5.7.1 taken: "
	    "this is spam')\n", .n = 1, .class_id = "spam_content",
	    .reply = "550", .status = "5.7.1", .stage = STAGE_END_OF_DATA },
	{ .name = "recipients that Python shows, wrapped",
	    .text = "smtplib.SMTPRecipientsRefused: {'taro@example.com': (452,"
	    " b'4.2.2 Mailbox\nfull'), 'jiro@example.com': (550, b\"5.1.1 "
	    "User unknown\")}\n", .n = 2, .class_id = "rcpt_unknown",
	    .recipient = "jiro@example.com", .reply = "550",
	    .status = "5.1.1", .stage = STAGE_RCPT },
	{ .name = "a sender that Python shows",
	    .text = "(553, b'5.7.1 <a@example.org>: Sender address rejected: "
	    "not owned by user b', 'a@example.org')\n", .n = 1,
	    .class_id = "sender_refused", .sender = "a@example.org",
	    .reply = "553", .status = "5.7.1", .recipient = "-" },
	{ .name = "a string that does not end",
	    .text = "(550, b'5.1.1 no such user \\", .n = 1,
	    .class_id = "rcpt_unknown", .reply = "550", .status = "5.1.1" },
	{ .name = "a row of a table",
	    .text = "failed,5.2.1 (mailbox disabled),smtp;552 5.2.2 mailbox "
	    "full\n", .n = 1, .class_id = "rcpt_full", .reply = "552",
	    .status = "5.2.2" },
	{ .name = "a program's words for the code, and the reply",
	    .text = "SmtpException: Exceeded storage allocation. The server "
	    "response was: 5.2.3 Message exceeds maximum size\n", .n = 1,
	    .class_id = "too_big", .status = "5.2.3" },
	{ .name = "a code that says nothing around one that does",
	    .text = "550 5.0.0 <taro@example.com>... 553 5.1.8 Xyzzy\n",
	    .n = 1, .class_id = "sender_domain", .reply = "550",
	    .status = "5.1.8" },
	{ .name = "what another server said, on a line of its own",
	    .text = "450 4.1.7 <a@example.org>: Sender address rejected: "
	    "unverified address:\nconnect to example.org[192.0.2.4]:25: "
	    "Connection timed out\n", .n = 1, .class_id = "sender_refused",
	    .status = "4.1.7" },
	{ .name = "a word of a wrapped reply is no queue id",
	    .text = "host mx.example.com[192.0.2.8] said: 450 4.1.7 "
	    "<a@example.org>: Sender address rejected: unverified\naddress: "
	    "connect to example.org[192.0.2.4]:25: Connection timed out\n",
	    .n = 1, .class_id = "sender_refused", .queue_id = "-" },
	{ .name = "what another server said of the sender",
	    .text = "host mx.example.com[192.0.2.5] said: 550 5.1.7 "
	    "<a@example.org>: Sender address rejected: undeliverable address: "
	    "host mx.example.org[192.0.2.6] said: 554 5.7.1 blocked using "
	    "zen.spamhaus.org (in reply to RCPT TO command) (in reply to RCPT "
	    "TO command)\n", .n = 1, .class_id = "sender_refused",
	    .remote_host = "mx.example.com" },
	{ .name = "a reply without words",
	    .text = "host mx.example.com[192.0.2.5] said: 550  (in reply to "
	    "RCPT TO command)\n", .n = 1, .class_id = "rcpt_unknown",
	    .reply = "550", .stage = STAGE_RCPT },
};

static void
test_copied(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof copied / sizeof *copied; i++) {
		struct arena *arena = arena_new();
		struct bounces got = read_text(arena, copied[i].text,
		    strlen(copied[i].text));

		check(&copied[i], &got);
		arena_free(&arena);
	}
}

static void
test_forms(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof wants / sizeof *wants; i++) {
		struct arena *arena = arena_new();
		struct bounces got = read_text(arena, wants[i].text,
		    strlen(wants[i].text));

		check(&wants[i], &got);
		arena_free(&arena);
	}
}

/* Append TEXT line by line, each with BEFORE in front and AFTER behind. */
static char *
with_margins(struct arena *arena, const char *text, const char *before,
    const char *after)
{
	struct str out;
	char *copy;

	str_init(&out, 65536);
	while (*text != '\0') {
		size_t n = strcspn(text, "\n");

		str_adds(&out, before);
		str_add(&out, text, n);
		str_adds(&out, after);
		text += n + (text[n] == '\n');
	}
	copy = arena_strndup(arena, out.text, out.len);
	str_free(&out);
	return copy;
}

/* What pasting and quoting does must not change what is read. */
static void
test_damage(void **state)
{
	static const char *const margins[][2] = {
		{ "", "\r\n" }, { "> ", "\n" }, { "> > ", "\n" },
		{ "| ", "\n" }, { "", "\r\r" }, { "\xc2\xa0", "\n" },
		{ "\xe3\x80\x80", "\n" }
	};

	(void)state;
	for (size_t i = 0; i < sizeof wants / sizeof *wants; i++)
		for (size_t k = 0; k < sizeof margins / sizeof *margins; k++) {
			struct arena *arena = arena_new();
			const char *text = with_margins(arena, wants[i].text,
			    margins[k][0], margins[k][1]);
			struct bounces got;

			/* leading blanks fold header fields */
			if (k >= 5 && (strstr(text, "Content-Type") != NULL ||
			    strstr(text, "Return-path") != NULL)) {
				arena_free(&arena);
				continue;
			}
			got = read_text(arena, text, strlen(text));
			check(&wants[i], &got);
			arena_free(&arena);
		}
}

/* Japanese prose around it, and re-wrapped at 60 octets. */
static void
test_prose_around(void **state)
{
	static const char before[] =
		"\xe3\x83\xa1\xe3\x83\xbc\xe3\x83\xab\xe3\x81\x8c\xe5\xb1\x8a"
		"\xe3\x81\x8d\xe3\x81\xbe\xe3\x81\x9b\xe3\x82\x93\xe3\x80\x82\n\n";
	struct want want = wants[0];
	struct arena *arena = arena_new();
	struct bounces got;
	char *text = arena_printf(arena, "%s%s\n%s", before, want.text,
	    before);

	(void)state;
	got = read_text(arena, text, strlen(text));
	check(&want, &got);
	assert_true(got.list[0].start > strlen(before));
	assert_true(got.list[0].end <= strlen(text) - strlen(before));
	arena_free(&arena);
}

static const char *
seed_log(void)
{
	return
	    "Jan 27 19:51:28 web01 postfix/pickup[4502]: EB2FEA0216: uid=498 "
	    "from=<nginx>\n"
	    "Jan 27 19:51:28 web01 postfix/qmgr[1266]: EB2FEA0216: "
	    "from=<nginx@example.org>, size=930, nrcpt=1 (queue active)\n"
	    "Jan 27 19:51:31 web01 postfix/smtp[5111]: EB2FEA0216: host "
	    "mx.example.com[2001:db8::1b] said: 421-4.7.0 [2001:db8:1::44   "
	    " 15] Our system has detected an 421 4.7.0 unusual rate of "
	    "unsolicited mail. - gsmtp (in reply to end of DATA command)\n"
	    "Jan 27 19:51:33 web01 postfix/smtp[5111]: EB2FEA0216: "
	    "to=<info@example.com>, relay=mx.example.com[192.0.2.26]:25, "
	    "delay=4.7, delays=0.03/0.01/2.9/1.8, dsn=2.0.0, status=sent (250 "
	    "2.0.0 OK)\n"
	    "Jan 27 19:51:33 web01 postfix/qmgr[1266]: EB2FEA0216: removed\n";
}

static void
check_sent(const struct bounces *got)
{
	const struct bounce *b = &got->list[0];

	assert_int_equal(got->n, 1);
	assert_string_equal(b->class_id, "rate_limit");
	assert_int_equal(b->outcome, OUTCOME_SENT);
	assert_int_equal(b->form, FORM_LOG);
	assert_string_equal(b->client_ip, "2001:db8:1::44");
	assert_string_equal(b->remote_ip, "2001:db8::1b");
	assert_string_equal(b->sender, "nginx@example.org");
	assert_string_equal(b->login, "nginx");
	assert_string_equal(b->recipient, "info@example.com");
	assert_string_equal(b->queue_id, "EB2FEA0216");
	assert_string_equal(b->nexthop, "mx.example.com[192.0.2.26]:25");
	assert_true(b->connect_delay > 2.89 && b->connect_delay < 2.91);
}

/* Refused by one host, delivered by the next: a warning. */
static void
test_log_sent(void **state)
{
	struct arena *arena = arena_new();
	struct bounces got = read_text(arena, seed_log(), strlen(seed_log()));

	(void)state;
	check_sent(&got);
	assert_string_equal(got.list[0].log_host, "web01");
	arena_free(&arena);
}

/* The same lines wrapped by a mail program, blanks lost at the breaks. */
static void
test_log_wrapped(void **state)
{
	struct arena *arena = arena_new();
	struct str text;
	struct bounces got;
	size_t column = 0;

	(void)state;
	str_init(&text, 65536);
	for (const char *p = seed_log(); *p != '\0'; p++) {
		bool wrap = *p == ' ' && column + strcspn(p + 1, " \n") > 60;

		str_addc(&text, wrap ? '\n' : *p);
		column = wrap || *p == '\n' ? 0 : column + 1;
	}
	got = read_text(arena, text.text, text.len);
	check_sent(&got);
	str_free(&text);
	arena_free(&arena);
}

static void
test_log_kept_local(void **state)
{
	static const char text[] =
		"2026-06-29T12:16:22.1+09:00 h postfix/qmgr[9]: D3888171B26: "
		"from=<nginx@mail.example.com>, size=1, nrcpt=2 (queue active)\n"
		"2026-06-29T12:16:24.1+09:00 h postfix/out/smtp[5]: D3888171B26:"
		" to=<a@example.net>, relay=mx.example.net[192.0.2.2]:25, "
		"delay=1.2, delays=0.01/0/0.36/0.83, dsn=5.1.1, status=bounced "
		"(host mx.example.net[192.0.2.2] said: 550 5.1.1 User unknown "
		"(in reply to RCPT TO command))\n"
		"2026-06-29T12:16:24.1+09:00 h postfix/out/smtp[5]: D3888171B26:"
		" to=<b@example.net>, relay=none, delay=1.2, delays=1/0/30/0, "
		"dsn=4.4.1, status=deferred (connect to mx.example.net[192.0.2.2"
		"]:25: Connection timed out)\n"
		"2026-06-29T12:16:24.2+09:00 h postfix/qmgr[9]: 12A24171B38: "
		"from=<>, size=3982, nrcpt=1 (queue active)\n"
		"2026-06-29T12:16:24.2+09:00 h postfix/bounce[7]: D3888171B26: "
		"sender non-delivery notification: 12A24171B38\n"
		"2026-06-29T12:16:24.3+09:00 h postfix/local[8]: 12A24171B38: "
		"to=<nginx@mail.example.com>, relay=local, delay=0.01, "
		"delays=0/0/0/0, dsn=2.0.0, status=sent (delivered to mailbox)\n"
		"2026-07-04T12:16:24.2+09:00 h postfix/qmgr[9]: D3888171B26: "
		"from=<nginx@mail.example.com>, status=expired, returned to "
		"sender\n";
	struct arena *arena = arena_new();
	struct bounces got = read_text(arena, text, strlen(text));

	(void)state;
	assert_int_equal(got.n, 2);
	assert_string_equal(got.list[0].class_id, "rcpt_unknown");
	assert_int_equal(got.list[0].outcome, OUTCOME_BOUNCED);
	assert_string_equal(got.list[1].class_id, "connect");
	assert_int_equal(got.list[1].outcome, OUTCOME_EXPIRED);
	assert_true(got.list[0].bounce_kept_local);
	assert_string_equal(got.list[1].sender, "nginx@mail.example.com");
	assert_ptr_equal(bounces_main(&got), &got.list[1]);
	arena_free(&arena);
}

static void
test_original_header(void **state)
{
	struct arena *arena = arena_new();
	struct bounces got = read_text(arena, REPORT, strlen(REPORT));
	const struct bounce *b = &got.list[0];

	(void)state;
	assert_int_equal(got.n, 1);
	assert_string_equal(b->header_from, "info@example.org");
	assert_string_equal(b->dkim_selector, "s2026");
	assert_string_equal(b->dkim_domain, "example.org");
	assert_true(b->list_mail);
	arena_free(&arena);
}

static void
test_nothing(void **state)
{
	static const struct {
		const char *text;
		bool not_bounce;
	} cases[] = {
		{ "", false },
		{ "Hello, how are you?\n", false },
		{ "From: a@example.com\nTo: b@example.com\nSubject: Away\n"
		    "Auto-Submitted: auto-replied\n\nI am away until Monday.\n",
		    true },
		{ "Final-Recipient: rfc822; a@example.com\nAction: delivered\n"
		    "Status: 2.0.0\n", true },
		{ "Final-Recipient: rfc822; a@example.com\nAction: delayed\n"
		    "Status: 4.0.0\n", true },
		{ "Received-SPF: softfail (example.com: domain of "
		    "transitioning a@example.org does not designate 192.0.2.1 as "
		    "permitted sender) client-ip=192.0.2.1;\n", false },
	};

	(void)state;
	for (size_t i = 0; i + 1 < sizeof cases / sizeof *cases; i++) {
		struct arena *arena = arena_new();
		struct bounces got = read_text(arena, cases[i].text,
		    strlen(cases[i].text));

		if (got.n != 0 || got.not_bounce != cases[i].not_bounce)
			fail_msg("case %zu: %zu, %d", i, got.n,
			    got.not_bounce);
		assert_null(bounces_main(&got));
		arena_free(&arena);
	}
}

/* A blog: Gmail's reply in a log line, quoted again in the prose, headers of
 * other mails and dig output around it. */
static void
test_page(void **state)
{
	static const char page[] =
		"It said \"421\", and then:\n\n"
		"Jun 29 12:16:24 [localhost] postfix/smtp[15825]: D3888171B26: "
		"to=<x@example.com>, relay=mx.example.com[192.0.2.7]:25, "
		"delay=1.2, delays=0.01/0/0.36/0.83, dsn=5.7.26, status=bounced "
		"(host mx.example.com[192.0.2.7] said: 550-5.7.26 This message "
		"does not have authentication information or fails to 550 5.7.26"
		" pass authentication checks. c7 - gsmtp (in reply to end of "
		"DATA command))\n"
		"The point is \"This message does not have authentication "
		"information or fails to 550-5.7.26 pass authentication checks."
		"\", which is strange.\n"
		"Received-SPF: softfail (example.com: domain of transitioning "
		"n@example.org does not designate 192.0.2.9 as permitted)\n"
		"example.org. 120 IN TXT \"v=spf1 include:example.net ~all\"\n";
	struct arena *arena = arena_new();
	struct bounces got = read_text(arena, page, strlen(page));

	(void)state;
	assert_int_equal(got.n, 1);
	assert_string_equal(got.list[0].class_id, "unauth");
	assert_string_equal(got.list[0].queue_id, "D3888171B26");
	arena_free(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_prose_around),
		cmocka_unit_test(test_log_sent),
		cmocka_unit_test(test_log_wrapped),
		cmocka_unit_test(test_log_kept_local),
		cmocka_unit_test(test_original_header),
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_page),
		cmocka_unit_test(test_copied),
	};

	setvbuf(stdout, NULL, _IOLBF, 0);
	return cmocka_run_group_tests_name("bounce", tests, NULL, NULL);
}

/* SPDX-License-Identifier: ISC
 * What receivers write into the headers of a message that arrived. */
#include "config.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "engine/base/arena.h"
#include "engine/bounce/received.h"

#define GMAIL \
	"Delivered-To: taro@example.jp\n" \
	"Received: by 2002:a05:6000:1c9 with SMTP id t9; Mon, 1 Jan 2024\n" \
	"ARC-Authentication-Results: i=1; mx.google.com;\n" \
	"       spf=softfail (google.com: domain of transitioning x@y.example " \
	"does not designate 198.51.100.9 as permitted sender) " \
	"smtp.mailfrom=x@y.example\n" \
	"Return-Path: <list-owner@example.net>\n" \
	"Received: from mail.example.net (mail.example.net. [203.0.113.7])\n" \
	"        by mx.google.com with ESMTPS id a1\n" \
	"Authentication-Results: mx.google.com;\n" \
	"       dkim=fail header.i=@other.example header.s=s0 header.b=abc;\n" \
	"       dkim=pass header.i=@example.net header.s=s1 header.b=\"Q(;\";\n" \
	"       spf=pass (google.com: domain of list-owner@example.net " \
	"designates 203.0.113.7 as permitted sender) " \
	"smtp.mailfrom=list-owner@example.net;\n" \
	"       dmarc=fail (p=NONE sp=QUARANTINE dis=NONE) " \
	"header.from=gmail.com\n" \
	"DKIM-Signature: v=1; a=rsa-sha256; d=example.net; s=s1;\n" \
	"        h=from:to; bh=x; b=y\n" \
	"From: =?UTF-8?B?5aSq6YOO?= <hanako@gmail.com>\n" \
	"To: <taro@example.jp>\n" \
	"List-Id: <list.example.net>\n\nText.\n"

struct row {
	const char *name, *text;
	const char *receiver, *ip, *return_path, *from;
	const char *spf, *spf_domain, *dkim, *dkim_domain, *selector;
	const char *dmarc, *dmarc_domain;
	bool list, body;
};

static const struct row rows[] = {
	{
		.name = "Gmail, whole", .text = GMAIL,
		.receiver = "mx.google.com", .ip = "203.0.113.7",
		.return_path = "list-owner@example.net",
		.from = "hanako@gmail.com", .spf = "pass",
		.spf_domain = "example.net", .dkim = "pass",
		.dkim_domain = "example.net", .selector = "s1",
		.dmarc = "fail", .dmarc_domain = "gmail.com",
		.list = true, .body = true,
	}, {
		.name = "folding lost, no blanks in front",
		.text = "headers of the mail that came from gmail\n"
		    "ARC-Authentication-Results: i=1; mx.google.com;\n"
		    "spf=pass (google.com: domain of owner@example.net "
		    "designates 192.0.2.5 as permitted sender) "
		    "smtp.mailfrom=owner@example.net;\n"
		    "dmarc=fail (p=NONE sp=QUARANTINE dis=NONE) "
		    "header.from=gmail.com\n"
		    "Received-SPF: pass (google.com: domain of "
		    "owner@example.net designates 192.0.2.5 as permitted "
		    "sender) client-ip=192.0.2.5;\n",
		.receiver = "mx.google.com", .ip = "192.0.2.5",
		.return_path = "owner@example.net", .spf = "pass",
		.spf_domain = "example.net", .dmarc = "fail",
		.dmarc_domain = "gmail.com",
	}, {
		.name = "Received-SPF alone",
		.text = "Received-SPF: softfail (google.com: domain of "
		    "transitioning nginx@example.com does not designate "
		    "2001:db8:102::444 as permitted sender) "
		    "client-ip=2001:db8:102::444;",
		.ip = "2001:db8:102::444",
		.return_path = "nginx@example.com", .spf = "softfail",
		.spf_domain = "example.com",
	}, {
		.name = "Outlook, without its own name",
		.text = "Authentication-Results: spf=pass (sender IP is "
		    "192.0.2.7)\n smtp.mailfrom=example.com; dkim=none "
		    "(message not signed)\n header.d=none;dmarc=bestguesspass "
		    "action=none\n header.from=example.com;compauth=pass "
		    "reason=109\nFrom: a@example.com\n",
		.ip = "192.0.2.7", .from = "a@example.com", .spf = "pass",
		.spf_domain = "example.com", .dkim = "none",
		.dmarc = "bestguesspass",
		.dmarc_domain = "example.com",
	}, {
		.name = "OpenDKIM and policyd, one field each",
		.text = "Authentication-Results: mx.example.org; dkim=permerror "
		    "(bad message/signature format)\n"
		    "Authentication-Results: mx.example.org 1;\n"
		    "\tspf/1=fail(mailfrom) smtp.mailfrom=\"a@example.com\" "
		    "smtp.remote-ip=192.0.2.9\n",
		.receiver = "mx.example.org", .ip = "192.0.2.9",
		.return_path = "a@example.com", .spf = "fail",
		.spf_domain = "example.com", .dkim = "permerror",
	},
};

static void
same(const char *name, const char *field, const char *got, const char *want)
{
	if (got == want || (got != NULL && want != NULL &&
	    strcmp(got, want) == 0))
		return;
	fail_msg("%s: %s: got %s, want %s", name, field,
	    got != NULL ? got : "NULL", want != NULL ? want : "NULL");
}

static void
test_methods(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		static const struct received_method none;
		const struct row *row = &rows[i];
		struct arena *arena = arena_new();
		struct received r;
		const struct received_method *spf, *dkim, *dmarc;

		assert_true(received_read(arena, row->text,
		    strlen(row->text), &r));
		spf = received_method(&r, "spf");
		dkim = received_method(&r, "dkim");
		dmarc = received_method(&r, "dmarc");
		spf = spf != NULL ? spf : &none;
		dkim = dkim != NULL ? dkim : &none;
		dmarc = dmarc != NULL ? dmarc : &none;
		same(row->name, "receiver", r.receiver, row->receiver);
		same(row->name, "ip", r.client_ip, row->ip);
		same(row->name, "return path", r.return_path,
		    row->return_path);
		same(row->name, "from", r.from, row->from);
		same(row->name, "spf", spf->result, row->spf);
		same(row->name, "spf domain", spf->domain, row->spf_domain);
		same(row->name, "dkim", dkim->result, row->dkim);
		same(row->name, "dkim domain", dkim->domain,
		    row->dkim_domain);
		same(row->name, "selector", dkim->selector, row->selector);
		same(row->name, "dmarc", dmarc->result, row->dmarc);
		same(row->name, "dmarc domain", dmarc->domain,
		    row->dmarc_domain);
		assert_int_equal(r.list_mail, row->list);
		assert_int_equal(r.has_body, row->body);
		arena_free(&arena);
	}
}

static void
test_others(void **state)
{
	static const char *const texts[] = {
		"", "550 5.7.26 this mail is unauthenticated", "From: a@b\n\nx",
		"Received: from a by b\nFrom: a@example.com\n\nhello",
		"Nov 21 10:00:00 mx postfix/smtp[1]: 4F: to=<a@example.com>",
	};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		struct arena *arena = arena_new();
		struct received r;

		if (received_read(arena, texts[i], strlen(texts[i]), &r))
			fail_msg("taken for a judged message: %s", texts[i]);
		arena_free(&arena);
	}
}

/* Without an answer of the receiver the signature and the trace still tell. */
static void
test_unjudged(void **state)
{
	static const char text[] =
	    "Received: from localhost (localhost [127.0.0.1]) by mx.example.org\n"
	    "Received: from mail.example.com (unknown [IPv6:2001:db8::7])\n"
	    "\tby mx.example.org (Postfix) with ESMTP id 1\n"
	    "DKIM-Signature: v=1; d=example.com; s=s2; b=x\n"
	    "DKIM-Signature: v=1; d=example.net; s=s3; b=x\n\nx\n";
	struct arena *arena = arena_new();
	struct received r;

	(void)state;
	assert_true(received_read(arena, text, sizeof text - 1, &r));
	assert_string_equal(r.client_ip, "2001:db8::7");
	assert_string_equal(r.helo, "mail.example.com");
	assert_string_equal(r.dkim_domain, "example.com");
	assert_string_equal(r.dkim_selector, "s2");
	assert_int_equal(r.n_signatures, 2);
	assert_null(received_method(&r, "spf"));
	arena_free(&arena);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_methods),
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_unjudged),
	};

	setvbuf(stdout, NULL, _IOLBF, 0);
	return cmocka_run_group_tests_name("received", tests, NULL, NULL);
}

/* SPDX-License-Identifier: ISC
 * The fields in which receivers note what they made of a message, as each of
 * them writes them, and as they look when they were pasted. */
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

/* want: receiver, address, envelope sender, From, then what was found:
 * method=result/domain/selector, "-" where there is none. */
static const struct set {
	const char *name, *want, *text;
} sets[] = {
/* ---- Gmail ---- */
{ "Gmail, all three pass",
  "mx.google.com 203.0.113.7 info@example.net info@example.net "
  "spf=pass/example.net dkim=pass/example.net/s1 dmarc=pass/example.net",
  "Delivered-To: taro@gmail.com\n"
  "Received: by 2002:a05:6a10:1 with SMTP id a1; Mon, 1 Jan 2024\n"
  "X-Received: by 2002:a05:6a10:2 with SMTP id b2; Mon, 1 Jan 2024\n"
  "ARC-Seal: i=1; a=rsa-sha256; t=1; cv=none; d=google.com; s=arc-1; b=x==\n"
  "ARC-Authentication-Results: i=1; mx.google.com;\n"
  "       dkim=pass header.i=@example.net header.s=s1 header.b=AbCd;\n"
  "       spf=pass (google.com: domain of info@example.net designates "
  "203.0.113.7 as permitted sender) smtp.mailfrom=info@example.net;\n"
  "       dmarc=pass (p=NONE sp=NONE dis=NONE) header.from=example.net\n"
  "Return-Path: <info@example.net>\n"
  "Received: from mail.example.net (mail.example.net. [203.0.113.7])\n"
  "        by mx.google.com with ESMTPS id x-1 for <taro@gmail.com>\n"
  "Received-SPF: pass (google.com: domain of info@example.net designates "
  "203.0.113.7 as permitted sender) client-ip=203.0.113.7;\n"
  "Authentication-Results: mx.google.com;\n"
  "       dkim=pass header.i=@example.net header.s=s1 header.b=AbCd;\n"
  "       spf=pass (google.com: domain of info@example.net designates "
  "203.0.113.7 as permitted sender) smtp.mailfrom=info@example.net;\n"
  "       dmarc=pass (p=NONE sp=NONE dis=NONE) header.from=example.net\n"
  "Received: by mail.example.net (Postfix, from userid 33) id 1\n"
  "DKIM-Signature: v=1; a=rsa-sha256; d=example.net; s=s1; b=AbCd\n"
  "From: info@example.net\n\nx\n" },
{ "Gmail, null sender judged by HELO",
  "mx.google.com 203.0.113.7 <> mailer-daemon@mail.example.net "
  "spf=none/mail.example.net dkim=- dmarc=-",
  "Return-Path: <>\n"
  "Received: from mail.example.net (mail.example.net. [203.0.113.7]) by "
  "mx.google.com with ESMTPS id x\n"
  "Received-SPF: none (google.com: mail.example.net does not designate "
  "permitted sender hosts) client-ip=203.0.113.7;\n"
  "Authentication-Results: mx.google.com;\n"
  "       spf=none (google.com: mail.example.net does not designate permitted "
  "sender hosts) smtp.helo=mail.example.net\n"
  "From: MAILER-DAEMON@mail.example.net (Mail Delivery System)\n" },
{ "Gmail, IPv6, neutral guess",
  "mx.google.com 2001:db8::7 www@web.example info@example.net "
  "spf=neutral/web.example dkim=- dmarc=fail/example.net",
  "Return-Path: <www@web.example>\n"
  "Received: from web.example ([2001:db8::7]) by mx.google.com with ESMTPS\n"
  "Authentication-Results: mx.google.com;\n"
  "       spf=neutral (google.com: 2001:db8::7 is neither permitted nor "
  "denied by best guess record for domain of www@web.example) "
  "smtp.mailfrom=www@web.example;\n"
  "       dmarc=fail (p=QUARANTINE sp=NONE dis=QUARANTINE) "
  "header.from=example.net\nFrom: info@example.net\n" },
{ "Gmail, two signatures, the first of a relay",
  "mx.google.com 198.51.100.4 info@example.net info@example.net "
  "spf=pass/example.net dkim=pass/example.net/s1 dmarc=pass/example.net",
  "Received: from out.relay.example (out.relay.example. [198.51.100.4]) by "
  "mx.google.com with ESMTPS\n"
  "Authentication-Results: mx.google.com;\n"
  "       dkim=pass header.i=@relay.example header.s=r1 header.b=q;\n"
  "       dkim=pass header.i=@example.net header.s=s1 header.b=w;\n"
  "       spf=pass (google.com: domain of info@example.net designates "
  "198.51.100.4 as permitted sender) smtp.mailfrom=info@example.net;\n"
  "       dmarc=pass (p=NONE sp=NONE dis=NONE) header.from=example.net\n"
  "From: info@example.net\n" },
{ "Gmail, DKIM key cannot be had",
  "mx.google.com 203.0.113.7 info@example.net info@example.net "
  "spf=pass/example.net dkim=temperror/example.net/s1 dmarc=pass/example.net",
  "Received: from mail.example.net (mail.example.net. [203.0.113.7]) by "
  "mx.google.com with ESMTPS\n"
  "Authentication-Results: mx.google.com; dkim=temperror (no key for "
  "signature) header.i=@example.net header.s=s1 header.b=q; spf=pass "
  "(google.com: domain of info@example.net designates 203.0.113.7 as "
  "permitted sender) smtp.mailfrom=info@example.net; dmarc=pass (p=NONE "
  "sp=NONE dis=NONE) header.from=example.net\nFrom: info@example.net\n" },
{ "Gmail forwards: the forwarder's sender",
  "mx.google.com 198.51.100.9 srs0=ab=cd=example.net=info@fwd.example "
  "info@example.net spf=pass/fwd.example dkim=pass/example.net/s1 "
  "dmarc=pass/example.net",
  "Return-Path: <SRS0=ab=cd=example.net=info@fwd.example>\n"
  "Received: from fwd.example (fwd.example. [198.51.100.9]) by mx.google.com\n"
  "Authentication-Results: mx.google.com;\n"
  "       dkim=pass header.i=@example.net header.s=s1 header.b=q;\n"
  "       spf=pass (google.com: domain of srs0=ab=cd=example.net=info@"
  "fwd.example designates 198.51.100.9 as permitted sender) "
  "smtp.mailfrom=\"SRS0=ab=cd=example.net=info@fwd.example\";\n"
  "       dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=example.net\n"
  "Received: from mail.example.net (mail.example.net [203.0.113.7]) by "
  "fwd.example (Postfix)\nFrom: info@example.net\n" },
/* ---- the cases ---- */
{ "softfail of a web server's IPv6 address",
  "- 2401:2500:102:1::1 nginx@example.com - spf=softfail/example.com dkim=- "
  "dmarc=-",
  "Received-SPF: softfail (google.com: domain of transitioning "
  "nginx@example.com does not designate 2401:2500:102:1::1 as permitted "
  "sender) client-ip=2401:2500:102:1::1;\n" },
{ "a list's headers with the address masked",
  "mx.google.com - contest-admin@example.org - spf=pass/example.org dkim=- "
  "dmarc=fail/gmail.com",
  "ARC-Authentication-Results: i=1; mx.google.com;\n"
  "spf=pass (google.com: domain of contest-admin@example.org designates "
  "*.*.*.* as permitted sender) smtp.mailfrom=contest-admin@example.org;\n"
  "dmarc=fail (p=NONE sp=QUARANTINE dis=NONE) header.from=gmail.com\n"
  "Received-SPF: pass (google.com: domain of contest-admin@example.org "
  "designates *.*.*.* as permitted sender) client-ip=*.*.*.*;\n" },
/* ---- Microsoft ---- */
{ "Exchange Online",
  "- 203.0.113.7 info@example.net info@example.net spf=pass/example.net "
  "dkim=pass/example.net dmarc=pass/example.net",
  "Received: from AM6PR01MB1.eurprd01.prod.outlook.com "
  "(2603:10a6:20b:1::1) by DB7PR01MB2.eurprd01.prod.outlook.com with HTTPS\n"
  "Received: from AM5EUR02FT1.eop-EUR02.prod.protection.outlook.com\n"
  " (2603:10a6:20b:2:cafe::3) by AM6PR01MB1.outlook.office365.com\n"
  " (2603:10a6:20b:1::1) with Microsoft SMTP Server\n"
  "Authentication-Results: spf=pass (sender IP is 203.0.113.7)\n"
  " smtp.mailfrom=example.net; dkim=pass (signature was verified)\n"
  " header.d=example.net;dmarc=pass action=none\n"
  " header.from=example.net;compauth=pass reason=100\n"
  "Received-SPF: Pass (protection.outlook.com: domain of example.net "
  "designates\n 203.0.113.7 as permitted sender) "
  "receiver=protection.outlook.com;\n"
  " client-ip=203.0.113.7; helo=mail.example.net; pr=C\n"
  "Received: from mail.example.net (203.0.113.7) by\n"
  " AM5EUR02FT1.mail.protection.outlook.com (10.13.1.2) with Microsoft SMTP\n"
  " Server\n"
  "Return-Path: info@example.net\n"
  "X-MS-Exchange-Organization-AuthSource: AM5EUR02FT1\n"
  "From: info@example.net\n" },
{ "Exchange Online, nothing passes",
  "- 198.51.100.20 - info@example.net spf=softfail/example.net dkim=none "
  "dmarc=fail/example.net",
  "Authentication-Results: spf=softfail (sender IP is 198.51.100.20)\n"
  " smtp.mailfrom=example.net; dkim=none (message not signed)\n"
  " header.d=none;dmarc=fail action=quarantine\n"
  " header.from=example.net;compauth=fail reason=000\n"
  "From: info@example.net\n" },
{ "Exchange, oreject",
  "- 198.51.100.20 - info@example.net spf=fail/example.net "
  "dkim=fail/example.net dmarc=fail/example.net",
  "Authentication-Results: spf=fail (sender IP is 198.51.100.20)\n"
  " smtp.mailfrom=example.net; dkim=fail (body hash did not verify)\n"
  " header.d=example.net;dmarc=fail action=oreject\n"
  " header.from=example.net;compauth=none reason=451\n"
  "From: info@example.net\n" },
{ "Outlook: what the sender's own tenant sealed does not count",
  "- 203.0.113.7 - info@example.net spf=pass/example.net dkim=none "
  "dmarc=pass/example.net",
  "Authentication-Results: spf=pass (sender IP is 203.0.113.7)\n"
  " smtp.mailfrom=example.net; dkim=none (message not signed)\n"
  " header.d=none;dmarc=pass action=none header.from=example.net;\n"
  "ARC-Authentication-Results: i=1; mx.microsoft.com 1; spf=pass\n"
  " smtp.mailfrom=example.net; dmarc=pass action=none\n"
  " header.from=example.net; dkim=pass header.d=example.net; arc=none\n"
  "Authentication-Results-Original: dkim=pass header.d=example.net\n"
  "From: info@example.net\n" },
{ "Outlook, Japanese: sent on behalf, no DMARC record",
  "- 203.0.113.7 - info@example.net spf=pass/example.net dkim=none "
  "dmarc=bestguesspass/example.net",
  "Authentication-Results: spf=pass (sender IP is 203.0.113.7)\n"
  " smtp.mailfrom=example.net; dkim=none (message not signed)\n"
  " header.d=none;dmarc=bestguesspass action=none\n"
  " header.from=example.net;compauth=pass reason=109\n"
  "From: =?iso-2022-jp?B?GyRCPjBMbhsoQg==?= <info@example.net>\n" },
{ "ARC of Microsoft 365 alone",
  "mx.microsoft.com 203.0.113.7 - - spf=pass/example.net "
  "dkim=pass/example.net dmarc=pass/example.net",
  "ARC-Authentication-Results: i=1; mx.microsoft.com 1; spf=pass (sender ip "
  "is\n 203.0.113.7) smtp.rcpttodomain=example.org "
  "smtp.mailfrom=example.net;\n dmarc=pass (p=none sp=none pct=100) "
  "action=none header.from=example.net;\n dkim=pass (signature was verified) "
  "header.d=example.net; arc=none (0)\n" },
/* ---- Yahoo, AOL ---- */
{ "Yahoo",
  "atlas-production.v2-mail-prod1-ne1.omega.yahoo.com 203.0.113.7 "
  "info@example.net info@example.net spf=pass/example.net "
  "dkim=pass/example.net/s1 dmarc=pass/example.net",
  "Received: from 10.197.36.1\n by atlas-production.v2-mail-prod1-ne1.omega."
  "yahoo.com pod-id NONE with HTTPS; Mon, 1 Jan 2024\n"
  "Return-Path: <info@example.net>\n"
  "X-Originating-Ip: [203.0.113.7]\n"
  "Received-SPF: pass (domain of example.net designates 203.0.113.7 as "
  "permitted sender)\n"
  "Authentication-Results: "
  "atlas-production.v2-mail-prod1-ne1.omega.yahoo.com;\n"
  " dkim=pass header.i=@example.net header.s=s1;\n"
  " spf=pass smtp.mailfrom=example.net;\n"
  " dmarc=pass(p=NONE) header.from=example.net;\n"
  "Received: from 203.0.113.7 (EHLO mail.example.net)\n"
  " by 10.197.36.1 with SMTPs\nFrom: info@example.net\n" },
{ "Yahoo, dkim unknown, perm_fail",
  "atlas.yahoo.com 203.0.113.7 - info@example.net spf=none/example.net "
  "dkim=perm_fail/example.net/s1 dmarc=unknown/example.net",
  "Received-SPF: none (domain of example.net does not designate permitted "
  "sender hosts)\n"
  "Authentication-Results: atlas.yahoo.com;\n"
  " dkim=perm_fail header.i=@example.net header.s=s1;\n"
  " spf=none smtp.mailfrom=example.net;\n"
  " dmarc=unknown header.from=example.net;\n"
  "Received: from 203.0.113.7 (EHLO mail.example.net)\n"
  " by 10.197.36.1 with SMTP\nFrom: info@example.net\n" },
{ "Yahoo, old form",
  "mta1001.mail.bf1.yahoo.com 203.0.113.7 - info@example.net "
  "spf=pass/example.net dkim=neutral dmarc=-",
  "Received-SPF: pass (domain of example.net designates 203.0.113.7 as "
  "permitted sender)\n"
  "Authentication-Results: mta1001.mail.bf1.yahoo.com  from=example.net; "
  "domainkeys=neutral (no sig);  from=example.net; dkim=neutral (no sig)\n"
  "Received: from 127.0.0.1  (EHLO mail.example.net) (203.0.113.7)\n"
  "  by mta1001.mail.bf1.yahoo.com with SMTP\nFrom: info@example.net\n" },
/* ---- Apple ---- */
{ "iCloud: one field for each method",
  "dmarc.icloud.com 203.0.113.7 info@example.net info@example.net "
  "spf=pass/example.net dkim=pass/example.net dmarc=pass/example.net",
  "Received: from p00-icloudmta-asmtp-us-central-1k-60-percent-1 by "
  "p101-mailgateway-smtp-5f (mailgateway 2404B21) with SMTP id 1\n"
  "Received: from ms-eu.example (ms-eu.example [198.51.100.250]) by "
  "p00-icloudmta-asmtp-1 (Postfix) with ESMTPS\n"
  "Authentication-Results: bimi.icloud.com; bimi=skipped reason=\"dmarc\"\n"
  "X-ARC-Info: policy=fail; arc=none\n"
  "Authentication-Results: arc.icloud.com; arc=none\n"
  "Authentication-Results: dmarc.icloud.com; dmarc=pass "
  "header.from=example.net\n"
  "X-DMARC-Info: pass=pass; dmarc-policy=none; s=r1; d=r1\n"
  "Authentication-Results: dkim-verifier.icloud.com;\n"
  "\tdkim=pass (2048-bit key) header.d=example.net header.i=@example.net "
  "header.b=abc\n"
  "Authentication-Results: spf.icloud.com; spf=pass (spf.icloud.com: domain "
  "of info@example.net designates 203.0.113.7 as permitted sender) "
  "smtp.mailfrom=info@example.net\n"
  "Received-SPF: pass (spf.icloud.com: domain of info@example.net designates "
  "203.0.113.7 as permitted sender) receiver=spf.icloud.com; "
  "client-ip=203.0.113.7; helo=mail.example.net; "
  "envelope-from=info@example.net\n"
  "Received: from mail.example.net (mail.example.net [203.0.113.7]) by "
  "st11p00im-smtpin.me.com (Postfix) with ESMTPS\n"
  "From: info@example.net\n" },
/* ---- Fastmail, Proton, Zoho, Yandex, mail.ru, GMX ---- */
{ "Fastmail",
  "mx1.messagingengine.com 203.0.113.7 info@example.net info@example.net "
  "spf=pass/example.net dkim=pass/example.net/s1 dmarc=pass/example.net",
  "Return-Path: <info@example.net>\n"
  "Received: from compute1.internal (compute1.nyi.internal [10.202.2.41])\n"
  "\t by sloti1 (Cyrus) with LMTPA;\n"
  "X-Spam-known-sender: no\n"
  "Authentication-Results: mx1.messagingengine.com;\n"
  "    arc=none (no signatures found);\n"
  "    bimi=skipped (DMARC Policy is not at enforcement);\n"
  "    dkim=pass (2048-bit rsa key sha256) header.d=example.net\n"
  "    header.i=@example.net header.b=AbCdEf header.a=rsa-sha256\n"
  "    header.s=s1 x-bits=2048;\n"
  "    dmarc=pass policy.published-domain-policy=none\n"
  "    policy.applied-disposition=none policy.evaluated-disposition=none\n"
  "    (p=none,d=none,d.eval=none) policy.policy-from=p\n"
  "    header.from=example.net;\n"
  "    iprev=pass smtp.remote-ip=203.0.113.7 (mail.example.net);\n"
  "    spf=pass smtp.mailfrom=info@example.net smtp.helo=mail.example.net;\n"
  "    x-aligned-from=pass (Address match);\n"
  "    x-tls=pass smtp.version=TLSv1.3 smtp.cipher=TLS_AES_256_GCM_SHA384\n"
  "Received-SPF: pass\n"
  "    (example.net: 203.0.113.7 is authorized to use 'info@example.net' in\n"
  "    'mfrom' identity (mechanism 'ip4:203.0.113.7' matched))\n"
  "    receiver=mx1.messagingengine.com;\n"
  "    identity=mailfrom;\n"
  "    envelope-from=\"info@example.net\";\n"
  "    helo=mail.example.net;\n"
  "    client-ip=203.0.113.7\n"
  "Received: from mail.example.net (mail.example.net [203.0.113.7])\n"
  "\tby mx1.messagingengine.com (Postfix) with ESMTPS\n"
  "From: info@example.net\n" },
{ "Proton",
  "mail.protonmail.ch 203.0.113.7 info@example.net info@example.net "
  "spf=pass/example.net dkim=pass/example.net dmarc=pass/example.net",
  "Return-Path: <info@example.net>\n"
  "Authentication-Results: mail.protonmail.ch; spf=pass "
  "smtp.mailfrom=example.net\n"
  "Authentication-Results: mail.protonmail.ch; arc=none "
  "smtp.remote-ip=203.0.113.7\n"
  "Authentication-Results: mail.protonmail.ch; dkim=pass (Good 2048 bit\n"
  " rsa-sha256 signature) header.d=example.net header.a=rsa-sha256\n"
  "Authentication-Results: mail.protonmail.ch; dmarc=pass (p=none dis=none)\n"
  " header.from=example.net\n"
  "Received: from mail.example.net (mail.example.net [203.0.113.7]) (using "
  "TLSv1.3) by mailin1.protonmail.ch (Postfix) with ESMTPS\n"
  "From: info@example.net\n" },
{ "mail.ru",
  "mx42.mail.ru 203.0.113.7 info@example.net info@example.net "
  "spf=pass/example.net dkim=pass/example.net dmarc=pass/example.net",
  "Return-path: <info@example.net>\n"
  "Received-SPF: pass (mx42.mail.ru: domain of example.net designates "
  "203.0.113.7 as permitted sender) client-ip=203.0.113.7; "
  "envelope-from=info@example.net; helo=mail.example.net;\n"
  "Received: from mail.example.net ([203.0.113.7]:41234)\n"
  "\tby mx42.mail.ru with esmtp (envelope-from <info@example.net>)\n"
  "\tid 1rK; Mon, 01 Jan 2024 10:00:00 +0300\n"
  "Authentication-Results: mx42.mail.ru; spf=pass (mx42.mail.ru: domain of "
  "example.net designates 203.0.113.7 as permitted sender) "
  "smtp.mailfrom=info@example.net smtp.helo=mail.example.net;\n"
  "\t dkim=pass header.d=example.net;\n"
  "\t dmarc=pass header.from=info@example.net\n"
  "From: info@example.net\n" },
{ "Yandex",
  "mail-nwsmtp-mxfront-production-main-1.iva.yp-c.yandex.net 203.0.113.7 "
  "info@example.net info@example.net spf=pass/example.net "
  "dkim=pass/example.net dmarc=-",
  "Received: from mail-nwsmtp-mxfront-production-main-1.iva.yp-c.yandex.net "
  "([127.0.0.1])\n\tby mail-nwsmtp-mxfront-production-main-1.iva.yp-c."
  "yandex.net with LMTP id 1\n"
  "Received: from mail.example.net (mail.example.net [203.0.113.7])\n"
  "\tby mail-nwsmtp-mxfront-production-main-1.iva.yp-c.yandex.net (mxfront) "
  "with ESMTPS id 2\n"
  "Return-Path: info@example.net\n"
  "Authentication-Results: mail-nwsmtp-mxfront-production-main-1.iva.yp-c."
  "yandex.net; spf=pass (mail-nwsmtp-mxfront-production-main-1.iva.yp-c."
  "yandex.net: domain of example.net designates 203.0.113.7 as permitted "
  "sender, rule=[ip4:203.0.113.7]) smtp.mail=info@example.net; dkim=pass "
  "header.i=@example.net\n"
  "From: info@example.net\n" },
{ "GMX",
  "gmx.net 203.0.113.7 info@example.net info@example.net spf=- "
  "dkim=pass/example.net dmarc=-",
  "Return-Path: <info@example.net>\n"
  "Authentication-Results:  gmx.net; dkim=pass header.i=@example.net\n"
  "Received: from mail.example.net ([203.0.113.7]) by mx-ha.gmx.net (mxgmx017\n"
  " [212.227.15.9]) with ESMTPS (Nemesis) id 1M for <taro@gmx.net>\n"
  "From: info@example.net\n" },
{ "GMX, no signature",
  "gmx.net 203.0.113.7 - info@example.net spf=- dkim=none dmarc=-",
  "Authentication-Results:  gmx.net; dkim=none\n"
  "Received: from mail.example.net ([203.0.113.7]) by mx-ha.gmx.net (mxgmx017\n"
  " [212.227.15.9]) with ESMTPS (Nemesis)\nFrom: info@example.net\n" },
{ "Zoho",
  "mx.zohomail.com 203.0.113.7 info@example.net info@example.net "
  "spf=pass/example.net dkim=pass dmarc=pass/example.net",
  "Received-SPF: pass (zohomail.com: domain of example.net designates "
  "203.0.113.7 as permitted sender) client-ip=203.0.113.7; "
  "envelope-from=info@example.net; helo=mail.example.net;\n"
  "Authentication-Results: mx.zohomail.com;\n"
  "\tdkim=pass;\n"
  "\tspf=pass (zohomail.com: domain of example.net designates 203.0.113.7 as "
  "permitted sender)  smtp.mailfrom=info@example.net;\n"
  "\tarc=pass (i=1 dmarc=pass fromdomain=example.net);\n"
  "\tdmarc=pass(p=none dis=none)  header.from=<info@example.net> "
  "(p=none dis=none)\nFrom: info@example.net\n" },
{ "Seznam-like spf=PASS in capitals",
  "email.example 203.0.113.7 - info@example.net spf=pass/example.net "
  "dkim=pass/example.net dmarc=pass/example.net",
  "Authentication-Results: email.example 1; spf=PASS "
  "smtp.mailfrom=example.net smtp.remote-ip=203.0.113.7; dkim=PASS "
  "header.d=example.net; dmarc=PASS header.from=example.net\n"
  "From: info@example.net\n" },
/* ---- Japan ---- */
{ "docomo",
  "mfsmax.docomo.ne.jp 203.0.113.7 info@example.net info@example.net "
  "spf=pass/example.net "
  "dkim=pass/example.net dmarc=pass/example.net",
  "Received: from mail.example.net (mail.example.net [203.0.113.7]) by "
  "mfsmax.docomo.ne.jp with ESMTP\n"
  "Authentication-Results: mfsmax.docomo.ne.jp; spf=pass "
  "smtp.mailfrom=info@example.net; sender-id=pass header.From="
  "info@example.net; dkim=pass header.i=@example.net; dmarc=pass "
  "header.from=example.net\n"
  "From: info@example.net\n" },
{ "au: Sender ID beside SPF, hardfail",
  "msmx.au.com - info@example.net info@example.net spf=hardfail/example.net "
  "dkim=- dmarc=-",
  "Authentication-Results: msmx.au.com; spf=hardfail smtp.mfrom="
  "info@example.net; sender-id=hardfail header.From=info@example.net\n"
  "From: info@example.net\n" },
{ "SoftBank: permerror",
  "softbank.ne.jp 203.0.113.7 info@example.net info@example.net "
  "spf=permerror/example.net "
  "dkim=none dmarc=-",
  "Received: from mail.example.net (HELO mail.example.net) (203.0.113.7) by "
  "softbank.ne.jp with SMTP\n"
  "Authentication-Results: softbank.ne.jp; spf=permerror "
  "smtp.mailfrom=info@example.net; dkim=none\n"
  "From: info@example.net\n" },
{ "Arena and others: smtp.mfrom, x-dkim-adsp",
  "example.org - info@example.net info@example.net spf=pass/example.net "
  "dkim=pass/example.net dmarc=-",
  "Authentication-Results: example.org; dkim=pass (2048-bit key)\n"
  " header.i=@example.net; x-dkim-adsp=none\n"
  "Authentication-Results: example.org; sender-id=pass "
  "header.from=info@example.net; spf=pass smtp.mfrom=info@example.net\n"
  "From: info@example.net\n" },
{ "Sakura: SpamAssassin and a milter",
  "www1234.sakura.ne.jp 203.0.113.7 info@example.net info@example.net "
  "spf=pass/example.net dkim=pass/example.net/s1 dmarc=-",
  "Return-Path: <info@example.net>\n"
  "X-Original-To: taro@example.org\n"
  "Received: from mail.example.net (mail.example.net [203.0.113.7])\n"
  "\tby www1234.sakura.ne.jp (Postfix) with ESMTPS id 1\n"
  "X-Spam-Checker-Version: SpamAssassin 3.4 on www1234.sakura.ne.jp\n"
  "X-Spam-Status: No, score=-1.1 required=5.0 tests=SPF_PASS,DKIM_VALID\n"
  "Authentication-Results: www1234.sakura.ne.jp; spf=pass "
  "smtp.mailfrom=info@example.net\n"
  "Authentication-Results: www1234.sakura.ne.jp;\n"
  "\tdkim=pass (2048-bit key; unprotected) header.d=example.net "
  "header.i=@example.net header.b=abc;\n"
  "\tdkim-atps=neutral\n"
  "DKIM-Signature: v=1; a=rsa-sha256; d=example.net; s=s1; b=abc\n"
  "From: info@example.net\n" },
{ "BIGLOBE: hardfail for both",
  "biglobe.ne.jp - info@example.net info@example.net spf=hardfail/example.net "
  "dkim=hardfail/example.net dmarc=-",
  "Authentication-Results: biglobe.ne.jp; spf=hardfail "
  "smtp.mailfrom=info@example.net\n"
  "Authentication-Results: biglobe.ne.jp; dkim=hardfail "
  "header.d=example.net\nFrom: info@example.net\n" },
{ "Yahoo! JAPAN: properties behind semicolons",
  "mta525.mail.djm.ynwp.yahoo.co.jp 203.0.113.7 info@example.net "
  "info@example.net spf=pass/example.net dkim=pass/example.net dmarc=pass/example.net",
  "Received-SPF: pass (mail.example.net: domain of info@example.net "
  "designates 203.0.113.7 as permitted sender) receiver=mail.example.net; "
  "client-ip=203.0.113.7; envelope-from=info@example.net;\n"
  "Authentication-Results: mta525.mail.djm.ynwp.yahoo.co.jp  "
  "from=example.net; domainkeys=neutral (no sig); from=example.net; "
  "dkim=pass (ok); header.i=@example.net; dmarc=pass (p=none,sp=none,"
  "pct=100,domain=example.net); header.from=example.net\n"
  "Received: from 203.0.113.7  (EHLO mail.example.net) (203.0.113.7)\n"
  "  by mta525.mail.djm.ynwp.yahoo.co.jp with SMTP\n"
  "From: info@example.net\n" },
/* ---- small servers ---- */
{ "Exchange of one's own",
  "ex01.example.org 203.0.113.7 info@example.net info@example.net "
  "spf=pass/example.net dkim=- dmarc=-",
  "Received: from mail.example.net (203.0.113.7) by EX01.example.org\n"
  " (10.0.0.5) with Microsoft SMTP Server\n"
  "Received-SPF: Pass (EX01.example.org: domain of info@example.net "
  "designates\n 203.0.113.7 as permitted sender) "
  "receiver=EX01.example.org;\n client-ip=203.0.113.7; "
  "helo=mail.example.net;\n"
  "From: info@example.net\n" },
{ "Zimbra: amavis twice, the later one on top",
  "mx.example.org 203.0.113.7 - info@example.net spf=- "
  "dkim=pass/example.net dmarc=-",
  "Received: from localhost (localhost [127.0.0.1]) by mx.example.org "
  "(Postfix)\n"
  "X-Spam-Status: No, score=-2\n"
  "Authentication-Results: mx.example.org (amavisd-new); dkim=pass "
  "(2048-bit key) reason=\"pass (just generated, assumed good)\" "
  "header.d=example.net\n"
  "Received: from mx.example.org ([127.0.0.1]) by localhost "
  "(mx.example.org [127.0.0.1]) (amavisd-new, port 10032)\n"
  "Authentication-Results: mx.example.org (amavisd-new); dkim=fail "
  "(1024-bit key) header.d=example.net\n"
  "Received: from mail.example.net (mail.example.net [203.0.113.7]) by "
  "mx.example.org (Postfix)\nFrom: info@example.net\n" },
{ "OpenDKIM below its own Received line, policyd-spf above",
  "mx.example.org 203.0.113.7 info@example.net info@example.net "
  "spf=pass/example.net dkim=pass/example.net/s1 dmarc=pass/example.net",
  "Return-Path: <info@example.net>\n"
  "Authentication-Results: mx.example.org; dmarc=pass (p=none dis=none) "
  "header.from=example.net\n"
  "Authentication-Results: mx.example.org; spf=pass (mailfrom) "
  "smtp.mailfrom=example.net (client-ip=203.0.113.7; "
  "helo=mail.example.net; envelope-from=info@example.net; "
  "receiver=<UNKNOWN>)\n"
  "Received: from mail.example.net (mail.example.net [203.0.113.7])\n"
  "\tby mx.example.org (Postfix) with ESMTPS id 4F\n"
  "Authentication-Results: mx.example.org;\n"
  "\tdkim=pass (2048-bit key; secure) header.d=example.net "
  "header.i=@example.net header.a=rsa-sha256 header.s=s1 header.b=abc;\n"
  "\tdkim-atps=neutral\n"
  "From: info@example.net\n" },
{ "OpenDMARC names itself, not the host",
  "opendmarc 203.0.113.7 - info@example.net spf=pass/example.net dkim=- "
  "dmarc=fail/example.net",
  "Authentication-Results: OpenDMARC; dmarc=fail (p=none dis=none) "
  "header.from=example.net\n"
  "Authentication-Results: OpenDMARC; spf=pass smtp.mailfrom=example.net\n"
  "Received: from mail.example.net (mail.example.net [203.0.113.7]) by "
  "mx.example.org (Postfix)\nFrom: info@example.net\n" },
{ "rspamd",
  "mx.example.org 203.0.113.7 info@example.net info@example.net "
  "spf=pass/example.net dkim=pass/example.net/s1 dmarc=pass/example.net",
  "Return-Path: <info@example.net>\n"
  "Received: from mail.example.net (mail.example.net [203.0.113.7])\n"
  "\tby mx.example.org (Postfix) with ESMTPS id 4F\n"
  "Authentication-Results: mx.example.org;\n"
  "\tdkim=pass header.d=example.net header.s=s1 header.b=Q1w2;\n"
  "\tdmarc=pass (policy=none) header.from=example.net;\n"
  "\tspf=pass (mx.example.org: domain of info@example.net designates "
  "203.0.113.7 as permitted sender) smtp.mailfrom=info@example.net\n"
  "From: info@example.net\n" },
{ "amavis",
  "mx.example.org 203.0.113.7 - info@example.net spf=- "
  "dkim=pass/example.net dmarc=-",
  "Received: from localhost (localhost [127.0.0.1]) by mx.example.org "
  "(Postfix) with ESMTP id 2\n"
  "Authentication-Results: mx.example.org (amavisd-new);\n"
  "\tdkim=pass (2048-bit key) header.d=example.net\n"
  "Received: from mx.example.org ([127.0.0.1]) by localhost "
  "(mx.example.org [127.0.0.1]) (amavisd-new, port 10024) with ESMTP\n"
  "Received: from mail.example.net (mail.example.net [203.0.113.7]) by "
  "mx.example.org (Postfix) with ESMTPS\nFrom: info@example.net\n" },
{ "policyd-spf in the old field",
  "- 203.0.113.7 info@example.net info@example.net spf=softfail/example.net "
  "dkim=- dmarc=-",
  "Received-SPF: Softfail (mailfrom) identity=mailfrom; "
  "client-ip=203.0.113.7; helo=mail.example.net; "
  "envelope-from=info@example.net; receiver=<UNKNOWN> \n"
  "From: info@example.net\n" },
{ "policyd-spf judges HELO, too",
  "- 203.0.113.7 info@example.net - spf=fail/example.net dkim=- dmarc=-",
  "Received-SPF: Fail (mailfrom) identity=mailfrom; client-ip=203.0.113.7; "
  "helo=mail.example.net; envelope-from=info@example.net; receiver=<UNKNOWN>\n"
  "Received-SPF: Pass (helo) identity=helo; client-ip=203.0.113.7; "
  "helo=mail.example.net; envelope-from=info@example.net; "
  "receiver=<UNKNOWN>\n" },
{ "policyd-spf, HELO first",
  "- 203.0.113.7 info@example.net - spf=fail/example.net dkim=- dmarc=-",
  "Received-SPF: Pass (helo) identity=helo; client-ip=203.0.113.7; "
  "helo=mail.example.net; envelope-from=info@example.net; "
  "receiver=<UNKNOWN>\n"
  "Received-SPF: Fail (mailfrom) identity=mailfrom; client-ip=203.0.113.7; "
  "helo=mail.example.net; envelope-from=info@example.net; "
  "receiver=<UNKNOWN>\n" },
{ "Exim",
  "mx.example.org 203.0.113.7 info@example.net info@example.net "
  "spf=pass/example.net dkim=pass/example.net/s1 dmarc=pass/example.net",
  "Return-path: <info@example.net>\n"
  "Received: from mail.example.net ([203.0.113.7])\n"
  "\tby mx.example.org with esmtps (TLS1.3) tls (Exim 4.96)\n"
  "\t(envelope-from <info@example.net>) id 1r\n"
  "Authentication-Results: mx.example.org;\n"
  "\tiprev=pass (mail.example.net) smtp.remote-ip=203.0.113.7;\n"
  "\tspf=pass smtp.mailfrom=example.net;\n"
  "\tdkim=pass header.d=example.net header.s=s1 header.a=rsa-sha256;\n"
  "\tdmarc=pass header.from=example.net\nFrom: info@example.net\n" },
{ "Exim without an id",
  "- 203.0.113.7 info@example.net info@example.net spf=pass/example.net "
  "dkim=- dmarc=-",
  "Return-path: <info@example.net>\n"
  "Received: from mail.example.net ([203.0.113.7]) by mx.example.org "
  "with esmtps (Exim 4.94)\n"
  "Received-SPF: pass (mx.example.org: domain of example.net designates "
  "203.0.113.7 as permitted sender) client-ip=203.0.113.7; "
  "envelope-from=info@example.net; helo=mail.example.net;\n"
  "From: info@example.net\n" },
{ "cPanel, spfbl and no results",
  "mx.example.org 203.0.113.7 - info@example.net spf=none dkim=none dmarc=-",
  "Received: from mail.example.net ([203.0.113.7]) by mx.example.org\n"
  "Authentication-Results: mx.example.org; spf=none; dkim=none\n"
  "From: info@example.net\n" },
{ "RFC 8601: none at all",
  "mx.example.org 203.0.113.7 - info@example.net spf=- dkim=- dmarc=-",
  "Received: from mail.example.net (mail.example.net [203.0.113.7]) by "
  "mx.example.org\n"
  "Authentication-Results: mx.example.org 1; none\n"
  "DKIM-Signature: v=1; d=example.net; s=s1; b=x\nFrom: info@example.net\n" },
{ "Halon, IronPort: comments everywhere",
  "esa1.example.org 203.0.113.7 info@example.net info@example.net "
  "spf=softfail/example.net "
  "dkim=permerror/example.net/s1 dmarc=permerror/example.net",
  "Received: from mail.example.net ([203.0.113.7]) by esa1.example.org with "
  "ESMTP/TLS\n"
  "Authentication-Results: esa1.example.org (really; \"not\" a result); "
  "spf (v1) = softfail (a (nested; comment=pass) here) smtp.mailfrom = "
  "info@example.net; dkim=permerror (no key) (second comment) header.d="
  "\"example.net\" header.s=s1; dmarc=permerror reason=\"p=reject; d=none\" "
  "header.from=example.net\nFrom: info@example.net\n" },
{ "IronPort: dkim=none without a message",
  "esa1.example.org 203.0.113.7 info@example.net info@example.net "
  "spf=pass/example.net "
  "dkim=none dmarc=-",
  "Received: from mail.example.net ([203.0.113.7]) by esa1.example.org\n"
  "Authentication-Results: esa1.example.org; dkim=none (message not signed) "
  "header.i=none; spf=Pass smtp.mailfrom=info@example.net; spf=None "
  "smtp.helo=postmaster@mail.example.net\nFrom: info@example.net\n" },
{ "IronPort: HELO before the sender",
  "esa1.example.org 203.0.113.7 info@example.net info@example.net "
  "spf=softfail/example.net "
  "dkim=none dmarc=-",
  "Received: from mail.example.net ([203.0.113.7]) by esa1.example.org\n"
  "Authentication-Results: esa1.example.org; spf=Pass "
  "smtp.helo=postmaster@mail.example.net; spf=SoftFail "
  "smtp.mailfrom=info@example.net; dkim=none (message not signed) "
  "header.i=none\nFrom: info@example.net\n" },
{ "Proofpoint, pphosted",
  "ppops.net 203.0.113.7 info@example.net info@example.net "
  "spf=pass/example.net dkim=pass/example.net/s1 dmarc=pass",
  "Return-Path: <info@example.net>\n"
  "Received: from mail.example.net (mail.example.net [203.0.113.7]) by "
  "mx0a-1.pphosted.com (PPS) with ESMTPS\n"
  "Authentication-Results: ppops.net; spf=pass "
  "smtp.mailfrom=info@example.net; dkim=pass header.d=example.net "
  "header.s=s1; dmarc=pass\nFrom: info@example.net\n" },
{ "a filter in front of the receiver's own server",
  "mx.filter.example 203.0.113.7 info@example.net info@example.net "
  "spf=pass/example.net dkim=pass/example.net dmarc=pass/example.net",
  "Received: from mx.filter.example (mx.filter.example [198.51.100.40])\n"
  " by mail.example.org (Postfix) with ESMTPS\n"
  "Authentication-Results: mx.filter.example; spf=pass "
  "smtp.mailfrom=info@example.net; dkim=pass header.d=example.net; "
  "dmarc=pass header.from=example.net\n"
  "Received-SPF: pass (mx.filter.example: domain of example.net designates "
  "203.0.113.7 as permitted sender) client-ip=203.0.113.7\n"
  "Received: from mail.example.net (mail.example.net [203.0.113.7])\n"
  " by mx.filter.example with ESMTPS\nFrom: info@example.net\n" },
{ "a gateway and an inner server with a name of its own",
  "mx1.example.org 203.0.113.7 - info@example.net spf=pass/example.net "
  "dkim=- dmarc=-",
  "Received: from mx1.example.org (10.0.0.2) by exch01.corp.local "
  "(10.0.0.5)\n"
  "Authentication-Results: mx1.example.org; spf=pass "
  "smtp.mailfrom=example.net smtp.remote-ip=203.0.113.7\n"
  "From: info@example.net\n" },
/* ---- not the receiver's own ---- */
{ "the provider's relay, where one logs in",
  "- 198.51.100.6 info@example.net info@example.net spf=- dkim=- dmarc=-",
  "Return-Path: <info@example.net>\n"
  "Received: from smtp.isp.example (smtp.isp.example [198.51.100.6])\n"
  " by mx.example.org (Postfix) with ESMTPS\n"
  "Authentication-Results: smtp.isp.example; auth=pass "
  "smtp.auth=customer; spf=pass smtp.mailfrom=example.net\n"
  "From: info@example.net\n" },
{ "the sender's own milter wrote it",
  "- 203.0.113.7 - info@example.net spf=- dkim=- dmarc=-",
  "Received: from mail.example.net (mail.example.net [203.0.113.7])\n"
  "\tby mx.example.org (Postfix) with ESMTPS id 4F\n"
  "Received: from [192.168.1.5] (client.isp.example [198.51.100.77])\n"
  "\tby mail.example.net (Postfix) with ESMTPSA id 5G\n"
  "Authentication-Results: mail.example.net;\n"
  "\tauth=pass smtp.auth=info smtp.mailfrom=info@example.net;\n"
  "\tspf=pass smtp.mailfrom=info@example.net; dkim=pass "
  "header.d=example.net header.s=s1\n"
  "DKIM-Signature: v=1; d=example.net; s=s1; b=x\n"
  "From: info@example.net\n" },
{ "forged: an older server's field says pass, the receiver's fail",
  "mx.google.com 203.0.113.7 info@example.net info@example.net "
  "spf=softfail/example.net dkim=fail/example.net/s1 dmarc=fail/example.net",
  "Return-Path: <info@example.net>\n"
  "Received: from mail.example.net (mail.example.net. [203.0.113.7]) by "
  "mx.google.com with ESMTPS\n"
  "Authentication-Results: mx.google.com;\n"
  "       dkim=fail header.i=@example.net header.s=s1 header.b=x;\n"
  "       spf=softfail (google.com: domain of transitioning info@example.net "
  "does not designate 203.0.113.7 as permitted sender) "
  "smtp.mailfrom=info@example.net;\n"
  "       dmarc=fail (p=NONE sp=NONE dis=NONE) header.from=example.net\n"
  "Authentication-Results: mx.example.net; dkim=pass header.d=example.net "
  "header.s=s1; spf=pass smtp.mailfrom=example.net; dmarc=pass\n"
  "From: info@example.net\n" },
{ "forged under the receiver's own name, below another server's line",
  "mx.google.com 203.0.113.7 info@example.net info@example.net "
  "spf=softfail/example.net "
  "dkim=- dmarc=-",
  "Received: from mail.example.net (mail.example.net. [203.0.113.7]) by "
  "mx.google.com with ESMTPS\n"
  "Authentication-Results: mx.google.com; spf=softfail (google.com: domain "
  "of transitioning info@example.net does not designate 203.0.113.7 as "
  "permitted sender) smtp.mailfrom=info@example.net\n"
  "Received: from localhost by mail.example.net (Postfix)\n"
  "Authentication-Results: mx.google.com; dkim=pass header.d=example.net; "
  "dmarc=pass header.from=example.net\n"
  "From: info@example.net\n" },
{ "an older hop of a forwarded message",
  "mx.example.org 198.51.100.9 info@example.net info@example.net "
  "spf=fail/example.net "
  "dkim=- dmarc=-",
  "Received: from fwd.example (fwd.example [198.51.100.9]) by mx.example.org "
  "(Postfix)\n"
  "Authentication-Results: mx.example.org; spf=fail "
  "smtp.mailfrom=info@example.net smtp.remote-ip=198.51.100.9\n"
  "Received: from mail.example.net (mail.example.net [203.0.113.7]) by "
  "fwd.example (Postfix)\n"
  "Authentication-Results: fwd.example; spf=pass smtp.mailfrom=example.net; "
  "dkim=pass header.d=example.net; dmarc=pass header.from=example.net\n"
  "From: info@example.net\n" },
{ "an older hop's Received-SPF does not replace the receiver's",
  "mx.example.org 198.51.100.9 info@example.net info@example.net "
  "spf=fail/example.net "
  "dkim=- dmarc=-",
  "Received-SPF: Fail (mailfrom) identity=mailfrom; client-ip=198.51.100.9; "
  "helo=fwd.example; envelope-from=info@example.net; receiver=mx.example.org\n"
  "Received: from fwd.example (fwd.example [198.51.100.9]) by mx.example.org "
  "(Postfix)\n"
  "Received-SPF: Pass (mailfrom) identity=mailfrom; client-ip=203.0.113.7; "
  "helo=mail.example.net; envelope-from=info@example.net; "
  "receiver=fwd.example\n"
  "Received: from mail.example.net (mail.example.net [203.0.113.7]) by "
  "fwd.example (Postfix)\nFrom: info@example.net\n" },
{ "two ARC sets: the newest is the receiver's",
  "mx.google.com 198.51.100.9 l-bounces@list.example info@example.net "
  "spf=pass/list.example "
  "dkim=fail/example.net dmarc=fail/example.net",
  "ARC-Authentication-Results: i=2; mx.google.com; dkim=fail "
  "header.i=@example.net; spf=pass (google.com: domain of "
  "l-bounces@list.example designates 198.51.100.9 as permitted sender) "
  "smtp.mailfrom=l-bounces@list.example; arc=pass (i=1 spf=pass); dmarc=fail "
  "(p=NONE) header.from=example.net\n"
  "ARC-Authentication-Results: i=1; list.example; spf=pass "
  "smtp.mailfrom=info@example.net smtp.remote-ip=203.0.113.7; dkim=pass "
  "header.i=@example.net; dmarc=pass header.from=example.net\n"
  "From: info@example.net\n" },
/* ---- as they are pasted ---- */
{ "quoted in an answer",
  "mx.google.com 203.0.113.7 info@example.net info@example.net "
  "spf=pass/example.net dkim=- dmarc=pass/example.net",
  "> Return-Path: <info@example.net>\n"
  "> Received: from mail.example.net (mail.example.net. [203.0.113.7])\n"
  ">         by mx.google.com with ESMTPS\n"
  "> Authentication-Results: mx.google.com;\n"
  ">        spf=pass (google.com: domain of info@example.net designates\n"
  "> 203.0.113.7 as permitted sender) smtp.mailfrom=info@example.net;\n"
  ">        dmarc=pass (p=NONE sp=NONE dis=NONE) header.from=example.net\n"
  "> From: info@example.net\n" },
{ "quoted twice",
  "mx.google.com 203.0.113.7 - - spf=pass/example.net dkim=- dmarc=-",
  ">> Authentication-Results: mx.google.com;\n"
  ">>        spf=pass (google.com: domain of info@example.net designates\n"
  ">>  203.0.113.7 as permitted sender) smtp.mailfrom=example.net\n" },
{ "with NBSP and full-width blanks",
  "mx.google.com 203.0.113.7 - info@example.net spf=pass/example.net dkim=- "
  "dmarc=pass/example.net",
  "Authentication-Results:\xc2\xa0mx.google.com;\n"
  "\xc2\xa0\xc2\xa0spf=pass\xe3\x80\x80(google.com: domain of "
  "info@example.net designates 203.0.113.7 as permitted "
  "sender)\xc2\xa0smtp.mailfrom=example.net;\n"
  "\xe3\x80\x80""dmarc=pass header.from=example.net\n"
  "From: info@example.net\n" },
{ "cut off in the middle",
  "mx.google.com 203.0.113.7 - - spf=pass dkim=- dmarc=-",
  "Authentication-Results: mx.google.com;\n"
  "       spf=pass (google.com: domain of info@example.net designates "
  "203.0.113.7 as perm" },
{ "CR LF doubled",
  "mx.example.org 203.0.113.7 - info@example.net spf=pass/example.net dkim=- "
  "dmarc=pass/example.net",
  "Authentication-Results: mx.example.org;\r\r\n spf=pass "
  "smtp.mailfrom=example.net smtp.remote-ip=203.0.113.7;\r\r\n dmarc=pass "
  "header.from=example.net\r\r\nFrom: info@example.net\r\r\n" },
{ "one line, as a forum shows it",
  "mx.google.com 203.0.113.7 info@example.net - spf=pass/example.net "
  "dkim=pass/example.net/s1 dmarc=pass/example.net",
  "Authentication-Results: mx.google.com; dkim=pass header.i=@example.net "
  "header.s=s1 header.b=x; spf=pass (google.com: domain of info@example.net "
  "designates 203.0.113.7 as permitted sender) smtp.mailfrom=info@example."
  "net; dmarc=pass (p=NONE sp=NONE dis=NONE) header.from=example.net" },
{ "Gmail's table above \"Show original\"",
  "- 203.0.113.7 - info@example.net spf=pass dkim=pass/example.net "
  "dmarc=pass",
  "Original Message\n"
  "Message ID\t<1.2@mail.example.net>\n"
  "Created at:\tMon, Jan 1, 2024 at 10:00 AM (Delivered after 2 seconds)\n"
  "From:\tinfo@example.net\n"
  "To:\ttaro@gmail.com\n"
  "Subject:\tTest\n"
  "SPF:\tPASS with IP 203.0.113.7 Learn more\n"
  "DKIM:\t'PASS' with domain example.net Learn more\n"
  "DMARC:\t'PASS' Learn more\n" },
{ "the same in Japanese",
  "- 203.0.113.7 - info@example.net spf=softfail dkim=fail/example.net "
  "dmarc=fail",
  "\xe5\x85\x83\xe3\x81\xae\xe3\x83\xa1\xe3\x83\x83\xe3\x82\xbb\xe3\x83\xbc"
  "\xe3\x82\xb8\n"
  "\xe3\x83\xa1\xe3\x83\x83\xe3\x82\xbb\xe3\x83\xbc\xe3\x82\xb8 ID\t"
  "<1.2@mail.example.net>\n"
  "From:\t\"info@example.net\" <info@example.net>\n"
  "To:\ttaro@gmail.com\n"
  "SPF:\tSOFTFAIL\xef\xbc\x88IP: 203.0.113.7\xef\xbc\x89\xe3\x80\x82"
  "\xe8\xa9\xb3\xe7\xb4\xb0\n"
  "DKIM:\t'FAIL'\xef\xbc\x88\xe3\x83\x89\xe3\x83\xa1\xe3\x82\xa4\xe3\x83\xb3:"
  " example.net\xef\xbc\x89\n"
  "DMARC:\t'FAIL' \xe8\xa9\xb3\xe7\xb4\xb0\n" },
{ "Gmail's table, then the headers: the headers count",
  "mx.google.com 203.0.113.7 info@example.net info@example.net "
  "spf=pass/example.net dkim=pass/example.net/s1 dmarc=pass/example.net",
  "Original Message\n"
  "Message ID\t<1.2@mail.example.net>\n"
  "From:\tinfo@example.net\n"
  "SPF:\tPASS with IP 203.0.113.7 Learn more\n"
  "DKIM:\t'PASS' with domain example.net Learn more\n"
  "DMARC:\t'PASS' Learn more\n\n"
  "Download Original\tCopy to clipboard\n\n"
  "Delivered-To: taro@gmail.com\n"
  "Return-Path: <info@example.net>\n"
  "Received: from mail.example.net (mail.example.net. [203.0.113.7])\n"
  "        by mx.google.com with ESMTPS\n"
  "Authentication-Results: mx.google.com;\n"
  "       dkim=pass header.i=@example.net header.s=s1 header.b=x;\n"
  "       spf=pass (google.com: domain of info@example.net designates "
  "203.0.113.7 as permitted sender) smtp.mailfrom=info@example.net;\n"
  "       dmarc=pass (p=NONE sp=NONE dis=NONE) header.from=example.net\n"
  "From: info@example.net\n" },
{ "an mbox line and blank lines in front",
  "mx.example.org 203.0.113.7 - info@example.net spf=pass/example.net dkim=- "
  "dmarc=-",
  "\n\nFrom info@example.net Mon Jan  1 10:00:00 2024\n"
  "Authentication-Results: mx.example.org; spf=pass "
  "smtp.mailfrom=example.net smtp.remote-ip=203.0.113.7\n"
  "From: info@example.net\n\nx\n" },
{ "indented as a whole",
  "mx.example.org 203.0.113.7 - info@example.net spf=pass/example.net dkim=- "
  "dmarc=pass/example.net",
  "    Authentication-Results: mx.example.org;\n"
  "        spf=pass smtp.mailfrom=example.net smtp.remote-ip=203.0.113.7;\n"
  "        dmarc=pass header.from=example.net\n"
  "    From: info@example.net\n" },
};

static void
add(char *out, size_t size, const char *text)
{
	size_t len = strlen(out);

	snprintf(out + len, size - len, "%s", text);
}

static void
add_method(char *out, size_t size, const struct received *r,
    const char *name)
{
	const struct received_method *m = received_method(r, name);
	char text[400];

	if (m == NULL)
		snprintf(text, sizeof text, " %s=-", name);
	else
		snprintf(text, sizeof text, " %s=%s%s%s%s%s", name, m->result,
		    m->domain != NULL ? "/" : "",
		    m->domain != NULL ? m->domain : "",
		    m->selector != NULL ? "/" : "",
		    m->selector != NULL ? m->selector : "");
	add(out, size, text);
}

static const char *
shown(const char *value)
{
	return value == NULL ? "-" : *value == '\0' ? "<>" : value;
}

static void
test_sets(void **state)
{
	size_t wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++) {
		const struct set *set = &sets[i];
		struct arena *arena = arena_new();
		struct received r;
		char got[1000] = "";

		if (received_read(arena, set->text, strlen(set->text), &r)) {
			snprintf(got, sizeof got, "%s %s %s %s",
			    shown(r.receiver), shown(r.client_ip),
			    shown(r.return_path), shown(r.from));
			add_method(got, sizeof got, &r, "spf");
			add_method(got, sizeof got, &r, "dkim");
			add_method(got, sizeof got, &r, "dmarc");
		} else {
			add(got, sizeof got, "not taken");
		}
		if (strcasecmp(got, set->want) != 0) {
			print_error("%s:\n  got  %s\n  want %s\n", set->name,
			    got, set->want);
			wrong++;
		}
		arena_free(&arena);
	}
	assert_int_equal(wrong, 0);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sets),
	};

	setvbuf(stdout, NULL, _IOLBF, 0);
	return cmocka_run_group_tests_name("received_dialects", tests, NULL,
	    NULL);
}

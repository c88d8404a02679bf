-- SPDX-License-Identifier: ISC
-- The last word on a message in opendkim(8) of the test's receiver: as Gmail
-- does, it takes only what has a valid signature or passes SPF, as policyd-spf
-- has found it. It refuses in words of Gmail that depend on the recipient's name.

local older = "This message does not have authentication information or " ..
	"fails to 550-5.7.26 pass authentication checks. To best protect " ..
	"our users from spam, the 550-5.7.26 message has been blocked. " ..
	"Please visit 550-5.7.26 https://support.google.com/mail/answer/" ..
	"81126#authentication for more 550 5.7.26 information. " ..
	"c7si22504154pgw.429 - gsmtp"
local newer = "This mail is unauthenticated, which poses a security risk " ..
	"to the 550-5.7.26 sender and Gmail users, and has been blocked. " ..
	"The sender must 550-5.7.26 authenticate with at least one of SPF " ..
	"or DKIM. For this message, 550-5.7.26 DKIM checks did not pass " ..
	"and SPF check for [%s] did not pass 550-5.7.26 with ip: [%s]. The " ..
	"sender should visit 550-5.7.26  https://support.google.com/mail/" ..
	"answer/81126#authentication for 550 5.7.26 instructions on setting " ..
	"up authentication. n1-20020a170903404100b001bbc7b6492fsi4175505pla.8" ..
	" - gsmtp"
local unsolicited = "[%s       7] Our system has detected that this message " ..
	"is 550-5.7.1 likely unsolicited mail. To reduce the amount of spam " ..
	"sent to Gmail, 550-5.7.1 this message has been blocked. Please " ..
	"visit 550-5.7.1  https://support.google.com/mail/" ..
	"?p=UnsolicitedMessageError 550 5.7.1  for more information. " ..
	"o6-20020a170902d4c600b00153e9a38290si3193419plg.264 - gsmtp"
local unusual = "[%s      15] Our system has detected an 421-4.7.0 unusual " ..
	"rate of unsolicited mail originating from your IP address. To " ..
	"421-4.7.0 protect our users from spam, mail sent from your IP " ..
	"address has been 421-4.7.0 temporarily rate limited. Please visit " ..
	"421-4.7.0 http://www.google.com/mail/help/bulk_mail.html to review " ..
	"our Bulk 421 4.7.0 Email Senders Guidelines. " ..
	"mz9si1019871pdb.205 - gsmtp"

local function is_signed()
	for i = 0, (odkim.get_sigcount(ctx) or 0) - 1 do
		local signature = odkim.get_sighandle(ctx, i)
		-- DKIM_SIGERROR_OK of dkim.h, DKIM_SIGBH_MATCH
		if odkim.sig_result(signature) == 0 and
		    odkim.sig_bhresult(signature) == 0 then
			return true
		end
	end
	return false
end

local function is_sent_by_the_domain()
	local judgement = odkim.get_header(ctx, "Authentication-Results", 0)
	return judgement ~= nil and judgement:find("spf=pass", 1, true) ~= nil
end

if not is_signed() and not is_sent_by_the_domain() then
	local name = odkim.get_rcpt(ctx, 0):match("[^<@]+")
	local ip = odkim.get_clientip(ctx)
	local code, words = "5.7.26", older
	if ip:find(":", 1, true) then
		code, words = "4.7.0", unusual:format(ip)
	elseif name == "customer" then
		code, words = "5.7.1", unsolicited:format(ip)
	elseif name ~= "hoge" then
		words = newer:format(odkim.get_envfrom(ctx):match("@([^>]*)") or
			"", ip)
	end
	if code:sub(1, 1) == "4" then
		odkim.set_reply(ctx, "421", code, words)
		odkim.set_result(ctx, SMFIS_TEMPFAIL)
	else
		odkim.set_reply(ctx, "550", code, words)
		odkim.set_result(ctx, SMFIS_REJECT)
	end
end

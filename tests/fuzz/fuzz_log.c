/* SPDX-License-Identifier: ISC
 * Any bytes as a log: the counts agree with each other, and both reports come
 * out clean. The first octet says by what is counted. */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "engine/maillog/log_summary.h"
#include "engine/report/report_log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(const struct log_result *result)
{
	unsigned long long n = 0, all = result->counts.bounced +
	    result->counts.deferred + result->counts.expired;

	for (size_t i = 0; i < result->n_classes; i++)
		n += result->classes[i].counts.bounced +
		    result->classes[i].counts.deferred +
		    result->classes[i].counts.expired;
	if (n != all || all + result->sent > result->lines)
		abort();
}

static void
check_text(const struct str *out)
{
	for (size_t i = 0; i < out->len; i++)
		if ((unsigned char)out->text[i] < ' ' && out->text[i] != '\n')
			abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct log_summary *summary;
	struct log_result result;
	struct str out;

	if (size == 0)
		return 0;
	summary = log_summary_new(rules_builtin(),
	    (enum log_by)(data[0] % (LOG_BY_DAY + 1)));
	log_summary_begin(summary, 1770076800);
	log_summary_add(summary, (const char *)data + 1, size - 1);
	log_summary_result(summary, &result);
	check(&result);
	str_init(&out, (size_t)1 << 20);
	report_text_log(&result, size, false, &out);
	check_text(&out);
	report_json_log(&result, size, true, &out);
	check_text(&out);
	str_free(&out);
	log_summary_free(&summary);
	return 0;
}

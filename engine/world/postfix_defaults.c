/* SPDX-License-Identifier: ISC
 * Defaults of the parameters that sending depends on, by version, for when
 * postconf(1) cannot be asked. Also which parameters keep their $names. */
#include "config.h"

#include "engine/world/postfix_parts.h"

#include <string.h>

/* Assumed when the version is not known; in between the ones in use. */
#define ASSUMED_MAJOR 3
#define ASSUMED_MINOR 7

/* Facts of postconf(5) and the release notes. A later row of the same name
 * holds from its version on; "built" values are the packager's choice. */
struct row {
	const char *name, *value;
	signed char major, minor;
	bool built;
};

#define ANY .major = 0, .minor = 0
#define SINCE(a, b) .major = (a), .minor = (b)
#define BUILT .built = true

/* clang-format off */
static const struct row rows_table[] = {
	{ "alias_database", "hash:/etc/aliases", BUILT },
	{ "alias_maps", "hash:/etc/aliases", BUILT },
	{ "allow_percent_hack", "yes", ANY },
	{ "append_at_myorigin", "yes", ANY },
	{ "append_dot_mydomain", "yes", ANY },
	{ "append_dot_mydomain",
	  "${{$compatibility_level} < {1} ? {yes} : {no}}", SINCE(3, 0) },
	{ "append_dot_mydomain",
	  "${{$compatibility_level} <level {1} ? {yes} : {no}}", SINCE(3, 6) },
	{ "body_checks", "", ANY },
	{ "bounce_queue_lifetime", "5d", ANY },
	{ "canonical_classes", "envelope_sender, envelope_recipient, "
	  "header_sender, header_recipient", ANY },
	{ "canonical_maps", "", ANY },
	{ "cleanup_service_name", "cleanup", ANY },
	{ "command_directory", "/usr/sbin", BUILT },
	{ "compatibility_level", "0", SINCE(3, 0) },
	{ "content_filter", "", ANY },
	{ "daemon_directory", "/usr/libexec/postfix", BUILT },
	{ "data_directory", "/var/lib/postfix", BUILT },
	{ "default_database_type", "hash", BUILT },
	{ "default_destination_concurrency_limit", "20", ANY },
	{ "default_destination_rate_delay", "0s", SINCE(2, 5) },
	{ "default_destination_recipient_limit", "50", ANY },
	{ "default_privs", "nobody", ANY },
	{ "default_process_limit", "100", ANY },
	{ "default_transport", "smtp", ANY },
	{ "delay_warning_time", "0h", ANY },
	{ "disable_dns_lookups", "no", ANY },
	{ "double_bounce_sender", "double-bounce", ANY },
	{ "empty_address_recipient", "MAILER-DAEMON", ANY },
	{ "fallback_transport", "", ANY },
	{ "header_checks", "", ANY },
	{ "home_mailbox", "", ANY },
	{ "ignore_mx_lookup_error", "no", ANY },
	{ "inet_interfaces", "all", ANY },
	{ "inet_protocols", "ipv4", SINCE(2, 2) },
	{ "inet_protocols", "all", SINCE(2, 9) },
	{ "internal_mail_filter_classes", "", ANY },
	{ "local_header_rewrite_clients", "permit_inet_interfaces",
	  SINCE(2, 2) },
	{ "local_recipient_maps", "proxy:unix:passwd.byname $alias_maps",
	  ANY },
	{ "local_transport", "local:$myhostname", ANY },
	{ "luser_relay", "", ANY },
	{ "mail_name", "Postfix", ANY },
	{ "mail_owner", "postfix", ANY },
	{ "mailbox_command", "", ANY },
	{ "mailbox_size_limit", "51200000", ANY },
	{ "mailbox_transport", "", ANY },
	{ "masquerade_classes",
	  "envelope_sender, header_sender, header_recipient", ANY },
	{ "masquerade_domains", "", ANY },
	{ "masquerade_exceptions", "", ANY },
	{ "maximal_backoff_time", "4000s", ANY },
	{ "maximal_queue_lifetime", "5d", ANY },
	{ "message_size_limit", "10240000", ANY },
	{ "milter_default_action", "tempfail", SINCE(2, 3) },
	{ "milter_default_action", "shutdown", SINCE(3, 11) },
	{ "milter_protocol", "2", SINCE(2, 3) },
	{ "milter_protocol", "6", SINCE(2, 6) },
	{ "mime_header_checks", "$header_checks", ANY },
	{ "minimal_backoff_time", "1000s", ANY },
	{ "minimal_backoff_time", "300s", SINCE(2, 4) },
	{ "multi_instance_directories", "", SINCE(2, 6) },
	{ "multi_instance_enable", "no", SINCE(2, 6) },
	{ "multi_instance_group", "", SINCE(2, 6) },
	{ "multi_instance_name", "", SINCE(2, 6) },
	{ "multi_instance_wrapper", "", SINCE(2, 6) },
	{ "mydestination", "$myhostname, localhost.$mydomain, localhost",
	  ANY },
	{ "mynetworks_style", "subnet", ANY },
	{ "mynetworks_style",
	  "${{$compatibility_level} < {2} ? {subnet} : {host}}",
	  SINCE(3, 0) },
	{ "mynetworks_style",
	  "${{$compatibility_level} <level {2} ? {subnet} : {host}}",
	  SINCE(3, 6) },
	{ "myorigin", "$myhostname", ANY },
	{ "nested_header_checks", "$header_checks", ANY },
	{ "non_smtpd_milters", "", ANY },
	{ "notify_classes", "resource, software", ANY },
	{ "propagate_unmatched_extensions", "canonical, virtual", ANY },
	{ "proxy_interfaces", "", ANY },
	{ "queue_directory", "/var/spool/postfix", ANY },
	{ "queue_run_delay", "1000s", ANY },
	{ "queue_run_delay", "300s", SINCE(2, 4) },
	{ "receive_override_options", "", ANY },
	{ "recipient_bcc_maps", "", ANY },
	{ "recipient_canonical_classes",
	  "envelope_recipient, header_recipient", ANY },
	{ "recipient_canonical_maps", "", ANY },
	{ "recipient_delimiter", "", ANY },
	{ "relay_domains", "$mydestination", ANY },
	{ "relay_domains",
	  "${{$compatibility_level} < {2} ? {$mydestination} : {}}",
	  SINCE(3, 0) },
	{ "relay_domains",
	  "${{$compatibility_level} <level {2} ? {$mydestination} : {}}",
	  SINCE(3, 6) },
	{ "relay_recipient_maps", "", ANY },
	{ "relay_transport", "relay", ANY },
	{ "relayhost", "", ANY },
	{ "relocated_maps", "", ANY },
	{ "remote_header_rewrite_domain", "", ANY },
	{ "sender_bcc_maps", "", ANY },
	{ "sender_canonical_classes", "envelope_sender, header_sender",
	  SINCE(2, 2) },
	{ "sender_canonical_maps", "", ANY },
	{ "sender_dependent_default_transport_maps", "", SINCE(2, 7) },
	{ "sender_dependent_relayhost_maps", "", SINCE(2, 3) },
	{ "sendmail_path", "/usr/sbin/sendmail", BUILT },
	{ "smtp_address_preference", "ipv6", SINCE(2, 8) },
	{ "smtp_address_preference", "any", SINCE(2, 9) },
	{ "smtp_balance_inet_protocols", "yes", SINCE(3, 3) },
	{ "smtp_bind_address", "", ANY },
	{ "smtp_bind_address6", "", SINCE(2, 2) },
	{ "smtp_bind_address_enforce", "no", SINCE(3, 7) },
	{ "smtp_connect_timeout", "30s", ANY },
	{ "smtp_dns_support_level", "", SINCE(2, 11) },
	{ "smtp_fallback_relay", "$fallback_relay", SINCE(2, 3) },
	{ "smtp_generic_maps", "", SINCE(2, 2) },
	{ "smtp_header_checks", "", SINCE(2, 5) },
	{ "smtp_helo_name", "$myhostname", ANY },
	{ "smtp_helo_timeout", "300s", ANY },
	{ "smtp_host_lookup", "dns", ANY },
	{ "smtp_line_length_limit", "990", ANY },
	{ "smtp_line_length_limit", "998", SINCE(2, 9) },
	{ "smtp_mx_address_limit", "5", ANY },
	{ "smtp_mx_session_limit", "2", ANY },
	{ "smtp_randomize_addresses", "yes", ANY },
	{ "smtp_sasl_auth_enable", "no", ANY },
	{ "smtp_sasl_auth_soft_bounce", "yes", SINCE(2, 5) },
	{ "smtp_sasl_mechanism_filter", "", ANY },
	{ "smtp_sasl_password_maps", "", ANY },
	{ "smtp_sasl_security_options", "noplaintext, noanonymous", ANY },
	{ "smtp_sasl_tls_security_options", "$smtp_sasl_security_options",
	  ANY },
	{ "smtp_sender_dependent_authentication", "no", SINCE(2, 3) },
	{ "smtp_skip_5xx_greeting", "yes", ANY },
	{ "smtp_tls_CAfile", "", ANY },
	{ "smtp_tls_CApath", "", ANY },
	{ "smtp_tls_cert_file", "", ANY },
	{ "smtp_tls_key_file", "$smtp_tls_cert_file", ANY },
	{ "smtp_tls_loglevel", "0", ANY },
	{ "smtp_tls_policy_maps", "", SINCE(2, 3) },
	{ "smtp_tls_security_level", "", SINCE(2, 3) },
	{ "smtp_tls_security_level",
	  "${{$compatibility_level} >=level {3.11} ? {may} : {}}",
	  SINCE(3, 11) },
	{ "smtp_tls_wrappermode", "no", SINCE(3, 0) },
	{ "smtp_use_tls", "no", ANY },
	{ "smtpd_banner", "$myhostname ESMTP $mail_name", ANY },
	{ "smtpd_client_restrictions", "", ANY },
	{ "smtpd_data_restrictions", "", ANY },
	{ "smtpd_helo_required", "no", ANY },
	{ "smtpd_helo_restrictions", "", ANY },
	{ "smtpd_milters", "", SINCE(2, 3) },
	{ "smtpd_recipient_restrictions",
	  "permit_mynetworks, reject_unauth_destination", ANY },
	{ "smtpd_recipient_restrictions", "", SINCE(2, 10) },
	{ "smtpd_relay_restrictions", "permit_mynetworks, "
	  "permit_sasl_authenticated, defer_unauth_destination",
	  SINCE(2, 10) },
	{ "smtpd_relay_restrictions",
	  "${{$compatibility_level} < {1} ? {} : {permit_mynetworks, "
	  "permit_sasl_authenticated, defer_unauth_destination}}",
	  SINCE(3, 0) },
	{ "smtpd_relay_restrictions",
	  "${{$compatibility_level} <level {1} ? {} : {permit_mynetworks, "
	  "permit_sasl_authenticated, defer_unauth_destination}}",
	  SINCE(3, 6) },
	{ "smtpd_sasl_auth_enable", "no", ANY },
	{ "smtpd_sender_restrictions", "", ANY },
	{ "smtpd_tls_CAfile", "", ANY },
	{ "smtpd_tls_cert_file", "", ANY },
	{ "smtpd_tls_key_file", "$smtpd_tls_cert_file", ANY },
	{ "smtpd_tls_security_level", "", SINCE(2, 3) },
	{ "smtpd_use_tls", "no", ANY },
	{ "smtputf8_enable",
	  "${{$compatibility_level} < {1} ? {no} : {yes}}", SINCE(3, 0) },
	{ "smtputf8_enable",
	  "${{$compatibility_level} <level {1} ? {no} : {yes}}",
	  SINCE(3, 6) },
	{ "soft_bounce", "no", ANY },
	{ "swap_bangpath", "yes", ANY },
	{ "syslog_name", "postfix", ANY },
	{ "syslog_name",
	  "${multi_instance_name?{$multi_instance_name}:{postfix}}",
	  SINCE(3, 0) },
	{ "transport_maps", "", ANY },
	{ "virtual_alias_domains", "$virtual_alias_maps", ANY },
	{ "virtual_alias_maps", "$virtual_maps", ANY },
	{ "virtual_mailbox_base", "", ANY },
	{ "virtual_mailbox_domains", "$virtual_mailbox_maps", ANY },
	{ "virtual_mailbox_maps", "", ANY },
	{ "virtual_transport", "virtual", ANY },
};
/* clang-format on */
#define N_ROWS (sizeof rows_table / sizeof rows_table[0])

/* postconf(5): "no $name expansion", they are expanded at delivery. */
static const char *const late[] = {
	"command_execution_directory", "command_expansion_filter",
	"default_rbl_reply", "execution_directory_expansion_filter",
	"forward_expansion_filter", "forward_path", "luser_relay",
	"mailbox_command", "smtpd_expansion_filter", "smtpd_reject_footer"
};

bool
postfix_is_late(const char *name)
{
	for (size_t i = 0; i < sizeof late / sizeof late[0]; i++) {
		if (strcmp(late[i], name) == 0)
			return true;
	}
	return false;
}

static const char *
number(const char *text, int *value)
{
	*value = 0;
	if (*text < '0' || *text > '9')
		return NULL;
	for (; *text >= '0' && *text <= '9'; text++) {
		if (*value < 100000)
			*value = *value * 10 + (*text - '0');
	}
	return text;
}

bool
postfix_version_numbers(const char *version, int *major, int *minor)
{
	const char *rest;

	if (version == NULL)
		return false;
	rest = number(version, major);
	if (rest == NULL || *rest != '.')
		return false;
	return number(rest + 1, minor) != NULL;
}

static bool
reached(const struct row *row, int major, int minor)
{
	return major > row->major ||
	    (major == row->major && minor >= row->minor);
}

/* Does another version have another default, or none? */
static bool
depends_on_version(const struct row *row)
{
	return row->major >= 3 ||
	    (row > rows_table && strcmp(row[-1].name, row->name) == 0) ||
	    (row + 1 < rows_table + N_ROWS &&
		strcmp(row[1].name, row->name) == 0);
}

void
postfix_defaults_add(struct postfix_rows *rows, const char *version)
{
	int major = ASSUMED_MAJOR, minor = ASSUMED_MINOR;
	bool known = postfix_version_numbers(version, &major, &minor);

	if (!known) {
		major = ASSUMED_MAJOR;
		minor = ASSUMED_MINOR;
	}
	for (size_t i = 0; i < N_ROWS; i++) {
		const struct row *row = &rows_table[i];

		if (!reached(row, major, minor))
			continue;
		postfix_rows_add(rows, (struct postfix_value){
			.name = row->name,
			.raw = row->value,
			.origin = POSTFIX_DEFAULT,
			.assumed = row->built ||
			    (!known && depends_on_version(row)),
		});
	}
}

/* SPDX-License-Identifier: ISC
 * Compressed files as a stream of octets. unpack.c alone knows zlib, liblzma
 * and libzstd. */
#ifndef WB_UNPACK_H
#define WB_UNPACK_H

#include <stdbool.h>
#include <stddef.h>

enum unpack_kind {
	UNPACK_PLAIN,       /* not compressed: there is nothing to unpack */
	UNPACK_GZIP,
	UNPACK_XZ,
	UNPACK_ZSTD
};

/* What data that begin with these octets are. UNPACK_MAGIC octets tell; with
 * fewer it is as if others followed. */
enum unpack_kind unpack_kind(const char *data, size_t len);
#define UNPACK_MAGIC 6

struct unpacker;

/* For data of KIND (not UNPACK_PLAIN). NULL: the library refused. */
struct unpacker *unpack_new(enum unpack_kind kind);
void unpack_free(struct unpacker **unpacker);

/* Unpack from IN, of which *IN_LEN octets are there (LAST: and no more will
 * come) to the SIZE octets at OUT. *IN_LEN becomes what was taken, the result
 * what was written; -1: the data are broken. Several compressed files one
 * behind another are one stream. Memory is bounded, whatever the data ask
 * for. */
long unpack_run(struct unpacker *unpacker, const char *in, size_t *in_len,
    bool last, char *out, size_t size);

/* May the data end here? False: something is missing. */
bool unpack_ended(const struct unpacker *unpacker);

#endif

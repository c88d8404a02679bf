/* SPDX-License-Identifier: ISC
 * Knows zlib, liblzma and libzstd. Hides that each has its own idea of a
 * stream and of its end. */
#include "config.h"

#include "engine/world/unpack.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include "engine/base/arena.h"

/* xz -9 and zstd --ultra need 64 MiB of dictionary; more is no log. */
#define XZ_MEMORY_MAX ((uint64_t)80 << 20)
#define ZSTD_WINDOW_LOG_MAX 26

/* 15: the largest window; 16: with a gzip header (zlib.h, inflateInit2) */
#define GZIP_WINDOW_BITS (15 + 16)

struct unpacker {
	enum unpack_kind kind;
	bool ended;              /* nothing of a stream is open */
	bool over;               /* what follows is padding */
	z_stream gzip;
	lzma_stream xz;
	ZSTD_DCtx *zstd;
};

enum unpack_kind
unpack_kind(const char *data, size_t len)
{
	static const struct {
		enum unpack_kind kind;
		size_t len;
		char magic[UNPACK_MAGIC + 1];
	} kinds[] = {
		{ UNPACK_GZIP, 3, "\x1f\x8b\x08" },          /* RFC 1952 2.3.1 */
		{ UNPACK_XZ, 6, "\xfd" "7zXZ\0" },
		{ UNPACK_ZSTD, 4, "\x28\xb5\x2f\xfd" }       /* RFC 8878 3.1.1 */
	};

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (len >= kinds[i].len &&
		    memcmp(data, kinds[i].magic, kinds[i].len) == 0)
			return kinds[i].kind;
	return UNPACK_PLAIN;
}

static bool
prepare(struct unpacker *u)
{
	switch (u->kind) {
	case UNPACK_GZIP:
		return inflateInit2(&u->gzip, GZIP_WINDOW_BITS) == Z_OK;
	case UNPACK_XZ:
		return lzma_stream_decoder(&u->xz, XZ_MEMORY_MAX,
		    LZMA_CONCATENATED) == LZMA_OK;
	case UNPACK_ZSTD:
		u->zstd = ZSTD_createDCtx();
		return u->zstd != NULL && !ZSTD_isError(
		    ZSTD_DCtx_setParameter(u->zstd, ZSTD_d_windowLogMax,
		    ZSTD_WINDOW_LOG_MAX));
	case UNPACK_PLAIN:
		break;
	}
	return false;
}

struct unpacker *
unpack_new(enum unpack_kind kind)
{
	struct unpacker *u = mem_alloc(sizeof *u);

	memset(u, 0, sizeof *u);
	u->kind = kind;
	if (!prepare(u))
		unpack_free(&u);
	return u;
}

void
unpack_free(struct unpacker **unpacker)
{
	struct unpacker *u = *unpacker;

	if (u == NULL)
		return;
	if (u->kind == UNPACK_GZIP)
		inflateEnd(&u->gzip);
	lzma_end(&u->xz);
	ZSTD_freeDCtx(u->zstd);
	free(u);
	*unpacker = NULL;
}

/* One member ends, another may begin at once; zeros fill up a tape block. */
static bool
next_member(struct unpacker *u)
{
	u->ended = false;
	if (u->gzip.next_in[0] == 0)
		u->over = true;
	return u->over || inflateReset(&u->gzip) == Z_OK;
}

static bool
run_gzip(struct unpacker *u, const char *in, size_t *in_len, char *out,
    size_t *out_len)
{
	int result = Z_OK;

	/* zlib does not write there, its interface is only older than const */
	u->gzip.next_in = (unsigned char *)(uintptr_t)in;
	u->gzip.avail_in = (unsigned int)*in_len;
	u->gzip.next_out = (unsigned char *)out;
	u->gzip.avail_out = (unsigned int)*out_len;
	while (result == Z_OK && u->gzip.avail_in > 0 &&
	    u->gzip.avail_out > 0 && !u->over) {
		if (u->ended && !next_member(u))
			return false;
		if (u->over)
			break;
		result = inflate(&u->gzip, Z_NO_FLUSH);
		if (result == Z_STREAM_END) {
			u->ended = true;
			result = Z_OK;
		}
	}
	u->ended = u->ended || u->over;
	/* what is left in zlib's window comes out without further input */
	if (u->gzip.avail_in == 0 && !u->ended && u->gzip.avail_out > 0 &&
	    inflate(&u->gzip, Z_NO_FLUSH) == Z_STREAM_END)
		u->ended = true;
	*out_len -= u->gzip.avail_out;
	if (!u->over)
		*in_len -= u->gzip.avail_in;
	return result == Z_OK || result == Z_BUF_ERROR;
}

static bool
run_xz(struct unpacker *u, const char *in, size_t *in_len, bool last,
    char *out, size_t *out_len)
{
	lzma_ret result;

	if (u->ended)
		return true;
	u->xz.next_in = (const uint8_t *)in;
	u->xz.avail_in = *in_len;
	u->xz.next_out = (uint8_t *)out;
	u->xz.avail_out = *out_len;
	result = lzma_code(&u->xz, last ? LZMA_FINISH : LZMA_RUN);
	u->ended = result == LZMA_STREAM_END;
	*in_len -= u->xz.avail_in;
	*out_len -= u->xz.avail_out;
	return result == LZMA_OK || result == LZMA_STREAM_END ||
	    result == LZMA_BUF_ERROR;
}

static bool
run_zstd(struct unpacker *u, const char *in, size_t *in_len, char *out,
    size_t *out_len)
{
	ZSTD_inBuffer from = { in, *in_len, 0 };
	ZSTD_outBuffer to = { out, *out_len, 0 };
	size_t left = ZSTD_decompressStream(u->zstd, &to, &from);

	if (from.pos > 0 || to.pos > 0)
		u->ended = left == 0;
	*in_len = from.pos;
	*out_len = to.pos;
	return !ZSTD_isError(left);
}

long
unpack_run(struct unpacker *u, const char *in, size_t *in_len, bool last,
    char *out, size_t size)
{
	bool done = false;

	switch (u->kind) {
	case UNPACK_GZIP:
		done = run_gzip(u, in, in_len, out, &size);
		break;
	case UNPACK_XZ:
		done = run_xz(u, in, in_len, last, out, &size);
		break;
	case UNPACK_ZSTD:
		done = run_zstd(u, in, in_len, out, &size);
		break;
	case UNPACK_PLAIN:
		break;
	}
	return done ? (long)size : -1;
}

bool
unpack_ended(const struct unpacker *u)
{
	return u->ended;
}

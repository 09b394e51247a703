/*
 * biff.h - the records of an xls workbook
 *
 *	type, 2 bytes | length, 2 bytes | so many bytes
 *
 * all of them little-endian, one behind the other.
 */
#ifndef INV_IO_BIFF_H
#define INV_IO_BIFF_H

#include "io/compound.h"

enum inv_biff_type {
	INV_BIFF_FORMULA = 0x06,
	INV_BIFF_EOF = 0x0a,
	INV_BIFF_DATEMODE = 0x22,
	INV_BIFF_FILEPASS = 0x2f,
	INV_BIFF_CONTINUE = 0x3c,
	INV_BIFF_BOUNDSHEET = 0x85,
	INV_BIFF_MULRK = 0xbd,
	INV_BIFF_RSTRING = 0xd6,
	INV_BIFF_XF = 0xe0,
	INV_BIFF_SST = 0xfc,
	INV_BIFF_LABELSST = 0xfd,
	INV_BIFF_NUMBER = 0x203,
	INV_BIFF_LABEL = 0x204,
	INV_BIFF_BOOLERR = 0x205,
	INV_BIFF_STRING = 0x207,
	INV_BIFF_ROW = 0x208,
	INV_BIFF_RK = 0x27e,
	INV_BIFF_FORMAT = 0x41e,
	INV_BIFF_BOF = 0x809,
};

enum { INV_BIFF_RECORD = 65536 }; /* bytes: more than any has */

struct inv_biff {
	struct inv_compound_stream s;
	unsigned type;
	size_t n;
	unsigned char p[INV_BIFF_RECORD];
};

/* The next record; false where there is none, or not all of it. */
INV_MUST bool inv_biff_next(struct inv_biff *b);

/* Numbers in it; what is behind its end is 0. */
uint32_t inv_biff_u16(const struct inv_biff *b, size_t at);
uint32_t inv_biff_u32(const struct inv_biff *b, size_t at);
double inv_biff_double(const struct inv_biff *b, size_t at);

/* A number that was made shorter (RK). */
double inv_biff_rk(const struct inv_biff *b, size_t at);

#endif

/* biff.c - the records of an xls workbook */

#include "io/biff.h"

enum {
	RK_HUNDREDTH = 1, /* a hundred times what is meant */
	RK_WHOLE = 2,     /* a whole number of 30 bits */
};

bool
inv_biff_next(struct inv_biff *b)
{
	unsigned char head[4];

	if (!inv_compound_read(&b->s, head, sizeof(head)))
		return false;
	b->type = (unsigned)(head[0] | head[1] << 8);
	b->n = (size_t)(head[2] | head[3] << 8);
	return b->n == 0 || inv_compound_read(&b->s, b->p, b->n);
}

static uint64_t
number_at(const struct inv_biff *b, size_t at, size_t bytes)
{
	uint64_t v = 0;

	if (at + bytes > b->n)
		return 0;
	while (bytes > 0)
		v = v << 8 | b->p[at + --bytes];
	return v;
}

uint32_t
inv_biff_u16(const struct inv_biff *b, size_t at)
{
	return (uint32_t)number_at(b, at, 2);
}

uint32_t
inv_biff_u32(const struct inv_biff *b, size_t at)
{
	return (uint32_t)number_at(b, at, 4);
}

static double
double_of(uint64_t bits)
{
	double v;

	memcpy(&v, &bits, sizeof(v));
	return v;
}

double
inv_biff_double(const struct inv_biff *b, size_t at)
{
	return double_of(number_at(b, at, 8));
}

double
inv_biff_rk(const struct inv_biff *b, size_t at)
{
	uint32_t rk = inv_biff_u32(b, at);
	double v;

	if ((rk & RK_WHOLE) != 0)
		v = (double)((int32_t)rk >> 2);
	else
		v = double_of((uint64_t)(rk & ~3u) << 32);
	return (rk & RK_HUNDREDTH) != 0 ? v / 100 : v;
}

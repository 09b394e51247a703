/* err.c - faults, their messages and their exit statuses */

#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <sysexits.h>

int
inv_fault_exit(enum inv_fault fault)
{
	switch (fault) {
	case INV_OK:
		return 0;
	case INV_NO:
		return 1;
	case INV_USAGE:
		return EX_USAGE;
	case INV_BAD:
		return EX_DATAERR;
	case INV_NOINPUT:
		return EX_NOINPUT;
	case INV_REFUSED:
		return EX_UNAVAILABLE;
	case INV_INTERNAL:
		return EX_SOFTWARE;
	case INV_CREATE:
		return EX_CANTCREAT;
	case INV_IO:
		return EX_IOERR;
	case INV_AGAIN:
		return EX_TEMPFAIL;
	case INV_DENIED:
		return EX_NOPERM;
	case INV_CONFIG:
		return EX_CONFIG;
	}
	return EX_SOFTWARE;
}

enum inv_fault
inv_fault_worse(enum inv_fault a, enum inv_fault b)
{
	static const enum inv_fault order[] = { INV_INTERNAL, INV_IO,
		INV_CREATE, INV_DENIED, INV_CONFIG, INV_USAGE, INV_NOINPUT,
		INV_BAD, INV_REFUSED, INV_AGAIN, INV_NO };

	for (size_t i = 0; i < sizeof(order) / sizeof(*order); i++)
		if (a == order[i] || b == order[i])
			return order[i];
	return INV_OK;
}

bool
inv_fail(struct inv_err *err, enum inv_fault fault, const char *fmt, ...)
{
	va_list ap;

	err->fault = fault;
	va_start(ap, fmt);
	vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
	va_end(ap);
	return false;
}

bool
inv_fail_sys(struct inv_err *err, enum inv_fault fault, const char *fmt, ...)
{
	int why = errno;
	va_list ap;

	err->fault = why == ENOMEM ? INV_INTERNAL : fault;
	va_start(ap, fmt);
	int n = vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
	va_end(ap);
	if (n >= 0 && (size_t)n < sizeof(err->msg))
		snprintf(err->msg + n, sizeof(err->msg) - (size_t)n, ": %s",
		    strerror(why));
	return false;
}

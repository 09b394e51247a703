/* dialect.h - which characters part the fields of a CSV */
#ifndef INV_IO_DIALECT_H
#define INV_IO_DIALECT_H

/* Where a dialect has no such character: one that no field can have plain. */
#define INV_DIALECT_NONE '\n'

/* Commas and quotes as in RFC 4180. */
#define INV_DIALECT_USUAL ((struct inv_dialect){ ',', '"', INV_DIALECT_NONE })

/* Its characters are ASCII, differ, and are neither CR nor LF. */
struct inv_dialect {
	char delimiter;
	char quote;  /* mostly "; or INV_DIALECT_NONE */
	char escape; /* mostly INV_DIALECT_NONE */
};

#endif

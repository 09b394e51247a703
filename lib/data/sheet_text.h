/*
 * sheet_text.h - texts of a workbook's XML
 *
 * What XML can not hold is written as _xHHHH_, a unit of UTF-16; an underscore
 * that would look like the begin of that as _x005F_.
 */
#ifndef INV_DATA_SHEET_TEXT_H
#define INV_DATA_SHEET_TEXT_H

#include "base/str.h"

/*
 * Decode the n bytes at p where they are, and return how many they are then.
 * A surrogate without its other half stays as it is written.
 */
size_t inv_sheet_text_decode(char *p, size_t n);

#endif

/* xls_absent.c - lib/io/xls.c as it is built where there is no libfreexl */

#undef INV_FREEXL
#include "../../lib/io/xls.c"

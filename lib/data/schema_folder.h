/*
 * schema_folder.h - the folder that other documents of a schema come from
 *
 * Nothing is ever fetched, and nothing beside the folder is read, whatever a
 * URI says.
 */
#ifndef INV_DATA_SCHEMA_FOLDER_H
#define INV_DATA_SCHEMA_FOLDER_H

#include "base/buf.h"
#include "base/err.h"

struct inv_folder;

/* It is opened when it is first read from; path must outlive it. */
struct inv_folder *inv_folder_new(const char *path);
void inv_folder_free(struct inv_folder *f);

/*
 * Add the document of a URI without fragment to *text: of the file *.json
 * whose $id it is, else of HOST/PATH, else of PATH.  INV_CONFIG names it as
 * `said`.
 */
INV_MUST bool inv_folder_read(struct inv_folder *f, struct inv_str uri,
    struct inv_str said, struct inv_buf *text, struct inv_err *err);

#endif

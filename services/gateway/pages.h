/*
 * The pages, built into the program: a fixed table, no path ever reaches a file system.
 */
#pragma once
#include <stddef.h>

struct page {
    const char *path, *type;
    const char *data;
    size_t len;
    char etag[67];               /* quoted SHA-256 */
};

/** page_find(path): the page served at ${path}, NULL if there is none. pages_begin() must have run once before. */
const struct page *page_find(const char *path);

/** pages_begin(): work out the entity tags; once, before any thread. */
void pages_begin(void);

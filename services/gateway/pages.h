/*
 * The pages, built into the program: a fixed table, no path ever reaches a file system. Each is packed once, at start. The sheet, the
 * modules and what these load are known besides by an address that has the version of all pages in it (/v/<16 hex>/app.js): those a browser may keep.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

/** A page's bytes in one content coding. */
struct page_body {
    const char *data;
    size_t len;                  /* 0: there is none in this coding */
    char etag[72];               /* quoted SHA-256 of the plain bytes; "-gzip" within, where packed: two representations, two tags */
};

struct page {
    const char *path, *type;
    struct page_body plain, gzip;
};

/** page_find(path, ret_kept): the page served at ${path}, NULL if there is none; *${ret_kept}: it will never be another at this address.
 *  An address with the version of other pages is answered by these, not to be kept. pages_begin() must have run once before. */
const struct page *page_find(const char *path, bool *ret_kept);

/** page_body_for(page, accept): packed where ${accept}, the request's Accept-Encoding or NULL, takes it. */
const struct page_body *page_body_for(const struct page *page, const char *accept);

/** pages_begin(): give the first page its addresses and the list of modules to ask for, pack all, work out the entity tags; once,
 *  before any thread. */
void pages_begin(void);

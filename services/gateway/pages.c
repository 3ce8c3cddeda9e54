#include "gateway/pages.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "crypto/digest.h"
#include "gateway/coding.h"
#include "gateway/modules.h"

/* The assembler takes the files' bytes as they are. */
#define PAGE(symbol, path, file, type)                                                                         \
    __asm__(".section .rodata\n.balign 16\npage_" #symbol "_begin:\n.incbin \"" GATEWAY_WEB "/" file "\"\n"    \
            "page_" #symbol "_end:\n.byte 0\n.previous\n");                                                    \
    extern const char page_##symbol##_begin[] __attribute__((visibility("hidden")));                           \
    extern const char page_##symbol##_end[] __attribute__((visibility("hidden")));
#include "gateway/pages.def"
#undef PAGE

static struct page pages[] = {
#define PAGE(symbol, path, file, type) {path, type, {page_##symbol##_begin, 0, ""}, {NULL, 0, ""}},
#include "gateway/pages.def"
#undef PAGE
};

static const char *const ends[] = {
#define PAGE(symbol, path, file, type) page_##symbol##_end,
#include "gateway/pages.def"
#undef PAGE
};
#define PAGES (sizeof pages / sizeof pages[0])
#define FIRST_MODULE "/app.js"
#define START "<script type=\"module\""       /* the first page's module begins here, and the list of the others before it */
#define VERSION_HEX 16

static char base[sizeof "/v/" + VERSION_HEX] = "/v/";
static struct arena *kept;                     /* what is made of the files; as long as the program */

static struct page *find(const char *path)
{
    for (size_t i = 0; i < PAGES; i++)
        if (strcmp(pages[i].path, path) == 0)
            return &pages[i];
    return NULL;
}

/* All modules that the first one needs before it runs, nearest first. */
static size_t all_needed(const struct page *ret[PAGES])
{
    size_t count = 1;
    ret[0] = find(FIRST_MODULE);
    for (size_t i = 0; i < count; i++) {
        char path[MODULE_PATH_MAX];
        for (size_t at = 0; modules_next(ret[i]->plain.data, ret[i]->plain.len, ret[i]->path, &at, path);) {
            const struct page *page = find(path);
            size_t known = 0;
            while (known < count && ret[known] != page)
                known++;
            if (page && known == count)
                ret[count++] = page;
        }
    }
    return count;
}

static void add_preloads(struct buf *b)
{
    const struct page *needed[PAGES];
    size_t count = all_needed(needed);
    for (size_t i = 1; i < count; i++)
        buf_printf(b, "<link rel=\"modulepreload\" href=\"%s%s\">\n", base, needed[i]->path);
}

/* The addresses of the sheets, the modules and what these load get the version; the others stay. */
static bool is_versioned(const char *address, size_t len)
{
    static const char *const endings[] = {".js", ".css", ".wasm"};
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        size_t n = strlen(endings[i]);
        if (len > n && memcmp(address + len - n, endings[i], n) == 0)
            return true;
    }
    return false;
}

static void write_first(struct page *first)
{
    struct buf b = buf_new(kept);
    const char *at = first->plain.data, *end = at + first->plain.len;
    while (at < end) {
        size_t left = (size_t)(end - at);
        const char *address = left > 2 && memcmp(at, "=\"/", 3) == 0 ? at + 2 : NULL;
        const char *close = address ? memchr(address, '"', left - 2) : NULL;
        if (left > sizeof START && memcmp(at, START, sizeof START - 1) == 0)
            add_preloads(&b);
        buf_char(&b, *at++);
        if (!close || !is_versioned(address, (size_t)(close - address)))
            continue;
        buf_printf(&b, "\"%s", base);
        at = address;
    }
    first->plain.data = b.text;
    first->plain.len = b.len;
}

static void tag(const struct page_body *body, const char *coding, char ret[72])
{
    uint8_t digest[DIGEST_LEN];
    char hex[2 * DIGEST_LEN + 1];
    digest_sha256(body->data, body->len, digest);
    hex_of(digest, sizeof digest, hex);
    snprintf(ret, 72, "\"%s%s\"", hex, coding);
}

static void pack(struct page *page)
{
    tag(&page->plain, "", page->plain.etag);
    size_t len = coding_gzip(kept, page->plain.data, page->plain.len, &page->gzip.data);
    if (len >= page->plain.len)
        return;
    page->gzip.len = len;
    tag(&page->plain, "-gzip", page->gzip.etag);
}

void pages_begin(void)
{
    struct buf all;
    uint8_t digest[DIGEST_LEN];
    if (kept)
        return;
    kept = arena_new(0);
    all = buf_new(kept);
    for (size_t i = 0; i < PAGES; i++) {
        pages[i].plain.len = (size_t)((uintptr_t)ends[i] - (uintptr_t)pages[i].plain.data);
        tag(&pages[i].plain, "", pages[i].plain.etag);
        buf_printf(&all, "%s %s\n", pages[i].path, pages[i].plain.etag);
    }
    digest_sha256(all.text, all.len, digest);
    hex_of(digest, VERSION_HEX / 2, base + 3);
    write_first(find("/"));
    for (size_t i = 0; i < PAGES; i++)
        pack(&pages[i]);
}

const struct page *page_find(const char *path, bool *ret_kept)
{
    *ret_kept = false;
    if (strncmp(path, "/v/", 3) != 0)
        return find(path);
    const char *hex = path + 3;
    if (strspn(hex, "0123456789abcdef") != VERSION_HEX || hex[VERSION_HEX] != '/' || !is_versioned(path, strlen(path)))
        return NULL;
    *ret_kept = strncmp(path, base, sizeof base - 1) == 0;
    return find(hex + VERSION_HEX);
}

const struct page_body *page_body_for(const struct page *page, const char *accept)
{
    return page->gzip.len > 0 && coding_takes_gzip(accept) ? &page->gzip : &page->plain;
}

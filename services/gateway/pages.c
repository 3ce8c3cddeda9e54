#include "gateway/pages.h"

#include <stdint.h>
#include <string.h>

#include "base/text.h"
#include "crypto/digest.h"

/* The assembler takes the files' bytes as they are. */
#define PAGE(symbol, path, file, type)                                                                         \
    __asm__(".section .rodata\n.balign 16\npage_" #symbol "_begin:\n.incbin \"" GATEWAY_WEB "/" file "\"\n"    \
            "page_" #symbol "_end:\n.byte 0\n.previous\n");                                                    \
    extern const char page_##symbol##_begin[] __attribute__((visibility("hidden")));                           \
    extern const char page_##symbol##_end[] __attribute__((visibility("hidden")));
#include "gateway/pages.def"
#undef PAGE

static struct page pages[] = {
#define PAGE(symbol, path, file, type) {path, type, page_##symbol##_begin, 0, ""},
#include "gateway/pages.def"
#undef PAGE
};

static const char *const ends[] = {
#define PAGE(symbol, path, file, type) page_##symbol##_end,
#include "gateway/pages.def"
#undef PAGE
};
#define PAGES (sizeof pages / sizeof pages[0])

void pages_begin(void)
{
    for (size_t i = 0; i < PAGES; i++) {
        uint8_t digest[DIGEST_LEN];
        pages[i].len = (size_t)((uintptr_t)ends[i] - (uintptr_t)pages[i].data);
        digest_sha256(pages[i].data, pages[i].len, digest);
        pages[i].etag[0] = '"';
        hex_of(digest, sizeof digest, pages[i].etag + 1);
        pages[i].etag[65] = '"';
    }
}

const struct page *page_find(const char *path)
{
    for (size_t i = 0; i < PAGES; i++)
        if (strcmp(pages[i].path, path) == 0)
            return &pages[i];
    return NULL;
}

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "crypto/digest.h"
#include "domain/custody.h"

static int compare(const void *x, const void *y)
{
    return strcmp(*(const char *const *)x, *(const char *const *)y);
}

/* No part can hold a line feed (format.md, body), so that two different transfers never give the same text. */
const char *custody_digest(struct arena *a, const struct custody_transfer *t)
{
    struct buf b = buf_new(a);
    uint8_t hash[DIGEST_LEN];
    const char **sorted = ARENA_ARRAY(a, const char *, t->container_count + 1);
    for (size_t i = 0; i < t->container_count; i++)
        sorted[i] = t->containers[i];
    qsort(sorted, t->container_count, sizeof *sorted, compare);
    buf_printf(&b, "stemma-transfer/1\nbatch %s\ntransfer %s\nseal %s\n", t->batch, t->transfer, t->seal);
    for (size_t i = 0; i < t->container_count; i++)
        buf_printf(&b, "container %s\n", sorted[i]);
    digest_sha256(b.text, b.len, hash);
    return hex_text(a, hash, DIGEST_LEN);
}

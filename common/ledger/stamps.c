#include "ledger/stamps.h"

#include <string.h>

#include "ledger/line.h"

struct bytes stamps_body(struct arena *a, const uint8_t root[DIGEST_LEN], uint64_t size)
{
    const char *text = arena_printf(a, "{\"root\":\"%s\",\"size\":%llu}\n", hex_text(a, root, DIGEST_LEN),
                                    (unsigned long long)size);
    return (struct bytes){(const uint8_t *)text, strlen(text)};
}

int stamps_body_parse(struct bytes body, uint8_t ret_root[DIGEST_LEN], uint64_t *ret_size, struct err *e)
{
    struct line_reader r = line_reader_of(body.data, body.len);
    int64_t size;
    if (!line_take(&r, "{\"root\":\"") || !line_hash(&r, ret_root) || !line_take(&r, "\",\"size\":") ||
        !line_number(&r, &size) || !line_take(&r, "}\n") || !line_at_end(&r))
        return err_raise(e, ERR_BODY_MALFORMED, "body", NULL, "not a log.timestamp body");
    *ret_size = (uint64_t)size;
    return 0;
}

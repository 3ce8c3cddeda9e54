#include "ledger/bundle.h"

bool bundle_add(struct buf *b, struct bytes entry)
{
    if (entry.len == 0 || entry.len > BUNDLE_ENTRY_MAX)
        return false;
    buf_char(b, (char)(entry.len >> 8));
    buf_char(b, (char)(entry.len & 0xff));
    buf_add(b, entry.data, entry.len);
    return true;
}

bool bundle_next(struct bytes *rest, struct bytes *ret)
{
    size_t len = rest->len < 2 ? 0 : (size_t)(rest->data[0] << 8 | rest->data[1]);
    if (len == 0 || rest->len - 2 < len)
        return false;
    *ret = (struct bytes){rest->data + 2, len};
    *rest = (struct bytes){rest->data + 2 + len, rest->len - 2 - len};
    return true;
}

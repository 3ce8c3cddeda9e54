/* Bodies of all records: bytes 1 and 2 say which record and how it travels. What is accepted is written back and read again. */
#include "fuzz.h"

#include "contract/contract.h"

static void read_again(struct arena *a, const struct record_type *type, enum record_mode mode, struct buf text)
{
    struct err e;
    void *record = record_new(a, type);
    struct buf again = buf_new(a);
    MUST(record_from_json(a, type, text.text, text.len, mode, record, &e) == 0);
    record_to_json(&again, type, record, mode);
    MUST(again.len == text.len && memcmp(again.text, text.text, text.len) == 0);
}

FUZZ(a, data, len)
{
    static const enum record_mode modes[] = {RECORD_CLIENT, RECORD_STATEMENT, RECORD_REPLY};
    struct err e;
    if (len < 3)
        return;
    const struct record_type *type = record_type_at((data[0] | (size_t)(data[1] & 1) << 8) % record_count());
    enum record_mode mode = modes[(data[1] >> 1) % 3];
    const char *json = (const char *)data + 2;
    void *record = record_new(a, type);
    struct buf text = buf_new(a);
    if (record_from_json(a, type, json, len - 2, mode, record, &e) != 0)
        return;
    record_to_json(&text, type, record, mode);
    const char **values = ARENA_ARRAY(a, const char *, type->count + 1);
    record_to_values(a, type, record, values);
    if (mode == RECORD_STATEMENT) {
        size_t n = len - 2 - (json[len - 3] == '\n');
        MUST(text.len == n && memcmp(text.text, json, n) == 0);
    }
    read_again(a, type, mode, text);
}

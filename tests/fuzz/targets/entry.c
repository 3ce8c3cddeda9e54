/* An entry: built from what was parsed, it is the same bytes. */
#include "fuzz.h"

#include "ledger/entry.h"

FUZZ(a, data, len)
{
    struct err e;
    struct entry entry;
    struct bytes again;
    if (entry_parse(a, (const char *)data, len, &entry, &e) != 0)
        return;
    MUST(entry_build(a, &entry, &again, &e) == 0);
    MUST(fuzz_same(again, data, len));
}

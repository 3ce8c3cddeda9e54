/* A statement: built from what was parsed, it is the same bytes. */
#include "fuzz.h"

#include "ledger/statement.h"

FUZZ(a, data, len)
{
    struct err e;
    struct statement s;
    struct bytes again;
    size_t used = 0;
    const char *text = (const char *)data;
    if (statement_parse(a, text, len, &s, &e) == 0) {
        MUST(statement_build(a, &s, &again, &e) == 0);
        MUST(fuzz_same(again, data, len));
    }
    if (statement_parse_first(a, text, len, &s, &used, &e) == 0) {
        MUST(used <= len);
        MUST(statement_parse(a, text, used, &s, &e) == 0);
    }
}

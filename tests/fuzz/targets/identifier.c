/* What a scanner sends: donation numbers, ISBT 128 structures, the Single European Code. */
#include "fuzz.h"

#include "domain/identifier.h"

FUZZ(a, data, len)
{
    struct err e;
    struct din din;
    struct isbt_part *parts;
    struct sec sec;
    size_t count;
    char number[DIN_LEN + 1], product[9], date[17], container[CONTAINER_MAX];
    const char *text = arena_dup(a, data, len);
    din_from_scan(text, &din, &e);
    din_from_typed(text, &din, &e);
    if (container_parse(text, number, product, &e) == 0) {
        MUST(container_build(number, product, container, &e) == 0);
        MUST(strcmp(container, text) == 0);
    }
    if (isbt_parse(a, text, &parts, &count, &e) == 0)
        for (size_t i = 0; i < count; i++)
            isbt_date(parts[i].content, date);
    sec_parse(text, &sec, &e);
}

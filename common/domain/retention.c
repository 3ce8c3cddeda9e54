#include "domain/retention.h"

#include <stdio.h>
#include <string.h>

#define DAY_MS INT64_C(86400000)

int64_t retention_add_years(int64_t ms, int64_t years)
{
    char text[CLOCK_TEXT];
    int64_t ret;
    clock_to_text(ms, text);
    int64_t year = (text[0] - '0') * 1000 + (text[1] - '0') * 100 + (text[2] - '0') * 10 + (text[3] - '0') + years;
    if (year > 9999)
        year = 9999;
    for (int i = 3; i >= 0; i--, year /= 10)
        text[i] = (char)('0' + year % 10);
    if (clock_from_text(text, strlen(text), &ret))
        return ret;
    text[9] = '8';                     /* 29 February of a year that has none */
    clock_from_text(text, strlen(text), &ret);
    return ret + DAY_MS;
}

int64_t retention_until_ms(const struct retention_facts *facts, const struct retention_years *years)
{
    int64_t record = retention_add_years(facts->recorded_ms, years->record);
    if (facts->used_ms == TIME_ABSENT)
        return record;
    int64_t use = retention_add_years(facts->used_ms, years->use);
    return use > record ? use : record;
}

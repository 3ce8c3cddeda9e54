#include "base/clock.h"

#include <stddef.h>
#include <stdio.h>
#include <time.h>

static int64_t fixed = TIME_ABSENT;

int64_t clock_ms(void)
{
    if (fixed != TIME_ABSENT)
        return fixed;
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t clock_monotonic_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

void clock_set(int64_t ms)
{
    fixed = ms;
}

/* days since 1970-01-01 of a proleptic Gregorian date (H. Hinnant's days_from_civil) */
static int64_t days_of(int64_t y, int64_t m, int64_t d)
{
    y -= m <= 2;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t yoe = y - era * 400;
    int64_t doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * 146097 + doe - 719468;
}

static void date_of(int64_t days, int *ret_y, int *ret_m, int *ret_d)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t doe = days - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;
    *ret_d = (int)(doy - (153 * mp + 2) / 5 + 1);
    *ret_m = (int)(mp < 10 ? mp + 3 : mp - 9);
    *ret_y = (int)(yoe + era * 400 + (*ret_m <= 2));
}

void clock_to_text(int64_t ms, char ret[CLOCK_TEXT])
{
    int64_t days = ms / 86400000, rest = ms % 86400000;
    if (rest < 0) {
        rest += 86400000;
        days--;
    }
    int y, m, d;
    date_of(days, &y, &m, &d);
    int part[7] = {y, m, d, (int)(rest / 3600000), (int)(rest / 60000 % 60), (int)(rest / 1000 % 60),
                   (int)(rest % 1000)};
    static const int width[7] = {4, 2, 2, 2, 2, 2, 3};
    static const char after[7] = {'-', '-', 'T', ':', ':', '.', 'Z'};
    char *p = ret;
    for (int i = 0; i < 7; i++) {
        for (int k = width[i] - 1, v = part[i]; k >= 0; k--, v /= 10)
            p[k] = (char)('0' + v % 10);
        p += width[i];
        *p++ = after[i];
    }
    *p = '\0';
}

static bool digits(const char *s, int n, int *ret)
{
    int v = 0;
    for (int i = 0; i < n; i++) {
        if (s[i] < '0' || s[i] > '9')
            return false;
        v = v * 10 + s[i] - '0';
    }
    *ret = v;
    return true;
}

bool clock_from_text(const char *text, unsigned long len, int64_t *ret_ms)
{
    static const char form[] = "0000-00-00T00:00:00.000Z";
    int y, mo, d, h, mi, s, ms;
    if (len != 24)
        return false;
    for (int i = 0; i < 24; i++)
        if (form[i] != '0' && text[i] != form[i])
            return false;
    if (!digits(text, 4, &y) || !digits(text + 5, 2, &mo) || !digits(text + 8, 2, &d) || !digits(text + 11, 2, &h) ||
        !digits(text + 14, 2, &mi) || !digits(text + 17, 2, &s) || !digits(text + 20, 3, &ms))
        return false;
    if (mo < 1 || mo > 12 || h > 23 || mi > 59 || s > 59)
        return false;
    int64_t days = days_of(y, mo, d);
    int y2, m2, d2;
    date_of(days, &y2, &m2, &d2);
    if (d < 1 || y2 != y || m2 != mo || d2 != d)
        return false;
    *ret_ms = ((days * 24 + h) * 60 + mi) * 60000 + (int64_t)s * 1000 + ms;
    return true;
}

#include "base/zone.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define FARTHEST_S (16 * 3600)               /* more than any zone lies from Greenwich */

int zone_set(const char *name, struct err *e)
{
    char path[200];
    int n = snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", name);
    if (n < 0 || (size_t)n >= sizeof path || strstr(name, "..") != NULL || name[0] == '/' || access(path, R_OK) != 0)
        return err_raise(e, ERR_FIELD_TYPE, "zone", "", "%.80s is no zone of this machine (package tzdata)", name);
    setenv("TZ", name, 1);
    tzset();
    return 0;
}

/* the first second whose date in the zone is that of ${midnight} or later; ${midnight}: of a date, as if its zone were UTC */
static time_t day_begins(time_t midnight)
{
    time_t before = midnight - FARTHEST_S, behind = midnight + FARTHEST_S;
    while (behind - before > 1) {
        time_t middle = before + (behind - before) / 2;
        struct tm wall;
        if (localtime_r(&middle, &wall) != NULL && timegm(&wall) < midnight)
            before = middle;
        else
            behind = middle;
    }
    return behind;
}

int64_t zone_days_end(int64_t at_ms, int months)
{
    time_t at = (time_t)(at_ms / 1000 - (at_ms % 1000 < 0));
    struct tm day = {0};
    localtime_r(&at, &day);
    struct tm last = {.tm_year = day.tm_year, .tm_mon = day.tm_mon + months + 1, .tm_mday = 0};
    timegm(&last);                           /* the day before the first of the month behind */
    struct tm next = {.tm_year = last.tm_year, .tm_mon = last.tm_mon, .tm_mday = (day.tm_mday < last.tm_mday ? day.tm_mday : last.tm_mday) + 1};
    return (int64_t)day_begins(timegm(&next)) * 1000 - 1;
}

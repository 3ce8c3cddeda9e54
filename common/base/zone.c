#include "base/zone.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

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

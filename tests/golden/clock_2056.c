/* The system's clock, put before libc's: for this program and every library in it, it is noon of 1 June 2056. (libfaketime
 * does the same for other people's programs, but deadlocks under ASan.) */
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

#define NOON_OF_2056_06_01 2727086400L

time_t time(time_t *ret)
{
    if (ret != NULL)
        *ret = NOON_OF_2056_06_01;
    return NOON_OF_2056_06_01;
}

int clock_gettime(__attribute__((unused)) clockid_t clock, struct timespec *ret)
{
    *ret = (struct timespec){NOON_OF_2056_06_01, 0};
    return 0;
}

int gettimeofday(struct timeval *restrict ret, __attribute__((unused)) void *restrict zone)
{
    *ret = (struct timeval){NOON_OF_2056_06_01, 0};
    return 0;
}

__attribute__((constructor)) static void check(void)
{
    time_t now = time(NULL);
    struct tm tm;
    if (gmtime_r(&now, &tm) != NULL && tm.tm_year == 2056 - 1900)
        return;
    fputs("the clock does not say 2056\n", stderr);
    abort();
}

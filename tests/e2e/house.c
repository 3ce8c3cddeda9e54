/* The gateway before a fake house, for the browser: prints its port, announces each line it reads, ends with its input. */
#include <stdio.h>
#include <string.h>

#include "fake_house.h"
#include "support/test.h"

CASE(serve)
{
    char line[1000];
    struct fake_house *f = fake_house_new("rate_burst = 1000\nlogin_per_minute = 1000\n");
    printf("port %u\n", fake_house_port(f));
    fflush(stdout);
    while (fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = '\0';
        fake_house_tell(f, line);
    }
    fake_house_free(f);
}

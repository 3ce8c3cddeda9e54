/* Short batches in the running house of STEMMA_HOUSE, for the browser and the bench: BATCHES of them, each brought to STAGE (bench: nothing
 * done; clear: only the review is open; released; or a scenario's name: of the procedure that it walks, nothing done). Prints their ids, one
 * a line. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "integration/carry.h"
#include "support/test.h"

static void done(int code)
{
    if (code != 0)
        fail_msg("%s %s: %s", short_error()->field, short_error()->rule, short_error()->text);
}

static void make(struct short_batch *b, const char *stage)
{
    if (strcmp(stage, "bench") != 0 && strcmp(stage, "clear") != 0 && strcmp(stage, "released") != 0) {
        struct carry c;
        carry_begin(&c, stage);
        *b = c.b;
        carry_end(&c);
        return;
    }
    short_donor(b, "allogeneic");
    done(short_consent(b, "treatment,storage"));
    done(short_screen(b));
    done(short_tests(b, NULL, NULL));
    done(short_determine(b));
    short_collect(b);
    done(short_open(b, "allogeneic"));
    if (strcmp(stage, "bench") == 0)
        return;
    done(short_step(b));
    done(short_fill(b));
    done(short_label(b, 1));
    done(short_complete(b));
    short_test(b);
    if (strcmp(stage, "released") != 0)
        return;
    done(short_review(b));
    done(short_release(b));
}

CASE(batches)
{
    const char *count = getenv("BATCHES"), *stage = getenv("STAGE");
    for (long n = count != NULL ? strtol(count, NULL, 10) : 1; n > 0; n--) {
        struct short_batch b = {0};
        make(&b, stage != NULL ? stage : "clear");
        printf("batch %s\n", b.batch);
        fflush(stdout);
    }
}

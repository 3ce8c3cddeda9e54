#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "append_load.h"

/* One line a run: kind terminals rate p50 p99 refused, then microseconds an event of service, PostgreSQL, sequencer, client. */
static int run(struct lab *l, const struct load_plan *plan, struct err *e)
{
    static const char *const names[] = {"observations", "acts", "first"};
    struct load_result r;
    int code = load_run(l, plan, &r, e);
    if (code == 0)
        printf("%s %zu %.0f %.2f %.2f %zu %.0f %.0f %.0f %.0f\n", names[plan->kind], plan->terminals,
               (double)r.done / r.seconds, r.p50_ms, r.p99_ms, r.refused, r.cpu_service, r.cpu_postgres, r.cpu_sequencer,
               r.cpu_client);
    fflush(stdout);
    return code;
}

int main(int argc, char **argv)
{
    struct lab lab;
    struct err e;
    if (argc < 5) {
        fprintf(stderr, "usage: bench_append HOUSE CONNINFO SECONDS KIND:TERMINALS...   KIND: observations, acts\n");
        return 2;
    }
    int seconds = (int)strtol(argv[3], NULL, 10), code = lab_open(argv[1], argv[2], &lab, &e);
    if (code == 0 && lab_read_heads(&lab, &e) != 0) {
        code = run(&lab, &(struct load_plan){LOAD_FIRST, LAB_TERMINALS, 0, 0}, &e);
        code = code != 0 ? code : lab_read_heads(&lab, &e);
    }
    for (int i = 4; code == 0 && i < argc; i++) {
        const char *colon = strchr(argv[i], ':');
        size_t n = colon != NULL ? strtoul(colon + 1, NULL, 10) : 0;
        struct load_plan plan = {argv[i][0] == 'a' ? LOAD_ACTS : LOAD_OBSERVATIONS, n, seconds, (n > 8 ? 9000u : 3000u) * (size_t)seconds};
        code = n == 0 || n > LAB_TERMINALS ? err_fault(&e, "%s: 1 to %d terminals", argv[i], LAB_TERMINALS) : run(&lab, &plan, &e);
    }
    if (code != 0)
        fprintf(stderr, "bench_append: %s\n", e.text);
    lab_close(&lab);
    return code != 0;
}

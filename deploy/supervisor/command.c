#include "command.h"

#include <stdio.h>
#include <string.h>

#include "plan.h"
#include "status.h"
#include "supervise.h"

#define STOP_WAIT_MS 60000

static int do_check(const struct plan *p, struct err *e)
{
    (void)e;
    printf("%zu programs\n", p->count);
    return 0;
}

static int do_run(const struct plan *p, struct err *e)
{
    return supervise_run(p, e) == 0 ? 0 : 2;
}

static int do_status(const struct plan *p, struct err *e)
{
    (void)e;
    return status_print(p->run_folder);
}

static int do_stop(const struct plan *p, struct err *e)
{
    return status_stop(p->run_folder, STOP_WAIT_MS, e) == 0 ? 0 : 2;
}

int command_run(int argc, char **argv)
{
    static const struct {
        const char *word;
        int (*run)(const struct plan *p, struct err *e);
    } rows[] = {{"check", do_check}, {"run", do_run}, {"status", do_status}, {"stop", do_stop}};
    struct arena *a = arena_new(0);
    struct plan *p = ARENA_NEW(a, struct plan);
    struct err e = {0};
    int result = 2;
    for (size_t i = 0; argc == 3 && i < sizeof rows / sizeof rows[0]; i++)
        if (strcmp(argv[1], rows[i].word) == 0)
            result = plan_read(a, argv[2], p, &e) == 0 ? rows[i].run(p, &e) : 2;
    if (result == 2)
        fprintf(stderr, "stemma-supervisor: %s\n", e.text[0] != '\0' ? e.text : "usage: check|run|status|stop FILE");
    arena_free(a);
    return result;
}

#include <getopt.h>
#include <stdio.h>

#include "db/migrate.h"

static int usage(void)
{
    fputs("usage: stemma-migrate --db CONNINFO --sql DIR [--origin ORIGIN]\n"
          "Applies DIR/migrations (once each, in order) and DIR/api, and names the log ORIGIN, once and for ever.\n"
          "No password in CONNINFO: use passfile=.\n", stderr);
    return 2;
}

int main(int argc, char **argv)
{
    static const struct option options[] = {{"db", required_argument, NULL, 'd'}, {"sql", required_argument, NULL, 's'},
                                            {"origin", required_argument, NULL, 'o'}, {NULL, 0, NULL, 0}};
    const char *conninfo = NULL, *folder = NULL, *origin = NULL;
    for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (c == '?')
            return usage();
        *(c == 'd' ? &conninfo : c == 's' ? &folder : &origin) = optarg;
    }
    if (conninfo == NULL || folder == NULL || optind != argc)
        return usage();
    struct arena *a = arena_new(0);
    struct migrate_report report = {0};
    struct err e;
    int r = migrate_run(a, conninfo, folder, &report, &e);
    if (r == 0 && origin != NULL)
        r = migrate_found_log(a, conninfo, origin, &e);
    if (r != 0)
        fprintf(stderr, "stemma-migrate: %s\n", e.text);
    else
        printf("stemma-migrate: %d applied, %d already there, %d api files; at %s\n", report.applied, report.already,
               report.api, report.version);
    arena_free(a);
    return r != 0;
}

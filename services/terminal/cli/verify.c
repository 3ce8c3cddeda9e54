/* `stemma audit verify`: the service verifies beside its other work; whoever asked waits here and sees how far it is. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

#define ASK_EVERY_US 300000
#define SAY_EVERY 33                  /* questions: ten seconds, where nobody watches a line grow */

static void say(const struct cli *cli, const struct audit_report *r, int64_t times)
{
    bool is_terminal = isatty(STDERR_FILENO) == 1;
    if (cli->json || (!is_terminal && times % SAY_EVERY != SAY_EVERY - 1))
        return;
    if (r->replayed != INTEGER_ABSENT)
        fprintf(stderr, "%s%" PRId64 " statements replayed, %zu faults      %s", is_terminal ? "\r" : "", r->replayed,
                r->faults.count, is_terminal ? "" : "\n");
    else
        fprintf(stderr, "%s%" PRId64 " of %" PRId64 " entries, %zu faults%s", is_terminal ? "\r" : "",
            r->entries, r->total == INTEGER_ABSENT ? 0 : r->total, r->faults.count, is_terminal ? "  " : "\n");
}

int cli_verify(struct cli *cli, const struct verb_row *row, void *in)
{
    struct err e;
    struct audit_report report;
    int64_t times = 0;
    if (cli->all && strcmp(row->name, "audit.verify") == 0)
        ((struct audit_order *)in)->all = 1;
    int code = desk_call(cli->desk, cli->arena, row->name, in, &report, &e);
    for (; code == 0 && strcmp(report.state, "running") == 0; times++) {
        say(cli, &report, times);
        usleep(ASK_EVERY_US);
        code = desk_call(cli->desk, cli->arena, "audit.verify_state", NULL, &report, &e);
    }
    if (times > 0 && !cli->json && isatty(STDERR_FILENO) == 1)
        fputc('\n', stderr);
    if (code != 0)
        return cli_refused(cli, code, &e);
    cli_show(cli, row->out, &report);
    return report.holds != 1 ? 1 : strcmp(report.state, "done") != 0 ? 2 : 0;
}

/* Receipts at commit: kept as they come, one behind the other, and held against the log when somebody asks. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli.h"
#include "dossier/promises.h"
#include "dossier/receipt.h"
#include "file/file.h"

#define FILE_MAX ((size_t)64 << 20)

static const char *receipts_path(struct cli *cli)
{
    return arena_printf(cli->arena, "%s/%s.receipts", cli_folder(cli), cli->settings.terminal);
}

/* The act is recorded: a receipt that cannot be kept is said, and nothing fails. */
static void keep(void *ctx, const struct receipt *receipt)
{
    struct cli *cli = ctx;
    struct err e;
    int fd = -1;
    if (receipt->note == NULL)
        return;
    int code = file_journal(receipts_path(cli), 0600, &fd, &e);
    if (code == 0)
        code = file_append(fd, (struct bytes){(const uint8_t *)receipt->note, strlen(receipt->note)}, &e);
    file_close(&fd);
    if (code != 0)
        fprintf(stderr, "The receipt could not be kept: %s\n%s", e.text, receipt->note);
}

void cli_receipts_keep(struct cli *cli)
{
    desk_keep(cli->desk, keep, cli);
}

struct tally {
    size_t kept, waiting, dropped, foreign;
};

static void say_dropped(struct tally *t, const struct receipt_note *r, const char *why)
{
    printf("%s %lld: %s\n", r->stream, (long long)r->seq, why);
    t->dropped++;
}

/* One receipt against the log, as the service proves it; what it proves is checked here. */
static int check_one(struct cli *cli, struct arena *a, const struct receipt_note *r, const struct trust *trust, struct tally *t, struct err *e)
{
    const struct entry_key key = {.stream = r->stream, .seq = r->seq};
    struct log_receipt proof;
    struct receipt_facts facts;
    int code = desk_call(cli->desk, a, "audit.receipt", &key, &proof, e);
    if (code == ERR_UNAVAILABLE && strcmp(e->field, "seq") == 0 && clock_ms() - r->time_ms < PROMISE_GRACE_MS * 2) {
        t->waiting++;
        return 0;
    }
    if (code == ERR_NOT_FOUND || (code == ERR_UNAVAILABLE && strcmp(e->field, "seq") == 0)) {
        say_dropped(t, r, promise_broken(a, r, NULL));
        return 0;
    }
    if (code == 0)
        code = receipt_verify(a, proof.file, trust, &facts, e);
    if (code != 0)
        return code;
    bool is_place = strcmp(facts.entry.stream, r->stream) == 0 && facts.entry.seq == r->seq && strcmp(facts.entry.origin, r->origin) == 0;
    const char *why = promise_broken(a, r, is_place ? facts.leaf : NULL);
    if (why != NULL)
        say_dropped(t, r, why);
    else
        t->kept++;
    return 0;
}

static int check_file(struct cli *cli, const char *path, const struct trust *trust, struct tally *t, struct err *e)
{
    struct bytes file;
    struct promises p = {.count = 0};
    int code = file_read(cli->arena, path, FILE_MAX, &file, e);
    if (code == 0)
        code = promises_read(cli->arena, file, trust, &p, e);
    t->foreign += p.foreign;
    for (size_t i = 0; code == 0 && i < p.count; i++) {
        struct arena *a = arena_new(0);
        code = check_one(cli, a, &p.note[i], trust, t, e);
        arena_free(a);
    }
    return code;
}

static int say_tally(const struct cli *cli, const struct tally *t)
{
    if (cli->json)
        printf("{\"dropped\":%zu,\"foreign\":%zu,\"kept\":%zu,\"waiting\":%zu}\n", t->dropped, t->foreign, t->kept, t->waiting);
    else
        printf("%zu receipts: %zu entries are in the log, %zu wait for the next checkpoint, %zu were dropped\n",
               t->kept + t->waiting + t->dropped, t->kept, t->waiting, t->dropped);
    if (!cli->json && t->foreign > 0)
        printf("%zu are of another log and are not judged: its own trust folder says who may sign them\n", t->foreign);
    return t->dropped > 0;
}

int cli_receipts_verify(struct cli *cli, char **words, int count)
{
    struct err e;
    struct trust trust;
    struct tally t = {.kept = 0};
    if (cli->settings.trust == NULL)
        return cli_unable(cli, "this terminal has no trust anchors", "Its settings name them: `trust = FOLDER`.");
    int code = trust_read(cli->arena, cli->settings.trust, &trust, &e);
    if (code != 0)
        return cli_refused(cli, code, &e);
    if (count == 0)
        code = check_file(cli, receipts_path(cli), &trust, &t, &e);
    for (int i = 0; code == 0 && i < count; i++)
        code = check_file(cli, words[i], &trust, &t, &e);
    trust_close(&trust);
    return code != 0 ? cli_refused(cli, code, &e) : say_tally(cli, &t);
}

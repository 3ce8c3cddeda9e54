/* Receipts at commit: kept as they come, one behind the other, and held against the log at each login and when somebody asks. */
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
#define AT_LOGIN_MAX 200         /* so many at one login, the next ones at the next: a login is not kept waiting */
#define PLACE_MAX 24

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
    FILE *out;                   /* what was dropped is said there */
    size_t kept, waiting, dropped, foreign, broken;
};

static void say_dropped(struct tally *t, const struct receipt_note *r, const char *why)
{
    fprintf(t->out, "%s %lld: %s\n", r->stream, (long long)r->seq, why);
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

/* The first ${max} receipts of ${file}. ${ret_open} is where the first of them that is not kept yet begins, if that is known. */
static int check_some(struct cli *cli, struct bytes file, size_t max, const struct trust *trust, struct tally *t, size_t *ret_open, struct err *e)
{
    struct promises p = {.count = 0};
    int code = promises_read(cli->arena, file, trust, &p, e);
    size_t open = file.len;
    t->foreign += p.foreign;
    t->broken += p.broken;
    for (size_t i = 0; code == 0 && i < p.count; i++) {
        size_t before = t->kept;
        if (i < max) {
            struct arena *a = arena_new(0);
            code = check_one(cli, a, &p.note[i], trust, t, e);
            arena_free(a);
        }
        if (t->kept == before && open == file.len)
            open = (size_t)(p.note[i].body.data - file.data);
    }
    *ret_open = open;
    return code;
}

static int check_file(struct cli *cli, const char *path, const struct trust *trust, struct tally *t, struct err *e)
{
    struct bytes file;
    size_t open;
    int code = file_read(cli->arena, path, FILE_MAX, &file, e);
    return code != 0 ? code : check_some(cli, file, SIZE_MAX, trust, t, &open, e);
}

/* How far the kept receipts were found in the log before: a place in their file, 0 where it says nothing of sense. */
static const char *place_path(struct cli *cli)
{
    return arena_printf(cli->arena, "%s.checked", receipts_path(cli));
}

static size_t place_read(struct cli *cli, size_t max)
{
    struct err e;
    struct bytes text;
    if (file_read(cli->arena, place_path(cli), PLACE_MAX, &text, &e) != 0)
        return 0;
    size_t place = strtoul((const char *)text.data, NULL, 10);
    return place <= max ? place : 0;
}

static int place_write(struct cli *cli, size_t place, struct err *e)
{
    const char *text = arena_printf(cli->arena, "%zu\n", place);
    return file_replace(place_path(cli), (struct bytes){(const uint8_t *)text, strlen(text)}, 0600, e);
}

static int check_new(struct cli *cli, struct tally *t, struct err *e)
{
    struct bytes file;
    struct trust trust = {.tsa = NULL};
    size_t open = 0;
    int code = file_read(cli->arena, receipts_path(cli), FILE_MAX, &file, e);
    if (code == ERR_NOT_FOUND)
        return 0;
    size_t from = code == 0 ? place_read(cli, file.len) : 0;
    if (code != 0 || from == file.len)
        return code;
    code = trust_read(cli->arena, cli->settings.trust, &trust, e);
    if (code == 0)
        code = check_some(cli, (struct bytes){file.data + from, file.len - from}, AT_LOGIN_MAX, &trust, t, &open, e);
    trust_close(&trust);
    return code != 0 ? code : place_write(cli, from + open, e);
}

void cli_receipts_check(struct cli *cli)
{
    struct err e;
    struct tally t = {.out = stderr};
    if (cli->settings.trust == NULL)
        return;
    int code = check_new(cli, &t, &e);
    if (t.dropped > 0)
        fprintf(stderr, "WARNING: %zu entries that this terminal was promised are not in the log. Tell QA at once and keep %s;\n"
                "`stemma receipt verify` says it again.\n", t.dropped, receipts_path(cli));
    if (code != 0)
        fprintf(stderr, "The receipts kept here were not all held against the log: %s\n", e.text);
}

static int say_tally(const struct cli *cli, const struct tally *t)
{
    if (cli->json)
        printf("{\"broken\":%zu,\"dropped\":%zu,\"foreign\":%zu,\"kept\":%zu,\"waiting\":%zu}\n", t->broken, t->dropped, t->foreign,
               t->kept, t->waiting);
    else
        printf("%zu receipts: %zu entries are in the log, %zu wait for the next checkpoint, %zu were dropped\n",
               t->kept + t->waiting + t->dropped, t->kept, t->waiting, t->dropped);
    if (!cli->json && t->broken > 0)
        printf("%zu are broken off and promise nothing: the power went while they were kept\n", t->broken);
    if (!cli->json && t->foreign > 0)
        printf("%zu are of another log and are not judged: its own trust folder says who may sign them\n", t->foreign);
    return t->dropped > 0;
}

int cli_receipts_verify(struct cli *cli, char **words, int count)
{
    struct err e;
    struct trust trust;
    struct tally t = {.out = stdout};
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

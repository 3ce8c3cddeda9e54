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
#include "receipts_round.h"

#define FILE_MAX ((size_t)64 << 20)
#define AT_LOGIN_MAX 200         /* so many at one login, the next ones at the next: a login is not kept waiting */

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
    size_t unproven;             /* at a login: forged, or of an entry whose proof does not hold */
    bool later;                  /* a login did not come to all of them */
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

static int check_file(struct cli *cli, const char *path, const struct trust *trust, struct tally *t, struct err *e)
{
    struct bytes file;
    struct promises p = {.count = 0};
    int code = file_read(cli->arena, path, FILE_MAX, &file, e);
    if (code == 0)
        code = promises_read(cli->arena, file, trust, &p, e);
    t->foreign += p.foreign;
    t->broken += p.broken;
    for (size_t i = 0; code == 0 && i < p.count; i++) {
        struct arena *a = arena_new(0);
        code = check_one(cli, a, &p.note[i], trust, t, e);
        arena_free(a);
    }
    return code;
}

/* What a login asks, and of what. */
struct asking {
    struct cli *cli;
    const struct trust *trust;
    struct tally *t;
};

static void say_unproven(struct tally *t, const char *text)
{
    fprintf(t->out, "%s\n", text);
    t->unproven++;
}

/* One receipt at a login. One that nobody of this lab signed, or whose proof does not hold, is said and asked again, and stops nothing. */
static int judge_one(void *ctx, struct bytes one, bool *ret_done, struct err *e)
{
    const struct asking *asking = ctx;
    struct tally *t = asking->t;
    struct promises p = {.count = 0};
    size_t open = t->dropped + t->waiting + t->unproven;
    struct arena *a = arena_new(0);
    int code = promises_read(a, one, asking->trust, &p, e);
    if (code == 0 && p.count > 0)
        code = check_one(asking->cli, a, &p.note[0], asking->trust, t, e);
    if (code == ERR_DOSSIER_REFUSED || code == ERR_SIGNATURE_REFUSED) {
        say_unproven(t, p.count == 0 ? e->text : arena_printf(a, "%s %lld: %s", p.note[0].stream, (long long)p.note[0].seq, e->text));
        code = 0;
    }
    *ret_done = open == t->dropped + t->waiting + t->unproven;
    arena_free(a);
    return code;
}

/* How far the kept receipts were held against the log at the logins before. */
static const char *place_path(struct cli *cli)
{
    return arena_printf(cli->arena, "%s.checked", receipts_path(cli));
}

static void place_read(struct cli *cli, size_t end, struct receipts_round *ret)
{
    struct err e;
    struct bytes text = {NULL, 0};
    if (file_read(cli->arena, place_path(cli), FILE_MAX, &text, &e) != 0)
        text.len = 0;
    round_read(cli->arena, text, end, ret);
}

static int place_write(struct cli *cli, const struct receipts_round *r, struct err *e)
{
    const char *text = round_text(cli->arena, r);
    return file_replace(place_path(cli), (struct bytes){(const uint8_t *)text, strlen(text)}, 0600, e);
}

/* what was looked at is looked at, whatever stopped the rest */
static int go_on(struct cli *cli, struct bytes file, struct tally *t, struct receipts_round *r, struct err *e)
{
    struct trust trust = {.tsa = NULL};
    struct asking asking = {cli, &trust, t};
    struct err other;
    int code = trust_read(cli->arena, cli->settings.trust, &trust, e);
    if (code == 0 && trust.receipt_count == 0)
        code = err_raise(e, ERR_DOSSIER_REFUSED, "receipts.txt", NULL, "the trust folder has no receipts.txt: nothing says who may sign receipts");
    if (code == 0)
        code = round_go(cli->arena, file, AT_LOGIN_MAX, judge_one, &asking, r, e);
    trust_close(&trust);
    int written = place_write(cli, r, &other);
    if (code == 0 && written != 0)
        *e = other;
    return code != 0 ? code : written;
}

static int check_new(struct cli *cli, struct tally *t, struct err *e)
{
    struct bytes file;
    struct receipts_round r;
    int code = file_read(cli->arena, receipts_path(cli), FILE_MAX, &file, e);
    if (code == ERR_NOT_FOUND)
        return 0;
    if (code != 0)
        return code;
    place_read(cli, file.len, &r);
    if (r.next == file.len && r.open_count == 0)
        return 0;
    size_t before = r.open_count;
    code = go_on(cli, file, t, &r, e);
    t->later = r.next < file.len || before > AT_LOGIN_MAX / 2;
    return code;
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
    if (t.unproven > 0)
        fprintf(stderr, "WARNING: %zu receipts kept here do not hold, or their proofs do not. Tell QA and keep %s.\n", t.unproven,
                receipts_path(cli));
    if (code != 0)
        fprintf(stderr, "The receipts kept here were not all held against the log: %s\n", e.text);
    else if (t.later)
        fprintf(stderr, "More receipts are kept here than one login looks at: the next one goes on, `stemma receipt verify` looks at all now.\n");
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

/* People's keys. An administrator's act goes to the record and, as it was signed, to the signer, which carries it out: what
 * closes a door goes to the signer first, what opens one to the record first, so that an interruption leaves it closed. Each
 * command may be given again. */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "crypto/totp.h"

#define SECRET_MAX 256

static const char no_secret[] = "no secret was given, nothing was done";
static const char give_secret[] = "Give it on the terminal, or as a line of --secret-fd N.";

static struct bytes bytes_of(const char *text)
{
    return (struct bytes){(const uint8_t *)text, strlen(text)};
}

/* a secret of ${whose}, sealed for ${text}; a new one is typed twice where it is typed */
static int sealed_secret(struct cli *cli, const char *prompt, bool is_new, struct bytes text, struct bytes *ret)
{
    struct err e;
    char secret[SECRET_MAX], again[SECRET_MAX];
    size_t n = cli_secret(cli, prompt, secret, sizeof secret);
    if (n == 0)
        return cli_unable(cli, no_secret, give_secret);
    bool typed = is_new && cli->secret_fd < 0;
    size_t m = typed ? cli_secret(cli, "Once more", again, sizeof again) : n;
    bool differs = typed && (m != n || memcmp(secret, again, n) != 0);
    int code = differs ? 0 : desk_seal(cli->desk, cli->arena, text, (struct bytes){(uint8_t *)secret, n}, ret, &e);
    explicit_bzero(secret, sizeof secret);
    explicit_bzero(again, sizeof again);
    if (differs)
        return cli_unable(cli, "the two differ, nothing was done", "");
    return code == 0 ? 0 : cli_refused(cli, code, &e);
}

static int to_signer(struct cli *cli, const char *verb, const struct signed_act *act)
{
    struct err e;
    struct done done;
    const struct key_order order = {.statement = act->statement, .order_signature = act->signature};
    int code = desk_call(cli->desk, cli->arena, verb, &order, &done, &e);
    return code == 0 ? 0 : cli_refused(cli, code, &e);
}

/* the person types the new secret here, the signer makes the key, the administrator registers its certificate */
static int new_key(struct cli *cli, const char *person_id, const struct signed_act *act)
{
    struct err e;
    struct certificate_row certificate;
    struct key_create create = {.statement = act->statement, .enrolment_signature = act->signature};
    const char *prompt = arena_printf(cli->arena, "New secret of %s, typed by that person", person_id);
    int status = sealed_secret(cli, prompt, true, bytes_of(act->statement), &create.secret_sealed);
    if (status != 0)
        return status;
    int code = desk_call(cli->desk, cli->arena, "signer.key_create", &create, &certificate, &e);
    if (code != 0)
        return cli_refused(cli, code, &e);
    const struct verb_row *row = verb_find("access.key_register");
    struct key_register *in = record_new(cli->arena, row->in);
    struct signed_act registered;
    in->person_id = person_id;
    in->certificate = certificate.certificate;
    cli->verb = row;
    status = cli_sign_act(cli, row, in, &registered);
    return status != 0 ? status : cli_commit_act(cli, row, &registered);
}

static void show_work(struct cli *cli, const char *person_id)
{
    struct err e;
    struct work_rows *work = record_new(cli->arena, &record_work_rows);
    const struct person_ask ask = {.person_id = person_id};
    if (cli->json || desk_call(cli->desk, cli->arena, "access.open_work", &ask, work, &e) != 0)
        return;
    printf("What %s has begun and nobody has finished:\n", person_id);
    cli_show(cli, &record_work_rows, work);
    puts("");
}

enum way { SIGNER_FIRST, RECORD_FIRST, NEW_KEY };

static const struct {
    const char *word, *verb, *order;
    enum way way;
} acts[] = {
    {"enrol", "access.person_enrol", NULL, NEW_KEY},
    {"rotate", "access.key_renew", NULL, NEW_KEY},
    {"unlock", "access.key_unlock", "signer.key_unlock", RECORD_FIRST},
    {"revoke", "access.key_revoke", "signer.key_revoke", SIGNER_FIRST},
    {"leave", "access.person_close", "signer.key_revoke", SIGNER_FIRST},
};
#define ACTS (sizeof acts / sizeof acts[0])

/* every one of these records begins with the person */
static const char *person_of(const struct verb_row *row, const void *in)
{
    int field = record_field(row->in, "person_id", strlen("person_id"));
    return *(const char *const *)record_at_const(row->in, (size_t)field, in);
}

static int carry_out(struct cli *cli, size_t i, char **words, int count)
{
    struct err e;
    struct signed_act act;
    const struct verb_row *row = verb_find(acts[i].verb);
    void *in = record_new(cli->arena, row->in);
    cli->verb = row;
    int code = cli_fill(cli, row->in, words, count, in, &e);
    if (code == 0)
        code = cli_check_missing(cli, row, in, &e);
    if (code != 0)
        return cli_refused(cli, code, &e);
    const char *person_id = person_of(row, in);
    if (strcmp(acts[i].word, "leave") == 0)
        show_work(cli, person_id);
    int status = cli_sign_act(cli, row, in, &act);
    if (status == 0 && acts[i].way == SIGNER_FIRST)
        status = to_signer(cli, acts[i].order, &act);
    if (status == 0)
        status = cli_commit_act(cli, row, &act);
    if (status == 0 && acts[i].way == RECORD_FIRST)
        status = to_signer(cli, acts[i].order, &act);
    return status == 0 && acts[i].way == NEW_KEY ? new_key(cli, person_id, &act) : status;
}

static int change_secret(struct cli *cli, char **words, int count)
{
    struct err e;
    struct done done;
    struct secret_change in = {.person_id = cli->person_id};
    (void)words;
    if (count != 0)
        return cli_unable(cli, "`person secret` changes your own, and takes nothing", "");
    int status = sealed_secret(cli, "Secret until now", false, bytes_of(cli->person_id), &in.secret_sealed);
    if (status == 0)
        status = sealed_secret(cli, "New secret", true, bytes_of(cli->person_id), &in.new_secret_sealed);
    if (status != 0)
        return status;
    int code = desk_call(cli->desk, cli->arena, "signer.secret_change", &in, &done, &e);
    if (code != 0)
        return cli_refused(cli, code, &e);
    puts(cli->json ? "{\"done\":true}" : "The secret is changed.");
    return 0;
}

static int journal(struct cli *cli, char **words, int count)
{
    struct err e;
    struct journal_ask *ask = record_new(cli->arena, &record_journal_ask);
    struct journal_rows *out = record_new(cli->arena, &record_journal_rows);
    if (count > 1)
        return cli_unable(cli, "`person journal` takes one person at most", "e.g. `stemma person journal U-ADA`");
    const char *text = arena_printf(cli->arena, "stemma-journal/1 %s", cli->person_id);
    ask->person_id = cli->person_id;
    ask->of_person = count == 1 ? words[0] : NULL;
    int status = sealed_secret(cli, "Secret", false, bytes_of(text), &ask->secret_sealed);
    if (status != 0)
        return status;
    int code = desk_call(cli->desk, cli->arena, "signer.journal", ask, out, &e);
    if (code != 0)
        return cli_refused(cli, code, &e);
    cli_show(cli, &record_journal_rows, out);
    return 0;
}

/* the key is made here and goes sealed to the signer and, typed, to the device; it is written nowhere */
static int totp(struct cli *cli, char **words, int count)
{
    struct err e;
    struct done done;
    char secret[SECRET_MAX];
    uint8_t key[TOTP_KEY_LEN];
    struct totp_set in = {.person_id = cli->person_id};
    const struct bytes about = bytes_of(arena_printf(cli->arena, "stemma-totp/1 %s", cli->person_id));
    (void)words;
    if (count != 0)
        return cli_unable(cli, "`person totp` sets up your own codes, and takes nothing", "");
    random_fill(key, sizeof key);
    const char *text = totp_base32(cli->arena, key, sizeof key);
    printf("Key for your device: %s\notpauth://totp/Stemma:%s?secret=%s&issuer=Stemma&digits=6&period=30\n", text, cli->person_id,
           text);
    fflush(stdout);
    size_t n = cli_secret(cli, "Secret", secret, sizeof secret);
    bool given = n > 0 && cli_code(cli, secret, sizeof secret, &n);
    int code = given ? desk_seal(cli->desk, cli->arena, about, (struct bytes){(uint8_t *)secret, n}, &in.secret_sealed, &e) : 0;
    if (given && code == 0)
        code = desk_seal(cli->desk, cli->arena, about, (struct bytes){key, sizeof key}, &in.totp_sealed, &e);
    explicit_bzero(secret, sizeof secret);
    explicit_bzero(key, sizeof key);
    if (!given)
        return cli_unable(cli, no_secret, give_secret);
    if (code == 0)
        code = desk_call(cli->desk, cli->arena, "signer.totp_set", &in, &done, &e);
    if (code != 0)
        return cli_refused(cli, code, &e);
    puts("The device is set up: it gives the codes from now on.");
    return 0;
}

static const struct {
    const char *word;
    int (*run)(struct cli *cli, char **words, int count);
} own[] = {{"secret", change_secret}, {"journal", journal}, {"totp", totp}};
#define OWN (sizeof own / sizeof own[0])

bool cli_is_person(char **words, int count)
{
    if (count < 2 || strcmp(words[0], "person") != 0)
        return false;
    for (size_t i = 0; i < ACTS; i++)
        if (strcmp(words[1], acts[i].word) == 0)
            return true;
    for (size_t i = 0; i < OWN; i++)
        if (strcmp(words[1], own[i].word) == 0)
            return true;
    return false;
}

int cli_person(struct cli *cli, char **words, int count)
{
    if (cli->person_id[0] == '\0')
        return cli_unable(cli, "nobody is logged in at this terminal", "Log in: `stemma login PERSON`.");
    for (size_t i = 0; i < OWN; i++)
        if (strcmp(words[0], own[i].word) == 0)
            return own[i].run(cli, words + 1, count - 1);
    for (size_t i = 0; i < ACTS; i++)
        if (strcmp(words[0], acts[i].word) == 0)
            return carry_out(cli, i, words + 1, count - 1);
    return cli_unknown(cli, words, count);
}

void cli_alert(struct cli *cli)
{
    struct err e;
    struct key_rows *out = record_new(cli->arena, &record_key_rows);
    if (desk_call(cli->desk, cli->arena, "signer.keys", NULL, out, &e) != 0)
        return;
    for (size_t i = 0; i < out->keys.count; i++) {
        const struct key_row *row = LIST_AT(out->keys, struct key_row, i);
        if (strcmp(row->state, "locked") == 0 || strcmp(row->state, "throttled") == 0)
            fprintf(stderr, "Alert: the key of %s is %s after %lld wrong secrets: `stemma person unlock %s reason=...`\n",
                    row->person_id, row->state, (long long)row->failures, row->person_id);
    }
}

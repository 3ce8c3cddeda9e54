/* People's keys. An administrator's act goes to the record and, as it was signed, to the signer, which carries it out: what
 * closes a door goes to the signer first, what opens one to the record first, so that an interruption leaves it closed. Each
 * command may be given again, but for an enrolment: what that recorded a renewal finishes, and the command says so. */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "crypto/totp.h"

static struct bytes bytes_of(const char *text)
{
    return (struct bytes){(const uint8_t *)text, strlen(text)};
}

/* a secret, sealed for ${text} */
static int sealed_secret(struct cli *cli, const char *prompt, bool is_new, struct bytes text, struct bytes *ret)
{
    struct err e;
    CLEANUP(cli_secret_wipe) struct cli_secret secret = {0};
    int status = cli_secret(cli, prompt, is_new, &secret);
    if (status != 0)
        return status;
    int code = is_new ? desk_secret_new(cli->desk, cli->arena, secret.len, &e) : 0;
    if (code == 0)
        code = desk_seal(cli->desk, cli->arena, text, (struct bytes){secret.text, secret.len}, ret, &e);
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

/* the person types the new secret here: before anything is recorded, so that a slip leaves nothing behind */
static int new_secret(struct cli *cli, const char *person_id, const struct signed_act *act, struct bytes *ret)
{
    const char *prompt = arena_printf(cli->arena, "New secret of %s, typed by that person", person_id);
    return sealed_secret(cli, prompt, true, bytes_of(act->statement), ret);
}

static int make_key(struct cli *cli, const char *person_id, const struct signed_act *act, struct bytes secret)
{
    struct err e;
    struct certificate_row certificate;
    struct key_create create = {.statement = act->statement, .enrolment_signature = act->signature, .secret_sealed = secret};
    int code = desk_call(cli->desk, cli->arena, "signer.key_create", &create, &certificate, &e);
    if (code != 0)
        return cli_refused(cli, code, &e);
    const struct verb_row *row = verb_find("access.key_register");
    struct key_register *in = record_new(cli->arena, row->in);
    struct signed_act registered;
    in->person_id = person_id;
    in->certificate = certificate.certificate;
    cli->verb = row;
    int status = cli_sign_act(cli, row, in, &registered);
    return status != 0 ? status : cli_commit_act(cli, row, &registered);
}

/* the signer makes the key, the administrator registers its certificate; the act is recorded whatever becomes of that */
static int new_key(struct cli *cli, const char *person_id, const struct signed_act *act, struct bytes secret)
{
    int status = make_key(cli, person_id, act, secret);
    if (status != 0 && !cli->json)
        fprintf(stderr, "         This much is recorded: %s is a person, without a key. Go on with\n"
                        "         `stemma person rotate %s identity_verified_how=... reason=...`.\n", person_id, person_id);
    return status;
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
    struct bytes secret;
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
    if (status == 0 && acts[i].way == NEW_KEY)
        status = new_secret(cli, person_id, &act, &secret);
    if (status == 0 && acts[i].way == SIGNER_FIRST)
        status = to_signer(cli, acts[i].order, &act);
    if (status == 0)
        status = cli_commit_act(cli, row, &act);
    if (status == 0 && acts[i].way == RECORD_FIRST)
        status = to_signer(cli, acts[i].order, &act);
    return status == 0 && acts[i].way == NEW_KEY ? new_key(cli, person_id, &act, secret) : status;
}

/* ${old} may have a code behind it, and then another seal */
static int give_secrets(struct cli *cli, const struct cli_secret *old, struct secret_change *in, struct err *e)
{
    struct done done;
    int code = desk_seal(cli->desk, cli->arena, bytes_of(in->person_id), (struct bytes){old->text, old->len}, &in->secret_sealed, e);
    return code != 0 ? code : desk_call(cli->desk, cli->arena, "signer.secret_change", in, &done, e);
}

static int change_secret(struct cli *cli, char **words, int count)
{
    struct err e;
    struct secret_change in = {.person_id = cli->person_id};
    CLEANUP(cli_secret_wipe) struct cli_secret old = {0};
    (void)words;
    if (count != 0)
        return cli_unable(cli, "`person secret` changes your own, and takes nothing", "");
    int status = cli_secret(cli, "Secret until now", false, &old);
    if (status == 0)
        status = sealed_secret(cli, "New secret", true, bytes_of(cli->person_id), &in.new_secret_sealed);
    if (status != 0)
        return status;
    int code = give_secrets(cli, &old, &in, &e);
    if (cli_code_helps(code, &e) && cli_code(cli, &old))
        code = give_secrets(cli, &old, &in, &e);
    if (code != 0)
        return cli_refused(cli, code, &e);
    puts(cli->json ? "{\"done\":true}" : "The secret is changed.");
    return 0;
}

/* `[U-ID] [limit=N] [before=PLACE]` */
static int journal_words(struct cli *cli, char **words, int count, struct journal_ask *ret)
{
    struct err e;
    bool is_named = count > 0 && strchr(words[0], '=') == NULL;
    for (int i = is_named; i < count; i++)
        if (strncmp(words[i], "limit=", 6) != 0 && strncmp(words[i], "before=", 7) != 0)
            return cli_unable(cli, "`person journal` takes a person, limit=N and before=PLACE", "e.g. `stemma person journal U-ADA limit=500`");
    int code = cli_fill(cli, &record_journal_ask, words + is_named, count - is_named, ret, &e);
    ret->person_id = cli->person_id;
    ret->of_person = is_named ? words[0] : NULL;
    return code == 0 ? 0 : cli_refused(cli, code, &e);
}

static void show_journal(struct cli *cli, const struct journal_rows *page)
{
    struct journal_rows shown = *page;
    shown.earlier = cli->json ? page->earlier : INTEGER_ABSENT;
    cli_show(cli, &record_journal_rows, &shown);
    if (!cli->json && page->earlier != INTEGER_ABSENT)
        fprintf(stderr, "%zu shown; there may be earlier ones: give before=%lld.\n", page->lines.count, (long long)page->earlier);
}

static int journal(struct cli *cli, char **words, int count)
{
    struct err e;
    struct journal_ask *ask = record_new(cli->arena, &record_journal_ask);
    struct journal_rows *out;
    int code, status = journal_words(cli, words, count, ask);
    const char *text = arena_printf(cli->arena, "stemma-journal/1 %s", cli->person_id);
    if (status == 0)
        status = sealed_secret(cli, "Secret", false, bytes_of(text), &ask->secret_sealed);
    if (status != 0)
        return status;
    do {   /* one answer looks back so far only: an empty one is no end */
        out = record_new(cli->arena, &record_journal_rows);
        code = desk_call(cli->desk, cli->arena, "signer.journal", ask, out, &e);
        ask->before = out->earlier;
    } while (code == 0 && out->lines.count == 0 && out->earlier != INTEGER_ABSENT);
    if (code != 0)
        return cli_refused(cli, code, &e);
    show_journal(cli, out);
    return 0;
}

/* ${key} is set by the secret and the code that the device shows by it now */
static int give_totp(struct cli *cli, const char *person_id, struct bytes key)
{
    struct err e;
    struct done done;
    struct totp_set in = {.person_id = person_id};
    CLEANUP(cli_secret_wipe) struct cli_secret secret = {0};
    const struct bytes about = bytes_of(arena_printf(cli->arena, "stemma-totp/1 %s", person_id));
    int status = cli_secret(cli, arena_printf(cli->arena, "Secret of %s", person_id), false, &secret);
    if (status != 0)
        return status;
    if (!cli_code(cli, &secret))
        return cli_unable(cli, "no code was given, nothing was done", "Enter the key above into your device: it shows one.");
    int code = desk_seal(cli->desk, cli->arena, about, (struct bytes){secret.text, secret.len}, &in.secret_sealed, &e);
    if (code == 0)
        code = desk_seal(cli->desk, cli->arena, about, key, &in.totp_sealed, &e);
    if (code == 0)
        code = desk_call(cli->desk, cli->arena, "signer.totp_set", &in, &done, &e);
    return code == 0 ? 0 : cli_refused(cli, code, &e);
}

/* The key is made here and goes sealed to the signer and, typed, to the device; it is written nowhere. Who has no codes yet
 * cannot log in where they are asked for: so no session is needed, the secret says who it is. */
static int totp(struct cli *cli, char **words, int count)
{
    uint8_t key[TOTP_KEY_LEN];
    const char *person_id = count == 1 ? words[0] : cli->person_id;
    if (count > 1 || person_id[0] == '\0')
        return cli_unable(cli, "`person totp` sets up one person's own codes", "e.g. `stemma person totp U-ADA`");
    random_fill(key, sizeof key);
    const char *text = totp_base32(cli->arena, key, sizeof key);
    printf("Key for your device: %s\notpauth://totp/Stemma:%s?secret=%s&issuer=Stemma&digits=6&period=30\n", text, person_id, text);
    fflush(stdout);
    int status = give_totp(cli, person_id, (struct bytes){key, sizeof key});
    explicit_bzero(key, sizeof key);
    if (status == 0)
        puts("The device is set up: it gives the codes from now on.");
    return status;
}

static const struct {
    const char *word;
    int (*run)(struct cli *cli, char **words, int count);
    bool is_open;   /* goes without a session */
} own[] = {{"secret", change_secret, false}, {"journal", journal, false}, {"totp", totp, true}};
#define OWN (sizeof own / sizeof own[0])

const char *cli_person_word(size_t i)
{
    return i < ACTS ? acts[i].word : i < ACTS + OWN ? own[i - ACTS].word : NULL;
}

bool cli_is_person(char **words, int count)
{
    if (count < 2 || strcmp(words[0], "person") != 0)
        return false;
    for (size_t i = 0; cli_person_word(i) != NULL; i++)
        if (strcmp(words[1], cli_person_word(i)) == 0)
            return true;
    return false;
}

int cli_person(struct cli *cli, char **words, int count)
{
    size_t i = 0;
    while (i < OWN && strcmp(words[0], own[i].word) != 0)
        i++;
    if (cli->person_id[0] == '\0' && (i == OWN || !own[i].is_open))
        return cli_unable(cli, "nobody is logged in at this terminal", "Log in: `stemma login PERSON`.");
    if (i < OWN)
        return own[i].run(cli, words + 1, count - 1);
    for (i = 0; i < ACTS; i++)
        if (strcmp(words[0], acts[i].word) == 0)
            return carry_out(cli, i, words + 1, count - 1);
    return cli_unknown(cli, words, count);
}

void cli_alert(struct cli *cli)
{
    struct err e;
    struct key_rows *out = record_new(cli->arena, &record_key_rows);
    if (desk_call(cli->desk, cli->arena, "signer.keys", NULL, out, &e) != 0)
        fprintf(stderr, "Alert: whether keys are locked cannot be said: %s\n", e.text);
    for (size_t i = 0; i < out->keys.count; i++) {
        const struct key_row *row = LIST_AT(out->keys, struct key_row, i);
        if (strcmp(row->state, "locked") == 0 || strcmp(row->state, "throttled") == 0)
            fprintf(stderr, "Alert: the key of %s is %s after %lld wrong secrets: `stemma person unlock %s reason=...`\n",
                    row->person_id, row->state, (long long)row->failures, row->person_id);
    }
}

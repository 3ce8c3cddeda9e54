#include "desk/desk.h"

#include <ini.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "crypto/seal.h"
#include "wire/client.h"

struct desk {
    struct wire_client *client;
    char terminal[33], person[33], token[65];
    uint8_t sealing_key[KEY_POINT_LEN];
    int64_t secret_min;           /* bytes of a new secret; INTEGER_ABSENT: not told */
    bool has_sealing_key;
    int patience_ms;
    void (*keep)(void *ctx, const struct receipt *receipt);
    void *keep_ctx;
};

struct reading {
    struct arena *arena;
    const char *folder;
    struct desk_settings *ret;
};

static int on_line(void *user, const char *section, const char *name, const char *value)
{
    struct reading *r = user;
    (void)section;
    const char *path = value[0] == '/' ? arena_text(r->arena, value) : arena_printf(r->arena, "%s/%s", r->folder, value);
    if (strcmp(name, "secret") == 0)
        r->ret->secret = path;
    else if (strcmp(name, "public") == 0)
        r->ret->public = path;
    else if (strcmp(name, "directory") == 0)
        r->ret->directory = path;
    else if (strcmp(name, "trust") == 0)
        r->ret->trust = path;
    else if (strcmp(name, "terminal") == 0)
        r->ret->terminal = arena_text(r->arena, value);
    else
        return 0;
    return 1;
}

int desk_settings_read(struct arena *a, const char *path, struct desk_settings *ret, struct err *e)
{
    const char *slash = strrchr(path, '/');
    struct reading r = {a, slash == NULL ? "." : arena_dup(a, path, (size_t)(slash - path)), ret};
    memset(ret, 0, sizeof *ret);
    int line = ini_parse(path, on_line, &r);
    if (line != 0)
        return err_fault(e, line < 0 ? "cannot read the terminal's settings %s" : "%s, line %d is no setting of a terminal",
                         path, line);
    if (ret->secret == NULL || ret->public == NULL || ret->directory == NULL || ret->terminal == NULL)
        return err_fault(e, "%s: secret, public, directory and terminal are needed", path);
    return 0;
}

int desk_new(const struct desk_settings *settings, struct desk **ret, struct err *e)
{
    struct desk *d = calloc(1, sizeof *d);
    if (d == NULL)
        abort();
    snprintf(d->terminal, sizeof d->terminal, "%s", settings->terminal);
    int code = wire_client_new(settings->secret, settings->public, settings->directory, &d->client, e);
    if (code != 0) {
        desk_free(d);
        return code;
    }
    *ret = d;
    return 0;
}

struct desk *desk_free(struct desk *d)
{
    if (d == NULL)
        return NULL;
    wire_client_free(d->client);
    explicit_bzero(d, sizeof *d);
    free(d);
    return NULL;
}

void desk_timeout(struct desk *d, int timeout_ms)
{
    wire_client_timeout(d->client, timeout_ms);
}

const char *desk_key(const struct desk *d)
{
    return wire_client_key(d->client);
}

void desk_resume(struct desk *d, const char *token, const char *person_id)
{
    snprintf(d->token, sizeof d->token, "%s", token);
    snprintf(d->person, sizeof d->person, "%s", person_id);
}

/* asked for once */
static int ask_sealing_key(struct desk *d, struct arena *a, struct err *e)
{
    struct sealing_key key;
    if (d->has_sealing_key)
        return 0;
    int code = wire_serve(d->client, a, "signer.sealing_key", NULL, &key, e);
    if (code != 0)
        return code;
    if (key.public_key.len != KEY_POINT_LEN)
        return err_fault(e, "the signer's sealing key has %zu bytes", key.public_key.len);
    memcpy(d->sealing_key, key.public_key.data, KEY_POINT_LEN);
    d->secret_min = key.secret_min;
    d->has_sealing_key = true;
    return 0;
}

int desk_seal(struct desk *d, struct arena *a, struct bytes text, struct bytes secret, struct bytes *ret, struct err *e)
{
    int code = ask_sealing_key(d, a, e);
    return code != 0 ? code : seal_to(a, d->sealing_key, text, secret, ret, e);
}

int desk_secret_new(struct desk *d, struct arena *a, size_t len, struct err *e)
{
    int code = ask_sealing_key(d, a, e);
    if (code == 0 && d->secret_min != INTEGER_ABSENT && (int64_t)len < d->secret_min)
        code = err_raise(e, ERR_FIELD_RANGE, "secret", "R01", "a secret has at least %lld characters", (long long)d->secret_min);
    return code;
}

static struct bytes bytes_of(const char *text)
{
    return (struct bytes){(const uint8_t *)text, strlen(text)};
}

int desk_login(struct desk *d, struct arena *a, const char *person_id, struct bytes secret, struct logged_in *ret,
               struct err *e)
{
    struct challenge_request ask = {.person_id = person_id, .terminal_id = d->terminal};
    struct challenge challenge;
    struct logged_in in;
    int code = wire_serve(d->client, a, "access.challenge", &ask, &challenge, e);
    if (code != 0)
        return code;
    struct sign_login sign = {.person_id = person_id, .login = challenge.login};
    code = desk_seal(d, a, bytes_of(challenge.login), secret, &sign.secret_sealed, e);
    if (code == 0)
        code = wire_serve(d->client, a, "signer.prove", &sign, &in.proof, e);
    struct login login = {.login = challenge.login, .signature = in.proof.signature};
    if (code == 0)
        code = wire_serve(d->client, a, "access.login", &login, &in.session, e);
    if (code != 0)
        return code;
    desk_resume(d, in.session.token, person_id);
    if (ret != NULL)
        *ret = in;
    return 0;
}

const char *desk_notice(struct arena *a, const struct login_proof *proof)
{
    char since[CLOCK_TEXT], last[CLOCK_TEXT];
    const char *from = "In the signer's journal, which has no login of yours before";
    if (proof->login_before_at != TIME_ABSENT) {
        clock_to_text(proof->login_before_at, since);
        from = arena_printf(a, "Since your last login at %s, terminal %s", since, proof->login_before_terminal);
    } else if (proof->counted_from != TIME_ABSENT) {
        clock_to_text(proof->counted_from, since);
        from = arena_printf(a, "Since %s, as far as was looked, with no login of yours", since);
    }
    if (proof->signed_count == 0 || proof->signed_last_at == TIME_ABSENT)
        return arena_printf(a, "%s: no signature was made in your name.", from);
    clock_to_text(proof->signed_last_at, last);
    return arena_printf(a, "%s: %lld %s made in your name, the last at %s.", from, (long long)proof->signed_count,
                        proof->signed_count == 1 ? "signature was" : "signatures were", last);
}

int desk_logout(struct desk *d, struct arena *a, struct err *e)
{
    int code = desk_call(d, a, "access.logout", NULL, NULL, e);
    desk_resume(d, "", "");
    return code;
}

int desk_call(struct desk *d, struct arena *a, const char *verb, const void *in, void *ret_out, struct err *e)
{
    return wire_call(d->client, a, &(struct wire_ask){verb, "call", d->token, ""}, in, ret_out, e);
}

const char *desk_service(const struct desk *d, size_t i)
{
    return wire_client_service(d->client, i);
}

int desk_ask(struct desk *d, struct arena *a, const char *service, const char *verb, void *ret_out, struct err *e)
{
    const struct envelope envelope = {.verb = verb, .token = "", .phase = "call", .command = "", .stream = ""};
    struct bytes reply, result;
    int code = wire_exchange(d->client, a, service, &envelope, bytes_of("{}"), &reply, e);
    if (code == 0)
        code = reply_from_json(a, (const char *)reply.data, reply.len, &result, e);
    if (code == 0)
        code = record_from_json(a, verb_find(verb)->out, (const char *)result.data, result.len, RECORD_REPLY, ret_out, e);
    return code;
}

static const char *command_or_new(struct arena *a, const char *command)
{
    if (command != NULL)
        return command;
    char *made = arena_alloc(a, COMMAND_HEX);
    command_new(made);
    return made;
}

void desk_keep(struct desk *d, void (*keep)(void *ctx, const struct receipt *receipt), void *ctx)
{
    d->keep = keep;
    d->keep_ctx = ctx;
}

static int kept(const struct desk *d, int code, const struct receipt *receipt)
{
    if (code == 0 && receipt != NULL && d->keep != NULL)
        d->keep(d->keep_ctx, receipt);
    return code;
}

int desk_observe(struct desk *d, struct arena *a, const char *verb, const char *command, const void *in,
                 struct receipt *ret, struct err *e)
{
    return kept(d, wire_call(d->client, a, &(struct wire_ask){verb, "call", d->token, command_or_new(a, command)}, in, ret, e), ret);
}

int desk_prepare(struct desk *d, struct arena *a, const char *verb, const char *command, const void *in,
                 struct prepared *ret, struct err *e)
{
    return wire_call(d->client, a, &(struct wire_ask){verb, "prepare", d->token, command_or_new(a, command)}, in, ret, e);
}

int desk_sign(struct desk *d, struct arena *a, const char *person_id, const char *statement, struct bytes secret,
              struct bytes *ret_signature, struct err *e)
{
    struct sign_statement sign = {.person_id = person_id, .statement = statement};
    struct signature signature;
    int code = desk_seal(d, a, bytes_of(statement), secret, &sign.secret_sealed, e);
    if (code == 0)
        code = wire_serve(d->client, a, "signer.sign", &sign, &signature, e);
    if (code == 0)
        *ret_signature = signature.signature;
    return code;
}

int desk_commit(struct desk *d, struct arena *a, const char *verb, const char *statement, struct bytes signature,
                struct receipt *ret, struct err *e)
{
    struct signed_act act = {.statement = statement, .signature = signature};
    struct receipt made;
    struct receipt *out = ret != NULL ? ret : &made;
    return kept(d, wire_call(d->client, a, &(struct wire_ask){verb, "commit", d->token, ""}, &act, out, e), out);
}

static void pause_ms(int ms)
{
    struct timespec t = {ms / 1000, (long)(ms % 1000) * 1000000};
    nanosleep(&t, NULL);
}

/* a service that is away: worth waiting for while there is patience left */
static bool worth_waiting(int code, int64_t until_us)
{
    if ((code != ERR_UNAVAILABLE && code != ERR_BUSY) || clock_monotonic_us() > until_us)
        return false;
    pause_ms(250);
    return true;
}

static int sign_and_commit(struct desk *d, struct arena *a, const char *verb, const struct prepared *p, struct bytes secret,
                           struct receipt *ret, struct err *e)
{
    struct bytes signature;
    int code;
    int64_t until = clock_monotonic_us() + (int64_t)d->patience_ms * 1000;
    do
        code = desk_sign(d, a, d->person, p->statement, secret, &signature, e);
    while (worth_waiting(code, until));
    if (code != 0)
        return code;
    do   /* the same statement again: should the first have been recorded, its receipt comes back */
        code = desk_commit(d, a, verb, p->statement, signature, ret, e);
    while (worth_waiting(code, until));
    return code;
}

int desk_act(struct desk *d, struct arena *a, const char *verb, const void *in, struct bytes secret, struct receipt *ret,
             struct err *e)
{
    int64_t until = clock_monotonic_us() + (int64_t)d->patience_ms * 1000;
    for (int tries = 0;; tries++) {
        struct prepared prepared;
        int code;
        do
            code = desk_prepare(d, a, verb, NULL, in, &prepared, e);
        while (worth_waiting(code, until));
        if (code == 0)
            code = sign_and_commit(d, a, verb, &prepared, secret, ret, e);
        if ((code != ERR_HEAD_STALE && code != ERR_STATEMENT_DIFFERS) || tries == 3)
            return code;
    }
}

void desk_patience(struct desk *d, int patience_ms)
{
    d->patience_ms = patience_ms;
}

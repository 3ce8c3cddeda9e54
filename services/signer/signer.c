#include "signer.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "crypto/digest.h"
#include "crypto/seal.h"
#include "file/file.h"
#include "signer_inner.h"

#define PEM_MAX 8192

static int load_certificate(struct arena *a, const char *folder, const char *name, struct certificate **ret, struct err *e)
{
    const char *path = arena_printf(a, "%s/%s", folder, name);
    struct bytes pem;
    if (file_read(a, path, PEM_MAX, &pem, e) != 0 || certificate_from_pem(pem, ret, e) != 0)
        return err_fault(e, "%s holds no certificate", path);
    return 0;
}

static int load_issuing(struct signer *s, struct arena *a, struct err *e)
{
    const struct issuing_place place = {s->options->authority, s->options->revoked};
    int code = 0, count = 1 + issuing_former(a, &place);
    for (; code == 0 && s->issuing_count < count; s->issuing_count++)
        code = issuing_load(a, &place, s->issuing_count, s->token, &s->issuing[s->issuing_count], e);
    return code > 0 ? err_fault(e, "%s has no issuing CA", place.folder) : code;
}

static int load(struct signer *s, struct arena *a, struct err *e)
{
    const char *folder = s->options->authority;
    int code = signer_token_open(a, folder, &s->token, e);
    if (code == 0)
        code = issuing_key(a, folder, "sealing.key", s->token, &s->sealing, e);
    if (code == 0)
        code = issuing_key(a, folder, "audit.key", s->token, &s->audit_key, e);
    if (code == 0)
        code = load_certificate(a, folder, "audit.pem", &s->audit, e);
    if (code == 0)
        code = load_issuing(s, a, e);
    if (code == 0 && !certificate_fits(s->audit, s->audit_key))
        code = err_fault(e, "a key in %s does not fit its certificate", folder);
    return code;
}

int signer_issuing_of(const struct signer *s, const struct certificate *of)
{
    for (int n = 1; n < s->issuing_count; n++)
        if (certificate_is_by(of, s->issuing[n].certificate))
            return n;
    return ISSUING_NOW;
}

int signer_new(const struct signer_options *options, struct cms_trust *trust, struct signer **ret, struct err *e)
{
    struct signer *s = calloc(1, sizeof *s);
    if (s == NULL)
        return err_fault(e, "no memory for the signer");
    s->options = options;
    s->trust = trust;
    s->journal = -1;
    struct arena *a = arena_new(0);
    int code = load(s, a, e);
    if (code == 0)
        code = file_journal(options->journal, 0600, &s->journal, e);
    arena_free(a);
    if (code != 0)
        signer_free(s);
    else
        *ret = s;
    return code;
}

struct signer *signer_free(struct signer *s)
{
    if (s != NULL) {
        key_free(s->sealing);
        for (int n = 0; n < s->issuing_count; n++)
            issuing_done(&s->issuing[n]);
        key_free(s->audit_key);
        token_free(s->token);     /* after its keys */
        certificate_free(s->audit);
        if (s->journal >= 0)
            close(s->journal);
    }
    free(s);
    return NULL;
}

bool signer_token_answers(const struct signer *s)
{
    return s->token == NULL || token_answers(s->token);
}

void signer_point(const struct signer *s, uint8_t ret[KEY_POINT_LEN])
{
    if (!key_point(s->sealing, ret))
        abort();   /* the set-up makes no other kind */
}

void opened_done(struct opened *o)
{
    key_done(&o->key);
    stored_done(&o->stored);
}

/* The secret was tried: a right one clears what was counted, a wrong one is counted before anybody hears of it. */
static int settle(struct signer *s, struct arena *a, const struct signer_request *q, struct tries tries, int code, struct err *e)
{
    struct err other;
    if (code == 0 && tries.failures == 0)
        return 0;
    if (code != 0 && code != ERR_SECRET_WRONG)
        return code;
    struct tries now = {code == 0 ? 0 : tries.failures + 1, q->now_ms};
    if (store_tries_set(a, s->options->keys, q->person_id, &now, &other) != 0) {
        *e = other;
        return ERR_FAULT;
    }
    return code;
}

/* may a secret be tried for this key? */
static int may_try(struct signer *s, struct arena *a, const struct signer_request *q, struct tries *ret, struct err *e)
{
    int code = store_tries(a, s->options->keys, q->person_id, ret, e);
    if (code == 0)
        code = rule_barred(ret, s->options->bar_after, e);
    return code != 0 ? code : rule_tries(ret, q->now_ms, s->options->lock_after, s->options->lock_ms, e);
}

/* a wrong secret is told before the token is asked for anything */
static int unlock(struct signer *s, struct arena *a, struct bytes secret, struct opened *o, struct err *e)
{
    uint8_t point[KEY_POINT_LEN];
    if (!key_file_is_wrapped(o->stored.locked))
        return key_unlock(o->stored.locked, secret, &o->key, e);
    int code = key_unlock_wrapped(a, o->stored.locked, secret, &o->wrapped, e);
    certificate_point(o->stored.certificate, point);
    if (code == 0 && s->token == NULL)
        code = err_fault(e, "this key is wrapped by a token, and there is none");
    return code != 0 ? code : token_key_use(s->token, o->wrapped, point, &o->key, e);
}

/* What is asked for beside the secret, and what was given. */
struct beside {
    bool is_needed, has_code, is_authenticator;
    char code[16];
    struct webauthn_credential credential;
    struct bytes asserted;
};

/* Nothing that is missing costs a try: it is said before the secret is looked at. */
static int beside_find(struct signer *s, struct arena *a, const struct signer_request *q, const struct given *given, struct beside *b,
                       struct err *e)
{
    int code = 0;
    b->asserted = given->asserted.data != NULL ? given->asserted : given->text;
    b->is_needed = given->least != SECOND_FACTOR_OFF && s->options->second_factor >= given->least;
    if (given->replaces_codes)
        code = totp_find_key(s, a, q->person_id, &b->is_needed, e);
    else if (b->is_needed)
        code = authenticator_find(s, a, q->person_id, &b->credential, &b->is_authenticator, e);
    if (code != 0 || !b->is_needed || (b->is_authenticator ? q->assertion != NULL : b->has_code))
        return code;
    return b->is_authenticator ? err_raise(e, ERR_CODE_MISSING, "second_factor", "R01", "%s's authenticator is asked for here, which serves "
                                           "at a page of the lab", q->person_id)
                               : err_raise(e, ERR_CODE_MISSING, "code", "R01", "this lab asks for a one-time code here");
}

static int beside_check(struct signer *s, struct arena *a, const struct signer_request *q, struct beside *b, struct err *e)
{
    if (!b->is_needed)
        return 0;
    return b->is_authenticator ? authenticator_check(s, a, q, &b->credential, b->asserted, e) : totp_check(s, a, q, b->code, e);
}

static int try_secret(struct signer *s, struct arena *a, const struct signer_request *q, struct bytes secret,
                      struct beside *beside, struct opened *ret, struct err *e)
{
    struct tries tries;
    int code = may_try(s, a, q, &tries, e);
    if (code != 0)
        return code;
    code = store_load(a, s->options->keys, q->person_id, &ret->stored, e);
    if (code == ERR_NOT_FOUND) {
        key_spend(&s->options->cost);
        return err_raise(e, ERR_SECRET_WRONG, NULL, NULL, "the secret does not open this key");
    }
    if (code == 0)
        code = unlock(s, a, secret, ret, e);
    if (code == 0)
        code = beside_check(s, a, q, beside, e);
    if (code != 0)
        key_done(&ret->key);
    return settle(s, a, q, tries, code, e);
}

int signer_open_key(struct signer *s, struct arena *a, const struct signer_request *q, const struct given *given,
                    struct opened *ret, struct err *e)
{
    uint8_t plain[SEAL_PLAIN_MAX + 1];
    struct beside beside = {.code = ""};
    size_t len = 0;
    int code = rule_person(q->person_id, e);
    if (code == 0)
        code = seal_open(s->sealing, given->text, given->sealed, plain, &len, e);
    struct bytes secret = {plain, len};
    if (code == 0) {
        beside.has_code = rule_split(&secret, beside.code, sizeof beside.code);
        code = beside_find(s, a, q, given, &beside, e);
    }
    if (code == 0)
        code = try_secret(s, a, q, secret, &beside, ret, e);
    explicit_bzero(plain, sizeof plain);
    explicit_bzero(beside.code, sizeof beside.code);
    return code;
}

int signer_rate(struct signer *s, const struct signer_request *q, struct err *e)
{
    struct rate_row *row = NULL, *oldest = &s->rate[0];
    int64_t minute = q->now_ms / 60000;
    for (size_t i = 0; i < RATE_ROWS && row == NULL; i++) {
        if (strcmp(s->rate[i].person_id, q->person_id) == 0)
            row = &s->rate[i];
        else if (s->rate[i].minute < oldest->minute)
            oldest = &s->rate[i];
    }
    if (row == NULL) {
        row = oldest;
        memset(row, 0, sizeof *row);
        memcpy(row->person_id, q->person_id, strnlen(q->person_id, sizeof row->person_id - 1));
    }
    if (row->minute != minute)
        row->count = 0;
    row->minute = minute;
    if (++row->count <= s->options->per_minute)
        return 0;
    return err_raise(e, ERR_RATE_LIMITED, "person_id", NULL, "%s signed %lld times in this minute", q->person_id,
                     (long long)s->options->per_minute);
}

int signer_note(struct signer *s, struct arena *a, const struct signer_request *q, const char *what, struct bytes text,
                int code, struct err *e)
{
    char at[CLOCK_TEXT], sha256[DIGEST_HEX];
    clock_to_text(q->now_ms, at);
    const char *line = arena_printf(a, "%s %s %s %s %s %s\n", at, what, q->peer,
                                    q->person_id != NULL ? q->person_id : "-", digest_hex(text.data, text.len, sha256),
                                    code == 0 ? "ok" : err_row(code)->code);
    struct err other;
    if (file_append(s->journal, (struct bytes){(const uint8_t *)line, strlen(line)}, &other) == 0)
        return code;
    *e = other;
    return ERR_FAULT;
}

/* People: their keys made, their secrets changed, their certificates shown. */
#include <string.h>

#include "crypto/ca.h"
#include "crypto/digest.h"
#include "crypto/seal.h"
#include "signer_inner.h"

static struct bytes copy_der(struct arena *a, const struct certificate *c)
{
    struct bytes der = certificate_der(c);
    return (struct bytes){(const uint8_t *)arena_dup(a, der.data, der.len), der.len};
}

/* ${q} with the person of the enrolment in place of who asked */
static struct signer_request about(const struct signer_request *q, const char *person_id)
{
    struct signer_request of = *q;
    of.person_id = person_id;
    return of;
}

/* ${o}'s key under the new secret, as it is: in the file, or wrapped by the token */
static int lock_new(struct signer *s, struct arena *a, const struct opened *o, struct bytes text, struct bytes sealed,
                    struct bytes *ret, struct err *e)
{
    uint8_t secret[SEAL_PLAIN_MAX];
    size_t len = 0;
    int code = seal_open(s->sealing, text, sealed, secret, &len, e);
    if (code == 0 && (int64_t)len < s->options->secret_min)
        code = err_raise(e, ERR_FIELD_RANGE, "secret", "R01", "a secret has at least %lld characters",
                         (long long)s->options->secret_min);
    if (code == 0 && memchr(secret, '\n', len) != NULL)
        code = err_raise(e, ERR_FIELD_TYPE, "secret", "R01", "a secret is one line");
    if (code == 0 && o->wrapped.len > 0)
        code = key_lock_wrapped(a, o->wrapped, (struct bytes){secret, len}, &s->options->cost, ret, e);
    else if (code == 0)
        code = key_lock(a, o->key, (struct bytes){secret, len}, &s->options->cost, ret, e);
    explicit_bzero(secret, sizeof secret);
    return code;
}

static int make(struct signer *s, struct arena *a, const struct order *o, const struct signer_order *order,
                struct certificate **ret, struct err *e)
{
    CLEANUP(opened_done) struct opened fresh = {0};
    const struct ca_request request = {CA_PERSON, o->name, o->person_id, o->roles, (int)s->options->person_days};
    const struct ca ca = {s->issuing[ISSUING_NOW].certificate, s->issuing[ISSUING_NOW].key};
    struct bytes locked;
    int code = s->token == NULL ? key_new(KEY_P256, &fresh.key, e) : token_key_new(a, s->token, &fresh.key, &fresh.wrapped, e);
    if (code == 0)
        code = ca_issue(&ca, &request, fresh.key, ret, e);
    if (code == 0)
        code = lock_new(s, a, &fresh, order->statement, order->sealed, &locked, e);
    if (code == 0 && o->kind == ORDER_RENEW)
        code = signer_end_certificate(s, a, o, e);
    if (code == 0 && o->kind == ORDER_RENEW)
        code = store_destroy(a, s->options->keys, o->person_id, e);
    return code != 0 ? code : store_create(a, s->options->keys, o->person_id, locked, *ret, e);
}

/* There is a key by this very act: known by its secret, the same answer again; all else is refused. */
static int make_again(struct signer *s, struct arena *a, const struct signer_request *q, const struct signer_order *order,
                      struct bytes *ret, struct err *e)
{
    CLEANUP(opened_done) struct opened o = {0};
    struct err wrong;
    int code = signer_open_key(s, a, q, &(struct given){.text = order->statement, .sealed = order->sealed}, &o, &wrong);
    if (code == ERR_SECRET_WRONG)
        return err_raise(e, ERR_EXISTS, "person_id", NULL, "%s has a key already", q->person_id);
    if (code != 0) {
        *e = wrong;
        return code;
    }
    *ret = copy_der(a, o.stored.certificate);
    return 0;
}

static int create(struct signer *s, struct arena *a, const struct order *o, const struct signer_order *order,
                  struct bytes *ret, struct err *e)
{
    CLEANUP(certificate_done) struct certificate *certificate = NULL;
    int code = make(s, a, o, order, &certificate, e);
    if (code == 0)
        code = signer_order_done(s, a, o, order->statement, e);
    if (code == 0)
        *ret = copy_der(a, certificate);
    return code;
}

int signer_create(struct signer *s, struct arena *a, const struct signer_request *q, const struct signer_order *order,
                  struct bytes *ret, struct err *e)
{
    struct order o;
    bool is_done = false;
    struct signer_request of = about(q, NULL);
    int code = signer_order_read(s, a, q, order, &o, &is_done, e);
    if (code == 0) {
        of.person_id = o.person_id;
        if (o.kind != ORDER_ENROL && o.kind != ORDER_RENEW)
            code = err_raise(e, ERR_SIGNATURE_REFUSED, "statement", NULL, "neither an enrolment nor a renewal");
        else
            code = is_done ? ERR_EXISTS : create(s, a, &o, order, ret, e);
        if (code == ERR_EXISTS)
            code = make_again(s, a, &of, order, ret, e);
    }
    return signer_note(s, a, &of, "key_create", order->statement, code, e);
}

static int change(struct signer *s, struct arena *a, const struct signer_request *q, struct bytes sealed_old,
                  struct bytes sealed_new, struct err *e)
{
    CLEANUP(opened_done) struct opened o = {0};
    const struct bytes text = {(const uint8_t *)q->person_id, strlen(q->person_id)};
    char sha256[DIGEST_HEX];
    const char *to_this = arena_printf(a, "%s %s", q->person_id, digest_hex(sealed_new.data, sealed_new.len, sha256));
    const struct given given = {.text = text, .sealed = sealed_old, .least = SECOND_FACTOR_LOGIN,
                                .asserted = {(const uint8_t *)to_this, strlen(to_this)}};
    struct bytes locked;
    int code = signer_open_key(s, a, q, &given, &o, e);
    if (code == 0)
        code = lock_new(s, a, &o, text, sealed_new, &locked, e);
    return code != 0 ? code : store_replace(a, s->options->keys, q->person_id, locked, o.stored.certificate, e);
}

int signer_change_secret(struct signer *s, struct arena *a, const struct signer_request *q, struct bytes sealed_old,
                         struct bytes sealed_new, struct err *e)
{
    int code = rule_person(q->person_id, e);
    if (code != 0)
        return code;
    const struct bytes text = {(const uint8_t *)q->person_id, strlen(q->person_id)};
    return signer_note(s, a, q, "secret_change", text, change(s, a, q, sealed_old, sealed_new, e), e);
}

int signer_certificate(struct signer *s, struct arena *a, const char *person_id, struct bytes *ret, struct err *e)
{
    CLEANUP(stored_done) struct stored stored = {0};
    int code = rule_person(person_id, e);
    if (code == 0)
        code = store_load(a, s->options->keys, person_id, &stored, e);
    if (code == 0)
        *ret = copy_der(a, stored.certificate);
    return code;
}

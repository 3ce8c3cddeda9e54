/* What an administrator orders by a signed act: unlocking, revoking. Each is carried out once, in the order of signing. */
#include <string.h>

#include "base/clock.h"
#include "crypto/digest.h"
#include "file/file.h"
#include "signer_inner.h"
#include "signer_revoke.h"

#define LIST_MAX (1024 * 1024)     /* bytes of a revocation list, or of a certificate */

int signer_order_read(struct signer *s, struct arena *a, const struct signer_request *q, const struct signer_order *order,
                      struct order *ret, bool *ret_done, struct err *e)
{
    struct cms_signer admin;
    struct last_order last;
    char sha256[DIGEST_HEX];
    *ret_done = false;
    int code = cms_verify(s->trust, order->statement, order->signature, q->now_ms, &admin, e);
    if (code == 0)
        code = rule_order(a, order->statement, &admin, q->now_ms, ret, e);
    if (code == 0)
        code = store_order(a, s->options->keys, ret->person_id, &last, e);
    if (code != 0)
        return code;
    *ret_done = strcmp(digest_hex(order->statement.data, order->statement.len, sha256), last.sha256) == 0;
    return *ret_done || last.at_ms == TIME_ABSENT ? 0 : rule_order_newer(ret, last.at_ms, e);
}

int signer_order_done(struct signer *s, struct arena *a, const struct order *o, struct bytes statement, struct err *e)
{
    struct last_order last = {.at_ms = o->at_ms};
    digest_hex(statement.data, statement.len, last.sha256);
    return store_order_set(a, s->options->keys, o->person_id, &last, e);
}

/* ERR_NONE where the root's list, beside the issuing CA's, names ${ca}: then nothing it issued holds, and there is nothing to do. */
static int is_ended_by_root(struct arena *a, const char *list, const struct certificate *ca, struct err *e)
{
    CLEANUP(certificate_done) struct certificate *root = NULL;
    const char *slash = strrchr(list, '/'), *folder = slash != NULL ? arena_dup(a, list, (size_t)(slash - list)) : ".";
    struct ca_revoked *rows;
    struct bytes pem, crl;
    size_t count;
    long number;
    int code = file_read(a, arena_printf(a, "%s/lab-root.pem", folder), LIST_MAX, &pem, e);
    if (code == 0)
        code = certificate_from_pem(pem, &root, e);
    if (code == 0)
        code = file_read(a, arena_printf(a, "%s/lab-root.crl", folder), LIST_MAX, &crl, e);
    if (code == 0)
        code = ca_crl_read(a, root, crl, &rows, &count, &number, e);
    for (size_t i = 0; code == 0 && i < count; i++)
        if (strcmp(rows[i].serial, certificate_facts(ca)->serial) == 0)
            return 0;
    return code != 0 ? code
                     : err_raise(e, ERR_STATE_FORBIDS, "person_id", NULL, "the key of the CA that issued this certificate was taken away: "
                                 "the root revokes that CA (stemma-signer --revoke-ca)");
}

int signer_end_certificate(struct signer *s, struct arena *a, const struct order *o, struct err *e)
{
    CLEANUP(stored_done) struct stored stored = {0};
    int code = store_load(a, s->options->keys, o->person_id, &stored, e);
    if (code != 0)
        return code == ERR_NOT_FOUND ? 0 : code;   /* it went with a revocation before */
    const struct ca_revoked one = {certificate_facts(stored.certificate)->serial, clock_ms(), o->reason};
    const int n = signer_issuing_of(s, stored.certificate);
    const struct issuing_place all = {s->options->authority, s->options->revoked};
    const struct revocation_place place = {issuing_list(a, &all, n), s->options->authority};
    if (s->issuing[n].key == NULL)
        return is_ended_by_root(a, place.list, s->issuing[n].certificate, e);
    code = revocation_publish(a, &(struct ca){s->issuing[n].certificate, s->issuing[n].key}, &place, &one, e);
    return code == ERR_EXISTS ? 0 : code;          /* published, then interrupted */
}

/* what the act is about, for the journal: nobody while it is not known to be an act */
static struct signer_request about(const struct signer_request *q, int code, const struct order *o)
{
    struct signer_request of = *q;
    of.person_id = code == 0 ? o->person_id : NULL;
    return of;
}

/* An unlocking is judged by the wrong secrets themselves, not by the last order: it forgets what was before it, no more. */
static int unlock(struct signer *s, struct arena *a, const struct order *o, struct err *e)
{
    struct tries tries;
    if (o->kind != ORDER_UNLOCK)
        return err_raise(e, ERR_SIGNATURE_REFUSED, "statement", NULL, "not the unlocking of a key");
    int code = store_tries(a, s->options->keys, o->person_id, &tries, e);
    if (code == 0 && tries.failures > 0)
        code = rule_order_newer(o, tries.last_ms, e);
    return code != 0 ? code : store_tries_set(a, s->options->keys, o->person_id, &(struct tries){0, 0}, e);
}

int signer_unlock(struct signer *s, struct arena *a, const struct signer_request *q, const struct signer_order *order,
                  struct err *e)
{
    struct order o;
    bool is_done;
    int code = signer_order_read(s, a, q, order, &o, &is_done, e);
    struct signer_request of = about(q, code, &o);
    if (code == 0)
        code = unlock(s, a, &o, e);
    return signer_note(s, a, &of, "key_unlock", order->statement, code, e);
}

static int revoke(struct signer *s, struct arena *a, const struct order *o, struct bytes statement, struct err *e)
{
    if (o->kind != ORDER_REVOKE && o->kind != ORDER_CLOSE)
        return err_raise(e, ERR_SIGNATURE_REFUSED, "statement", NULL, "neither a revocation nor the closing of an account");
    int code = signer_end_certificate(s, a, o, e);
    if (code == 0)
        code = store_destroy(a, s->options->keys, o->person_id, e);
    return code != 0 ? code : signer_order_done(s, a, o, statement, e);
}

int signer_revoke_person(struct signer *s, struct arena *a, const struct signer_request *q, const struct signer_order *order,
                         struct err *e)
{
    struct order o;
    bool is_done = false;
    int code = signer_order_read(s, a, q, order, &o, &is_done, e);
    struct signer_request of = about(q, code, &o);
    if (code == 0 && !is_done)
        code = revoke(s, a, &o, order->statement, e);
    return signer_note(s, a, &of, "key_revoke", order->statement, code, e);
}

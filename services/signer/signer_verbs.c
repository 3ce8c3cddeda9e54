/* Handlers of the signer: records in and out of signer.h. Secrets stay sealed until they are used. */
#include "signer_verbs.h"

#include <string.h>

#include "base/clock.h"
#include "crypto/digest.h"
#include "ledger/statement.h"
#include "record/record.h"
#include "signer_harden.h"
#include "signer_settings.h"

#define JOURNAL_LINES 50

static struct signer *signer;
static struct signer_options options;

int signer_begin(struct db *db, struct err *e)
{
    bool locked = false;
    (void)db;
    if (service_cms_trust() == NULL)
        return err_fault(e, "lab_root is not set: nobody could be enrolled");
    int code = signer_options_of(&signer_config, &options, e);
    if (code == 0)
        code = signer_new(&options, service_cms_trust(), &signer, e);
    if (code == 0)
        code = signer_harden(&locked, e);
    if (code == 0 && !locked)
        service_log("warn", "memory is not locked: the limit is too small");
    return code;
}

void signer_end(void)
{
    signer = signer_free(signer);
}

static struct bytes bytes_of(const char *text)
{
    return (struct bytes){(const uint8_t *)text, strlen(text)};
}

/* The alert that an administrator sees: here, in `service.health`, and in `signer.keys`. */
static void alert(struct call *c, const char *person_id, int code)
{
    const char *state;
    struct err e;
    if (code != ERR_SECRET_WRONG && code != ERR_KEY_LOCKED)
        return;
    if (signer_locked(signer, c->arena, person_id, c->now_ms, &state, &e) == 0 && state != NULL)
        service_log("warn", "alert: the key of %s is %s after wrong secrets, the last from %s", person_id, state, c->peer);
}

static struct signer_request request_of(const struct call *c, const char *person_id)
{
    return (struct signer_request){.peer = c->peer, .person_id = person_id, .now_ms = c->now_ms};
}

/* the same with what the person's authenticator asserted, where anything was given */
static struct signer_request asserted_request(const struct call *c, const char *person_id, const struct list *given)
{
    struct signer_request q = request_of(c, person_id);
    if (given->count > 0) {
        const struct assertion *a = LIST_AT(*given, struct assertion, 0);
        struct webauthn_assertion *read = ARENA_ARRAY(c->arena, struct webauthn_assertion, 1);
        *read = (struct webauthn_assertion){a->client_data, a->authenticator_data, a->assertion_signature};
        q.assertion = read;
    }
    return q;
}

static int sealing_key_decide(struct call *c, struct err *e)
{
    struct sealing_key *out = c->out;
    uint8_t *point = arena_alloc(c->arena, KEY_POINT_LEN);
    (void)e;
    signer_point(signer, point);
    out->public_key = (struct bytes){point, KEY_POINT_LEN};
    out->secret_min = options.secret_min;
    return 0;
}

static int prove_decide(struct call *c, struct err *e)
{
    const struct sign_login *in = c->in;
    struct login_proof *out = c->out;
    struct signer_request q = asserted_request(c, in->person_id, &in->second_factor);
    struct signer_proof proof;
    int code = signer_prove(signer, c->arena, &q, bytes_of(in->login), in->secret_sealed, &proof, e);
    alert(c, in->person_id, code);
    if (code != 0)
        return code;
    const struct signer_notice *notice = &proof.notice;
    *out = (struct login_proof){proof.signature, notice->signed_count, notice->signed_last_ms, notice->login_ms,
                                notice->login_ms != TIME_ABSENT ? arena_text(c->arena, notice->login_peer) : NULL, notice->counted_from_ms};
    return 0;
}

static int sign_decide(struct call *c, struct err *e)
{
    const struct sign_statement *in = c->in;
    struct signature *out = c->out;
    struct signer_request q = asserted_request(c, in->person_id, &in->second_factor);
    int code = signer_sign(signer, c->arena, &q, bytes_of(in->statement), in->secret_sealed, &out->signature, e);
    alert(c, in->person_id, code);
    return code;
}

static int sign_document_decide(struct call *c, struct err *e)
{
    const struct sign_document *in = c->in;
    struct signature *out = c->out;
    struct signer_request q = request_of(c, NULL);
    return signer_sign_document(signer, c->arena, &q, in->document, &out->signature, e);
}

static int sign_manifest_decide(struct call *c, struct err *e)
{
    const struct sign_manifest *in = c->in;
    struct signature *out = c->out;
    struct signer_request q = request_of(c, NULL);
    return signer_sign_manifest(signer, c->arena, &q, bytes_of(in->manifest), &out->signature, e);
}

static void answer_certificate(struct call *c, const char *person_id, struct bytes der)
{
    struct certificate_row *out = c->out;
    char *sha256 = arena_alloc(c->arena, DIGEST_HEX);
    out->person_id = person_id;
    out->certificate = der;
    out->certificate_sha256 = digest_hex(der.data, der.len, sha256);
}

/* Asked again for a key that is there, the secret is tried: a wrong one is counted, and answered as `exists`. */
static void alert_asked_again(struct call *c, const char *statement, int code)
{
    struct statement s;
    struct err e;
    if ((code == ERR_EXISTS || code == ERR_KEY_LOCKED) && statement_parse(c->arena, statement, strlen(statement), &s, &e) == 0)
        alert(c, s.stream, ERR_KEY_LOCKED);
}

static int key_create_decide(struct call *c, struct err *e)
{
    const struct key_create *in = c->in;
    struct signer_request q = request_of(c, NULL);
    struct certificate *certificate = NULL;
    struct bytes der;
    const struct signer_order order = {bytes_of(in->statement), in->enrolment_signature, in->secret_sealed};
    int code = signer_create(signer, c->arena, &q, &order, &der, e);
    if (code == 0)
        code = certificate_from_der(der, &certificate, e);
    if (code == 0)
        answer_certificate(c, arena_text(c->arena, certificate_facts(certificate)->person_id), der);
    certificate_free(certificate);
    alert_asked_again(c, in->statement, code);
    return code;
}

static int certificate_decide(struct call *c, struct err *e)
{
    const struct person_key *in = c->in;
    struct bytes der;
    int code = signer_certificate(signer, c->arena, in->person_id, &der, e);
    if (code == 0)
        answer_certificate(c, in->person_id, der);
    return code;
}

static int secret_change_decide(struct call *c, struct err *e)
{
    const struct secret_change *in = c->in;
    struct done *out = c->out;
    struct signer_request q = asserted_request(c, in->person_id, &in->second_factor);
    out->done = 1;
    int code = signer_change_secret(signer, c->arena, &q, in->secret_sealed, in->new_secret_sealed, e);
    alert(c, in->person_id, code);
    return code;
}

static int totp_set_decide(struct call *c, struct err *e)
{
    const struct totp_set *in = c->in;
    struct done *out = c->out;
    struct signer_request q = request_of(c, in->person_id);
    out->done = 1;
    int code = signer_totp_set(signer, c->arena, &q, in->secret_sealed, in->totp_sealed, e);
    alert(c, in->person_id, code);
    return code;
}

static int authenticator_decide(struct call *c, struct err *e)
{
    const struct person_key *in = c->in;
    struct authenticator *out = c->out;
    struct signer_authenticator known;
    int code = signer_authenticator_of(signer, c->arena, in->person_id, &known, e);
    if (code != 0)
        return code;
    out->rp_id = known.rp_id[0] != '\0' ? known.rp_id : NULL;
    out->user_verified = known.user_verified;
    out->credential_id = known.id;
    return 0;
}

static int authenticator_set_decide(struct call *c, struct err *e)
{
    const struct authenticator_set *in = c->in;
    struct done *out = c->out;
    struct signer_request q = asserted_request(c, in->person_id, &in->second_factor);
    const struct signer_authenticator new = {.id = in->credential_id, .public_key = in->public_key};
    out->done = 1;
    int code = signer_authenticator_set(signer, c->arena, &q, in->secret_sealed, &new, e);
    alert(c, in->person_id, code);
    return code;
}

static int order_decide(struct call *c,
                        int (*carry_out)(struct signer *s, struct arena *a, const struct signer_request *q,
                                         const struct signer_order *order, struct err *e),
                        struct err *e)
{
    const struct key_order *in = c->in;
    struct done *out = c->out;
    struct signer_request q = request_of(c, NULL);
    const struct signer_order order = {bytes_of(in->statement), in->order_signature, {NULL, 0}};
    out->done = 1;
    return carry_out(signer, c->arena, &q, &order, e);
}

static int key_unlock_decide(struct call *c, struct err *e)
{
    return order_decide(c, signer_unlock, e);
}

static int key_revoke_decide(struct call *c, struct err *e)
{
    return order_decide(c, signer_revoke_person, e);
}

static int keys_decide(struct call *c, struct err *e)
{
    struct key_rows *out = c->out;
    struct signer_key_state *keys;
    size_t count;
    const size_t most = field_max(&record_key_rows.fields[0]);
    int code = signer_keys(signer, c->arena, c->now_ms, &keys, &count, e);
    if (code == 0 && count > most)
        code = err_fault(e, "there are %zu keys, more than the %zu that one answer lists", count, most);
    for (size_t i = 0; code == 0 && i < count; i++) {
        struct key_row *row = record_list_add(c->arena, &record_key_row, &out->keys);
        row->person_id = keys[i].person_id;
        row->state = keys[i].state;
        row->failures = keys[i].failures;
        row->last_failure_at = keys[i].last_failure_ms;
        row->certificate_ends_at = keys[i].ends_ms;
    }
    return code;
}

/* what a power cut left half written is passed over */
static void journal_line(struct call *c, const char *text, struct list *ret)
{
    struct signer_line line;
    if (!signer_line_read(text, strlen(text), &line))
        return;
    struct journal_row *row = record_list_add(c->arena, &record_journal_row, ret);
    *row = (struct journal_row){line.at_ms, arena_text(c->arena, line.what), arena_text(c->arena, line.peer), arena_text(c->arena, line.person),
                                arena_text(c->arena, line.sha256), arena_text(c->arena, line.outcome)};
}

static int journal_decide(struct call *c, struct err *e)
{
    const struct journal_ask *in = c->in;
    struct journal_rows *out = c->out;
    struct signer_request q = request_of(c, in->person_id);
    const struct signer_journal_ask ask = {in->secret_sealed, in->of_person, in->limit == INTEGER_ABSENT ? JOURNAL_LINES : in->limit,
                                           in->before};
    struct signer_journal_page page;
    int code = signer_journal(signer, c->arena, &q, &ask, &page, e);
    for (size_t i = 0; code == 0 && i < page.count; i++)
        journal_line(c, page.lines[i], &out->lines);
    if (code == 0)
        out->earlier = page.earlier;
    alert(c, in->person_id, code);
    return code;
}

const char *signer_attention(struct arena *a)
{
    size_t locked;
    struct err e;
    if (signer_count_locked(signer, a, clock_ms(), &locked, &e) != 0)
        return "the key store cannot be read";
    if (!signer_token_answers(signer))
        return "the token does not answer: nobody can sign; start the signer again when it is back";
    return locked == 0 ? NULL : arena_printf(a, "%zu locked after wrong secrets: stemma person keys", locked);
}

const struct handler signer_sealing_key_verb = {.decide = sealing_key_decide};
const struct handler signer_prove_verb = {.decide = prove_decide};
const struct handler signer_sign_verb = {.decide = sign_decide};
const struct handler signer_sign_document_verb = {.decide = sign_document_decide};
const struct handler signer_sign_manifest_verb = {.decide = sign_manifest_decide};
const struct handler signer_key_create_verb = {.decide = key_create_decide};
const struct handler signer_certificate_verb = {.decide = certificate_decide};
const struct handler signer_secret_change_verb = {.decide = secret_change_decide};
const struct handler signer_key_unlock_verb = {.decide = key_unlock_decide};
const struct handler signer_key_revoke_verb = {.decide = key_revoke_decide};
const struct handler signer_keys_verb = {.decide = keys_decide};
const struct handler signer_journal_verb = {.decide = journal_decide};
const struct handler signer_totp_set_verb = {.decide = totp_set_decide};
const struct handler signer_authenticator_verb = {.decide = authenticator_decide};
const struct handler signer_authenticator_set_verb = {.decide = authenticator_set_decide};

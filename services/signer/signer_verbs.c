/* Handlers of the signer: records in and out of signer.h. Secrets stay sealed until they are used. */
#include "signer_verbs.h"

#include <string.h>

#include "crypto/digest.h"
#include "record/record.h"
#include "signer_harden.h"
#include "signer_settings.h"

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

static struct signer_request request_of(const struct call *c, const char *person_id)
{
    return (struct signer_request){c->peer, person_id, c->now_ms};
}

static int sealing_key_decide(struct call *c, struct err *e)
{
    struct sealing_key *out = c->out;
    uint8_t *point = arena_alloc(c->arena, KEY_POINT_LEN);
    (void)e;
    signer_point(signer, point);
    out->public_key = (struct bytes){point, KEY_POINT_LEN};
    return 0;
}

static int prove_decide(struct call *c, struct err *e)
{
    const struct sign_login *in = c->in;
    struct signature *out = c->out;
    struct signer_request q = request_of(c, in->person_id);
    return signer_prove(signer, c->arena, &q, bytes_of(in->login), in->secret_sealed, &out->signature, e);
}

static int sign_decide(struct call *c, struct err *e)
{
    const struct sign_statement *in = c->in;
    struct signature *out = c->out;
    struct signer_request q = request_of(c, in->person_id);
    return signer_sign(signer, c->arena, &q, bytes_of(in->statement), in->secret_sealed, &out->signature, e);
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

static int key_create_decide(struct call *c, struct err *e)
{
    const struct key_create *in = c->in;
    struct signer_request q = request_of(c, NULL);
    struct certificate *certificate = NULL;
    struct bytes der;
    const struct signer_enrolment enrolment = {bytes_of(in->statement), in->enrolment_signature, in->secret_sealed};
    int code = signer_create(signer, c->arena, &q, &enrolment, &der, e);
    if (code == 0)
        code = certificate_from_der(der, &certificate, e);
    if (code == 0)
        answer_certificate(c, arena_text(c->arena, certificate_facts(certificate)->person_id), der);
    certificate_free(certificate);
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
    struct signer_request q = request_of(c, in->person_id);
    out->done = 1;
    return signer_change_secret(signer, c->arena, &q, in->secret_sealed, in->new_secret_sealed, e);
}

const struct handler signer_sealing_key_verb = {.decide = sealing_key_decide};
const struct handler signer_prove_verb = {.decide = prove_decide};
const struct handler signer_sign_verb = {.decide = sign_decide};
const struct handler signer_sign_document_verb = {.decide = sign_document_decide};
const struct handler signer_sign_manifest_verb = {.decide = sign_manifest_decide};
const struct handler signer_key_create_verb = {.decide = key_create_decide};
const struct handler signer_certificate_verb = {.decide = certificate_decide};
const struct handler signer_secret_change_verb = {.decide = secret_change_decide};

/* Signatures: of acts, of login texts, of manifests. */
#include "signer_inner.h"

static int sign_opened(struct signer *s, struct arena *a, const struct signer_request *q, const struct opened *o,
                       struct bytes text, struct bytes *ret, struct err *e)
{
    const struct signing_key key = {o->key, o->stored.certificate, s->issuing[signer_issuing_of(s, o->stored.certificate)].certificate};
    int code = rule_valid_at(certificate_facts(o->stored.certificate), q->now_ms, e);
    return code != 0 ? code : cms_sign(a, &key, text, q->now_ms, ret, e);
}

static int sign(struct signer *s, struct arena *a, const struct signer_request *q, struct bytes statement,
                struct bytes sealed, struct bytes *ret, struct err *e)
{
    CLEANUP(opened_done) struct opened o = {0};
    int code = rule_statement(a, statement, q->person_id, e);
    if (code == 0)
        code = signer_rate(s, q, e);
    if (code == 0)
        code = signer_open_key(s, a, q, &(struct given){.text = statement, .sealed = sealed, .least = SECOND_FACTOR_ACT}, &o, e);
    if (code == 0)
        code = rule_statement_certificate(a, statement, certificate_facts(o.stored.certificate)->sha256, e);
    return code != 0 ? code : sign_opened(s, a, q, &o, statement, ret, e);
}

static int prove(struct signer *s, struct arena *a, const struct signer_request *q, struct bytes login,
                 struct bytes sealed, struct bytes *ret, struct err *e)
{
    CLEANUP(opened_done) struct opened o = {0};
    int code = rule_login(login, q->person_id, q->now_ms, e);
    if (code == 0)
        code = signer_rate(s, q, e);
    if (code == 0)
        code = signer_open_key(s, a, q, &(struct given){.text = login, .sealed = sealed, .least = SECOND_FACTOR_LOGIN}, &o, e);
    return code != 0 ? code : sign_opened(s, a, q, &o, login, ret, e);
}

int signer_sign(struct signer *s, struct arena *a, const struct signer_request *q, struct bytes statement,
                struct bytes sealed, struct bytes *ret, struct err *e)
{
    int code = rule_person(q->person_id, e);
    if (code != 0)
        return code;
    struct bytes p7s;
    code = signer_note(s, a, q, "sign", statement, sign(s, a, q, statement, sealed, &p7s, e), e);
    if (code == 0)
        *ret = p7s;
    return code;
}

int signer_prove(struct signer *s, struct arena *a, const struct signer_request *q, struct bytes login,
                 struct bytes sealed, struct signer_proof *ret, struct err *e)
{
    struct signer_proof proof;
    int code = rule_person(q->person_id, e);
    if (code != 0)
        return code;
    code = prove(s, a, q, login, sealed, &proof.signature, e);
    if (code == 0)
        code = signer_notice(s, q->person_id, &proof.notice, e);   /* before this login is the last one */
    code = signer_note(s, a, q, "prove", login, code, e);
    if (code == 0)
        *ret = proof;
    return code;
}

int signer_sign_document(struct signer *s, struct arena *a, const struct signer_request *q, struct bytes document,
                         struct bytes *ret, struct err *e)
{
    const struct signing_key key = {s->audit_key, s->audit, s->issuing[signer_issuing_of(s, s->audit)].certificate};
    struct bytes p7s, covered;
    int code = rule_document(a, q->peer, document, &covered, e);
    if (code == 0)
        code = rule_valid_at(certificate_facts(s->audit), q->now_ms, e);
    if (code == 0)
        code = cms_sign(a, &key, covered, q->now_ms, &p7s, e);
    code = signer_note(s, a, q, "sign_document", document, code, e);
    if (code == 0)
        *ret = p7s;
    return code;
}

int signer_sign_manifest(struct signer *s, struct arena *a, const struct signer_request *q, struct bytes manifest,
                         struct bytes *ret, struct err *e)
{
    const struct signing_key key = {s->audit_key, s->audit, s->issuing[signer_issuing_of(s, s->audit)].certificate};
    struct bytes p7s;
    int code = rule_manifest(q->peer, manifest, e);
    if (code == 0)
        code = rule_valid_at(certificate_facts(s->audit), q->now_ms, e);
    if (code == 0)
        code = cms_sign(a, &key, manifest, q->now_ms, &p7s, e);
    code = signer_note(s, a, q, "sign_manifest", manifest, code, e);
    if (code == 0)
        *ret = p7s;
    return code;
}

#include "signer_rules.h"

#include <string.h>

#include "base/clock.h"
#include "ledger/stream.h"
#include "pdf/pdf.h"
#include "record/record.h"

int rule_person(const char *person_id, struct err *e)
{
    if (person_id == NULL || !stream_is_kind(person_id, "U"))
        return err_raise(e, ERR_FIELD_TYPE, "person_id", NULL, "not the id of a person");
    return 0;
}

int rule_tries(const struct tries *t, int64_t now_ms, int64_t lock_after, int64_t lock_ms, struct err *e)
{
    if (t->failures < lock_after || now_ms >= t->last_ms + lock_ms)
        return 0;
    return err_raise(e, ERR_KEY_LOCKED, "person_id", "R01", "locked after %lld wrong secrets for another %lld s",
                     (long long)t->failures, (long long)((t->last_ms + lock_ms - now_ms + 999) / 1000));
}

int rule_statement(struct arena *a, struct bytes text, const char *person_id, struct err *e)
{
    struct statement s;
    int code = statement_parse(a, (const char *)text.data, text.len, &s, e);
    if (code != 0)
        return code;
    if (!statement_is_act(&s))
        return err_raise(e, ERR_SIGNATURE_REFUSED, "signer", NULL, "an observation takes no signature");
    if (strcmp(s.signer, person_id) != 0)
        return err_raise(e, ERR_SIGNATURE_REFUSED, "signer", NULL, "the statement is for %s to sign", s.signer);
    return 0;
}

int rule_statement_certificate(struct arena *a, struct bytes text, const char *certificate_sha256, struct err *e)
{
    struct statement s;
    int code = statement_parse(a, (const char *)text.data, text.len, &s, e);
    if (code == 0 && strcmp(s.signer_cert, certificate_sha256) != 0)
        code = err_raise(e, ERR_SIGNATURE_REFUSED, "signer", NULL, "the statement names another certificate of %s", s.signer);
    return code;
}

/* one line `key value` at the front of ${at}, the value copied to ${ret}; false when it is another or too long */
static bool take_line(struct bytes *at, const char *key, char *ret, size_t size)
{
    size_t n = strlen(key);
    const uint8_t *end = memchr(at->data, '\n', at->len);
    if (end == NULL || (size_t)(end - at->data) <= n + 1 || memcmp(at->data, key, n) != 0 || at->data[n] != ' ')
        return false;
    size_t len = (size_t)(end - at->data) - n - 1;
    if (len >= size)
        return false;
    memcpy(ret, at->data + n + 1, len);
    ret[len] = '\0';
    at->len -= (size_t)(end + 1 - at->data);
    at->data = end + 1;
    return strlen(ret) == len;
}

int rule_login(struct bytes text, const char *person_id, int64_t now_ms, struct err *e)
{
    static const char front[] = "stemma-login/1\n";
    char person[33], terminal[33], challenge[DIGEST_HEX], at[CLOCK_TEXT];
    uint8_t bytes[DIGEST_LEN];
    int64_t at_ms = 0;
    size_t n = sizeof front - 1;
    struct bytes rest = {text.data + n, text.len - n};
    if (text.len < n || memcmp(text.data, front, n) != 0 || !take_line(&rest, "person", person, sizeof person) ||
        !take_line(&rest, "terminal", terminal, sizeof terminal) ||
        !take_line(&rest, "challenge", challenge, sizeof challenge) || !take_line(&rest, "at", at, sizeof at) ||
        rest.len != 0 || !stream_is_kind(terminal, "T") || !hex_to(challenge, strlen(challenge), bytes) ||
        strlen(challenge) != 2 * DIGEST_LEN || !clock_from_text(at, strlen(at), &at_ms))
        return err_raise(e, ERR_STATEMENT_MALFORMED, "login", NULL, "not a login text");
    if (strcmp(person, person_id) != 0)
        return err_raise(e, ERR_SIGNATURE_REFUSED, "login", NULL, "the login text is for %s to sign", person);
    if (at_ms < now_ms - LOGIN_SKEW_MS || at_ms > now_ms + LOGIN_SKEW_MS)
        return err_raise(e, ERR_TIME_REFUSED, "login", NULL, "the login text is of %s", at);
    return 0;
}

int rule_document(struct arena *a, const char *peer, struct bytes document, struct bytes *ret, struct err *e)
{
    if (strcmp(peer, "audit") != 0)
        return err_raise(e, ERR_PEER_REFUSED, NULL, NULL, "only the audit service has papers signed");
    return pdf_covered(a, document, ret, e);
}

int rule_manifest(const char *peer, struct bytes text, struct err *e)
{
    static const char front[] = "<?xml ";
    static const char element[] = "<asic:ASiCManifest ";
    if (strcmp(peer, "audit") != 0)
        return err_raise(e, ERR_PEER_REFUSED, NULL, NULL, "only the audit service has manifests signed");
    if (text.len < sizeof front - 1 || memcmp(text.data, front, sizeof front - 1) != 0 ||
        memmem(text.data, text.len, element, sizeof element - 1) == NULL)
        return err_raise(e, ERR_SIGNATURE_REFUSED, "manifest", NULL, "not an ASiC manifest");
    return 0;
}

static bool has_role(const char *roles, const char *role)
{
    return (roles_from_text(roles) & role_bit_of(role)) != 0;
}

int rule_enrolment(struct arena *a, struct bytes text, const struct cms_signer *admin, int64_t now_ms,
                   struct person_enrol *ret, struct err *e)
{
    struct statement s;
    int code = statement_parse(a, (const char *)text.data, text.len, &s, e);
    if (code != 0)
        return code;
    if (strcmp(s.type, "access.person_enrol") != 0 || !statement_is_act(&s))
        return err_raise(e, ERR_SIGNATURE_REFUSED, "statement", NULL, "not the enrolment of a person");
    if (strcmp(s.signer_cert, admin->cert_sha256) != 0 || strcmp(s.signer, admin->person_id) != 0)
        return err_raise(e, ERR_SIGNATURE_REFUSED, "signer", NULL, "signed by %s, not by %s", admin->person_id, s.signer);
    if (!has_role(admin->roles, "admin"))
        return err_raise(e, ERR_ROLE_MISSING, "signer", "R01", "%s is no administrator", admin->person_id);
    if (s.at_ms < now_ms - ENROLMENT_AGE_MS || s.at_ms > now_ms + LOGIN_SKEW_MS)
        return err_raise(e, ERR_TIME_REFUSED, "at", NULL, "a key is made within a day of the enrolment");
    record_init(&record_person_enrol, ret);
    code = record_from_json(a, &record_person_enrol, (const char *)s.body.data, s.body.len, RECORD_STATEMENT, ret, e);
    if (code == 0 && strcmp(ret->person_id, s.stream) != 0)
        code = err_raise(e, ERR_STATEMENT_MALFORMED, "stream", NULL, "the stream is not the person's");
    return code;
}

const char *rule_roles(struct arena *a, const struct list *roles)
{
    struct buf b = buf_new(a);
    for (size_t i = 0; i < roles->count; i++)
        buf_printf(&b, "%s%s", i > 0 ? "," : "", TEXTS_AT(*roles, i));
    return b.len > 0 ? b.text : "";
}

int rule_valid_at(const struct certificate_facts *f, int64_t now_ms, struct err *e)
{
    char end[CLOCK_TEXT];
    clock_to_text(f->not_after_ms, end);
    if (now_ms < f->not_before_ms || now_ms > f->not_after_ms)
        return err_raise(e, ERR_SIGNATURE_REFUSED, "person_id", NULL, "the certificate is valid until %s", end);
    return 0;
}

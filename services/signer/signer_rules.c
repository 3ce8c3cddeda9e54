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

bool rule_split(struct bytes *secret, char *ret_code, size_t size)
{
    const uint8_t *feed = secret->len == 0 ? NULL : memrchr(secret->data, '\n', secret->len);
    if (feed == NULL)
        return false;
    size_t len = secret->len - (size_t)(feed + 1 - secret->data);
    len = len < size ? len : size - 1;
    memcpy(ret_code, feed + 1, len);
    ret_code[len] = '\0';
    secret->len = (size_t)(feed - secret->data);
    return true;
}

int rule_barred(const struct tries *t, int64_t bar_after, struct err *e)
{
    if (bar_after == 0 || t->failures < bar_after)
        return 0;
    return err_raise(e, ERR_KEY_LOCKED, "person_id", "R01", "locked after %lld wrong secrets until an administrator unlocks it",
                     (long long)t->failures);
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

/* the acts that are orders, with the record of their body and what they say to a revocation list */
static const struct {
    const char *type;
    const struct record_type *record;
    int reason;
} orders[] = {
    [ORDER_ENROL] = {"access.person_enrol", &record_person_enrol, 0},
    [ORDER_RENEW] = {"access.key_renew", &record_key_renew, 4},
    [ORDER_UNLOCK] = {"access.key_unlock", &record_key_unlock, 0},
    [ORDER_REVOKE] = {"access.key_revoke", &record_key_revoke, 0},
    [ORDER_CLOSE] = {"access.person_close", &record_person_close, 5},
};
#define ORDERS (sizeof orders / sizeof orders[0])

/* RFC 5280 §5.3.1: 1 keyCompromise, 4 superseded, 5 cessationOfOperation */
static int reason_of(const char *cause)
{
    return strcmp(cause, "replaced") == 0 ? 4 : strcmp(cause, "left") == 0 ? 5 : 1;
}

static const void *value_of(const struct record_type *type, const char *name, const void *record)
{
    int i = record_field(type, name, strlen(name));
    return i < 0 ? NULL : record_at_const(type, (size_t)i, record);
}

static const char *text_of(const struct record_type *type, const char *name, const void *record)
{
    const char *const *at = value_of(type, name, record);
    return at == NULL ? NULL : *at;
}

static int order_read(struct arena *a, const struct statement *s, struct order *ret, struct err *e)
{
    const struct record_type *type = orders[ret->kind].record;
    void *body = record_new(a, type);
    int code = record_from_json(a, type, (const char *)s->body.data, s->body.len, RECORD_STATEMENT, body, e);
    if (code != 0)
        return code;
    const struct list *roles = value_of(type, "roles", body);
    const char *cause = text_of(type, "cause", body);
    ret->person_id = text_of(type, "person_id", body);
    ret->name = text_of(type, "name", body);
    ret->roles = roles != NULL ? rule_roles(a, roles) : "";
    ret->reason = cause != NULL ? reason_of(cause) : orders[ret->kind].reason;
    ret->admin_id = s->signer;
    ret->at_ms = s->at_ms;
    return strcmp(ret->person_id, s->stream) == 0
               ? rule_person(ret->person_id, e)
               : err_raise(e, ERR_STATEMENT_MALFORMED, "stream", NULL, "the stream is not the person's");
}

static int order_signed(const struct statement *s, const struct cms_signer *admin, int64_t now_ms, struct err *e)
{
    if (strcmp(s->signer_cert, admin->cert_sha256) != 0 || strcmp(s->signer, admin->person_id) != 0)
        return err_raise(e, ERR_SIGNATURE_REFUSED, "signer", NULL, "signed by %s, not by %s", admin->person_id, s->signer);
    if (!has_role(admin->roles, "admin"))
        return err_raise(e, ERR_ROLE_MISSING, "signer", "R01", "%s is no administrator", admin->person_id);
    if (s->at_ms < now_ms - ORDER_AGE_MS || s->at_ms > now_ms + LOGIN_SKEW_MS)
        return err_raise(e, ERR_TIME_REFUSED, "at", NULL, "such an act is carried out within a day");
    return 0;
}

int rule_order(struct arena *a, struct bytes text, const struct cms_signer *admin, int64_t now_ms, struct order *ret,
               struct err *e)
{
    struct statement s;
    size_t kind = 0;
    int code = statement_parse(a, (const char *)text.data, text.len, &s, e);
    if (code != 0)
        return code;
    while (kind < ORDERS && strcmp(s.type, orders[kind].type) != 0)
        kind++;
    if (kind == ORDERS || !statement_is_act(&s))
        return err_raise(e, ERR_SIGNATURE_REFUSED, "statement", NULL, "not an act about a person's key");
    code = order_signed(&s, admin, now_ms, e);
    *ret = (struct order){.kind = (enum order_kind)kind};
    if (code == 0)
        code = order_read(a, &s, ret, e);
    if (code == 0 && strcmp(ret->person_id, ret->admin_id) == 0)
        code = err_raise(e, ERR_DUTIES_SEGREGATED, "person_id", "R01", "%s needs another administrator for this",
                         ret->person_id);
    return code;
}

int rule_order_newer(const struct order *o, int64_t last_ms, struct err *e)
{
    if (o->at_ms > last_ms)
        return 0;
    return err_raise(e, ERR_TIME_REFUSED, "at", "R01", "this act is older than what happened to the key of %s since",
                     o->person_id);
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

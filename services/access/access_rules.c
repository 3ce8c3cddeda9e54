#include "access_rules.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "crypto/certificate.h"
#include "domain/reason.h"

#define DATA_ROLES (ROLE_TECHNICIAN | ROLE_SUPERVISOR | ROLE_QC | ROLE_QA | ROLE_PHYSICIAN | ROLE_COURIER)

int access_challenge_allow(const struct challenge_facts *facts, struct err *e)
{
    if (facts->failures >= LOGIN_FAILURES_MAX)
        return err_raise(e, ERR_KEY_LOCKED, "person_id", "R37", "%" PRId64 " failed logins here; wait %d minutes",
                         facts->failures, LOGIN_FAILURES_MS / 60000);
    if (facts->open >= CHALLENGE_OPEN_MAX)
        return err_raise(e, ERR_RATE_LIMITED, "person_id", "R37", "%" PRId64 " challenges are open", facts->open);
    return 0;
}

static bool same(const char *a, const char *b)
{
    return a != NULL && b != NULL && strcmp(a, b) == 0;
}

int access_login_allow(const struct login_text *login, const struct login_facts *facts, struct err *e)
{
    if (!same(facts->challenge_person, login->person_id) || !same(facts->challenge_terminal, login->terminal_id))
        return err_raise(e, ERR_LOGIN_REFUSED, "login", "R01", "the challenge is unknown, used or too old");
    if (facts->terminal_key == NULL)
        return err_raise(e, ERR_TERMINAL_UNKNOWN, "terminal_id", "R01", "%s is not enrolled", login->terminal_id);
    if (!same(facts->terminal_key, facts->peer_key) && !same(facts->peer, "gateway"))
        return err_raise(e, ERR_TERMINAL_UNKNOWN, "terminal_id", "R01", "this is not %s", login->terminal_id);
    if (!same(facts->person_state, "open") || facts->certificate_sha256 == NULL)
        return err_raise(e, ERR_LOGIN_REFUSED, "person_id", "R01", "no such login");
    return 0;
}

const char *access_session_slot(struct arena *a, const struct login_text *login, const char *peer)
{
    return same(peer, "gateway") ? arena_printf(a, "%s %s", login->terminal_id, login->person_id)
                                 : arena_text(a, login->terminal_id);
}

int access_signer_fits(const char *person_id, const char *certificate_sha256, const char *signer_id,
                       const char *signer_sha256, struct err *e)
{
    if (!same(person_id, signer_id) || !same(certificate_sha256, signer_sha256))
        return err_raise(e, ERR_LOGIN_REFUSED, "signature", "R01", "no such login");
    return 0;
}

int access_roles_check(const struct list *roles, struct err *e)
{
    unsigned seen = 0;
    for (size_t i = 0; i < roles->count; i++) {
        unsigned bit = role_bit_of(TEXTS_AT(*roles, i));
        if (bit == 0 || (seen & bit) != 0)
            return err_raise(e, ERR_FIELD_RANGE, "roles", "R01", "%.40s is %s", TEXTS_AT(*roles, i),
                             bit == 0 ? "no role" : "given twice");
        seen |= bit;
    }
    if (seen == 0)
        return err_raise(e, ERR_FIELD_MISSING, "roles", "R01", "a person has at least one role");
    if ((seen & ROLE_ADMIN) != 0 && (seen & DATA_ROLES) != 0)
        return err_raise(e, ERR_FIELD_RANGE, "roles", "4.5", "an administrator has no role in the work on cells");
    return 0;
}

const char *access_roles_text(struct arena *a, const struct list *roles)
{
    struct buf b = buf_new(a);
    unsigned bits = 0;
    for (size_t i = 0; i < roles->count; i++)
        bits |= role_bit_of(TEXTS_AT(*roles, i));
    for (size_t i = 0; i < words_role.count; i++)
        if ((bits & 1u << i) != 0)
            buf_printf(&b, "%s%s", b.len > 0 ? "," : "", words_role.words[i]);
    return b.text;
}

struct list access_roles_list(struct arena *a, unsigned bits)
{
    struct list all = {NULL, 0};
    for (size_t i = 0; i < words_role.count; i++)
        if ((bits & 1u << i) != 0)
            texts_add(a, &all, words_role.words[i]);
    return all;
}

static size_t characters(const char *s)
{
    size_t n = 0;
    for (; *s != '\0'; s++)
        n += ((unsigned char)*s & 0xc0) != 0x80;
    return n;
}

int access_name_check(const char *name, struct err *e)
{
    size_t n = characters(name);
    if (n < 2 || n > 100)
        return err_raise(e, ERR_FIELD_RANGE, "name", "5.1-13", "a printed name has 2 to 100 characters, not %zu", n);
    if (name[0] == ' ' || name[strlen(name) - 1] == ' ')
        return err_raise(e, ERR_FIELD_RANGE, "name", "5.1-13", "a printed name neither begins nor ends with a blank");
    return 0;
}

int access_key_check(const char *field, const char *key, struct err *e)
{
    static const char alphabet[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";
    if (strlen(key) != 40 || strspn(key, alphabet) != 40)
        return err_raise(e, ERR_FIELD_TYPE, field, "5.1-8", "a public CURVE key is 40 characters of Z85");
    return 0;
}

/* the same roles, in any order; a word that is no role makes them differ */
static bool roles_agree(const char *ou, const char *roles)
{
    for (const char *at = ou; *at != '\0';) {
        size_t n = strcspn(at, ",");
        char word[32];
        if (n == 0 || n >= sizeof word)
            return false;
        memcpy(word, at, n);
        word[n] = '\0';
        if (role_bit_of(word) == 0)
            return false;
        at += n + (at[n] == ',');
    }
    return roles_from_text(ou) == roles_from_text(roles);
}

int access_certificate_check(struct bytes der, const char *person_id, const char *name, const char *roles,
                             char ret_sha256[DIGEST_HEX], struct err *e)
{
    CLEANUP(certificate_done) struct certificate *certificate = NULL;
    int code = certificate_from_der(der, &certificate, e);
    if (code != 0) {
        strncpy(e->field, "certificate", sizeof e->field - 1);
        return code;
    }
    const struct certificate_facts *f = certificate_facts(certificate);
    if (!same(f->person_id, person_id))
        return err_raise(e, ERR_SIGNATURE_REFUSED, "certificate", "5.1-16", "it is of %s, not of %s",
                         f->person_id[0] != '\0' ? f->person_id : "a service", person_id);
    if (!same(f->common_name, name))
        return err_raise(e, ERR_SIGNATURE_REFUSED, "certificate", "5.1-13", "its printed name is not that of %s", person_id);
    if (!roles_agree(f->roles, roles))
        return err_raise(e, ERR_SIGNATURE_REFUSED, "certificate", "5.1-7", "its roles are %s, those of %s are %s", f->roles,
                         person_id, roles);
    memcpy(ret_sha256, f->sha256, DIGEST_HEX);
    return 0;
}

int access_found_signer(const struct person_found *in, char ret_sha256[DIGEST_HEX], struct err *e)
{
    unsigned bits = 0;
    struct arena *a = arena_new(0);
    for (size_t i = 0; i < in->roles.count; i++)
        bits |= role_bit_of(TEXTS_AT(in->roles, i));
    int code = access_certificate_check(in->certificate, in->person_id, in->name, access_roles_text(a, &in->roles),
                                        ret_sha256, e);
    arena_free(a);
    if (code == 0 && (bits & ROLE_ADMIN) == 0)
        code = err_raise(e, ERR_ROLE_MISSING, "roles", "R01", "who founds the lab is an administrator");
    return code;
}

int access_person_new(const struct person_facts *facts, const char *person_id, struct err *e)
{
    if (facts->state != NULL)
        return err_raise(e, ERR_EXISTS, "person_id", "5.1-16", "%s is taken; an id is never used again", person_id);
    return 0;
}

int access_person_open(const struct person_facts *facts, const char *person_id, struct err *e)
{
    if (facts->state == NULL)
        return err_raise(e, ERR_NOT_FOUND, "person_id", NULL, "there is no %s", person_id);
    if (strcmp(facts->state, "open") != 0)
        return err_raise(e, ERR_STATE_FORBIDS, "person_id", "5.1-4", "the account of %s is closed", person_id);
    return 0;
}

int access_close_allow(const struct person_close *in, const struct person_facts *facts, const char *actor, struct err *e)
{
    int code = access_person_open(facts, in->person_id, e);
    if (code == 0 && same(in->person_id, actor))
        code = err_raise(e, ERR_STATE_FORBIDS, "person_id", "5.1-23", "nobody closes their own account");
    return code != 0 ? code : reason_check("reason", in->reason, e);
}

int access_key_act_allow(const struct person_facts *facts, const char *person_id, const char *reason, const char *actor,
                         struct err *e)
{
    int code = access_person_open(facts, person_id, e);
    if (code == 0 && same(person_id, actor))
        code = err_raise(e, ERR_DUTIES_SEGREGATED, "person_id", "R01", "another administrator does this for %s", person_id);
    return code != 0 || reason == NULL ? code : reason_check("reason", reason, e);
}

int access_review_check(const struct account_review *in, const struct person_facts *facts, const char *actor,
                        int64_t longest_days, struct err *e)
{
    int code = access_person_open(facts, in->person_id, e);
    if (code == 0 && same(in->person_id, actor))
        code = err_raise(e, ERR_DUTIES_SEGREGATED, "person_id", "5.1-26", "nobody reviews their own account");
    if (code == 0 && (in->review_days < 1 || in->review_days > longest_days))
        code = err_raise(e, ERR_FIELD_RANGE, "review_days", "5.1-26", "the next review is in 1 to %" PRId64 " days here", longest_days);
    return code != 0 ? code : reason_check("reason", in->reason, e);
}

int access_training_check(const struct training_record *in, const struct person_facts *facts, const char *actor,
                          int64_t now_ms, struct err *e)
{
    int code = access_person_open(facts, in->person_id, e);
    if (code != 0)
        return code;
    if (same(in->person_id, actor))
        return err_raise(e, ERR_DUTIES_SEGREGATED, "person_id", "R21", "nobody records their own training");
    if (strncmp(in->document_id, "P-", 2) != 0 && strncmp(in->document_id, "Q-", 2) != 0)
        return err_raise(e, ERR_FIELD_RANGE, "document_id", "R21", "%s is neither a procedure (P-) nor a specification (Q-)",
                         in->document_id);
    if (in->document_version < 1)
        return err_raise(e, ERR_FIELD_RANGE, "document_version", "R21", "versions begin with 1");
    if (in->trained_at > now_ms + CLOCK_SKEW_MS)
        return err_raise(e, ERR_TIME_REFUSED, "trained_at", "R15", "lies in the future");
    if (in->expires_at <= in->trained_at)
        return err_raise(e, ERR_FIELD_RANGE, "expires_at", "R21", "not after the training");
    return 0;
}

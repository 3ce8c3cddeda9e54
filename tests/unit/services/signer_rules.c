#include "support/test.h"

#include <string.h>

#include "base/clock.h"
#include "signer_rules.h"

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define OTHER "1123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define LOGIN "stemma-login/1\nperson U-7\nterminal T-3\nchallenge " HEX "\nat 2026-11-21T10:00:00.000Z\n"
#define ENROLMENT_BODY "{\"identity_verified_how\":\"passport\",\"name\":\"Jo Do\",\"person_id\":\"U-9\",\"roles\":[\"qa\",\"qc\"]}\n"

static int64_t ten_oclock(void)
{
    int64_t ms = 0;
    assert_true(clock_from_text("2026-11-21T10:00:00.000Z", 24, &ms));
    return ms;
}

static struct bytes bytes_of(const char *text)
{
    return (struct bytes){(const uint8_t *)text, strlen(text)};
}

/* An act of U-7 (or U-1) on ${stream}, signed with the certificate HEX. */
static struct bytes act(struct arena *a, const char *type, const char *stream, const char *signer, const char *body)
{
    struct statement s = {.type = type, .stream = stream, .actor = signer, .terminal = "T-3", .signer_cert = HEX,
                          .signer = signer, .meaning = MEANING_APPROVED, .reviewed_seq = REVIEWED_EMPTY, .rendered = true,
                          .template_id = "verb", .template_version = 1, .at_ms = ten_oclock(),
                          .command = "019306b2c4f27abc8def0123456789ab", .body = bytes_of(body)};
    struct bytes text;
    struct err e;
    assert_int_equal(statement_build(a, &s, &text, &e), 0);
    return text;
}

CASE(signer_signs_an_act_for_its_signer_alone)
{
    struct arena *a = arena_new(0);
    struct err e;
    struct bytes text = act(a, "batch.open", "B-1", "U-7", "{}\n");
    assert_int_equal(rule_statement(a, text, "U-7", &e), 0);
    assert_int_equal(rule_statement(a, text, "U-8", &e), ERR_SIGNATURE_REFUSED);
    assert_int_equal(rule_statement_certificate(a, text, HEX, &e), 0);
    assert_int_equal(rule_statement_certificate(a, text, OTHER, &e), ERR_SIGNATURE_REFUSED);
    arena_free(a);
}

CASE(signer_signs_no_bare_digest_and_nothing_it_cannot_read)
{
    static const char *const texts[] = {"", HEX, "stemma-statement/2\n", "stemma-statement/1\n", "stemma-entry/1\n",
                                        "stemma-genesis/1\nx\nB-1\n", LOGIN, "<?xml version=\"1.0\"?>"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct arena *a = arena_new(0);
        struct err e;
        assert_true(rule_statement(a, bytes_of(texts[i]), "U-7", &e) > 0);
        arena_free(a);
    }
}

CASE(signer_signs_no_statement_with_bytes_behind_it)
{
    struct arena *a = arena_new(0);
    struct err e;
    struct bytes text = act(a, "batch.open", "B-1", "U-7", "{}\n");
    const char *longer = arena_printf(a, "%.*s ", (int)text.len, (const char *)text.data);
    assert_true(rule_statement(a, bytes_of(longer), "U-7", &e) > 0);
    arena_free(a);
}

CASE(signer_signs_no_observation)
{
    struct arena *a = arena_new(0);
    struct err e;
    const char *text = "stemma-statement/1\ntype custody.scan\nstream B-1\nactor U-7 T-3\nsigner - custody\nmeaning recorded\n"
                       "reviewed -\nrendered -\nat 2026-11-21T10:00:00.000Z\ncommand 019306b2c4f27abc8def0123456789ab\n"
                       "body 3\n\n{}\n";
    assert_int_equal(rule_statement(a, bytes_of(text), "U-7", &e), ERR_SIGNATURE_REFUSED);
    arena_free(a);
}

CASE(R01_login_text_is_signed_for_its_person_near_its_time)
{
    struct err e;
    int64_t at = ten_oclock();
    assert_int_equal(rule_login(bytes_of(LOGIN), "U-7", at + 1000, &e), 0);
    assert_int_equal(rule_login(bytes_of(LOGIN), "U-8", at, &e), ERR_SIGNATURE_REFUSED);
    assert_int_equal(rule_login(bytes_of(LOGIN), "U-7", at + LOGIN_SKEW_MS + 1, &e), ERR_TIME_REFUSED);
    assert_int_equal(rule_login(bytes_of(LOGIN), "U-7", at - LOGIN_SKEW_MS - 1, &e), ERR_TIME_REFUSED);
}

CASE(R01_login_text_has_one_form)
{
    static const char *const texts[] = {
        LOGIN "x", "stemma-login/2\n", "stemma-login/1\nperson U-7\n",
        "stemma-login/1\nperson U-7\nterminal U-3\nchallenge " HEX "\nat 2026-11-21T10:00:00.000Z\n",
        "stemma-login/1\nperson U-7\nterminal T-3\nchallenge " HEX "0\nat 2026-11-21T10:00:00.000Z\n",
        "stemma-login/1\nperson U-7\nterminal T-3\nchallenge 0\nat 2026-11-21T10:00:00.000Z\n",
        "stemma-login/1\nperson  U-7\nterminal T-3\nchallenge " HEX "\nat 2026-11-21T10:00:00.000Z\n",
        "stemma-login/1\nperson U-7\nterminal T-3\nchallenge " HEX "\nat 2026-11-21T10:00:00Z\n"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct err e;
        assert_int_not_equal(rule_login(bytes_of(texts[i]), "U-7", ten_oclock(), &e), 0);
    }
}

CASE(signer_signs_a_manifest_for_the_audit_service_alone)
{
    struct err e;
    struct bytes manifest = bytes_of("<?xml version=\"1.0\"?>\n<asic:ASiCManifest xmlns:asic=\"x\">");
    assert_int_equal(rule_manifest("audit", manifest, &e), 0);
    assert_int_equal(rule_manifest("release", manifest, &e), ERR_PEER_REFUSED);
    assert_int_equal(rule_manifest("audit", bytes_of("<?xml version=\"1.0\"?>\n<html>"), &e), ERR_SIGNATURE_REFUSED);
    assert_int_equal(rule_manifest("audit", bytes_of("stemma-statement/1\n"), &e), ERR_SIGNATURE_REFUSED);
}

CASE(R01_key_locks_after_five_wrong_secrets_for_a_time)
{
    struct err e;
    for (int64_t n = 0; n < 5; n++)
        assert_int_equal(rule_tries(&(struct tries){n, 1000}, 1001, 5, 60000, &e), 0);
    assert_int_equal(rule_tries(&(struct tries){5, 1000}, 1001, 5, 60000, &e), ERR_KEY_LOCKED);
    assert_int_equal(rule_tries(&(struct tries){5, 1000}, 60999, 5, 60000, &e), ERR_KEY_LOCKED);
    assert_int_equal(rule_tries(&(struct tries){5, 1000}, 61000, 5, 60000, &e), 0);
    assert_int_equal(rule_tries(&(struct tries){6, 61000}, 61001, 5, 60000, &e), ERR_KEY_LOCKED);
}

static int order(struct arena *a, struct bytes text, const char *roles, int64_t now, struct order *ret)
{
    struct cms_signer admin = {.cert_sha256 = HEX, .person_id = "U-1"};
    struct err e;
    memcpy(admin.roles, roles, strlen(roles));
    return rule_order(a, text, &admin, now, ret, &e);
}

CASE(R01_person_is_enrolled_by_an_administrators_act)
{
    struct arena *a = arena_new(0);
    struct order o;
    struct bytes text = act(a, "access.person_enrol", "U-9", "U-1", ENROLMENT_BODY);
    assert_int_equal(order(a, text, "qa,admin", ten_oclock(), &o), 0);
    assert_int_equal(o.kind, ORDER_ENROL);
    assert_string_equal(o.person_id, "U-9");
    assert_string_equal(o.name, "Jo Do");
    assert_string_equal(o.roles, "qa,qc");
    arena_free(a);
}

CASE(R01_person_is_enrolled_by_nobody_else_and_nothing_else)
{
    struct arena *a = arena_new(0);
    struct order o;
    struct bytes good = act(a, "access.person_enrol", "U-9", "U-1", ENROLMENT_BODY);
    assert_int_equal(order(a, good, "qa", ten_oclock(), &o), ERR_ROLE_MISSING);
    assert_int_equal(order(a, good, "admin", ten_oclock() + ORDER_AGE_MS + 1, &o), ERR_TIME_REFUSED);
    struct bytes other = act(a, "access.key_register", "U-9", "U-1", ENROLMENT_BODY);
    assert_int_equal(order(a, other, "admin", ten_oclock(), &o), ERR_SIGNATURE_REFUSED);
    struct bytes stranger = act(a, "access.person_enrol", "U-9", "U-2", ENROLMENT_BODY);
    assert_int_equal(order(a, stranger, "admin", ten_oclock(), &o), ERR_SIGNATURE_REFUSED);
    struct bytes elsewhere = act(a, "access.person_enrol", "U-8", "U-1", ENROLMENT_BODY);
    assert_int_equal(order(a, elsewhere, "admin", ten_oclock(), &o), ERR_STATEMENT_MALFORMED);
    arena_free(a);
}

/* 11.100(b): the identity is proved to somebody else */
CASE(R01_nobody_orders_about_their_own_key)
{
    static const struct {
        const char *type, *body;
    } own[] = {
        {"access.person_enrol", "{\"identity_verified_how\":\"passport\",\"name\":\"Jo Do\",\"person_id\":\"U-1\",\"roles\":[\"qa\"]}\n"},
        {"access.key_renew", "{\"identity_verified_how\":\"passport\",\"name\":\"Jo Do\",\"person_id\":\"U-1\","
                             "\"reason\":\"it ends next week\",\"roles\":[\"qa\"]}\n"},
        {"access.key_unlock", "{\"person_id\":\"U-1\",\"reason\":\"typed it wrong twice\"}\n"},
        {"access.key_revoke", "{\"cause\":\"lost\",\"person_id\":\"U-1\",\"reason\":\"left in the train\"}\n"},
        {"access.person_close", "{\"person_id\":\"U-1\",\"reason\":\"leaves the house\"}\n"},
    };
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
        struct arena *a = arena_new(0);
        struct order o;
        assert_int_equal(order(a, act(a, own[i].type, "U-1", "U-1", own[i].body), "admin", ten_oclock(), &o), ERR_DUTIES_SEGREGATED);
        arena_free(a);
    }
}

CASE(R01_order_without_the_proof_of_identity_is_none)
{
    struct arena *a = arena_new(0);
    struct order o;
    struct bytes text = act(a, "access.person_enrol", "U-9", "U-1", "{\"name\":\"Jo Do\",\"person_id\":\"U-9\",\"roles\":[\"qa\"]}\n");
    assert_int_equal(order(a, text, "admin", ten_oclock(), &o), ERR_FIELD_MISSING);
    arena_free(a);
}

CASE(R01_cause_of_a_revocation_is_told_to_the_list)
{
    static const struct {
        const char *cause;
        int reason;
    } rows[] = {{"lost", 1}, {"stolen", 1}, {"suspected", 1}, {"replaced", 4}, {"left", 5}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct arena *a = arena_new(0);
        struct order o;
        const char *body = arena_printf(a, "{\"cause\":\"%s\",\"person_id\":\"U-9\",\"reason\":\"left in the train\"}\n", rows[i].cause);
        assert_int_equal(order(a, act(a, "access.key_revoke", "U-9", "U-1", body), "admin", ten_oclock(), &o), 0);
        assert_int_equal(o.reason, rows[i].reason);
        arena_free(a);
    }
}

CASE(R01_key_is_barred_after_ten_wrong_secrets_however_long_one_waits)
{
    struct err e;
    assert_int_equal(rule_barred(&(struct tries){9, 0}, 10, &e), 0);
    assert_int_equal(rule_barred(&(struct tries){10, 0}, 10, &e), ERR_KEY_LOCKED);
    assert_int_equal(rule_barred(&(struct tries){99, 0}, 0, &e), 0);
}

CASE(signer_person_names_a_file_only_if_it_is_an_id)
{
    struct err e;
    assert_int_equal(rule_person("U-7", &e), 0);
    assert_int_equal(rule_person("U-../X", &e), ERR_FIELD_TYPE);
    assert_int_equal(rule_person("T-7", &e), ERR_FIELD_TYPE);
    assert_int_equal(rule_person("U", &e), ERR_FIELD_TYPE);
    assert_int_equal(rule_person(NULL, &e), ERR_FIELD_TYPE);
}

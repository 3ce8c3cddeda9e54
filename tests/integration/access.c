/* Access over real sockets: logins, sessions, enrolment, certificates, as a running house answers them. */
#include "support/test.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "record/record.h"
#include "support/house.h"

static struct err e;

static struct desk_settings terminal(const char *name)
{
    struct desk_settings s;
    if (desk_settings_read(house_arena(), arena_printf(house_arena(), "%s/terminals/%s.ini", house_dir(), name), &s, &e) != 0)
        fail_msg("%s", e.text);
    return s;
}

static struct desk *desk_at(const char *name)
{
    struct desk *d;
    struct desk_settings s = terminal(name);
    if (desk_new(&s, &d, &e) != 0)
        fail_msg("%s", e.text);
    return d;
}

/* an id that no other run uses */
static const char *fresh(const char *class)
{
    uint8_t random[6];
    char hex[13];
    random_fill(random, sizeof random);
    hex_of(random, sizeof random, hex);
    for (char *c = hex; *c != '\0'; c++)
        if (*c >= 'a')
            *c = (char)(*c - 'a' + 'A');
    return arena_printf(house_arena(), "%s-X%s", class, hex);
}

static int act(const char *person, const char *verb, const void *in)
{
    struct house_person *p = house_login(person);
    return desk_act(p->desk, house_arena(), verb, in, house_secret(p), NULL, &e);
}

static struct person_enrol person(const char *id)
{
    struct person_enrol in;
    record_init(&record_person_enrol, &in);
    in.person_id = id;
    in.name = "Invented Person";
    texts_add(house_arena(), &in.roles, "technician");
    in.identity_verified_how = "passport";
    return in;
}

static int challenge(struct desk *d, const char *person_id, const char *terminal_id, const char **ret)
{
    struct challenge_request ask = {.person_id = person_id, .terminal_id = terminal_id};
    struct challenge answer;
    record_init(&record_challenge, &answer);
    int code = desk_call(d, house_arena(), "access.challenge", &ask, &answer, &e);
    *ret = answer.login;
    return code;
}

static int login_with_junk(struct desk *d, const char *text)
{
    static const uint8_t junk[] = {0x30, 0x03, 0x02, 0x01, 0x00};
    struct login in = {.login = text, .signature = {junk, sizeof junk}};
    struct session out;
    record_init(&record_session, &out);
    return desk_call(d, house_arena(), "access.login", &in, &out, &e);
}

CASE(R01_whoami_answers_whose_session_this_is)
{
    struct house_person *p = house_login("U-MARA");
    struct nothing none;
    struct session out;
    memset(&none, 0, sizeof none);
    record_init(&record_session, &out);
    assert_int_equal(desk_call(p->desk, house_arena(), "access.whoami", &none, &out, &e), 0);
    assert_string_equal(out.person_id, "U-MARA");
    assert_string_equal(out.terminal_id, "T-BENCH1");
    assert_int_equal(out.roles.count, 1);
    assert_string_equal(TEXTS_AT(out.roles, 0), "technician");
    assert_null(out.token);
    assert_true(out.expires_at > clock_ms());
}

CASE(R01_a_login_without_the_key_is_refused_and_spends_its_challenge)
{
    struct desk *d = desk_at("T-OFFICE6");
    const char *text;
    assert_int_equal(challenge(d, "U-MARA", "T-OFFICE6", &text), 0);
    assert_int_equal(login_with_junk(d, text), ERR_LOGIN_REFUSED);
    assert_string_equal(e.field, "signature");
    assert_int_equal(login_with_junk(d, text), ERR_LOGIN_REFUSED);
    assert_string_equal(e.field, "login");
    desk_free(d);
}

CASE(R01_nobody_learns_who_works_here)
{
    struct desk *d = desk_at("T-OFFICE6");
    const char *known, *unknown;
    assert_int_equal(challenge(d, "U-OMAR", "T-OFFICE6", &known), 0);
    assert_int_equal(challenge(d, fresh("U"), "T-OFFICE6", &unknown), 0);
    assert_int_equal(strncmp(known, unknown, strlen("stemma-login/1\nperson U-")), 0);
    assert_int_equal(login_with_junk(d, unknown), ERR_LOGIN_REFUSED);
    desk_free(d);
}

CASE(R37_five_failed_logins_lock_a_person_at_a_terminal)
{
    struct desk *d = desk_at("T-OFFICE6");
    const char *text, *id = fresh("U");
    for (int i = 0; i < 5; i++) {
        assert_int_equal(challenge(d, id, "T-OFFICE6", &text), 0);
        assert_int_equal(login_with_junk(d, text), ERR_LOGIN_REFUSED);
    }
    assert_int_equal(challenge(d, id, "T-OFFICE6", &text), ERR_KEY_LOCKED);
    assert_int_equal(challenge(d, fresh("U"), "T-OFFICE6", &text), 0);
    desk_free(d);
}

CASE(R01_a_login_at_another_terminals_name_is_refused)
{
    struct house_person *p = house_login("U-TOM");
    struct desk_settings s = terminal("T-BENCH5");
    struct desk *d;
    s.terminal = "T-BENCH4";
    assert_int_equal(desk_new(&s, &d, &e), 0);
    assert_int_equal(desk_login(d, house_arena(), "U-TOM", house_secret(p), NULL, &e), ERR_TERMINAL_UNKNOWN);
    desk_free(d);
}

CASE(R01_a_new_login_ends_the_terminals_former_session)
{
    struct house_person *p = house_login("U-TOM");
    struct desk *second = desk_at("T-BENCH5");
    struct nothing none;
    struct person_rows rows;
    memset(&none, 0, sizeof none);
    record_init(&record_person_rows, &rows);
    assert_int_equal(desk_call(p->desk, house_arena(), "access.people", &none, &rows, &e), 0);
    assert_int_equal(desk_login(second, house_arena(), "U-TOM", house_secret(p), NULL, &e), 0);
    assert_int_equal(desk_call(p->desk, house_arena(), "access.people", &none, &rows, &e), ERR_SESSION_ENDED);
    desk_free(second);
    assert_int_equal(desk_login(p->desk, house_arena(), "U-TOM", house_secret(p), NULL, &e), 0);
}

CASE(R01_a_token_is_good_at_its_own_terminal_alone)
{
    struct house_person *p = house_login("U-TOM");
    struct desk *other = desk_at("T-BENCH4");
    struct nothing none;
    struct logged_in mine;
    struct session out;
    memset(&none, 0, sizeof none);
    record_init(&record_session, &out);
    assert_int_equal(desk_login(p->desk, house_arena(), "U-TOM", house_secret(p), &mine, &e), 0);
    desk_resume(other, mine.session.token, "U-TOM");
    assert_int_equal(desk_call(other, house_arena(), "access.whoami", &none, &out, &e), ERR_TERMINAL_UNKNOWN);
    desk_free(other);
}

CASE(R01_a_session_that_was_logged_out_is_over)
{
    struct house_person *p = house_login("U-TOM");
    struct nothing none;
    struct logged_in mine;
    struct session out;
    memset(&none, 0, sizeof none);
    record_init(&record_session, &out);
    assert_int_equal(desk_login(p->desk, house_arena(), "U-TOM", house_secret(p), &mine, &e), 0);
    assert_int_equal(desk_logout(p->desk, house_arena(), &e), 0);
    desk_resume(p->desk, mine.session.token, "U-TOM");
    assert_int_equal(desk_call(p->desk, house_arena(), "access.whoami", &none, &out, &e), ERR_SESSION_ENDED);
    assert_int_equal(desk_login(p->desk, house_arena(), "U-TOM", house_secret(p), NULL, &e), 0);
}

CASE(R01_a_lab_is_founded_once)
{
    struct house_person *p = house_login("U-ADA");
    struct person_key key = {.person_id = "U-ADA"};
    struct certificate_row certificate;
    struct person_found in;
    record_init(&record_certificate_row, &certificate);
    record_init(&record_person_found, &in);
    assert_int_equal(desk_call(p->desk, house_arena(), "signer.certificate", &key, &certificate, &e), 0);
    in.person_id = "U-ADA";
    in.name = "Ada Brandt";
    texts_add(house_arena(), &in.roles, "admin");
    in.certificate = certificate.certificate;
    in.terminal_id = "T-OFFICE1";
    in.terminal_key = desk_key(p->desk);
    assert_int_equal(act("U-ADA", "access.person_found", &in), ERR_EXISTS);
}

CASE(P11_16_a_person_is_enrolled_once_and_the_id_stays_taken)
{
    const char *id = fresh("U");
    struct person_enrol in = person(id);
    struct person_close close = {.person_id = id, .reason = "enrolled for a test of the house"};
    assert_int_equal(act("U-ADA", "access.person_enrol", &in), 0);
    assert_int_equal(act("U-ADA", "access.person_enrol", &in), ERR_EXISTS);
    assert_int_equal(act("U-ADA", "access.person_close", &close), 0);
    assert_int_equal(act("U-ADA", "access.person_enrol", &in), ERR_EXISTS);
    assert_int_equal(act("U-ADA", "access.person_close", &close), ERR_STATE_FORBIDS);
}

CASE(D45_an_administrator_with_a_lab_role_is_not_enrolled)
{
    struct person_enrol in = person(fresh("U"));
    texts_add(house_arena(), &in.roles, "admin");
    assert_int_equal(act("U-ADA", "access.person_enrol", &in), ERR_FIELD_RANGE);
    assert_string_equal(e.rule, "4.5");
}

CASE(P11_7_only_an_administrator_enrols)
{
    struct person_enrol in = person(fresh("U"));
    assert_int_equal(act("U-ELENA", "access.person_enrol", &in), ERR_ROLE_MISSING);
}

CASE(F_signature_another_persons_certificate_is_not_registered)
{
    const char *id = fresh("U");
    struct person_enrol in = person(id);
    struct house_person *p = house_login("U-ADA");
    struct person_key key = {.person_id = "U-MARA"};
    struct certificate_row certificate;
    struct key_register reg;
    record_init(&record_certificate_row, &certificate);
    record_init(&record_key_register, &reg);
    assert_int_equal(act("U-ADA", "access.person_enrol", &in), 0);
    assert_int_equal(desk_call(p->desk, house_arena(), "signer.certificate", &key, &certificate, &e), 0);
    reg.person_id = id;
    reg.certificate = certificate.certificate;
    assert_int_equal(act("U-ADA", "access.key_register", &reg), ERR_SIGNATURE_REFUSED);
    assert_string_equal(e.field, "certificate");
    reg.person_id = "U-MARA";
    assert_int_equal(act("U-ADA", "access.key_register", &reg), ERR_EXISTS);
}

CASE(P11_8_a_terminal_is_enrolled_once_under_its_own_key)
{
    struct terminal_enrol in = {.terminal_id = fresh("T"), .title = "Bench of a test", .kind = "bench"};
    char key[41];
    uint8_t random[40];
    random_fill(random, sizeof random);
    for (int i = 0; i < 40; i++)
        key[i] = (char)('0' + random[i] % 10);
    key[40] = '\0';
    in.public_key = key;
    assert_int_equal(act("U-ADA", "access.terminal_enrol", &in), 0);
    assert_int_equal(act("U-ADA", "access.terminal_enrol", &in), ERR_EXISTS);
    assert_string_equal(e.field, "terminal_id");
    in.terminal_id = fresh("T");
    assert_int_equal(act("U-ADA", "access.terminal_enrol", &in), ERR_EXISTS);
    assert_string_equal(e.field, "public_key");
}

static struct account_row account_of(const char *person_id)
{
    struct nothing none;
    struct account_rows all;
    struct house_person *p = house_login("U-ELENA");
    memset(&none, 0, sizeof none);
    record_init(&record_account_rows, &all);
    if (desk_call(p->desk, house_arena(), "access.account_reviews", &none, &all, &e) != 0)
        fail_msg("%s %s", e.field, e.text);
    for (size_t i = 0; i < all.accounts.count; i++)
        if (strcmp(LIST_AT(all.accounts, struct account_row, i)->person_id, person_id) == 0)
            return *LIST_AT(all.accounts, struct account_row, i);
    fail_msg("no account of %s", person_id);
    return (struct account_row){0};
}

CASE(P11_26_QA_reviews_an_account_and_sees_when_it_is_due_again)
{
    const char *id = fresh("U");
    struct person_enrol enrolled = person(id);
    struct account_review in;
    assert_int_equal(act("U-ADA", "access.person_enrol", &enrolled), 0);
    struct account_row before = account_of(id);
    assert_int_equal(before.reviewed_at, INTEGER_ABSENT);
    assert_int_equal(before.due_at - before.enrolled_at, INT64_C(180) * 86400000);
    record_init(&record_account_review, &in);
    in.person_id = id;
    in.finding = "keeps";
    in.reason = "the roster of this month";
    assert_int_equal(act("U-ADA", "access.account_review", &in), ERR_ROLE_MISSING);
    in.review_days = 181;
    assert_int_equal(act("U-ELENA", "access.account_review", &in), ERR_FIELD_RANGE);
    assert_string_equal(e.rule, "5.1-26");
    in.review_days = INTEGER_ABSENT;
    assert_int_equal(act("U-ELENA", "access.account_review", &in), 0);
    struct account_row kept = account_of(id);
    assert_string_equal(kept.reviewer_id, "U-ELENA");
    assert_int_equal(kept.due_at - kept.reviewed_at, INT64_C(180) * 86400000);
    assert_int_equal(kept.is_due, 0);
    in.finding = "change_wanted";
    assert_int_equal(act("U-ELENA", "access.account_review", &in), 0);
    assert_int_equal(account_of(id).is_due, 1);
    in.person_id = "U-ELENA";
    assert_int_equal(act("U-ELENA", "access.account_review", &in), ERR_DUTIES_SEGREGATED);
}

CASE(R21_training_is_recorded_by_another)
{
    int64_t now = clock_ms();
    struct training_record in = {.person_id = "U-ELENA", .document_id = "P-TESTED", .document_version = 1,
                                 .trained_at = now - 1000, .expires_at = now + 86400000};
    assert_int_equal(act("U-ELENA", "access.training_record", &in), ERR_DUTIES_SEGREGATED);
    assert_int_equal(act("U-CLARA", "access.training_record", &in), 0);
}

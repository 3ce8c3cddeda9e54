/* What an administrator orders: unlocking, renewing, revoking; and what time proves of signatures made before. */
#include "support/test.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "signer_lab.h"
#include "signer_revoke.h"
#include "signer_store.h"

static struct err e;

/* U-7's act ${type} about ${person_id}, signed: ready to be handed to the signer */
static struct signer_order order_of(struct lab *l, const char *type, const char *person_id, const char *fields)
{
    struct signer_order o = {.statement = lab_act(l, type, person_id, "U-7",
                                                  arena_printf(l->a, "{%s\"person_id\":\"%s\",\"reason\":\"said so at the door\"%s}\n",
                                                               strcmp(type, "access.key_revoke") == 0 ? "\"cause\":\"lost\"," : "",
                                                               person_id, fields))};
    assert_int_equal(lab_sign(l, o.statement, "correct horse", &o.signature), 0);
    return o;
}

/* the renewal's body has its fields before and behind the person's id */
static struct signer_order renewal(struct lab *l, const char *person_id, const char *secret)
{
    struct signer_order o = {.statement = lab_act(l, "access.key_renew", person_id, "U-7",
                                                  arena_printf(l->a, "{\"identity_verified_how\":\"passport\",\"name\":\"Jo Do\",\"person_id\":\"%s\","
                                                                     "\"reason\":\"the old one ends soon\",\"roles\":[\"qa\"]}\n", person_id))};
    assert_int_equal(lab_sign(l, o.statement, "correct horse", &o.signature), 0);
    o.sealed = lab_seal(l, o.statement, secret);
    return o;
}

static struct signer_request asked(struct lab *l)
{
    return (struct signer_request){"T-3", NULL, l->now_ms, NULL};
}

/* U-9, Jo Do, with a key under `my own secret` */
static struct bytes enrol(struct lab *l)
{
    struct bytes text = lab_enrolment(l, "U-9"), p7s, der;
    assert_int_equal(lab_sign(l, text, "correct horse", &p7s), 0);
    assert_int_equal(lab_create(l, text, p7s, "my own secret", &der), 0);
    return der;
}

static void wrong_secrets(struct lab *l, const char *person_id, int count)
{
    struct bytes text = lab_act(l, "batch.open", "B-1", person_id, "{}\n"), p7s;
    for (int i = 0; i < count; i++) {
        assert_int_equal(lab_sign_as(l, person_id, text, "wrong", &p7s), ERR_SECRET_WRONG);
        l->now_ms += 60000;   /* one try each minute is allowed however many were wrong */
    }
}

static const char *state_of(struct lab *l, const char *person_id)
{
    struct signer_key_state *keys;
    size_t count;
    assert_int_equal(signer_keys(l->signer, l->a, l->now_ms, &keys, &count, &e), 0);
    for (size_t i = 0; i < count; i++)
        if (strcmp(keys[i].person_id, person_id) == 0)
            return keys[i].state;
    return "none";
}

static const char *locked_state(struct lab *l, const char *person_id)
{
    const char *state = NULL;
    assert_int_equal(signer_locked(l->signer, l->a, person_id, l->now_ms, &state, &e), 0);
    return state != NULL ? state : "open";
}

static void restart(struct lab *l)
{
    signer_free(l->signer);
    lab_open(l);
}

CASE(R01_ten_wrong_secrets_lock_a_key_for_good_and_everybody_in_charge_sees_it)
{
    CLEANUP(lab_done) struct lab *l = lab_new();
    struct bytes p7s;
    enrol(l);
    assert_string_equal(state_of(l, "U-9"), "open");
    wrong_secrets(l, "U-9", 5);
    l->now_ms -= 60000;
    assert_string_equal(state_of(l, "U-9"), "throttled");
    assert_string_equal(locked_state(l, "U-9"), "throttled");
    l->now_ms += 60000;
    wrong_secrets(l, "U-9", 5);
    l->now_ms += 365 * DAY_MS / 10;
    struct bytes text = lab_act(l, "batch.open", "B-1", "U-9", "{}\n");
    assert_int_equal(lab_sign_as(l, "U-9", text, "my own secret", &p7s), ERR_KEY_LOCKED);
    restart(l);
    assert_int_equal(lab_sign_as(l, "U-9", text, "my own secret", &p7s), ERR_KEY_LOCKED);
    assert_string_equal(state_of(l, "U-9"), "locked");
    assert_string_equal(locked_state(l, "U-9"), "locked");
    assert_string_equal(state_of(l, "U-7"), "open");
}

CASE(R01_a_locked_key_opens_by_another_persons_act_and_that_act_serves_once)
{
    CLEANUP(lab_done) struct lab *l = lab_new();
    struct bytes p7s, text;
    enrol(l);
    for (int i = 0; i < 2; i++) {
        wrong_secrets(l, "U-9", 10);
        struct signer_order unlock = order_of(l, "access.key_unlock", "U-9", "");
        struct signer_request q = asked(l);
        assert_int_equal(signer_unlock(l->signer, l->a, &q, &unlock, &e), 0);
        assert_string_equal(state_of(l, "U-9"), "open");
        text = lab_act(l, "batch.open", "B-1", "U-9", "{}\n");
        assert_int_equal(lab_sign_as(l, "U-9", text, "my own secret", &p7s), 0);
        /* the same act does not open it again */
        l->now_ms += 1000;
        wrong_secrets(l, "U-9", 10);
        assert_int_equal(signer_unlock(l->signer, l->a, &q, &unlock, &e), ERR_TIME_REFUSED);
        assert_string_equal(state_of(l, "U-9"), "locked");
        struct signer_order again = order_of(l, "access.key_unlock", "U-9", "");
        q = asked(l);
        assert_int_equal(signer_unlock(l->signer, l->a, &q, &again, &e), 0);
    }
    assert_non_null(strstr(lab_journal(l), " key_unlock T-3 U-9 "));
}

CASE(R01_an_unlocking_is_no_renewal_and_a_revocation_no_unlocking)
{
    CLEANUP(lab_done) struct lab *l = lab_new();
    enrol(l);
    l->now_ms += 1000;
    struct signer_order unlock = order_of(l, "access.key_unlock", "U-9", ""), revoke = order_of(l, "access.key_revoke", "U-9", "");
    struct signer_request q = asked(l);
    struct bytes der;
    unlock.sealed = lab_seal(l, unlock.statement, "another secret");
    assert_int_equal(signer_create(l->signer, l->a, &q, &unlock, &der, &e), ERR_SIGNATURE_REFUSED);
    assert_int_equal(signer_unlock(l->signer, l->a, &q, &revoke, &e), ERR_SIGNATURE_REFUSED);
    assert_int_equal(signer_revoke_person(l->signer, l->a, &q, &unlock, &e), ERR_SIGNATURE_REFUSED);
    revoke.signature = unlock.signature;
    assert_int_equal(signer_revoke_person(l->signer, l->a, &q, &revoke, &e), ERR_SIGNATURE_REFUSED);
}

/* what the services believe once they read the list again */
static struct cms_trust *trust_now(struct lab *l)
{
    struct cms_trust *t = cms_trust_new(certificate_to_pem(l->a, l->p->root), &e);
    struct bytes crl = pki_read(l->p, "issuing.crl");
    assert_int_equal(cms_trust_set_crls(t, &crl, 1, &e), 0);
    return t;
}

CASE(P11_27_a_persons_key_is_replaced_and_what_the_old_one_signed_still_verifies)
{
    CLEANUP(lab_done) struct lab *l = lab_new();
    struct bytes first = enrol(l), p7s, after, second;
    struct bytes before = lab_act(l, "batch.open", "B-1", "U-9", "{}\n");
    struct cms_signer who;
    int64_t then = l->now_ms;
    assert_int_equal(lab_sign_as(l, "U-9", before, "my own secret", &p7s), 0);
    l->now_ms += 5000;
    struct signer_order renew = renewal(l, "U-9", "my next secret");
    struct signer_request q = asked(l);
    assert_int_equal(signer_create(l->signer, l->a, &q, &renew, &second, &e), 0);
    assert_true(second.len != first.len || memcmp(first.data, second.data, first.len) != 0);
    /* the old secret opens nothing, the new one the new key, and the journal and list say so */
    struct bytes text = lab_act(l, "batch.open", "B-2", "U-9", "{}\n");
    assert_int_equal(lab_sign_as(l, "U-9", text, "my own secret", &after), ERR_SECRET_WRONG);
    assert_int_equal(lab_sign_as(l, "U-9", text, "my next secret", &after), 0);
    struct cms_trust *t = trust_now(l);
    assert_int_equal(cms_verify(t, before, p7s, then - 1000, &who, &e), 0);
    assert_int_equal(cms_verify(t, before, p7s, clock_ms() + 2000, &who, &e), ERR_SIGNATURE_REFUSED);
    assert_int_equal(cms_verify(t, text, after, clock_ms(), &who, &e), 0);
    cms_trust_free(t);
    assert_int_equal(pki_run(l->p, "openssl crl -in @issuing.crl -CAfile @issuing.pem -noout"), 0);
}

CASE(P11_27_a_renewal_asked_again_makes_no_third_key_and_an_old_one_none_at_all)
{
    CLEANUP(lab_done) struct lab *l = lab_new();
    struct bytes one, two, three;
    enrol(l);
    l->now_ms += 1000;
    struct signer_order first = renewal(l, "U-9", "my next secret");
    struct signer_request q = asked(l);
    assert_int_equal(signer_create(l->signer, l->a, &q, &first, &one, &e), 0);
    assert_int_equal(signer_create(l->signer, l->a, &q, &first, &two, &e), 0);
    assert_int_equal(one.len, two.len);
    assert_memory_equal(one.data, two.data, one.len);
    l->now_ms += 1000;
    struct signer_order second = renewal(l, "U-9", "my third secret");
    q = asked(l);
    assert_int_equal(signer_create(l->signer, l->a, &q, &second, &three, &e), 0);
    first.sealed = lab_seal(l, first.statement, "a thief's secret");
    assert_int_equal(signer_create(l->signer, l->a, &q, &first, &two, &e), ERR_TIME_REFUSED);
}

CASE(P11_27_the_old_key_is_overwritten_where_it_lay)
{
    CLEANUP(lab_done) struct lab *l = lab_new();
    struct bytes der;
    enrol(l);
    const char *path = arena_printf(l->a, "%s/U-9.key", l->options.keys);
    FILE *held = fopen(path, "rb");   /* the former file, as one would have it who copied the medium */
    assert_non_null(held);
    l->now_ms += 1000;
    struct signer_order renew = renewal(l, "U-9", "my next secret");
    struct signer_request q = asked(l);
    assert_int_equal(signer_create(l->signer, l->a, &q, &renew, &der, &e), 0);
    char text[64];
    size_t n = fread(text, 1, sizeof text, held);
    fclose(held);
    assert_int_equal(n, sizeof text);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(text[i], 0);
}

CASE(R01_a_revoked_person_signs_nothing_and_what_was_signed_before_stands)
{
    CLEANUP(lab_done) struct lab *l = lab_new();
    struct bytes p7s, later, before, der;
    struct cms_signer who;
    enrol(l);
    int64_t then = l->now_ms;
    before = lab_act(l, "batch.open", "B-1", "U-9", "{}\n");
    assert_int_equal(lab_sign_as(l, "U-9", before, "my own secret", &p7s), 0);
    l->now_ms += 1000;
    struct signer_order revoke = order_of(l, "access.key_revoke", "U-9", "");
    struct signer_request q = asked(l);
    struct bytes text = lab_act(l, "batch.open", "B-2", "U-9", "{}\n");
    assert_int_equal(signer_revoke_person(l->signer, l->a, &q, &revoke, &e), 0);
    assert_int_equal(lab_sign_as(l, "U-9", text, "my own secret", &later), ERR_SECRET_WRONG);
    assert_string_equal(state_of(l, "U-9"), "revoked");
    struct cms_trust *t = trust_now(l);
    assert_int_equal(cms_verify(t, before, p7s, then - 1000, &who, &e), 0);
    assert_int_equal(cms_verify(t, before, p7s, clock_ms() + 2000, &who, &e), ERR_SIGNATURE_REFUSED);
    cms_trust_free(t);
    /* asked again it is done; an enrolment of before makes no new key; only a renewal after it does */
    assert_int_equal(signer_revoke_person(l->signer, l->a, &q, &revoke, &e), 0);
    l->now_ms -= 1000;
    struct bytes enrolment = lab_enrolment(l, "U-9"), by;
    l->now_ms += 1000;
    assert_int_equal(lab_sign(l, enrolment, "correct horse", &by), 0);
    assert_int_equal(lab_create(l, enrolment, by, "a thief's secret", &der), ERR_TIME_REFUSED);
    l->now_ms += 1000;
    struct signer_order renew = renewal(l, "U-9", "my next secret");
    q = asked(l);
    assert_int_equal(signer_create(l->signer, l->a, &q, &renew, &der, &e), 0);
    assert_int_equal(lab_sign_as(l, "U-9", lab_act(l, "batch.open", "B-2", "U-9", "{}\n"), "my next secret", &later), 0);
}

CASE(R01_the_last_of_very_many_keys_is_seen_when_it_locks)
{
    CLEANUP(lab_done) struct lab *l = lab_new();
    struct signer_key_state *keys;
    size_t count;
    for (int i = 0; i < 1500; i++)
        pki_write(l->p, arena_printf(l->a, "keys/U-OLD%04d.order", i), pki_bytes("order"));
    pki_write(l->p, "keys/U-ZZZ.order", pki_bytes("order"));
    pki_write(l->p, "keys/U-ZZZ.failures", pki_bytes("failures 10 2026-03-01T08:30:00.000Z\n"));
    assert_int_equal(signer_count_locked(l->signer, l->a, l->now_ms, &count, &e), 0);
    assert_int_equal(count, 1);
    assert_int_equal(signer_keys(l->signer, l->a, l->now_ms, &keys, &count, &e), 0);
    assert_int_equal(count, 1502);   /* and U-7 */
    assert_string_equal(keys[count - 1].person_id, "U-ZZZ");
    assert_int_equal(keys[count - 1].failures, 10);
    pki_write(l->p, "keys/U-ZZZ.failures", pki_bytes("not many"));
    assert_int_equal(signer_count_locked(l->signer, l->a, l->now_ms, &count, &e), ERR_FAULT);
}

/* the running signer and a person at the machine both publish: neither forgets what the other listed */
CASE(R01_revocations_at_the_same_time_are_all_on_the_list)
{
    CLEANUP(lab_done) struct lab *l = lab_new();
    const struct revocation_place place = {l->options.revoked, l->options.authority};
    const struct ca ca = {l->p->issuing, l->p->issuing_key};
    pid_t pids[4];
    for (int i = 0; i < 4; i++) {
        pids[i] = fork();
        if (pids[i] != 0)
            continue;
        int code = 0;
        for (int k = 0; k < 15 && code == 0; k++)
            code = revocation_publish(l->a, &ca, &place, &(struct ca_revoked){arena_printf(l->a, "%d%02d", i + 1, k), l->now_ms, 1}, &e);
        _exit(code == 0 ? 0 : 1);
    }
    for (int i = 0; i < 4; i++) {
        int status;
        assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
        assert_int_equal(status, 0);
    }
    struct ca_revoked *list;
    size_t count;
    long number;
    assert_int_equal(ca_crl_read(l->a, l->p->issuing, pki_read(l->p, "issuing.crl"), &list, &count, &number, &e), 0);
    assert_int_equal(count, 60);
    assert_int_equal(number, 61);
}

CASE(R01_the_list_says_why_a_certificate_was_revoked)
{
    CLEANUP(lab_done) struct lab *l = lab_new();
    enrol(l);
    l->now_ms += 1000;
    struct signer_order revoke = order_of(l, "access.key_revoke", "U-9", "");
    struct signer_request q = asked(l);
    assert_int_equal(signer_revoke_person(l->signer, l->a, &q, &revoke, &e), 0);
    struct ca_revoked *list;
    size_t count;
    long number;
    assert_int_equal(ca_crl_read(l->a, l->p->issuing, pki_read(l->p, "issuing.crl"), &list, &count, &number, &e), 0);
    assert_int_equal(count, 1);
    assert_int_equal(number, 2);
    assert_int_equal(list[0].reason, 1);
}

/* a signature whose certificate ended since is judged by when it was made */
CASE(R01_an_expired_certificate_signs_nothing_and_what_it_signed_stands)
{
    CLEANUP(lab_done) struct lab *l = lab_new();
    struct bytes text = lab_act(l, "batch.open", "B-1", "U-7", "{}\n"), p7s, later;
    struct cms_signer who;
    assert_int_equal(lab_sign(l, text, "correct horse", &p7s), 0);
    assert_int_equal(cms_verify(l->trust, text, p7s, l->now_ms, &who, &e), 0);
    assert_int_equal(cms_verify(l->trust, text, p7s, l->now_ms + 101 * DAY_MS, &who, &e), ERR_SIGNATURE_REFUSED);
    l->now_ms += 101 * DAY_MS;
    assert_int_equal(lab_sign(l, lab_act(l, "batch.open", "B-2", "U-7", "{}\n"), "correct horse", &later), ERR_SIGNATURE_REFUSED);
}

static int journal_page(struct lab *l, const char *person_id, const char *secret, struct signer_journal_ask ask,
                        struct signer_journal_page *ret)
{
    const struct signer_request q = {"T-3", person_id, l->now_ms, NULL};
    struct bytes text = pki_bytes(arena_printf(l->a, "stemma-journal/1 %s", person_id));
    ask.sealed = lab_seal(l, text, secret);
    return signer_journal(l->signer, l->a, &q, &ask, ret, &e);
}

static int journal_as(struct lab *l, const char *person_id, const char *secret, const char *of, struct signer_journal_page *ret)
{
    return journal_page(l, person_id, secret, (struct signer_journal_ask){.of = of, .limit = 100, .before = INTEGER_ABSENT}, ret);
}

CASE(R01_the_signer_shows_its_journal_to_whom_it_concerns)
{
    CLEANUP(lab_done) struct lab *l = lab_new();
    struct signer_journal_page page;
    struct bytes p7s;
    enrol(l);
    assert_int_equal(lab_sign_as(l, "U-9", lab_act(l, "batch.open", "B-1", "U-9", "{}\n"), "my own secret", &p7s), 0);
    assert_int_equal(journal_as(l, "U-9", "my own secret", NULL, &page), 0);
    assert_int_equal(page.count, 2);
    assert_true(page.earlier == INTEGER_ABSENT);
    assert_non_null(strstr(page.lines[0], " sign T-3 U-9 "));
    assert_non_null(strstr(page.lines[1], " key_create access U-9 "));
    assert_int_equal(journal_as(l, "U-9", "my own secret", "U-7", &page), ERR_ROLE_MISSING);
    assert_int_equal(journal_as(l, "U-9", "wrong", NULL, &page), ERR_SECRET_WRONG);
    assert_int_equal(journal_as(l, "U-7", "correct horse", NULL, &page), 0);
    assert_true(page.count >= 5);
    assert_int_equal(journal_as(l, "U-7", "correct horse", "U-9", &page), 0);
    for (size_t i = 0; i < page.count; i++)
        assert_non_null(strstr(page.lines[i], " U-9 "));
}

/* ${count} lines of ${person_id}, numbered in the digest's place, as though they had been written before */
static void write_lines(struct lab *l, const char *person_id, int count)
{
    FILE *f = fopen(l->options.journal, "a");
    assert_non_null(f);
    for (int i = 0; i < count; i++)
        fprintf(f, "2026-03-01T08:30:00.000Z sign T-3 %s %064d ok\n", person_id, i);
    assert_int_equal(fclose(f), 0);
}

static int number_of(const char *line)
{
    int number = -1;
    assert_int_equal(sscanf(line, "%*s %*s %*s %*s %d ok", &number), 1);
    return number;
}

/* every line of ${person_id}, seen once, the newest first, however the pages are cut; returns the number of pages */
static int read_all(struct lab *l, const char *person_id, int count, int64_t limit)
{
    struct signer_journal_ask ask = {.of = person_id, .limit = limit, .before = INTEGER_ABSENT};
    struct signer_journal_page page;
    int pages = 0;
    do {
        assert_int_equal(journal_page(l, "U-7", "correct horse", ask, &page), 0);
        assert_true((int64_t)page.count <= limit);
        for (size_t i = 0; i < page.count; i++)
            assert_int_equal(number_of(page.lines[i]), --count);
        assert_true(page.earlier == INTEGER_ABSENT || ask.before == INTEGER_ABSENT || page.earlier < ask.before);
        ask.before = page.earlier;
        pages++;
    } while (page.earlier != INTEGER_ABSENT);
    assert_int_equal(count, 0);
    return pages;
}

CASE(R01_a_journal_is_read_page_by_page_to_its_first_line)
{
    CLEANUP(lab_done) struct lab *l = lab_new();
    write_lines(l, "U-9", 120);
    assert_int_equal(read_all(l, "U-9", 120, 50), 3);
    assert_int_equal(read_all(l, "U-9", 120, 7), 18);
}

CASE(R01_lines_that_lie_far_back_are_not_passed_over_in_silence)
{
    CLEANUP(lab_done) struct lab *l = lab_new();
    write_lines(l, "U-9", 120);
    write_lines(l, "U-8", 90000);   /* more than one answer looks back */
    struct signer_journal_page page;
    assert_int_equal(journal_as(l, "U-7", "correct horse", "U-9", &page), 0);
    assert_int_equal(page.count, 0);
    assert_true(page.earlier != INTEGER_ABSENT);
    assert_int_equal(read_all(l, "U-9", 120, 500), 2);
}

CASE(R01_no_place_but_a_lines_beginning_and_no_empty_page_is_asked_for)
{
    CLEANUP(lab_done) struct lab *l = lab_new();
    struct signer_journal_page page;
    write_lines(l, "U-9", 2);
    static const struct signer_journal_ask wrong[] = {{.limit = 5, .before = 7}, {.limit = 5, .before = -1}, {.limit = 5, .before = 1 << 20},
                                                      {.limit = 0, .before = INTEGER_ABSENT}, {.limit = -1, .before = INTEGER_ABSENT}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(journal_page(l, "U-7", "correct horse", wrong[i], &page), ERR_FIELD_RANGE);
}

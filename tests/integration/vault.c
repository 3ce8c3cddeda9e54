/* Personal data over real sockets: put, found, disclosed, checked against the record, erased; what is refused on the way. */
#include "support/test.h"

#include <signal.h>
#include <string.h>

#include "base/clock.h"
#include "crypto/digest.h"
#include "house_support.h"
#include "record/record.h"
#include "support/house.h"

static struct err e;
static struct receipt receipt;

static int act(const char *person, const char *verb, const void *in)
{
    struct house_person *p = house_login(person);
    return desk_act(p->desk, house_arena(), verb, in, house_secret(p), &receipt, &e);
}

static int call(const char *person, const char *verb, const void *in, void *ret_out)
{
    const struct verb_row *row = verb_find(verb);
    record_init(row->out, ret_out);
    return desk_call(house_login(person)->desk, house_arena(), verb, in, ret_out, &e);
}

struct donor {
    const char *id, *mother;             /* her name, fresh */
    struct commitment needed, extra;
};

static const char *fresh(const char *front)
{
    uint8_t random[5];
    char hex[11];
    random_fill(random, sizeof random);
    hex_of(random, sizeof random, hex);
    for (char *c = hex; *c != '\0'; c++)
        *c = *c >= 'a' ? (char)(*c - 'a' + 'A') : *c;
    return arena_printf(house_arena(), "%s%s", front, hex);
}

static struct commitment put(const char *id, const char *name, const char *value, const char *retention)
{
    struct vault_put in = {.subject_id = id, .name = name, .value = value, .retention = retention};
    struct commitment made;
    assert_int_equal(call("U-MARA", "source.vault_put", &in, &made), 0);
    return made;
}

static struct donor donor(void)
{
    struct donor d = {.id = fresh("D-V"), .mother = fresh("Mother ")};
    struct donor_register in;
    record_init(&record_donor_register, &in);
    in.donor_id = d.id;
    in.tissue = "umbilical_cord";
    in.use = "allogeneic";
    in.subject = "mother_and_infant";
    d.needed = put(d.id, "mother_name", d.mother, NULL);
    d.extra = put(d.id, "telephone", "+49 000", "extra");
    *(struct commitment *)record_list_add(house_arena(), &record_commitment, &in.commitments) = d.needed;
    *(struct commitment *)record_list_add(house_arena(), &record_commitment, &in.commitments) = d.extra;
    assert_int_equal(act("U-MARA", "source.donor_register", &in), 0);
    return d;
}

static struct list one(struct commitment c)
{
    struct list list = {0};
    *(struct commitment *)record_list_add(house_arena(), &record_commitment, &list) = c;
    return list;
}

static size_t found(const char *person, const char *value)
{
    struct vault_search in = {"mother_name", value};
    struct vault_hits out;
    assert_int_equal(call(person, "source.vault_find", &in, &out), 0);
    return out.hits.count;
}

CASE(T38_a_donor_is_found_by_name_by_those_who_may)
{
    struct donor d = donor();
    struct vault_search in = {"mother_name", d.mother};
    struct vault_hits out;
    assert_int_equal(found("U-ELENA", d.mother), 1);
    assert_int_equal(found("U-ELENA", "Mother"), 0);
    assert_int_equal(call("U-MARA", "source.vault_find", &in, &out), ERR_ROLE_MISSING);
    assert_int_equal(call("U-RUTH", "source.vault_find", &in, &out), ERR_ROLE_MISSING);
}

static int disclose(const struct donor *d, const char *person)
{
    struct vault_disclose in = {.donor_id = d->id, .commitments = one(d->needed), .disclosed_to = "the authority, Mr Smith",
                                .purpose = "inspection of this year"};
    return act(person, "source.vault_disclose", &in);
}

CASE(T38_a_disclosed_value_is_what_the_record_commits_to)
{
    struct donor d = donor();
    struct disclosure_key key = {d.id, 0};
    struct disclosed_rows out;
    assert_int_equal(call("U-ELENA", "source.vault_open", &key, &out), ERR_NOT_FOUND);
    assert_int_equal(disclose(&d, "U-MARA"), ERR_ROLE_MISSING);
    assert_int_equal(disclose(&d, "U-ELENA"), 0);
    key.seq = receipt.seq;
    assert_int_equal(call("U-ELENA", "source.vault_open", &key, &out), 0);
    assert_int_equal(out.values.count, 1);
    const struct disclosed *v = LIST_AT(out.values, const struct disclosed, 0);
    assert_string_equal(v->value, d.mother);
    const char *text = arena_printf(house_arena(), "stemma-commit/1\nmother_name\n%s", v->value);
    uint8_t salt[DIGEST_LEN], hash[DIGEST_LEN];
    assert_true(hex_to(v->salt, 64, salt));
    digest_hmac(salt, DIGEST_LEN, text, strlen(text), hash);
    assert_string_equal(hex_text(house_arena(), hash, DIGEST_LEN), d.needed.commitment);
}

CASE(S3_6_only_what_traceability_does_not_need_is_erased_on_request)
{
    struct donor d = donor();
    struct vault_erase in = {.donor_id = d.id, .commitments = one(d.needed), .reason = "the mother asked for it"};
    assert_int_equal(act("U-ELENA", "source.vault_erase", &in), ERR_STATE_FORBIDS);
    assert_string_equal(e.rule, "3.6");
    in.commitments = one(d.extra);
    in.reason = "short";
    assert_int_equal(act("U-ELENA", "source.vault_erase", &in), ERR_REASON_MISSING);
    in.reason = "the mother asked for it";
    assert_int_equal(act("U-ELENA", "source.vault_erase", &in), 0);
    assert_int_equal(act("U-ELENA", "source.vault_erase", &in), ERR_NOT_FOUND);
    struct donor_key key = {d.id};
    struct vault_rows rows;
    assert_int_equal(call("U-ELENA", "source.vault_show", &key, &rows), 0);
    assert_int_equal(rows.rows.count, 2);
    assert_string_equal(LIST_AT(rows.rows, const struct vault_row, 0)->state, "kept");
    assert_string_equal(LIST_AT(rows.rows, const struct vault_row, 1)->state, "erased");
}

CASE(T38_an_erased_value_is_not_disclosed_any_more)
{
    struct donor d = donor();
    struct vault_disclose disclose = {.donor_id = d.id, .commitments = one(d.extra), .disclosed_to = "the physician",
                                      .purpose = "to call her back"};
    struct vault_erase erase = {.donor_id = d.id, .commitments = one(d.extra), .reason = "the mother asked for it"};
    assert_int_equal(act("U-ELENA", "source.vault_disclose", &disclose), 0);
    struct disclosure_key key = {d.id, receipt.seq};
    struct disclosed_rows out;
    assert_int_equal(act("U-PETER", "source.vault_erase", &erase), 0);
    assert_int_equal(call("U-ELENA", "source.vault_open", &key, &out), ERR_NOT_FOUND);
    assert_int_equal(act("U-ELENA", "source.vault_disclose", &disclose), ERR_NOT_FOUND);
}

CASE(S3_6_no_purge_before_the_retention_ends)
{
    struct donor d = donor();
    struct purge_propose in = {d.id, "nobody needs it any more"};
    assert_int_equal(act("U-ELENA", "source.purge_propose", &in), ERR_STATE_FORBIDS);
    assert_non_null(strstr(e.text, "the retention ends at 2"));
    struct purge_approve approve = {.donor_id = d.id, .proposed_seq = 0, .commitments = one(d.needed)};
    assert_int_equal(act("U-PETER", "source.purge_approve", &approve), ERR_NOT_FOUND);
    assert_int_equal(found("U-ELENA", d.mother), 1);
}

/* The service source again, with ${words} done to its settings; the house's folder is $1. */
static void source_again(const char *words)
{
    pid_t pid = house_pid("source");
    assert_int_equal(house_run(NULL, "/bin/sh", "-c", words, "sh", house_dir(), NULL), 0);
    assert_int_equal(kill(pid, SIGTERM), 0);
    house_wait_ready("source", pid);
}

static int64_t vault_count(const struct donor *d)
{
    const char *n = house_sql(arena_printf(house_arena(), "select count(*) from source.vault where subject = '%s'", d->id));
    return strcmp(n, "0") == 0 ? 0 : n[0] - '0';
}

/* What is left of a purged donor: the record, whole, with its commitments, and no value. */
static void expect_purged(const struct donor *d, int64_t disclosed_seq)
{
    struct donor_key key = {d->id};
    struct disclosure_key opened = {d->id, disclosed_seq};
    struct disclosed_rows out;
    struct vault_rows rows;
    assert_int_equal(vault_count(d), 0);
    assert_int_equal(found("U-ELENA", d->mother), 0);
    assert_int_equal(call("U-ELENA", "source.vault_open", &opened, &out), ERR_NOT_FOUND);
    assert_int_equal(call("U-ELENA", "source.vault_show", &key, &rows), 0);
    assert_int_equal(rows.rows.count, 2);
    for (size_t i = 0; i < rows.rows.count; i++)
        assert_string_equal(LIST_AT(rows.rows, const struct vault_row, i)->state, "erased");
    assert_int_equal(house_replay()->holds, 1);
}

/* In a lab whose retention is over: what one person proposed another approves, and it is gone. */
static void purge(const struct donor *d)
{
    struct purge_propose propose = {d->id, "nobody needs it any more"};
    assert_int_equal(act("U-ELENA", "source.purge_propose", &propose), 0);
    struct purge_approve approve = {.donor_id = d->id, .proposed_seq = receipt.seq, .commitments = one(d->needed)};
    assert_int_equal(act("U-PETER", "source.purge_approve", &approve), ERR_FIELD_RANGE);      /* one of the two */
    *(struct commitment *)record_list_add(house_arena(), &record_commitment, &approve.commitments) = d->extra;
    assert_int_equal(act("U-ELENA", "source.purge_approve", &approve), ERR_DUTIES_SEGREGATED);
    assert_int_equal(vault_count(d), 2);
    assert_int_equal(act("U-PETER", "source.purge_approve", &approve), 0);
    assert_int_equal(act("U-PETER", "source.purge_approve", &approve), ERR_STATE_FORBIDS);
}

CASE(S3_6_purge_after_the_retention_takes_two_people_and_leaves_no_value)
{
    struct donor d = donor();
    assert_int_equal(disclose(&d, "U-ELENA"), 0);
    int64_t disclosed_seq = receipt.seq;
    source_again("cp -p \"$1/etc/source.ini\" \"$1/run/source.ini\" &&"
                 " printf 'retain_record_years = 0\\nretain_use_years = 0\\n' >>\"$1/etc/source.ini\"");
    purge(&d);
    source_again("mv \"$1/run/source.ini\" \"$1/etc/source.ini\"");
    expect_purged(&d, disclosed_seq);
}

/*
 * Every verb of every service, called wrongly in every way, over real sockets: the right refusal from the catalogue, and
 * nothing recorded. A verb added to the contract is walked without a line here.
 */
#include "support/test.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/house.h"
#include "support/sample.h"
#include "wire/client.h"

static struct wire_client *client;

static pid_t owner;

static void leave(void)
{
    if (getpid() == owner)
        client = wire_client_free(client);
}

static struct wire_client *wire(void)
{
    struct err e;
    struct desk_settings s;
    if (client == NULL) {
        const char *ini = arena_printf(house_arena(), "%s/terminals/T-OFFICE6.ini", house_dir());
        if (desk_settings_read(house_arena(), ini, &s, &e) != 0 ||
            wire_client_new(s.secret, s.public, s.directory, &client, &e) != 0)
            fail_msg("%s", e.text);
        owner = getpid();
        atexit(leave);
    }
    return client;
}

/* witnesses and the gateway's own routes are not in the terminals' directory */
static bool is_walked(const struct verb_row *row)
{
    return strcmp(row->service, "service") != 0;
}

static bool is_peers_only(const struct verb_row *row)
{
    return (row->flags & (VERB_PEER_AUDIT | VERB_PEER_SEQUENCER)) != 0;
}

static int call(const struct verb_row *row, const char *token, const char *body, size_t len, struct err *e)
{
    char command[COMMAND_HEX];
    command_new(command);
    struct bytes reply, result;
    struct envelope env = {row->name, token, row->kind == VERB_ACT ? "prepare" : "call", command, "", 0};
    memset(e, 0, sizeof *e);
    int code = wire_exchange(wire(), house_arena(), NULL, &env, (struct bytes){(const uint8_t *)body, len}, &reply, e);
    return code != 0 ? code : reply_from_json(house_arena(), (const char *)reply.data, reply.len, &result, e);
}

static void expect(const struct verb_row *row, int got, int wanted, const char *field, const struct err *e)
{
    if (got != wanted || (field != NULL && strstr(e->field, field) == NULL))
        fail_msg("%s: wanted %s of field %s, got %s of field %s (%s)", row->name, err_row(wanted)->code,
                 field == NULL ? "-" : field, err_row(got)->code, e->field, e->text);
}

static const char *person_without(unsigned roles)
{
    static const struct { const char *id; unsigned role; } people[] = {
        {"U-RUTH", ROLE_AUDITOR}, {"U-TOM", ROLE_COURIER}, {"U-ADA", ROLE_ADMIN}, {"U-MARA", ROLE_TECHNICIAN}};
    for (size_t i = 0; i < 4; i++)
        if ((people[i].role & roles) == 0)
            return people[i].id;
    return NULL;
}

/* a fresh session's token, for calls below the desk */
static const char *token_of(const char *id)
{
    struct err e;
    struct logged_in in;
    struct house_person *p = house_login(id);
    if (desk_login(p->desk, house_arena(), id, house_secret(p), &in, &e) != 0)
        fail_msg("%s", e.text);
    return in.session.token;
}

static void walk_fault(enum sample_fault fault, int wanted)
{
    struct err e;
    const char *token = token_of("U-RUTH");
    int64_t before = house_entries();
    for (size_t i = 0; i < verb_count(); i++) {
        const struct verb_row *row = verb_at(i);
        for (size_t f = 0; is_walked(row) && !is_peers_only(row) && f < (fault == SAMPLE_UNKNOWN ? 1 : row->in->count); f++) {
            const char *body = sample_body(house_arena(), row->in, fault, f);
            if (body == NULL || strlen(body) > WIRE_BODY_MAX)
                continue;
            int code = call(row, token, body, strlen(body), &e);
            expect(row, code, wanted, fault == SAMPLE_UNKNOWN ? "zzz_unknown" : row->in->fields[f].name, &e);
        }
    }
    assert_int_equal(house_entries(), before);
}

CASE(R01_every_verb_without_a_session_is_refused)
{
    struct err e;
    int64_t before = house_entries();
    for (size_t i = 0; i < verb_count(); i++) {
        const struct verb_row *row = verb_at(i);
        if (!is_walked(row) || (row->flags & VERB_NO_SESSION) != 0)
            continue;
        const char *body = sample_body(house_arena(), row->in, SAMPLE_WELL, 0);
        expect(row, call(row, "", body, strlen(body), &e), ERR_SESSION_MISSING, NULL, &e);
        static const char stale[] = "0000000000000000000000000000000000000000000000000000000000000000";
        expect(row, call(row, stale, body, strlen(body), &e), ERR_SESSION_ENDED, NULL, &e);
    }
    assert_int_equal(house_entries(), before);
}

CASE(R01_every_verb_with_another_role_is_refused)
{
    struct err e;
    int64_t before = house_entries();
    for (size_t i = 0; i < verb_count(); i++) {
        const struct verb_row *row = verb_at(i);
        const char *other = row->roles == ROLE_ANYONE ? NULL : person_without(row->roles);
        if (!is_walked(row) || other == NULL)
            continue;
        struct desk_settings s;
        const char *body = sample_body(house_arena(), row->in, SAMPLE_WELL, 0);
        struct house_person *p = house_login(other);
        void *in = record_new(house_arena(), row->in);
        (void)s;
        if (record_from_json(house_arena(), row->in, body, strlen(body), RECORD_CLIENT, in, &e) != 0)
            fail_msg("%s: the sample body does not read: %s %s", row->name, e.field, e.text);
        struct prepared prepared;
        void *out = record_new(house_arena(), row->out);
        int code = row->kind == VERB_ACT ? desk_prepare(p->desk, house_arena(), row->name, NULL, in, &prepared, &e)
                   : row->kind == VERB_OBSERVE ? desk_observe(p->desk, house_arena(), row->name, NULL, in, NULL, &e)
                                               : desk_call(p->desk, house_arena(), row->name, in, out, &e);
        expect(row, code, ERR_ROLE_MISSING, NULL, &e);
    }
    assert_int_equal(house_entries(), before);
}

CASE(body_unknown_field_is_refused_by_name) { walk_fault(SAMPLE_UNKNOWN, ERR_FIELD_UNKNOWN); }
CASE(body_missing_field_is_refused_by_name) { walk_fault(SAMPLE_MISSING, ERR_FIELD_MISSING); }
CASE(body_wrong_type_is_refused_by_name) { walk_fault(SAMPLE_TYPE, ERR_FIELD_TYPE); }
CASE(body_over_long_value_is_refused_by_name) { walk_fault(SAMPLE_LONG, ERR_FIELD_TOO_LONG); }

CASE(body_over_size_is_refused)
{
    struct err e;
    const char *token = token_of("U-RUTH");
    size_t len = WIRE_BODY_MAX + 10;
    char *body = arena_alloc(house_arena(), len + 1);
    memset(body, 'x', len);
    for (size_t i = 0; i < verb_count(); i++)
        if (is_walked(verb_at(i)))
            expect(verb_at(i), call(verb_at(i), token, body, len, &e), ERR_BODY_TOO_LARGE, NULL, &e);
}

CASE(peers_only_verbs_are_refused_to_terminals)
{
    struct err e;
    for (size_t i = 0; i < verb_count(); i++) {
        const struct verb_row *row = verb_at(i);
        if (!is_walked(row) || !is_peers_only(row))
            continue;
        const char *body = sample_body(house_arena(), row->in, SAMPLE_WELL, 0);
        expect(row, call(row, "", body, strlen(body), &e), ERR_PEER_REFUSED, NULL, &e);
    }
}

CASE(acts_go_by_prepare_and_commit_alone)
{
    struct err e;
    const char *token = token_of("U-RUTH");
    for (size_t i = 0; i < verb_count(); i++) {
        const struct verb_row *row = verb_at(i);
        if (!is_walked(row) || is_peers_only(row))
            continue;
        char command[COMMAND_HEX];
        command_new(command);
        struct bytes reply, result;
        struct envelope env = {row->name, token, row->kind == VERB_ACT ? "call" : "commit", command, "", 0};
        int code = wire_exchange(wire(), house_arena(), NULL, &env, (struct bytes){(const uint8_t *)"{}", 2}, &reply, &e);
        if (code == 0)
            code = reply_from_json(house_arena(), (const char *)reply.data, reply.len, &result, &e);
        expect(row, code, ERR_PHASE_WRONG, NULL, &e);
    }
}

CASE(R42_a_passed_deadline_is_refused)
{
    struct err e;
    struct bytes reply, result;
    struct envelope env = {"batch.list", token_of("U-RUTH"), "call", "", "", clock_ms() - 1000};
    assert_int_equal(wire_exchange(wire(), house_arena(), NULL, &env, (struct bytes){(const uint8_t *)"{}", 2}, &reply, &e), 0);
    assert_int_equal(reply_from_json(house_arena(), (const char *)reply.data, reply.len, &result, &e), ERR_DEADLINE_PASSED);
}

/* ---- an act that is always possible: training of a person */

struct signed_training {
    struct prepared prepared;
    struct bytes signature;
};

static struct training_record training_until(int64_t days)
{
    return (struct training_record){.person_id = "U-MARA", .document_id = "P-UCMSC", .document_version = 1,
                                    .trained_at = clock_ms() - 3600000, .expires_at = clock_ms() + days * 86400000};
}

static void sign_training(struct house_person *p, struct signed_training *ret)
{
    struct err e;
    struct training_record in = training_until(300);
    if (desk_prepare(p->desk, house_arena(), "access.training_record", NULL, &in, &ret->prepared, &e) != 0 ||
        desk_sign(p->desk, house_arena(), p->id, ret->prepared.statement, house_secret(p), &ret->signature, &e) != 0)
        fail_msg("%s", e.text);
}

static int commit_training(struct house_person *p, const struct signed_training *t, struct receipt *ret, struct err *e)
{
    return desk_commit(p->desk, house_arena(), "access.training_record", t->prepared.statement, t->signature, ret, e);
}

CASE(T49_a_replayed_command_gets_the_first_answer_and_records_once)
{
    struct err e;
    struct receipt first, second;
    struct signed_training t;
    struct house_person *p = house_login("U-ELENA");
    sign_training(p, &t);
    assert_int_equal(commit_training(p, &t, &first, &e), 0);
    int64_t after = house_entries();
    assert_int_equal(commit_training(p, &t, &second, &e), 0);
    assert_int_equal(first.seq, second.seq);
    assert_string_equal(first.leaf, second.leaf);
    assert_int_equal(first.time, second.time);
    assert_int_equal(house_entries(), after);
}

CASE(T49_a_command_id_used_for_something_else_is_refused)
{
    struct err e;
    struct prepared prepared;
    struct house_person *p = house_login("U-ELENA");
    char command[COMMAND_HEX];
    command_new(command);
    struct training_record in = training_until(200);
    struct bytes signature;
    assert_int_equal(desk_prepare(p->desk, house_arena(), "access.training_record", command, &in, &prepared, &e), 0);
    assert_int_equal(desk_sign(p->desk, house_arena(), p->id, prepared.statement, house_secret(p), &signature, &e), 0);
    assert_int_equal(desk_commit(p->desk, house_arena(), "access.training_record", prepared.statement, signature, NULL, &e), 0);
    in = training_until(100);
    assert_int_equal(desk_prepare(p->desk, house_arena(), "access.training_record", command, &in, &prepared, &e),
                     ERR_COMMAND_REUSED);
}

CASE(R42_a_fresh_act_on_a_moved_head_is_refused)
{
    struct err e;
    struct house_person *mara = house_login("U-MARA"), *elena = house_login("U-ELENA");
    struct material_receive lot = {.in_use_h = INTEGER_ABSENT, .lot_id = "", .material = "Saline", .material_class = "saline", .manufacturer = "Test",
                                   .lot_number = "T1", .expires_at = clock_ms() + 86400000, .quantity = "10", .unit = "mL"};
    uint8_t random[6];
    char id[20] = "M-", *p = id + 2;
    random_fill(random, sizeof random);
    for (size_t i = 0; i < sizeof random; i++)
        *p++ = (char)('A' + random[i] % 26);
    lot.lot_id = id;
    assert_int_equal(desk_act(mara->desk, house_arena(), "batch.material_receive", &lot, house_secret(mara), NULL, &e), 0);
    struct material_release release = {.lot_id = id};
    struct prepared prepared;
    struct bytes signature;
    assert_int_equal(desk_prepare(elena->desk, house_arena(), "batch.material_release", NULL, &release, &prepared, &e), 0);
    assert_int_equal(desk_sign(elena->desk, house_arena(), elena->id, prepared.statement, house_secret(elena), &signature, &e), 0);
    assert_int_equal(desk_act(elena->desk, house_arena(), "batch.material_release", &release, house_secret(elena), NULL, &e), 0);
    int64_t before = house_entries();
    assert_int_equal(desk_commit(elena->desk, house_arena(), "batch.material_release", prepared.statement, signature, NULL, &e),
                     ERR_HEAD_STALE);
    assert_int_equal(house_entries(), before);
}

static int64_t head_of(const char *stream)
{
    struct err e;
    struct entry_list in = {.stream = stream, .from_seq = 0};
    struct entry_rows out;
    if (desk_call(house_login("U-RUTH")->desk, house_arena(), "audit.entries", &in, &out, &e) != 0)
        fail_msg("%s", e.text);
    return (int64_t)out.entries.count - 1;
}

CASE(F_statement_a_signature_of_another_person_is_refused)
{
    struct err e;
    struct signed_training t;
    struct house_person *elena = house_login("U-ELENA"), *clara = house_login("U-CLARA");
    sign_training(elena, &t);
    int64_t before = head_of("U-MARA");
    assert_int_equal(commit_training(clara, &t, NULL, &e), ERR_SIGNATURE_REFUSED);
    assert_int_equal(head_of("U-MARA"), before);
}

CASE(F_statement_one_changed_byte_is_refused)
{
    struct err e;
    struct signed_training t;
    struct house_person *p = house_login("U-ELENA");
    sign_training(p, &t);
    char *changed = arena_text(house_arena(), t.prepared.statement);
    char *at = strstr(changed, "P-UCMSC");
    assert_non_null(at);
    at[6] = 'D';
    t.prepared.statement = changed;
    int64_t before = head_of("U-MARA");
    assert_int_equal(commit_training(p, &t, NULL, &e), ERR_SIGNATURE_REFUSED);
    assert_int_equal(head_of("U-MARA"), before);
}

CASE(unknown_verbs_are_refused)
{
    struct err e;
    struct bytes reply, result;
    struct envelope env = {"batch.explode", token_of("U-RUTH"), "call", "", "", 0};
    assert_int_equal(wire_exchange(wire(), house_arena(), "batch", &env, (struct bytes){(const uint8_t *)"{}", 2}, &reply, &e), 0);
    assert_int_equal(reply_from_json(house_arena(), (const char *)reply.data, reply.len, &result, &e), ERR_VERB_UNKNOWN);
}

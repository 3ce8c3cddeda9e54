#include "append_lab.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "contract/contract.h"
#include "crypto/ca.h"
#include "crypto/digest.h"
#include "ledger/entry.h"
#include "ledger/statement.h"
#include "wire/keys.h"

enum { ORIGIN, PEOPLE, CERTIFICATES, CURRENT, TERMINALS, END_SESSIONS, SESSIONS, PROCEDURE, EQUIPMENT, CALIBRATION, BATCHES, FIRST };
static const struct statement_row rows[] = {
    [ORIGIN] = {"lab_origin", "select ledger.origin() as origin", 0, NULL},
    [PEOPLE] = {"lab_people",
        "insert into access.person (person_id, name, roles, state, is_founder, enrolled_ms)"
        " select p, 'Load ' || p, 'technician', 'open', false, 0 from unnest($1::text[]) p on conflict do nothing", 1, NULL},
    [CERTIFICATES] = {"lab_certificates",
        "insert into access.certificate (sha256, person_id, der, registered_ms, replaced_ms)"
        " select sha256(d), p, d, 0, $3::bigint from unnest($1::text[], $2::bytea[]) u (p, d)", 3, NULL},
    [CURRENT] = {"lab_current",
        "update access.person k set certificate_sha256 = sha256(d) from unnest($1::text[], $2::bytea[]) u (p, d)"
        " where k.person_id = p", 2, NULL},
    [TERMINALS] = {"lab_terminals",
        "insert into access.terminal (terminal_id, title, kind, public_key, enrolled_ms)"
        " select t, 'Load', 'bench', k, 0 from unnest($1::text[], $2::text[]) u (t, k)"
        " on conflict (terminal_id) do update set public_key = excluded.public_key", 2, NULL},
    [END_SESSIONS] = {"lab_end_sessions",
        "update access.session set ended_ms = $2::bigint where terminal_id = any ($1::text[]) and ended_ms is null", 2, NULL},
    [SESSIONS] = {"lab_sessions",
        "insert into access.session (token_sha256, person_id, terminal_id, slot, peer_key, created_ms, last_seen_ms,"
        " expires_ms) select sha256(convert_to(token, 'UTF8')), p, t, t, k, $5::bigint, $5::bigint, $5::bigint + 36000000"
        " from unnest($1::text[], $2::text[], $3::text[], $4::text[]) u (token, p, t, k)", 5, NULL},
    [PROCEDURE] = {"lab_procedure",
        "insert into batch.procedure (procedure_id, version, state, title, document, steps_total, verify_steps, author_id,"
        " authored_seq, approver_id, approved_seq) values ('P-LOAD', 1, 'approved', 'Load', '{}', 1, '{}', 'U-LOAD0', 0,"
        " 'U-LOAD1', 1) on conflict do nothing", 0, NULL},
    [EQUIPMENT] = {"lab_equipment",
        "insert into batch.equipment (equipment_id, title, equipment_class, serial_number, registered_by, registered_seq)"
        " values ('E-LOAD', 'Load', 'incubator', '1', 'U-LOAD0', 0) on conflict do nothing", 0, NULL},
    [CALIBRATION] = {"lab_calibration",
        "insert into batch.calibration (equipment_id, seq, calibrated_ms, due_ms, certificate, result, calibrated_by)"
        " values ('E-LOAD', 0, 0, 4102444800000, '1', 'pass', 'U-LOAD0') on conflict do nothing", 0, NULL},
    [BATCHES] = {"lab_batches",
        "insert into batch.batch (batch_id, state, state_seq, procedure_id, procedure_version, specification_id,"
        " specification_version, donor_id, collection_id, donation_number, tissue, use, collected_ms, opened_ms, opened_by,"
        " steps_total) select 'B-LOAD' || i, 'open', 0, 'P-LOAD', 1, 'Q-LOAD', 1, 'D-LOAD', 'C-LOAD', 'LOAD', 'marrow',"
        " 'allogeneic', 0, 0, 'U-LOAD0', 1 from generate_series(0, $1::int - 1) i on conflict do nothing", 1, NULL},
    [FIRST] = {"lab_first",
        "select substr(stream, 7)::int as i, leaf from ledger.entry where seq = 0 and stream like 'B-LOAD%'", 0, NULL},
};
static const struct statement_table table = STATEMENT_TABLE(rows);

static int read_file(struct arena *a, const char *path, struct bytes *ret, struct err *e)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL)
        return err_fault(e, "%s cannot be read", path);
    uint8_t *data = arena_alloc(a, 65537);
    size_t len = fread(data, 1, 65536, f);
    fclose(f);
    *ret = (struct bytes){data, len};
    return 0;
}

/* `name = "value"` of a certificate file of keys (ZPL). */
static int key_of_file(struct arena *a, const char *path, const char *name, char ret[41], struct err *e)
{
    struct bytes text;
    int code = read_file(a, path, &text, e);
    const char *at = code == 0 ? strstr((const char *)text.data, name) : NULL;
    at = at != NULL ? strchr(at, '"') : NULL;
    if (code == 0 && (at == NULL || strcspn(at + 1, "\"") != 40))
        code = err_fault(e, "%s has no %s", path, name);
    if (code == 0)
        snprintf(ret, 41, "%.40s", at + 1);
    return code;
}

static int find_service(struct lab *l, struct err *e)
{
    struct bytes text;
    int code = read_file(l->arena, arena_printf(l->arena, "%s/etc/directory.ini", l->house), &text, e);
    const char *at = code == 0 ? strstr((const char *)text.data, "\nbatch = ") : NULL;
    if (code == 0 && at == NULL)
        code = err_fault(e, "the directory has no batch");
    if (code != 0)
        return code;
    for (at += 8; *at == ' ' && l->workers < LAB_WORKERS; at += strcspn(at, " \n")) {
        at++;
        l->endpoint[l->workers++] = arena_dup(l->arena, at, strcspn(at, " \n"));
    }
    return key_of_file(l->arena, arena_printf(l->arena, "%s/curve/public/batch.key", l->house), "public-key", l->server_key, e);
}

static int make_terminal(struct lab *l, size_t i, struct err *e)
{
    struct lab_terminal *t = &l->terminal[i];
    uint8_t token[32];
    snprintf(t->name, sizeof t->name, "T-LOAD%zu", i);
    snprintf(t->person, sizeof t->person, "U-LOAD%zu", i);
    random_fill(token, sizeof token);
    hex_of(token, sizeof token, t->token);
    const char *secret = arena_printf(l->arena, "%s/curve/secret/%s.key_secret", l->house, t->name);
    const char *public = arena_printf(l->arena, "%s/curve/public", l->house);
    int code = access(secret, R_OK) == 0 ? 0 : wire_key_make(secret, public, t->name, "terminal", e);
    code = code != 0 ? code : key_of_file(l->arena, secret, "public-key", t->public_key, e);
    return code != 0 ? code : key_of_file(l->arena, secret, "secret-key", t->secret_key, e);
}

/* People's certificates, by the house's own issuing CA; their keys never leave this program. */
static int certify(struct lab *l, struct err *e)
{
    struct bytes pem;
    struct key *key = NULL;
    int code = read_file(l->arena, arena_printf(l->arena, "%s/authority/issuing.key", l->house), &pem, e);
    code = code != 0 ? code : key_from_pem(pem, &key, e);
    code = code != 0 ? code : read_file(l->arena, arena_printf(l->arena, "%s/authority/issuing.pem", l->house), &pem, e);
    code = code != 0 ? code : certificate_from_pem(pem, &l->issuer, e);
    const struct ca ca = {l->issuer, key};
    for (size_t i = 0; code == 0 && i < LAB_TERMINALS; i++) {
        struct lab_terminal *t = &l->terminal[i];
        code = key_new(KEY_P256, &t->key, e);
        if (code == 0)
            code = ca_issue(&ca, &(struct ca_request){CA_PERSON, "Load Person", t->person, "technician", 30}, t->key,
                            &t->certificate, e);
    }
    key_free(key);
    return code;
}

static int fill_tables(struct lab *l, struct err *e)
{
    enum { N = LAB_TERMINALS };
    struct arena *a = arena_new(0);
    const char *people[N], *terminals[N], *keys[N], *tokens[N];
    struct bytes der[N];
    for (size_t i = 0; i < N; i++) {
        const struct lab_terminal *t = &l->terminal[i];
        people[i] = t->person;
        terminals[i] = t->name;
        keys[i] = t->public_key;
        tokens[i] = t->token;
        der[i] = certificate_der(t->certificate);
    }
    struct db_value now = db_int(clock_ms());
    db_begin(l->db);
    db_queue(l->db, &rows[PEOPLE], DB_VALUES(db_texts(people, N)));
    db_queue(l->db, &rows[CERTIFICATES], DB_VALUES(db_texts(people, N), db_bytes_array(der, N), now));
    db_queue(l->db, &rows[CURRENT], DB_VALUES(db_texts(people, N), db_bytes_array(der, N)));
    db_queue(l->db, &rows[TERMINALS], DB_VALUES(db_texts(terminals, N), db_texts(keys, N)));
    db_queue(l->db, &rows[END_SESSIONS], DB_VALUES(db_texts(terminals, N), now));
    db_queue(l->db, &rows[SESSIONS], DB_VALUES(db_texts(tokens, N), db_texts(people, N), db_texts(terminals, N),
                                               db_texts(keys, N), now));
    db_queue(l->db, &rows[PROCEDURE], DB_NONE);
    db_queue(l->db, &rows[EQUIPMENT], DB_NONE);
    db_queue(l->db, &rows[CALIBRATION], DB_NONE);
    db_queue(l->db, &rows[BATCHES], DB_VALUES(db_int(LAB_BATCHES)));
    int code = db_commit(l->db, e);
    arena_free(a);
    return code;
}

int lab_open(const char *house, const char *conninfo, struct lab *ret, struct err *e)
{
    struct db_rows r;
    *ret = (struct lab){.arena = arena_new((size_t)1 << 30), .house = house};
    ret->terminal = ARENA_ARRAY(ret->arena, struct lab_terminal, LAB_TERMINALS);
    int code = db_open(conninfo, "bench", &table, 1, &ret->db, e);
    code = code != 0 ? code : db_query(ret->db, ret->arena, &rows[ORIGIN], DB_NONE, &r, e);
    if (code == 0)
        ret->origin = db_cell_text(&r, 0, "origin");
    code = code != 0 ? code : find_service(ret, e);
    for (size_t i = 0; code == 0 && i < LAB_TERMINALS; i++)
        code = make_terminal(ret, i, e);
    code = code != 0 ? code : certify(ret, e);
    return code != 0 ? code : fill_tables(ret, e);
}

void lab_close(struct lab *l)
{
    for (size_t i = 0; l->terminal != NULL && i < LAB_TERMINALS; i++) {
        key_free(l->terminal[i].key);
        certificate_free(l->terminal[i].certificate);
    }
    certificate_free(l->issuer);
    db_close(l->db);
    arena_free(l->arena);
}

void lab_batch(size_t i, char ret[33])
{
    snprintf(ret, 33, "B-LOAD%zu", i);
}

int lab_read_heads(struct lab *l, struct err *e)
{
    struct db_rows r;
    int code = db_query(l->db, l->arena, &rows[FIRST], DB_NONE, &r, e);
    if (code != 0)
        return code;
    if (r.rows != LAB_BATCHES)
        return err_raise(e, ERR_NOT_FOUND, "", "", "%d of %d batches have an entry", r.rows, LAB_BATCHES);
    l->first = arena_alloc(l->arena, (size_t)LAB_BATCHES * DIGEST_LEN);
    for (int i = 0; i < r.rows; i++)
        memcpy(l->first[db_cell_int(&r, i, "i")], db_cell(&r, i, "leaf").data, DIGEST_LEN);
    return 0;
}

int lab_sign_note(const struct lab *l, struct arena *a, const struct lab_terminal *t, size_t batch,
                  struct bytes *ret_statement, struct bytes *ret_p7s, struct err *e)
{
    const struct verb_row *verb = verb_find("batch.note");
    char id[33], command[COMMAND_HEX];
    lab_batch(batch, id);
    command_new(command);
    const struct batch_note note = {.batch_id = id, .text = "Medium colour checked against the chart, no turbidity."};
    struct buf body = buf_new(a), text = buf_new(a);
    record_to_json(&body, verb->in, &note, RECORD_STATEMENT);
    buf_char(&body, '\n');
    verb_render(&text, verb, id, &note);
    struct statement s = {.type = verb->name, .stream = id, .actor = t->person, .terminal = t->name,
                          .signer_cert = certificate_facts(t->certificate)->sha256, .signer = t->person,
                          .meaning = meaning_from_word(verb->meaning, strlen(verb->meaning)), .reviewed_seq = 0,
                          .rendered = true, .template_id = "verb", .template_version = 1, .at_ms = clock_ms(),
                          .command = command, .body = {(const uint8_t *)body.text, body.len}};
    memcpy(s.reviewed_hash, l->first[batch], DIGEST_LEN);
    digest_sha256(text.text, text.len, s.rendered_sha256);
    const struct signing_key key = {t->key, t->certificate, l->issuer};
    int code = statement_build(a, &s, ret_statement, e);
    return code != 0 ? code : cms_sign(a, &key, *ret_statement, s.at_ms, ret_p7s, e);
}

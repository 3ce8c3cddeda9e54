/* The live verification finds what an administrator with every right does to the record, and names stream and seq. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "audit_check.h"
#include "base/clock.h"
#include "crypto/ca.h"
#include "db/log_source.h"
#include "ledger/entry.h"
#include "ledger/note.h"
#include "log_tree.h"
#include "sequencer.h"
#include "db/rehash_source.h"
#include "support/pg.h"
#include "support/test.h"

/** Two streams of six entries, in the log; then the administrator's transaction, which is never committed. */
static const struct statement_row add_rows[] = {
    {"add_entry", "insert into ledger.entry (stream, seq, time_ms, leaf, bytes, statement, command, type)"
                  " values ('SYS', 999999, $1, $2, $3, $4, $5, 'log.rehash')", 5, NULL},
    {"add_file", "insert into ledger.attachment (sha256, bytes) values (sha256($1), $1)", 1, NULL}};

struct place {
    struct arena *a;
    struct db *db;
    const char *stream, *other;
    struct pg_entry entry[6];
    struct audit_report report;
    struct statement_table tables[4];
};

static void append_and_integrate(struct place *p)
{
    struct statement_table tables[] = {sequencer_statements, log_source_statements};
    struct err e = {0};
    struct log_tree tree;
    struct pg_entry other[6];
    sequencer_config.common.origin = PG_ORIGIN;
    sequencer_config.terminal = "T-SEQUENCER";
    p->stream = pg_stream(p->a, "B");
    p->other = pg_stream(p->a, "B");
    for (int i = 0; i < 6; i++) {
        pg_entry_make(p->a, p->stream, "batch.reading", i > 0 ? &p->entry[i - 1] : NULL, &p->entry[i]);
        pg_entry_make(p->a, p->other, "batch.reading", i > 0 ? &other[i - 1] : NULL, &other[i]);
    }
    CLEANUP(pg_done) struct db *batch = pg_open("stemma_batch", &pg_append_table);
    CLEANUP(pg_done) struct db *log = pg_open_tables("stemma_sequencer", tables, 2);
    for (int i = 0; i < 6; i++) {
        const struct pg_entry both[] = {p->entry[i], other[i]};
        assert_int_equal(pg_append(batch, both, 2, &e), 0);
    }
    int code = log_tree_open(&tree, log, &e);
    for (int tries = 0; code == ERR_BUSY && tries < 600; tries++) {
        usleep(50000);
        code = log_tree_open(&tree, log, &e);
    }
    assert_int_equal(code, 0);
    assert_int_equal(log_tree_integrate(&tree, NULL, &e), 0);
}

static void place_begin(struct place *p)
{
    struct err e = {0};
    p->a = arena_new(0);
    append_and_integrate(p);
    p->tables[0] = audit_check_statements;
    p->tables[1] = pg_append_table;
    p->tables[2] = rehash_source_statements;
    p->tables[3] = (struct statement_table)STATEMENT_TABLE(add_rows);
    p->db = pg_open_tables(PG_ADMIN, p->tables, 4);
    db_begin(p->db);
    assert_int_equal(db_query(p->db, p->a, &audit_check_statements.rows[0], DB_NONE, NULL, &e), 0);
}

static void place_end(struct place *p)
{
    p->db = db_close(p->db);
    p->a = arena_free(p->a);
}

#define PLACE                                   \
    CLEANUP(place_end) struct place p = {0};    \
    place_begin(&p)

static void verify(struct place *p, struct cms_trust *lab)
{
    struct err e = {0};
    const struct audit_trust trust = {PG_ORIGIN, lab, ""};
    if (audit_check(p->db, p->a, &trust, &(struct audit_task){0}, &p->report, &e) != 0)
        fail_msg("%s", e.text);
}

/* As a superuser who switches the triggers off; ${sql} has the stream's id in place of %s. */
static void tamper(struct place *p, const char *sql)
{
    struct err e = {0};
    struct buf b = buf_new(p->a);
    buf_put(&b, "set local session_replication_role = replica; ");
    for (const char *at = sql; *at != '\0'; at++) {
        if (at[0] == '@')
            buf_put(&b, p->stream);
        else
            buf_char(&b, *at);
    }
    if (db_script(p->db, b.text, &e) != 0)
        fail_msg("%s", e.text);
}

static const struct audit_fault *first(const struct place *p)
{
    if (p->report.holds != 0 || p->report.faults.count == 0)
        fail_msg("%lld entries of %lld streams hold", (long long)p->report.entries, (long long)p->report.streams);
    return LIST_AT(p->report.faults, struct audit_fault, 0);
}

/* The first fault is in the tampered stream at ${seq}. */
static void names(struct place *p, int64_t seq, const char *rule)
{
    verify(p, NULL);
    const struct audit_fault *f = first(p);
    assert_string_equal(f->stream, p->stream);
    if (f->seq != seq || strcmp(f->rule, rule) != 0)
        fail_msg("seq %lld rule %s: %s", (long long)f->seq, f->rule, f->text);
}

CASE(untouched_record_holds)
{
    PLACE;
    verify(&p, NULL);
    if (p.report.holds != 1)
        fail_msg("%s %lld: %s", first(&p)->stream, (long long)first(&p)->seq, first(&p)->text);
    assert_true(p.report.entries >= 12);
    assert_true(p.report.streams >= 2);
    assert_true(p.report.tree_size >= 12);
}

CASE(edited_statement)
{
    PLACE;
    tamper(&p, "update ledger.entry set statement = overlay(statement placing '\\x39' from length(statement) - 2)"
               " where stream = '@' and seq = 3");
    names(&p, 3, "stmt");
}

CASE(edited_entry)
{
    PLACE;
    tamper(&p, "update ledger.entry set bytes = convert_to(replace(convert_from(bytes, 'UTF8'), E'\\nseq 2\\n', E'\\nseq 4\\n'), 'UTF8')"
               " where stream = '@' and seq = 2");
    names(&p, 2, "entry");
}

CASE(edited_leaf_column)
{
    PLACE;
    tamper(&p, "update ledger.entry set leaf = sha256('x') where stream = '@' and seq = 2");
    names(&p, 2, "entry");
}

CASE(edited_time_column)
{
    PLACE;
    tamper(&p, "update ledger.entry set time_ms = time_ms + 1 where stream = '@' and seq = 4");
    names(&p, 4, "time");
}

CASE(edited_type_column)
{
    PLACE;
    tamper(&p, "update ledger.entry set type = 'batch.other' where stream = '@' and seq = 1");
    names(&p, 1, "stmt");
}

CASE(deleted_newest_entry)
{
    PLACE;
    tamper(&p, "delete from ledger.entry where stream = '@' and seq = 5");
    names(&p, 5, "head");
}

CASE(deleted_newest_entry_and_head_moved_back)
{
    PLACE;
    tamper(&p, "delete from ledger.entry where stream = '@' and seq = 5;"
               "update ledger.head h set seq = e.seq, leaf = e.leaf, time_ms = e.time_ms from ledger.entry e"
               " where h.stream = '@' and e.stream = '@' and e.seq = 4");
    names(&p, 5, "leaf");
}

CASE(deleted_middle_entry)
{
    PLACE;
    tamper(&p, "delete from ledger.entry where stream = '@' and seq = 2");
    names(&p, 2, "seq");
}

CASE(deleted_stream)
{
    PLACE;
    tamper(&p, "delete from ledger.entry where stream = '@'");
    names(&p, 5, "head");
}

CASE(deleted_leaf)
{
    PLACE;
    tamper(&p, "delete from ledger.leaf where stream = '@' and seq = 4");
    names(&p, 4, "leaf");
}

CASE(added_signature)
{
    PLACE;
    tamper(&p, "update ledger.entry set signature = 'x' where stream = '@' and seq = 0");
    names(&p, 0, "sig");
}

/* What append does not look at is found here: a service that stores other words than its entry names. */
CASE(stored_statement_differs_from_the_start)
{
    PLACE;
    struct err e = {0};
    struct pg_entry x;
    pg_entry_make(p.a, p.stream, "admin.note", &p.entry[5], &x);
    x.statement.len--;
    assert_int_equal(pg_append(p.db, &x, 1, &e), 0);
    names(&p, 6, "stmt");
}

CASE(swapped_entries)
{
    PLACE;
    tamper(&p, "update ledger.entry e set bytes = o.bytes, leaf = o.leaf, statement = o.statement from ledger.entry o"
               " where e.stream = '@' and o.stream = '@' and (e.seq = 1 and o.seq = 2 or e.seq = 2 and o.seq = 1)");
    names(&p, 1, "seq");
}

CASE(rewritten_tree_against_a_checkpoint)
{
    PLACE;
    tamper(&p, "insert into ledger.checkpoint (size, root, note, cosignatures, token, token_ms, is_seal)"
               " select size, root, convert_to(format(E'stemma.test.example/1\\n%s\\n%s\\n\\n— stemma.test.example/1 %s\\n', size,"
               " encode(root, 'base64'), encode(decode(repeat('ab', 68), 'hex'), 'base64')), 'UTF8'), '', '', 0, false"
               " from (select size, root from ledger.tree_state) s");
    tamper(&p, "update ledger.checkpoint set note = convert_to(replace(convert_from(note, 'UTF8'),"
               " substring(convert_from(note, 'UTF8') from 'example/1 (.*)\\n$'),"
               " replace(substring(convert_from(note, 'UTF8') from 'example/1 (.*)\\n$'), E'\\n', '')), 'UTF8')"
               " where token_ms = 0 and token = ''");
    verify(&p, NULL);
    if (p.report.holds != 1)
        fail_msg("%s", first(&p)->text);
    tamper(&p, "update ledger.leaf set leaf = sha256('other') where stream = '@' and seq = 3;"
               "update ledger.entry set leaf = sha256('other') where stream = '@' and seq = 3");
    verify(&p, NULL);
    assert_string_equal(first(&p)->stream, p.stream);
    assert_int_equal(first(&p)->seq, 3);
    bool tree = false;
    for (size_t i = 0; i < p.report.faults.count; i++)
        tree |= strcmp(LIST_AT(p.report.faults, struct audit_fault, i)->rule, "tree") == 0;
    assert_true(tree);
}

CASE(dropped_leaves_below_a_signed_size)
{
    PLACE;
    tamper(&p, "insert into ledger.checkpoint (size, root, note, cosignatures, token, token_ms, is_seal)"
               " select size + 10, root, 'x', '', '', 0, false from ledger.tree_state");
    verify(&p, NULL);
    assert_string_equal(first(&p)->rule, "checkpoint");
}

/** A lab of one signer. */
struct lab {
    struct key *root_key, *issuing_key, *key;
    struct certificate *root, *issuing, *person;
    struct cms_trust *trust;
    int64_t ago_ms;                   /* acts were signed so long ago */
};

static void lab_begin(struct lab *l, struct arena *a)
{
    struct err e = {0};
    assert_int_equal(key_new(KEY_P256, &l->root_key, &e) | key_new(KEY_P256, &l->issuing_key, &e) |
                     key_new(KEY_P256, &l->key, &e), 0);
    assert_int_equal(ca_found(&(struct ca_request){CA_ROOT, "Lab root", NULL, NULL, 100}, l->root_key, &l->root, &e), 0);
    const struct ca root = {l->root, l->root_key};
    assert_int_equal(ca_issue(&root, &(struct ca_request){CA_ISSUING, "Lab issuing", NULL, NULL, 100}, l->issuing_key,
                              &l->issuing, &e), 0);
    const struct ca issuing = {l->issuing, l->issuing_key};
    assert_int_equal(ca_issue(&issuing, &(struct ca_request){CA_PERSON, "Ada Test", "U-ADA", "qa", 100}, l->key, &l->person,
                              &e), 0);
    l->trust = cms_trust_new(certificate_to_pem(a, l->root), &e);
    assert_non_null(l->trust);
}

static void lab_end(struct lab *l)
{
    cms_trust_free(l->trust);
    certificate_free(l->root);
    certificate_free(l->issuing);
    certificate_free(l->person);
    key_free(l->root_key);
    key_free(l->issuing_key);
    key_free(l->key);
}

/* What the administrator, inside his transaction, appends in the name of the service batch. */
static void append_as_batch(struct place *p, const struct pg_entry *x)
{
    struct err e = {0};
    if (db_script(p->db, "set local session authorization stemma_batch", &e) != 0 || pg_append(p->db, x, 1, &e) != 0 ||
        db_script(p->db, "reset session authorization", &e) != 0)
        fail_msg("%s", e.text);
}

/* An act on ${p}'s stream by the lab's signer, appended inside the administrator's transaction. */
static void append_act_of(struct place *p, const struct lab *l, const char *type, enum meaning meaning, struct pg_entry *x)
{
    static const char body[] = "{\"note\":\"seen\"}\n";
    struct err e = {0};
    char command[COMMAND_HEX];
    command_new(command);
    pg_entry_make(p->a, pg_stream(p->a, "B"), type, NULL, x);
    x->time_ms -= l->ago_ms;
    struct statement s = {.type = type, .stream = x->stream, .actor = "U-ADA", .terminal = "T-TEST",
                          .signer_cert = certificate_facts(l->person)->sha256, .signer = "U-ADA",
                          .meaning = meaning, .reviewed_seq = REVIEWED_EMPTY, .rendered = true,
                          .template_id = "verb", .template_version = 1, .at_ms = x->time_ms, .command = command,
                          .body = {(const uint8_t *)body, sizeof body - 1}};
    entry_genesis_hash(PG_ORIGIN, x->stream, s.reviewed_hash);
    hex_to(command, 32, x->command);
    if (statement_build(p->a, &s, &x->statement, &e) != 0)
        fail_msg("%s", e.text);
    const struct signing_key key = {l->key, l->person, l->issuing};
    assert_int_equal(cms_sign(p->a, &key, x->statement, x->time_ms, &x->signature, &e), 0);
    pg_entry_seal(p->a, x);
    append_as_batch(p, x);
}

static void append_act(struct place *p, const struct lab *l, struct pg_entry *x)
{
    append_act_of(p, l, "batch.note", MEANING_PERFORMED, x);
}

#define LAB                                     \
    PLACE;                                      \
    CLEANUP(lab_end) struct lab lab = {0};      \
    lab_begin(&lab, p.a);                       \
    struct pg_entry act

CASE(act_with_its_signature_holds)
{
    LAB;
    append_act(&p, &lab, &act);
    verify(&p, lab.trust);
    if (p.report.holds != 1)
        fail_msg("%s", first(&p)->text);
    assert_int_equal(p.report.acts, 1);
}

CASE(act_of_another_lab)
{
    LAB;
    append_act(&p, &lab, &act);
    CLEANUP(lab_end) struct lab other = {0};
    lab_begin(&other, p.a);
    verify(&p, other.trust);
    assert_string_equal(first(&p)->stream, act.stream);
    assert_string_equal(first(&p)->rule, "sig");
}

/* The signer's certificate, revoked ${at_ms}, on a list that the auditor has. */
static void list_revoked(struct place *p, const struct lab *l, int64_t at_ms)
{
    const struct ca issuing = {l->issuing, l->issuing_key};
    const struct ca_revoked person = {certificate_facts(l->person)->serial, at_ms, 1};
    struct bytes crl;
    struct err e = {0};
    assert_int_equal(ca_crl(p->a, &issuing, &person, 1, 1, &crl, &e), 0);
    assert_int_equal(cms_trust_add_crl(l->trust, crl, &e), 0);
}

CASE(act_signed_before_the_revocation_holds)
{
    LAB;
    append_act(&p, &lab, &act);
    list_revoked(&p, &lab, act.time_ms + 1);
    verify(&p, lab.trust);
    if (p.report.holds != 1)
        fail_msg("%s", first(&p)->text);
    assert_int_equal(p.report.acts, 1);
}

/* No service would have let it in: who put it there owns the database, and has a key that was stolen. */
CASE(R01_act_signed_after_the_revocation)
{
    LAB;
    append_act(&p, &lab, &act);
    list_revoked(&p, &lab, act.time_ms - 2000);
    verify(&p, lab.trust);
    assert_string_equal(first(&p)->stream, act.stream);
    assert_string_equal(first(&p)->rule, "sig");
    assert_non_null(strstr(first(&p)->text, "revoked"));
}

CASE(R01_of_two_acts_the_one_after_the_revocation_is_named)
{
    LAB;
    struct pg_entry before;
    lab.ago_ms = 20000;
    append_act(&p, &lab, &before);
    lab.ago_ms = 0;
    append_act(&p, &lab, &act);
    list_revoked(&p, &lab, before.time_ms + 5000);
    verify(&p, lab.trust);
    assert_string_equal(first(&p)->stream, act.stream);
    assert_string_equal(first(&p)->rule, "sig");
    assert_int_equal(p.report.faults.count, 1);
    assert_int_equal(p.report.acts, 2);
}

/* The reviewer's certificate is good, and no service would have let him: who put it in owns the database. */
CASE(R01_act_that_the_signers_role_does_not_allow)
{
    LAB;
    append_act_of(&p, &lab, "batch.step", MEANING_PERFORMED, &act);
    verify(&p, lab.trust);
    assert_string_equal(first(&p)->stream, act.stream);
    assert_string_equal(first(&p)->rule, "signer");
}

CASE(R01_act_of_another_meaning)
{
    LAB;
    append_act_of(&p, &lab, "batch.note", MEANING_RELEASED, &act);
    verify(&p, lab.trust);
    assert_string_equal(first(&p)->stream, act.stream);
    assert_string_equal(first(&p)->rule, "meaning");
}

CASE(R01_act_that_nobody_signed)
{
    PLACE;
    struct pg_entry x;
    pg_entry_make(p.a, p.stream, "batch.note", &p.entry[5], &x);
    append_as_batch(&p, &x);
    names(&p, 6, "meaning");
}

CASE(act_with_statement_entry_and_leaf_rewritten)
{
    LAB;
    append_act(&p, &lab, &act);
    tamper(&p, "set local session_replication_role = replica");
    /* everything that has no key is made to fit the new words */
    struct pg_entry forged = act;
    forged.statement.data = (const uint8_t *)arena_dup(p.a, act.statement.data, act.statement.len);
    char *words = strstr((char *)(uintptr_t)forged.statement.data, "\"seen\"");
    assert_non_null(words);
    memcpy(words, "\"SEEN\"", 6);
    pg_entry_seal(p.a, &forged);
    tamper(&p, arena_printf(p.a, "update ledger.entry set statement = '\\x%s', bytes = '\\x%s', leaf = '\\x%s' where stream = '%s';"
        "update ledger.head set leaf = '\\x%s' where stream = '%s';"
        "update ledger.pending set leaf = '\\x%s' where stream = '%s'",
        hex_text(p.a, forged.statement.data, forged.statement.len), hex_text(p.a, forged.bytes.data, forged.bytes.len),
        hex_text(p.a, forged.leaf, DIGEST_LEN), act.stream, hex_text(p.a, forged.leaf, DIGEST_LEN), act.stream,
        hex_text(p.a, forged.leaf, DIGEST_LEN), act.stream));
    verify(&p, lab.trust);
    assert_string_equal(first(&p)->stream, act.stream);
    assert_string_equal(first(&p)->rule, "sig");
    assert_int_equal(first(&p)->seq, 0);
}

/* What a sequencer that lies would record of the second tree ${t}: whole in itself, with ${text} for what was time-stamped. */
static void record_tree(struct place *p, const struct rehash_tree *t, struct bytes text)
{
    struct err e = {0};
    struct attachment att = {.name = REHASH_ATT_TREE, .len = (int64_t)text.len};
    struct entry entry = {.origin = PG_ORIGIN, .stream = "SYS", .seq = 999999, .time_ms = clock_ms(), .att = &att, .att_count = 1};
    struct statement s = {.type = REHASH_TYPE, .stream = "SYS", .actor = "T-SEQUENCER", .terminal = "T-SEQUENCER", .signer = "log",
                          .meaning = MEANING_RECORDED, .reviewed_seq = REVIEWED_NONE, .at_ms = entry.time_ms,
                          .command = "019c7f3a5b0c7d1e8f90a1b2c3d4e5f6", .body = rehash_body(p->a, t)};
    struct bytes statement, bytes;
    uint8_t leaf[DIGEST_LEN], command[16];
    assert_int_equal(statement_build(p->a, &s, &statement, &e), 0);
    digest_sha256(text.data, text.len, att.sha256);
    digest_sha256(statement.data, statement.len, entry.stmt_sha256);
    entry.stmt_len = (int64_t)statement.len;
    assert_int_equal(entry_build(p->a, &entry, &bytes, &e), 0);
    entry_leaf_hash(bytes.data, bytes.len, leaf);
    hex_to(s.command, 32, command);
    tamper(p, "select 1");
    if (db_query(p->db, p->a, &add_rows[0], DB_VALUES(db_int(entry.time_ms), db_bytes((struct bytes){leaf, DIGEST_LEN}), db_bytes(bytes),
                                                      db_bytes(statement), db_bytes((struct bytes){command, 16})), NULL, &e) != 0 ||
        db_query(p->db, p->a, &add_rows[1], DB_VALUES(db_bytes(text)), NULL, &e) != 0)
        fail_msg("%s", e.text);
}

/* The words about the second tree, "" for none; that the entry is not in the log is said besides. */
static const char *second_tree(struct place *p)
{
    verify(p, NULL);
    for (size_t i = 0; i < p->report.faults.count; i++) {
        const struct audit_fault *f = LIST_AT(p->report.faults, struct audit_fault, i);
        if (strcmp(f->rule, "rehash") == 0) {
            assert_string_equal(f->stream, "SYS");
            assert_int_equal(f->seq, 999999);
            return f->text;
        }
    }
    return "";
}

static struct rehash_walk walked(struct place *p, uint64_t size)
{
    struct err e = {0};
    struct rehash_walk w = {0};
    if (rehash_walk_step(p->db, &w, size, NULL, NULL, &e) != 0)
        fail_msg("%s", e.text);
    assert_int_equal(w.tree.size, size);
    return w;
}

CASE(L01_second_tree_of_what_is_stored_holds)
{
    PLACE;
    struct rehash_walk w = walked(&p, 11);
    record_tree(&p, &w.tree, rehash_text(p.a, PG_ORIGIN, &w.tree));
    assert_string_equal(second_tree(&p), "");
}

CASE(L01_second_tree_of_something_else_is_named)
{
    PLACE;
    struct rehash_walk w = walked(&p, 11);
    w.tree.node[0][5] ^= 1;
    record_tree(&p, &w.tree, rehash_text(p.a, PG_ORIGIN, &w.tree));
    assert_string_equal(second_tree(&p), "the second tree of 11 entries: what is stored gives another root");
}

CASE(L01_second_tree_whose_time_stamped_text_is_of_another_is_named)
{
    PLACE;
    struct rehash_walk w = walked(&p, 11), other = walked(&p, 10);
    record_tree(&p, &w.tree, rehash_text(p.a, PG_ORIGIN, &other.tree));
    assert_string_equal(second_tree(&p), "the second tree of 11 entries: its text says something else");
}

CASE(L01_second_tree_of_more_than_there_is_is_named)
{
    PLACE;
    struct rehash_tree t = {.size = (uint64_t)1 << 40};
    record_tree(&p, &t, rehash_text(p.a, PG_ORIGIN, &t));
    assert_non_null(strstr(second_tree(&p), "the log is shorter"));
}

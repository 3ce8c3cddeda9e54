#include "support/pg.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "crypto/digest.h"
#include "ledger/entry.h"
#include "ledger/statement.h"
#include "support/test.h"

static const struct statement_row append_rows[] = {
    {"test_append", "select ledger.append($1, $2, $3, $4, $5, $6, $7, $8, $9)", 9, NULL},
};
const struct statement_table pg_append_table = STATEMENT_TABLE(append_rows);

const char *pg_conninfo(struct arena *a, const char *role)
{
    const char *folder = getenv("STEMMA_TEST_DATABASE");
    if (folder == NULL)
        fail_msg("STEMMA_TEST_DATABASE is not set: run under ctest, or tests/support/database start DIR ...");
    size_t len = 0;
    char *text = test_read(arena_printf(a, "%s/conninfo", folder), &len);
    if (text == NULL)
        fail_msg("no database in %s", folder);
    text[strcspn(text, "\n")] = '\0';
    const char *name = getenv("STEMMA_TEST_DBNAME");
    const char *conninfo = arena_printf(a, "%s dbname=%s user=%s", text, name != NULL ? name : "stemma", role);
    free(text);
    return conninfo;
}

struct db *pg_open(const char *role, const struct statement_table *table)
{
    return pg_open_tables(role, table, table != NULL ? 1 : 0);
}

struct db *pg_open_tables(const char *role, const struct statement_table *tables, size_t count)
{
    struct arena *a = arena_new(0);
    struct db *db = NULL;
    struct err e = {0};
    int r = db_open(pg_conninfo(a, role), "test", tables, count, &db, &e);
    arena_free(a);
    if (r != 0)
        fail_msg("%s: %s", role, e.text);
    return db;
}

void pg_done(struct db **db)
{
    *db = db_close(*db);
}

void pg_arena_done(struct arena **a)
{
    *a = arena_free(*a);
}

const char *pg_stream(struct arena *a, const char *letters)
{
    uint8_t random[6];
    random_fill(random, sizeof random);
    char *id = arena_printf(a, "%s-%s", letters, hex_text(a, random, sizeof random));
    for (char *c = id; *c != '\0'; c++)
        *c = *c >= 'a' && *c <= 'z' ? (char)(*c - 'a' + 'A') : *c;
    return id;
}

void pg_entry_seal(struct arena *a, struct pg_entry *entry)
{
    struct err e = {0};
    struct entry parts = {.origin = PG_ORIGIN, .stream = entry->stream, .seq = entry->seq, .time_ms = entry->time_ms,
                          .stmt_len = (int64_t)entry->statement.len, .sig_len = (int64_t)entry->signature.len};
    memcpy(parts.prev, entry->prev, DIGEST_LEN);
    digest_sha256(entry->statement.data, entry->statement.len, parts.stmt_sha256);
    if (entry->signature.len > 0)
        digest_sha256(entry->signature.data, entry->signature.len, parts.sig_sha256);
    if (entry_build(a, &parts, &entry->bytes, &e) != 0)
        fail_msg("entry: %s", e.text);
    entry_leaf_hash(entry->bytes.data, entry->bytes.len, entry->leaf);
}

void pg_entry_make(struct arena *a, const char *stream, const char *type, const struct pg_entry *before,
                   struct pg_entry *ret)
{
    char command[COMMAND_HEX];
    struct err e = {0};
    command_new(command);
    *ret = (struct pg_entry){.stream = stream, .type = type, .seq = before != NULL ? before->seq + 1 : 0};
    ret->time_ms = entry_time_after(before != NULL ? before->time_ms : TIME_ABSENT, clock_ms());
    hex_to(command, 32, ret->command);
    if (before != NULL)
        memcpy(ret->prev, before->leaf, DIGEST_LEN);
    else
        entry_genesis_hash(PG_ORIGIN, stream, ret->prev);
    const char *dot = strchr(type, '.');
    static const char body[] = "{\"n\":1}\n";
    struct statement s = {.type = type, .stream = stream, .actor = "U-TEST", .terminal = "T-TEST",
                          .signer = arena_dup(a, type, (size_t)(dot - type)), .meaning = MEANING_RECORDED,
                          .reviewed_seq = REVIEWED_NONE, .at_ms = ret->time_ms, .command = command,
                          .body = {(const uint8_t *)body, sizeof body - 1}};
    if (statement_build(a, &s, &ret->statement, &e) != 0)
        fail_msg("statement: %s", e.text);
    pg_entry_seal(a, ret);
}

int pg_append(struct db *db, const struct pg_entry *entries, size_t n, struct err *e)
{
    struct arena *a = arena_new(0);
    const char **streams = ARENA_ARRAY(a, const char *, n), **types = ARENA_ARRAY(a, const char *, n);
    int64_t *seqs = ARENA_ARRAY(a, int64_t, n), *times = ARENA_ARRAY(a, int64_t, n);
    struct bytes *leaves = ARENA_ARRAY(a, struct bytes, n), *bytes = ARENA_ARRAY(a, struct bytes, n),
                 *statements = ARENA_ARRAY(a, struct bytes, n), *signatures = ARENA_ARRAY(a, struct bytes, n),
                 *commands = ARENA_ARRAY(a, struct bytes, n);
    for (size_t i = 0; i < n; i++) {
        streams[i] = entries[i].stream;
        types[i] = entries[i].type;
        seqs[i] = entries[i].seq;
        times[i] = entries[i].time_ms;
        leaves[i] = (struct bytes){entries[i].leaf, DIGEST_LEN};
        bytes[i] = entries[i].bytes;
        statements[i] = entries[i].statement;
        signatures[i] = entries[i].signature;
        commands[i] = (struct bytes){entries[i].command, 16};
    }
    int r = db_query(db, a, &append_rows[0],
                     DB_VALUES(db_texts(streams, n), db_ints(seqs, n), db_bytes_array(leaves, n), db_bytes_array(bytes, n),
                               db_bytes_array(statements, n), db_bytes_array(signatures, n),
                               db_bytes_array(commands, n), db_texts(types, n), db_ints(times, n)), NULL, e);
    arena_free(a);
    return r;
}

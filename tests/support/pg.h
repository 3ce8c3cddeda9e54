/*
 * Contract tests' database: connections to the throw-away cluster that tests/support/database made (folder in
 * STEMMA_TEST_DATABASE; database STEMMA_TEST_DBNAME, else stemma), as any role; and entries made to measure, as a service makes them.
 */
#pragma once
#include "base/arena.h"
#include "base/text.h"
#include "db/db.h"

#define PG_ORIGIN "stemma.test.example/1"
#define PG_ADMIN "stemma_admin"

/** pg_conninfo(a, role): how ${role} connects. */
const char *pg_conninfo(struct arena *a, const char *role);

/** pg_open(role, table), pg_open_tables(role, tables, count): a connection with one, or several,
 *  statement tables prepared (NULL: none); fails the case if it cannot. */
struct db *pg_open(const char *role, const struct statement_table *table);
struct db *pg_open_tables(const char *role, const struct statement_table *tables, size_t count);

/** pg_done(db): for CLEANUP(pg_done) struct db *db. */
void pg_done(struct db **db);

/** pg_arena_done(a): for CLEANUP(pg_arena_done) struct arena *a. */
void pg_arena_done(struct arena **a);

/** pg_stream(a, letters): a stream id that no other case uses. */
const char *pg_stream(struct arena *a, const char *letters);

/** One entry as ledger.append takes it. */
struct pg_entry {
    const char *stream, *type;
    int64_t seq, time_ms;
    uint8_t prev[DIGEST_LEN], leaf[DIGEST_LEN];
    struct bytes bytes, statement, signature;
    uint8_t command[16];
};

/** pg_entry_make(a, stream, type, before, ret): the observation after ${before} (NULL: seq 0) in ${stream}. */
void pg_entry_make(struct arena *a, const char *stream, const char *type, const struct pg_entry *before,
                   struct pg_entry *ret);

/** pg_entry_seal(a, entry): build ${entry}'s bytes and leaf again after a test changed its statement or position. */
void pg_entry_seal(struct arena *a, struct pg_entry *entry);

/** The statement that appends; pg_append(db, entries, count, e): ledger.append of a group, in the running transaction
 *  or one of its own. The connection must have been opened with pg_append_table. */
extern const struct statement_table pg_append_table;
int pg_append(struct db *db, const struct pg_entry *entries, size_t count, struct err *e);

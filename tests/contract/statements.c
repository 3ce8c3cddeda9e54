/* Every statement of every service prepares on the migrated database, as that service's own role: names of tables and
 * columns, numbers of parameters, columns against records, rights on schemas. */
#include <stdio.h>

#include "support/pg.h"
#include "support/test.h"

extern const struct statement_table access_statements, source_statements, batch_statements, quality_statements,
    custody_statements, release_statements, audit_statements, audit_check_statements, sequencer_statements,
    log_source_statements, rehash_source_statements, audit_log_statements, reread_statements, dispatch_statements, clock_watch_statements;

static void prepare(const char *role, const struct statement_table *own, const struct statement_table *more)
{
    struct db *db = NULL;
    const struct statement_table tables[] = {*own, *more};
    db = pg_open_tables(role, tables, 2);
    db_close(db);
}

#define PREPARES(service) prepare("stemma_" #service, &service##_statements, &dispatch_statements)

CASE(statements_of_access) { PREPARES(access); }
CASE(statements_of_source) { PREPARES(source); }
CASE(statements_of_batch) { PREPARES(batch); }
CASE(statements_of_quality) { PREPARES(quality); }
CASE(statements_of_custody) { PREPARES(custody); }
CASE(statements_of_release) { PREPARES(release); }
CASE(statements_of_audit) { PREPARES(audit); }
CASE(statements_of_audit_verify) { prepare("stemma_audit", &audit_check_statements, &dispatch_statements); }
CASE(statements_of_sequencer) { prepare("stemma_sequencer", &sequencer_statements, &log_source_statements); }
CASE(statements_of_audit_log) { prepare("stemma_audit", &audit_log_statements, &log_source_statements); }
CASE(statements_of_second_tree) { prepare("stemma_audit", &audit_check_statements, &rehash_source_statements); }
CASE(statements_of_second_tree_of_sequencer) { prepare("stemma_sequencer", &sequencer_statements, &rehash_source_statements); }
CASE(statements_of_sequencer_reread) { prepare("stemma_sequencer", &reread_statements, &log_source_statements); }
CASE(statements_of_the_clock_watch)
{
    static const char *const roles[] = {"access", "source", "batch", "quality", "custody", "release", "sequencer", "audit"};
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++) {
        char role[40];
        snprintf(role, sizeof role, "stemma_%s", roles[i]);
        CLEANUP(pg_done) struct db *db = pg_open(role, &clock_watch_statements);
    }
}

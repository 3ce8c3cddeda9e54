/*
 * Replay: every projection made again from the statements alone, in a scratch database, by the services' own programs, and
 * compared with the live one row by row. A difference names table and key, and stream and seq of the entry that wrote the
 * row last. Definitions (functions, triggers, views, constraints) are held against those of the migrations the same way.
 */
#pragma once
#include "service/service.h"

extern const struct statement_table audit_replay_statements;

/** audit_replay(a, report, tell, ctx, e): add what is found to ${report}, whose `replayed` and `rows` count; the live
 *  database is read in one view. ${tell} NULL: nobody asks. A fault when it cannot be done. */
int audit_replay(struct arena *a, struct audit_report *report, void (*tell)(void *ctx, const struct audit_report *report),
                 void *ctx, struct err *e);

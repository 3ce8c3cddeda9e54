/*
 * The watch over this process's clock (R16): compared with the database's every ten seconds, and with itself at every turn of
 * the loop; what the sequencer's time-stamps prove of the database's clock comes along. A clock that is off is said to be: in the log,
 * the metrics and `service.health`. While it is wrong nothing is recorded. It sets no clock and believes none.
 */
#pragma once
#include "base/text.h"
#include "db/db.h"
#include "service/clock_rules.h"
#include "service/service.h"

extern const struct statement_table clock_watch_statements;

/** clock_watch_look(db, s, tells): a turn of the watch, between two groups. ${db} NULL: only steps are seen. ${tells}: what is
 *  noticed is left to the sequencer to be recorded. */
void clock_watch_look(struct db *db, const struct settings *s, bool tells);

/** clock_watch_refuses(e): 0 while this clock may date a record, else ERR_CLOCK_REFUSED. */
int clock_watch_refuses(struct err *e);

/** clock_watch_sentence(a): what is wrong with the clock, in ${a}; NULL when nothing is. */
const char *clock_watch_sentence(struct arena *a);

/** clock_watch_metrics(b): append the gauges. */
void clock_watch_metrics(struct buf *b);

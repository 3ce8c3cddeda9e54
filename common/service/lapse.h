/*
 * Signatures that a correction left unsigned (R14), as rows of batch.lapse: the same for every service whose records are corrected. The
 * statement row is the service's own, for SQL is each service's: `select batch.lapse_acts($1, $2, $3, $4, $5, $6)`.
 */
#pragma once
#include "service/service.h"

/** lapse_queue(c, row, lapsed): queue ${row} with the arrays of ${lapsed}, a list of struct lapsed_act, of the call's stream and entry. */
void lapse_queue(struct call *c, const struct statement_row *row, const struct list *lapsed);

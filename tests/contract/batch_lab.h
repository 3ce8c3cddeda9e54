/*
 * The batch service's projections before PostgreSQL, for the contract tests: what is applied is seen, and all is rolled back.
 */
#pragma once
#include "db/db.h"
#include "service/service.h"
#include "support/test.h"

#define NOON INT64_C(1780000000000)

extern struct arena *arena;
extern struct db *db;
extern struct err err;
extern struct principal mara, jon;

/** lab_begin(extra): open the database as the batch service, with the test's own statements, in a transaction. end(): none of it was. */
void lab_begin(const struct statement_table *extra);
void end(void);

/** apply(verb, stream, seq, who, in, run): what the frame does around ${run}; the refusal of the database comes back. */
int apply(const char *verb, const char *stream, int64_t seq, const struct principal *who, void *in, int (*run)(struct call *, struct err *));

/** lab_vials(): lot M-U keeps an hour once open; its vials 1 and 2 hold 1.5 and 0.5 of its 2 mL and are open from noon on. */
void lab_vials(void);

#define assert_applied(call)                                                                                            \
    do {                                                                                                                \
        int applied_code = (call);                                                                                      \
        if (applied_code != 0)                                                                                          \
            fail_msg("%s", err.text);                                                                                   \
    } while (0)

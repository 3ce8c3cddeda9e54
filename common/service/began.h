/*
 * Which program makes the records, and how it is set (R40): told to the database at start, from where the sequencer puts it into
 * the log. A service that records nothing says nothing.
 */
#pragma once
#include "service/service.h"

extern const struct statement_table began_statements;

/** began_tell(db, service, config, version, e): digests of this program's file and of settings file ${config}. */
int began_tell(struct db *db, const struct service *service, const char *config, const char *version, struct err *e);

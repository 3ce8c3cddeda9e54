/*
 * A new log after one that was closed because its newest entries are lost (docs/OPERATIONS.md, recovery of the log). Its own
 * stream begins with a statement, signed by a person, that names the closed log's last checkpoint and what is missing of it;
 * before that is there no checkpoint of the new log is made, so that nobody can take it for the old one.
 */
#pragma once
#include "sequencer.h"

/** recovery_read(e): at start, read and verify what `recovers` names; nothing to do when it names nothing. */
int recovery_read(struct err *e);

/** recovery_is_due(db, ret, e): the statement is missing. */
int recovery_is_due(struct db *db, bool *ret, struct err *e);

/*
 * Counters of one process in Prometheus text: calls, refusals, faults and time by verb, commits and their group sizes.
 */
#pragma once
#include <stdint.h>

#include "base/text.h"
#include "contract/contract.h"

/** metrics_call(verb, code, us): one verb was answered with ${code} after ${us} microseconds. */
void metrics_call(const struct verb_row *verb, int code, int64_t us);

/** metrics_group(members, us): one commit of ${members} verbs took ${us} microseconds; metrics_rerun(): a group was run again. */
void metrics_group(size_t members, int64_t us);
void metrics_rerun(void);

/** metrics_alert(kind): something that a person should look at happened once more; ${kind} is a constant word. */
void metrics_alert(const char *kind);

/** metrics_text(b, service): append all counters. */
void metrics_text(struct buf *b, const char *service);

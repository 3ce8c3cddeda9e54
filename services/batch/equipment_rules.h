/*
 * Rules on what keeps equipment fit for use, pure (R19): qualified, cleaned, tagged out and in. Whether a step may use it is domain/step_use.h's. Nothing
 * of it asks how the equipment stands: what mends it can always be recorded.
 */
#pragma once
#include "batch_rules.h"

/** rule_qualify(in, known, now_ms, limits, e): known equipment, not in the future, due after it was done. */
int rule_qualify(const struct equipment_qualify *in, bool known, int64_t now_ms, const struct batch_limits *limits, struct err *e);

/** rule_clean(in, known, agent, said_ms, limits, e): known equipment, not in the future; the agent's lot was released and in date then, and its
 *  vial in its limit (R18; ${agent}.state NULL: no such lot); a late entry says why (R15). */
int rule_clean(const struct equipment_clean *in, bool known, const struct lot_facts *agent, int64_t said_ms, const struct batch_limits *limits,
               struct err *e);

/** rule_tag_out(in, known, out_by, e): in service so far; ${out_by} NULL: it is. rule_tag_in(in, known, out_by, person, e): out of service, and by
 *  another person. Both say why. */
int rule_tag_out(const struct equipment_tag *in, bool known, const char *out_by, struct err *e);
int rule_tag_in(const struct equipment_tag *in, bool known, const char *out_by, const char *person, struct err *e);

#include "equipment_rules.h"

#include <inttypes.h>
#include <string.h>

#include "domain/late.h"
#include "domain/reason.h"
#include "record/record.h"

static int is_known(bool known, struct err *e)
{
    return known ? 0 : err_raise(e, ERR_NOT_FOUND, "equipment_id", "", "no such equipment");
}

int rule_qualify(const struct equipment_qualify *in, bool known, int64_t now_ms, const struct batch_limits *limits, struct err *e)
{
    int code = is_known(known, e);
    if (code == 0 && in->due_at <= in->qualified_at)
        code = err_raise(e, ERR_FIELD_RANGE, "due_at", "R19", "the next qualification is due before this one");
    return code != 0 ? code : rule_time("qualified_at", in->qualified_at, now_ms, limits, e);
}

/* as a step that lasts a moment would be held to it; how much of it was used nobody measures */
static int agent_then(const struct equipment_clean *in, const struct lot_facts *agent, struct err *e)
{
    struct step_material use = {in->lot_id, "1", in->vial_no};
    struct batch_step then = {.started_at = in->cleaned_at, .ended_at = in->cleaned_at};
    struct vial_facts vial = agent->vial;
    vial.left = NULL;
    if (agent->state == NULL)
        return err_raise(e, ERR_NOT_FOUND, "lot_id", "R18", "no lot %s", in->lot_id);
    if (agent->released_ms == TIME_ABSENT || agent->released_ms > in->cleaned_at)
        return err_raise(e, ERR_MATERIAL_REFUSED, "lot_id", "R18", "%s was not released when it was used", in->lot_id);
    if (agent->expires_ms <= in->cleaned_at)
        return err_raise(e, ERR_MATERIAL_REFUSED, "lot_id", "R18", "%s had expired when it was used", in->lot_id);
    return vial_check(&then, &use, agent->in_use_h, &vial, e);
}

int rule_clean(const struct equipment_clean *in, bool known, const struct lot_facts *agent, int64_t said_ms, const struct batch_limits *limits,
               struct err *e)
{
    int code = is_known(known, e);
    code = code != 0 ? code : rule_time("cleaned_at", in->cleaned_at, said_ms, limits, e);
    code = code != 0 ? code : agent_then(in, agent, e);
    int64_t late_min = late_entry(LATE_ENTRY_MIN, in->cleaned_at, said_ms);
    if (code == 0 && late_min != INTEGER_ABSENT && !reason_is_valid(in->reason))
        code = err_raise(e, ERR_REASON_MISSING, "reason", "R15", "it was cleaned %" PRId64 " min ago: a late entry says why", late_min);
    return code;
}

int rule_tag_out(const struct equipment_tag *in, bool known, const char *out_by, struct err *e)
{
    int code = is_known(known, e);
    code = code != 0 ? code : reason_check("reason", in->reason, e);
    if (code == 0 && out_by != NULL)
        code = err_raise(e, ERR_EXISTS, "equipment_id", "R19", "%s is out of service: %s tagged it", in->equipment_id, out_by);
    return code;
}

int rule_tag_in(const struct equipment_tag *in, bool known, const char *out_by, const char *person, struct err *e)
{
    int code = is_known(known, e);
    code = code != 0 ? code : reason_check("reason", in->reason, e);
    if (code == 0 && out_by == NULL)
        code = err_raise(e, ERR_ORDER_FORBIDS, "equipment_id", "R19", "%s is in service", in->equipment_id);
    if (code == 0 && strcmp(out_by, person) == 0)
        code = err_raise(e, ERR_DUTIES_SEGREGATED, "equipment_id", "R10", "%s tagged it out: another person puts it back into service", person);
    return code;
}

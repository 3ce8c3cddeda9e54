#include "sample_rules.h"

#include <inttypes.h>
#include <string.h>

#include "domain/reason.h"
#include "end_rules.h"

static int time_check(const struct sample_take *in, int64_t now_ms, struct err *e)
{
    if (in->taken_at > now_ms + CLOCK_SKEW_MS)
        return err_raise(e, ERR_TIME_REFUSED, "taken_at", "R15", "it is in the future");
    if (in->late_min != INTEGER_ABSENT && !reason_is_valid(in->reason))
        return err_raise(e, ERR_REASON_MISSING, "reason", "R15", "taken %" PRId64 " min ago: a late entry says why", in->late_min);
    return 0;
}

/* of a batch that is filled a sample is of a container, and of one that is not there is none */
static int source_find(const struct sample_take *in, const struct custody_facts *f, struct dose_filled *left, const struct dose_filled **ret,
                       struct err *e)
{
    const struct container_facts *k = in->container_id != NULL ? container_of(f, in->container_id) : NULL;
    *ret = NULL;
    if (in->container_id == NULL && f->container_count > 0)
        return err_raise(e, ERR_SAMPLE_REFUSED, "container_id", "R33", "the batch is filled: of which container is it?");
    if (in->container_id != NULL && k == NULL)
        return err_raise(e, ERR_NOT_FOUND, "container_id", "R04", "%s is no container of this batch", in->container_id);
    if (k != NULL) {
        *left = (struct dose_filled){k->container_id, k->volume_ml, k->cells};
        *ret = left;
    }
    return 0;
}

int rule_sample_take(struct arena *a, struct sample_take *in, const struct sample_facts *f, int64_t said_ms, int64_t now_ms,
                     struct err *e)
{
    struct dose_filled left;
    const struct dose_filled *of;
    int code = source_find(in, f->batch, &left, &of, e);
    code = code != 0 ? code : sample_fill(a, f->spec, f->samples->count, of, in, said_ms, e);
    code = code != 0 ? code : time_check(in, now_ms, e);
    if (code == 0 && of != NULL)
        code = rule_container(f->batch, in->container_id, sample_event(in), 0, e);
    return code != 0 ? code : sample_opened(in, f->batch->state, e);
}

int rule_sample_send(const struct sample_send *in, const struct samples *samples, const char *who, struct err *e)
{
    return sample_step(samples, &in->samples, "custody.sample_send", who, e);
}

int rule_sample_receive(const struct sample_receive *in, const struct samples *samples, const char *who, struct err *e)
{
    if (strcmp(in->condition, "good") != 0 && !reason_is_valid(in->reason))
        return err_raise(e, ERR_REASON_MISSING, "reason", "2.4", "they are %s: what is wrong?", in->condition);
    return sample_step(samples, &in->samples, "custody.sample_receive", who, e);
}

int rule_sample_end(struct arena *a, const struct sample_end *in, const struct samples *samples, const char *who, struct err *e)
{
    if (strcmp(in->outcome, "retained") == 0 && in->place == NULL)
        return err_raise(e, ERR_FIELD_MISSING, "place", "2.4", "what is retained has a place");
    if ((strcmp(in->outcome, "destroyed") == 0 || strcmp(in->outcome, "lost") == 0) && !reason_is_valid(in->reason))
        return err_raise(e, ERR_REASON_MISSING, "reason", "2.4", "a sample that is %s says why", in->outcome);
    return sample_step(samples, &in->samples, sample_end_event(a, in->outcome), who, e);
}

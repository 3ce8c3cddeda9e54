/* Rules of urgent medical need: a fixed list of evidence, two people, two tasks (R31, 21 CFR 1271.60(d), 1271.65(b)). */
#include <string.h>

#include "domain/reason.h"
#include "source_rules.h"

static bool is(const char *a, const char *b)
{
    return a != NULL && strcmp(a, b) == 0;
}

static int person_check(const char *field, const char *id, const struct person_facts *p, struct err *e)
{
    if (p->state == NULL)
        return err_raise(e, ERR_NOT_FOUND, field, "R31", "there is no person %s", id);
    if (!is(p->state, "open"))
        return err_raise(e, ERR_FIELD_RANGE, field, "R31", "the account of %s is %s", id, p->state);
    return 0;
}

static int physician_check(const struct urgent_need *in, const struct urgent_need_facts *f, const char *author, struct err *e)
{
    int code = person_check("physician_id", in->physician_id, &f->physician, e);
    if (code != 0)
        return code;
    if ((roles_from_text(f->physician.roles) & ROLE_PHYSICIAN) == 0)
        return err_raise(e, ERR_FIELD_RANGE, "physician_id", "R31", "%s is no physician", in->physician_id);
    if (is(author, in->physician_id))
        return err_raise(e, ERR_DUTIES_SEGREGATED, "physician_id", "R31", "whoever documents the need does not acknowledge it");
    return 0;
}

static int tasks_check(const struct urgent_need *in, const struct urgent_need_facts *f, int64_t now_ms, struct err *e)
{
    int code = person_check("finish_by", in->finish_by, &f->finisher, e);
    code = code != 0 ? code : person_check("inform_by", in->inform_by, &f->informer, e);
    if (code == 0 && in->finish_due_at <= now_ms)
        code = err_raise(e, ERR_FIELD_RANGE, "finish_due_at", "R31", "a task is due on a day to come");
    if (code == 0 && in->inform_due_at < in->finish_due_at)
        code = err_raise(e, ERR_FIELD_RANGE, "inform_due_at", "R31", "the physician is informed of what is finished by then");
    return code;
}

int source_urgent_check(const struct urgent_need *in, const struct urgent_need_facts *f, const char *use,
                        const char *author, int64_t now_ms, struct err *e)
{
    if (f->determination == NULL)
        return err_raise(e, ERR_STATE_FORBIDS, "donor_id", "R31", "determine eligibility first: it may come out incomplete");
    if (!is(f->determination, "incomplete") && !is(f->determination, "ineligible"))
        return err_raise(e, ERR_STATE_FORBIDS, "donor_id", "R31", "the determination is %s: no exception is needed",
                         f->determination);
    if (is(use, "autologous") || is(use, "research"))
        return err_raise(e, ERR_STATE_FORBIDS, "donor_id", "R31", "%s use knows no urgent need", use);
    if (f->donor_recipient != NULL && strcmp(f->donor_recipient, in->recipient_code) != 0)
        return err_raise(e, ERR_DONOR_REFUSED, "recipient_code", "R04", "the donor is registered for another recipient");
    int code = reason_check("no_comparable", in->no_comparable, e);
    code = code != 0 ? code : reason_check("serious_risk", in->serious_risk, e);
    code = code != 0 ? code : physician_check(in, f, author, e);
    return code != 0 ? code : tasks_check(in, f, now_ms, e);
}

static int stage_check(const struct physician_notice *in, const struct notice_facts *f, struct err *e)
{
    if (is(in->stage, "before_use"))
        return f->noticed_seq > f->evidence_seq
                   ? err_raise(e, ERR_EXISTS, "stage", "R31", "acknowledged already, and nothing new is known") : 0;
    if (in->need_seq == INTEGER_ABSENT)
        return err_raise(e, ERR_FIELD_MISSING, "need_seq", "R31", "the entry of the need that is followed up");
    if (f->noticed_seq < 0)
        return err_raise(e, ERR_ORDER_FORBIDS, "stage", "R31", "what was known before use is not acknowledged");
    if (!f->is_finished)
        return err_raise(e, ERR_ORDER_FORBIDS, "stage", "R31", "the determination is not finished");
    if (f->informed_seq >= 0)
        return err_raise(e, ERR_EXISTS, "stage", "R31", "acknowledged already");
    return 0;
}

int source_notice_check(const struct physician_notice *in, const struct notice_facts *f, const char *person,
                        struct err *e)
{
    if (in->need_seq == INTEGER_ABSENT && (!is(f->use, "related") || !is(f->determination, "ineligible")))
        return err_raise(e, ERR_FIELD_MISSING, "need_seq", "R31", "only an ineligible donor's cells for a relative need no need");
    if (in->need_seq != INTEGER_ABSENT && f->physician_id == NULL)
        return err_raise(e, ERR_NOT_FOUND, "need_seq", "R31", "entry %lld documents no urgent need", (long long)in->need_seq);
    if (f->physician_id != NULL && !is(person, f->physician_id))
        return err_raise(e, ERR_DUTIES_SEGREGATED, "need_seq", "R31", "%s is to acknowledge this need", f->physician_id);
    return stage_check(in, f, e);
}

#include "batch_rules.h"

#include <inttypes.h>
#include <string.h>

#include "base/number.h"
#include "domain/segregation.h"
#include "fsm/machines.h"
#include "record/record.h"

static bool same(const char *x, const char *y)
{
    return x != NULL && y != NULL && strcmp(x, y) == 0;
}

static bool is_positive(const char *decimal)
{
    CLEANUP(number_done) struct number n, zero;
    number_init(&n);
    number_init(&zero);
    return number_from_decimal(&n, decimal) && number_compare(&n, &zero) > 0;
}

int rule_time(const char *field, int64_t at_ms, int64_t now_ms, const struct batch_limits *limits, struct err *e)
{
    char at[CLOCK_TEXT];
    if (at_ms <= now_ms + limits->skew_ms)
        return 0;
    clock_to_text(at_ms, at);
    return err_raise(e, ERR_TIME_REFUSED, field, "R15", "%s is in the future", at);
}

int rule_procedure_author(const struct procedure_author *in, const struct document_facts *facts, struct procedure **ret,
                          struct arena *a, struct err *e)
{
    int code = procedure_parse(a, in->document, strlen(in->document), ret, e);
    if (code != 0)
        return code;
    if (!same((*ret)->id, in->procedure_id))
        return err_raise(e, ERR_DOCUMENT_REFUSED, "id", "T51", "the document is %s, not %s", (*ret)->id, in->procedure_id);
    if ((*ret)->version != in->version)
        return err_raise(e, ERR_DOCUMENT_REFUSED, "version", "T51", "the document is version %d, not %" PRId64,
                         (*ret)->version, in->version);
    if (in->version <= facts->newest)
        return err_raise(e, ERR_EXISTS, "version", "T51", "version %" PRId64 " exists; the newest is %" PRId64, in->version,
                         facts->newest);
    if (in->version != facts->newest + 1)
        return err_raise(e, ERR_FIELD_RANGE, "version", "T51", "the next version is %" PRId64, facts->newest + 1);
    return 0;
}

int rule_document_approve(int64_t version, const char *person, const struct document_facts *facts, struct err *e)
{
    if (facts->state == NULL)
        return err_raise(e, ERR_NOT_FOUND, "version", "", "there is no version %" PRId64, version);
    if (!same(facts->state, "draft"))
        return err_raise(e, ERR_STATE_FORBIDS, "version", "T51", "version %" PRId64 " is %s", version, facts->state);
    struct segregation_act author = {facts->author_id, "", DEED_DOCUMENT_AUTHOR};
    struct segregation_act approver = {person, "", DEED_DOCUMENT_APPROVE};
    return segregation_check(&approver, &author, 1, e);
}

int rule_new_stream(const char *field, int64_t head_seq, struct err *e)
{
    return head_seq < 0 ? 0 : err_raise(e, ERR_EXISTS, field, "", "this id has %" PRId64 " entries", head_seq + 1);
}

int rule_material_receive(const struct material_receive *in, int64_t now_ms, struct err *e)
{
    if (!is_positive(in->quantity))
        return err_raise(e, ERR_FIELD_RANGE, "quantity", "R18", "%s is not a quantity", in->quantity);
    if (in->expires_at <= now_ms)
        return err_raise(e, ERR_MATERIAL_REFUSED, "expires_at", "R18", "the lot has expired");
    if (in->in_use_h != INTEGER_ABSENT && in->in_use_h < 1)
        return err_raise(e, ERR_FIELD_RANGE, "in_use_h", "R18", "an in-use limit is at least one hour");
    return 0;
}

int rule_material_release(const struct lot_facts *lot, const char *person, int64_t now_ms, struct err *e)
{
    if (lot->state == NULL)
        return err_raise(e, ERR_NOT_FOUND, "lot_id", "", "no such lot");
    if (!same(lot->state, "quarantine"))
        return err_raise(e, ERR_STATE_FORBIDS, "lot_id", "R18", "the lot is %s", lot->state);
    if (lot->expires_ms <= now_ms)
        return err_raise(e, ERR_MATERIAL_REFUSED, "lot_id", "R18", "the lot has expired");
    if (same(lot->received_by, person))
        return err_raise(e, ERR_DUTIES_SEGREGATED, "lot_id", "4.5", "%s received this lot", person);
    return 0;
}

int rule_calibrate(const struct equipment_calibrate *in, bool known, int64_t now_ms, const struct batch_limits *limits,
                   struct err *e)
{
    if (!known)
        return err_raise(e, ERR_NOT_FOUND, "equipment_id", "", "no such equipment");
    if (in->due_at <= in->calibrated_at)
        return err_raise(e, ERR_FIELD_RANGE, "due_at", "R19", "the next calibration is due before this one");
    return rule_time("calibrated_at", in->calibrated_at, now_ms, limits, e);
}

static int open_documents(const struct batch_open *in, const struct open_facts *f, struct err *e)
{
    if (f->procedure_state == NULL)
        return err_raise(e, ERR_NOT_FOUND, "procedure_id", "", "no version %" PRId64 " of %s", in->procedure_version,
                         in->procedure_id);
    if (!same(f->procedure_state, "approved"))
        return err_raise(e, ERR_STATE_FORBIDS, "procedure_version", "T51", "it is %s, not approved", f->procedure_state);
    if (f->specification_state == NULL)
        return err_raise(e, ERR_NOT_FOUND, "specification_id", "", "no version %" PRId64 " of %s", in->specification_version,
                         in->specification_id);
    if (!same(f->specification_state, "approved"))
        return err_raise(e, ERR_STATE_FORBIDS, "specification_version", "T51", "it is %s, not approved",
                         f->specification_state);
    if (!same(f->doc->specification, in->specification_id))
        return err_raise(e, ERR_DOCUMENT_REFUSED, "specification_id", "T51", "the procedure demands %s",
                         f->doc->specification);
    return 0;
}

/* what may be worked on: whether it may then go, the gate says (domain.md §3.2) */
static bool determination_permits(const struct open_facts *f)
{
    if (same(f->determination, "eligible") || same(f->determination, "not_required") || same(f->donor_use, "autologous"))
        return true;
    if (same(f->determination, "ineligible") && (same(f->donor_use, "related") || same(f->donor_use, "research")))
        return true;                   /* 1271.65(b), (c) */
    return f->determination != NULL && f->urgent;
}

static int open_donor(const struct batch_open *in, const struct open_facts *f, struct err *e)
{
    if (f->donor_use == NULL)
        return err_raise(e, ERR_NOT_FOUND, "donor_id", "", "no such donor");
    if (same(f->donor_use, "research") ? !f->consent_research : !f->consent_treatment)
        return err_raise(e, ERR_CONSENT_MISSING, "donor_id", "1271.50", "%s has not consented to %s", in->donor_id,
                         same(f->donor_use, "research") ? "research" : "treatment");
    if (!determination_permits(f))
        return err_raise(e, ERR_DONOR_REFUSED, "donor_id", "1271.50", "eligibility is %s",
                         f->determination != NULL ? f->determination : "not determined");
    return 0;
}

static int open_collection(const struct batch_open *in, const struct open_facts *f, struct err *e)
{
    if (f->collection_donor == NULL)
        return err_raise(e, ERR_NOT_FOUND, "collection_id", "", "no such collection");
    if (!same(f->collection_donor, in->donor_id))
        return err_raise(e, ERR_DONOR_REFUSED, "collection_id", "R04", "the collection is of %s", f->collection_donor);
    if (!same(f->decision, "accepted"))
        return err_raise(e, ERR_DONOR_REFUSED, "collection_id", "R30", "the collection is %s",
                         f->decision != NULL ? f->decision : "not received");
    if (!same(f->collection_tissue, f->donor_tissue))
        return err_raise(e, ERR_DONOR_REFUSED, "collection_id", "R04", "%s was collected, the donor gives %s",
                         f->collection_tissue, f->donor_tissue);
    return 0;
}

/* R04: whoever is to receive the cells is named before they are worked on, and is the one the donor was registered for. */
static int open_recipient(const struct batch_open *in, const struct open_facts *f, struct err *e)
{
    bool bound = same(f->donor_use, "autologous") || same(f->donor_use, "directed") || f->donor_recipient != NULL;
    if (!bound)
        return 0;
    if (in->recipient_code == NULL)
        return err_raise(e, ERR_FIELD_MISSING, "recipient_code", "R04", "%s use names its recipient", f->donor_use);
    if (!same(in->recipient_code, f->donor_recipient))
        return err_raise(e, ERR_DONOR_REFUSED, "recipient_code", "R04", "the donor is registered for another recipient");
    return 0;
}

int rule_open(const struct batch_open *in, const struct open_facts *f, struct err *e)
{
    int code = open_documents(in, f, e);
    code = code != 0 ? code : open_donor(in, f, e);
    code = code != 0 ? code : open_collection(in, f, e);
    code = code != 0 ? code : open_recipient(in, f, e);
    if (code != 0)
        return code;
    if (!procedure_takes(f->doc, f->donor_tissue, f->donor_use))
        return err_raise(e, ERR_DOCUMENT_REFUSED, "procedure_id", "R08", "the procedure does not take %s for %s use",
                         f->donor_tissue, f->donor_use);
    return 0;
}

int rule_batch_known(const char *state, struct err *e)
{
    return state != NULL ? 0 : err_raise(e, ERR_NOT_FOUND, "batch_id", "", "no such batch");
}

int rule_state(const char *state, const char *event, unsigned facts, struct err *e)
{
    const struct fsm_rule *rule;
    int code = rule_batch_known(state, e);
    return code != 0 ? code : fsm_step(&fsm_batch, state, event, facts, &rule, e);
}

int rule_trained(bool is_trained, struct err *e)
{
    if (is_trained)
        return 0;
    return err_raise(e, ERR_TRAINING_MISSING, "procedure_version", "R21",
                     "no valid training on this version of the procedure");
}

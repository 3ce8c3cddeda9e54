/* Urgent medical need: documented, acknowledged by the physician, followed up. */
#include "domain/urgent.h"
#include "record/record.h"
#include "source_apply.h"
#include "source_rules.h"
#include "source_store.h"
#include "verbs.h"

/* answers of both acts, in the order asked */
enum { DONOR, SCREENINGS, TESTS, DETERMINED, RULES, MORE };

static void common_ask(struct call *c, const char *donor_id)
{
    store_ask_statements(c, donor_id);
    call_ask(c, store_row(ROW_DETERMINED), DB_VALUES(db_text(donor_id)));
    call_ask(c, store_row(ROW_DETERMINED_RULES), DB_VALUES(db_text(donor_id)));
}

/* the donor, and the last determination of eligibility, NULL where there is none */
static int common_read(struct call *c, const char *donor_id, struct donor_facts *ret_donor,
                       const struct eligibility_determine **ret, struct err *e)
{
    struct eligibility_determine *determined = record_new(c->arena, &record_eligibility_determine);
    store_read_donor(c, DONOR, ret_donor);
    *ret = c->answers[DETERMINED].rows > 0 ? determined : NULL;
    int code = source_donor_known(ret_donor, donor_id, e);
    if (code != 0 || *ret == NULL)
        return code;
    return db_row_record(c->arena, &record_eligibility_determine, &c->answers[DETERMINED], 0, determined, e);
}

static int need_facts(struct call *c, struct err *e)
{
    const struct urgent_need *in = c->in;
    (void)e;
    common_ask(c, in->donor_id);
    call_ask(c, store_row(ROW_PERSON), DB_VALUES(db_text(in->physician_id)));
    call_ask(c, store_row(ROW_PERSON), DB_VALUES(db_text(in->finish_by)));
    call_ask(c, store_row(ROW_PERSON), DB_VALUES(db_text(in->inform_by)));
    return 0;
}

static struct person_facts person_read(const struct call *c, size_t answer)
{
    return (struct person_facts){db_cell_text(&c->answers[answer], 0, "state"), db_cell_text(&c->answers[answer], 0, "roles")};
}

static int need_decide(struct call *c, struct err *e)
{
    struct urgent_need *in = c->in;
    const struct eligibility_determine *determined;
    struct donor_facts donor;
    struct donor_statements statements;
    int code = common_read(c, in->donor_id, &donor, &determined, e);
    if (code != 0)
        return code;
    struct urgent_need_facts facts = {determined != NULL ? determined->determination : NULL,
                                      db_cell_text(&c->answers[DONOR], 0, "recipient_code"), person_read(c, MORE),
                                      person_read(c, MORE + 1), person_read(c, MORE + 2)};
    code = source_urgent_check(in, &facts, donor.use, c->who->person_id, c->now_ms, e);
    if (code != 0)
        return code;
    store_read_statements(c, DONOR, &statements);
    code = store_read_rules(c, RULES, &statements.rules, e);
    if (code == 0)
        urgent_fill(c->arena, &statements, determined, in);
    return code;
}

const struct handler source_urgent_need_verb = {need_facts, need_decide, apply_urgent_need, NULL};

static int notice_facts_ask(struct call *c, struct err *e)
{
    const struct physician_notice *in = c->in;
    (void)e;
    common_ask(c, in->donor_id);
    call_ask(c, store_row(ROW_NOTICE_FACTS),
             DB_VALUES(db_text(in->donor_id), in->need_seq == INTEGER_ABSENT ? db_null() : db_int(in->need_seq)));
    return 0;
}

static int64_t seq_cell(const struct db_rows *r, const char *name)
{
    return db_cell(r, 0, name).data == NULL ? -1 : db_cell_int(r, 0, name);
}

static int notice_decide(struct call *c, struct err *e)
{
    struct physician_notice *in = c->in;
    const struct eligibility_determine *determined;
    const struct db_rows *r = &c->answers[MORE];
    struct donor_facts donor;
    struct donor_statements statements;
    int code = common_read(c, in->donor_id, &donor, &determined, e);
    if (code == 0 && determined == NULL)
        code = err_raise(e, ERR_STATE_FORBIDS, "donor_id", "R31", "nobody has determined the donor's eligibility");
    if (code != 0)
        return code;
    struct notice_facts facts = {donor.use, determined->determination, db_cell_text(r, 0, "physician_id"),
                                 seq_cell(r, "noticed_seq"), seq_cell(r, "informed_seq"), seq_cell(r, "evidence_seq"),
                                 db_cell_bool(r, 0, "finished")};
    code = source_notice_check(in, &facts, c->who->person_id, e);
    if (code != 0)
        return code;
    store_read_statements(c, DONOR, &statements);
    code = store_read_rules(c, RULES, &statements.rules, e);
    if (code == 0)
        urgent_notice_fill(c->arena, &statements, determined, in);
    return code;
}

const struct handler source_physician_notice_verb = {notice_facts_ask, notice_decide, apply_physician_notice, NULL};

static int follow_ups_facts(struct call *c, struct err *e)
{
    (void)e;
    call_ask(c, store_row(ROW_FOLLOW_UPS), DB_VALUES(db_int(c->now_ms)));
    return 0;
}

static int follow_ups_decide(struct call *c, struct err *e)
{
    struct follow_up_rows *out = c->out;
    int code = rows_take(c, 0, &record_follow_up_row, &out->tasks, e);
    record_list_cut(&record_follow_up_rows, out, &out->tasks, &out->more);
    return code;
}

const struct handler source_follow_ups_verb = {follow_ups_facts, follow_ups_decide, NULL, NULL};

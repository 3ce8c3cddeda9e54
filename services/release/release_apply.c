#include "release_apply.h"

#include "release_store.h"

/* every act on a batch: who did it, what it signs anew, and the step of the state machine that it is, if any */
static void queue_event(struct call *c, const char *event)
{
    db_queue(c->db, release_row(RELEASE_RENEW), DB_VALUES(db_text(c->stream), db_text(c->verb->name), db_int(c->seq)));
    db_queue(c->db, release_row(RELEASE_ACT), DB_VALUES(db_text(c->stream), db_text(c->who->person_id),
                                                        db_text(c->verb->name), db_int(c->seq)));
    if (event != NULL)
        db_queue(c->db, release_row(RELEASE_MOVE), DB_VALUES(db_text(c->stream), db_text(event), db_int(c->seq)));
}

static void queue_act(struct call *c)
{
    queue_event(c, c->verb->name);
}

/* ${release} NULL: no release */
static void queue_disposition(struct call *c, const char *disposition, const struct batch_release *release)
{
    db_queue(c->db, release_row(RELEASE_DISPOSITION_INSERT),
             DB_VALUES(db_text(c->stream), db_text(disposition), db_text(c->who->person_id), db_int(c->seq),
                       db_int(c->time_ms), db_text(release != NULL ? release->follow_up_by : NULL),
                       release == NULL || release->evidence_seq == INTEGER_ABSENT ? db_null() : db_int(release->evidence_seq),
                       release == NULL || release->collection_seq == INTEGER_ABSENT ? db_null() : db_int(release->collection_seq),
                       release == NULL || release->accepted_seq == INTEGER_ABSENT ? db_null() : db_int(release->accepted_seq)));
}

static void queue_pending(struct call *c, const struct list *pending)
{
    for (size_t i = 0; i < pending->count; i++) {
        const struct pending_test *p = LIST_AT(*pending, const struct pending_test, i);
        db_queue(c->db, release_row(RELEASE_PENDING_INSERT),
                 DB_VALUES(db_text(c->stream), db_int(c->seq), db_int((int64_t)i + 1), db_text(p->code), db_int(p->expected_at),
                           db_int(p->grace_days), db_text(p->owner_id)));
    }
}

static void queue_notices(struct call *c, const struct list *notices)
{
    for (size_t i = 0; i < notices->count; i++) {
        const struct except_due *n = LIST_AT(*notices, const struct except_due, i);
        db_queue(c->db, release_row(RELEASE_NOTICE_INSERT),
                 DB_VALUES(db_text(c->stream), db_int(c->seq), db_text(n->task), db_text(n->duty), db_text(n->owner_id), db_int(n->due_at)));
    }
}

int release_apply_review(struct call *c, struct err *e)
{
    const struct batch_review *in = c->in;
    (void)e;
    db_queue(c->db, release_row(RELEASE_REVIEW_INSERT), DB_VALUES(db_text(c->stream), db_int(c->seq),
                                                                  db_text(c->who->person_id), db_int(in->entries),
                                                                  in->collection_seq == INTEGER_ABSENT ? db_null() : db_int(in->collection_seq)));
    queue_act(c);
    return 0;
}

int release_apply_release(struct call *c, struct err *e)
{
    const struct batch_release *in = c->in;
    (void)e;
    bool is_exceptional = in->exceptional == 1;
    queue_disposition(c, is_exceptional ? "except_released" : in->conditional == 1 ? "cond_released" : "released", in);
    queue_event(c, is_exceptional ? "release.exceptional" : c->verb->name);
    queue_pending(c, &in->pending);
    queue_notices(c, &in->notices);
    if (in->conditional == 1 && !is_exceptional)
        db_queue(c->db, release_row(RELEASE_MOVE), DB_VALUES(db_text(c->stream), db_text("release.conditional"), db_int(c->seq)));
    return 0;
}

int release_apply_except_request(struct call *c, struct err *e)
{
    const struct except_request *in = c->in;
    (void)e;
    db_queue(c->db, release_row(RELEASE_ASK_INSERT), DB_VALUES(db_text(c->stream), db_int(c->seq), db_text(c->who->person_id),
                                                               db_text(in->recipient_code), db_text(in->hazard), db_text(in->alternatives)));
    queue_act(c);
    return 0;
}

int release_apply_except_evaluate(struct call *c, struct err *e)
{
    const struct except_evaluate *in = c->in;
    (void)e;
    db_queue(c->db, release_row(RELEASE_EVALUATION_INSERT),
             DB_VALUES(db_text(c->stream), db_int(c->seq), db_int(in->request_seq), db_text(c->who->person_id), db_text(in->evaluation),
                       db_text(in->setting), db_text(in->notify)));
    queue_act(c);
    return 0;
}

int release_apply_except_accept(struct call *c, struct err *e)
{
    const struct except_accept *in = c->in;
    (void)e;
    db_queue(c->db, release_row(RELEASE_ACCEPTANCE_INSERT),
             DB_VALUES(db_text(c->stream), db_int(c->seq), db_int(in->evaluation_seq), db_text(c->who->person_id)));
    queue_act(c);
    return 0;
}

/* in whatever state the batch is by now */
int release_apply_except_notify(struct call *c, struct err *e)
{
    const struct except_notify *in = c->in;
    (void)e;
    db_queue(c->db, release_row(RELEASE_NOTICE_DONE),
             DB_VALUES(db_text(c->stream), db_int(in->release_seq), db_text(in->task), db_int(in->notified_at), db_text(c->who->person_id),
                       db_int(c->seq), db_text(in->text)));
    queue_event(c, NULL);
    return 0;
}

int release_apply_certify(struct call *c, struct err *e)
{
    (void)e;
    queue_disposition(c, "released_final", NULL);
    queue_act(c);
    return 0;
}

int release_apply_reject(struct call *c, struct err *e)
{
    (void)e;
    queue_disposition(c, "rejected", NULL);
    queue_act(c);
    return 0;
}

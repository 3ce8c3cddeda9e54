#include "release_apply.h"

#include "release_store.h"

/* every act on a batch: who did it, what it signs anew, and the step of the state machine that it is */
static void queue_act(struct call *c)
{
    db_queue(c->db, release_row(RELEASE_RENEW), DB_VALUES(db_text(c->stream), db_text(c->verb->name), db_int(c->seq)));
    db_queue(c->db, release_row(RELEASE_ACT), DB_VALUES(db_text(c->stream), db_text(c->who->person_id),
                                                        db_text(c->verb->name), db_int(c->seq)));
    db_queue(c->db, release_row(RELEASE_MOVE), DB_VALUES(db_text(c->stream), db_text(c->verb->name), db_int(c->seq)));
}

/* ${release} NULL: no release */
static void queue_disposition(struct call *c, const char *disposition, const struct batch_release *release)
{
    db_queue(c->db, release_row(RELEASE_DISPOSITION_INSERT),
             DB_VALUES(db_text(c->stream), db_text(disposition), db_text(c->who->person_id), db_int(c->seq),
                       db_int(c->time_ms), db_text(release != NULL ? release->follow_up_by : NULL),
                       release == NULL || release->evidence_seq == INTEGER_ABSENT ? db_null() : db_int(release->evidence_seq),
                       release == NULL || release->collection_seq == INTEGER_ABSENT ? db_null() : db_int(release->collection_seq)));
}

static void queue_pending(struct call *c, const struct list *pending)
{
    for (size_t i = 0; i < pending->count; i++) {
        const struct pending_test *p = LIST_AT(*pending, const struct pending_test, i);
        db_queue(c->db, release_row(RELEASE_PENDING_INSERT),
                 DB_VALUES(db_text(c->stream), db_int(c->seq), db_int((int64_t)i + 1), db_text(p->code), db_int(p->expected_at),
                           db_int(p->grace_days), db_text(p->owner_id)));
    }
    db_queue(c->db, release_row(RELEASE_MOVE), DB_VALUES(db_text(c->stream), db_text("release.conditional"), db_int(c->seq)));
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
    queue_disposition(c, in->conditional == 1 ? "cond_released" : "released", in);
    queue_act(c);
    if (in->conditional == 1)
        queue_pending(c, &in->pending);
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

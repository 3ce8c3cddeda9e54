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

static void queue_disposition(struct call *c, const char *disposition)
{
    db_queue(c->db, release_row(RELEASE_DISPOSITION_INSERT),
             DB_VALUES(db_text(c->stream), db_text(disposition), db_text(c->who->person_id), db_int(c->seq),
                       db_int(c->time_ms)));
}

int release_apply_review(struct call *c, struct err *e)
{
    const struct batch_review *in = c->in;
    (void)e;
    db_queue(c->db, release_row(RELEASE_REVIEW_INSERT), DB_VALUES(db_text(c->stream), db_int(c->seq),
                                                                  db_text(c->who->person_id), db_int(in->entries)));
    queue_act(c);
    return 0;
}

int release_apply_release(struct call *c, struct err *e)
{
    (void)e;
    queue_disposition(c, "released");
    queue_act(c);
    return 0;
}

int release_apply_reject(struct call *c, struct err *e)
{
    (void)e;
    queue_disposition(c, "rejected");
    queue_act(c);
    return 0;
}

#include "access_apply.h"

#include "access_store.h"
#include "crypto/digest.h"

#define QUEUE(c, row, ...) db_queue((c)->db, store_row(row), DB_VALUES(__VA_ARGS__))
#define FIRST_TERMINAL_TITLE "First terminal"

static struct bytes sha256_of(struct arena *a, struct bytes data)
{
    uint8_t *hash = arena_alloc(a, DIGEST_LEN);
    digest_sha256(data.data, data.len, hash);
    return (struct bytes){hash, DIGEST_LEN};
}

int apply_person_found(struct call *c, struct err *e)
{
    const struct person_found *in = c->in;
    struct bytes hash = sha256_of(c->arena, in->certificate);
    (void)e;
    QUEUE(c, ROW_PERSON_INSERT, db_text(in->person_id), db_text(in->name), db_text(access_roles_text(c->arena, &in->roles)),
          db_null(), db_bool(true), db_bytes(hash), db_int(c->time_ms));
    QUEUE(c, ROW_CERTIFICATE_INSERT, db_bytes(hash), db_text(in->person_id), db_bytes(in->certificate), db_int(c->time_ms));
    QUEUE(c, ROW_TERMINAL_INSERT, db_text(in->terminal_id), db_text(FIRST_TERMINAL_TITLE), db_text("office"),
          db_text(in->terminal_key), db_int(c->time_ms));
    return 0;
}

int apply_person_enrol(struct call *c, struct err *e)
{
    const struct person_enrol *in = c->in;
    (void)e;
    QUEUE(c, ROW_PERSON_INSERT, db_text(in->person_id), db_text(in->name), db_text(access_roles_text(c->arena, &in->roles)),
          db_text(in->identity_verified_how), db_bool(false), db_null(), db_int(c->time_ms));
    return 0;
}

/* a new key ends what was opened with the former one (21 CFR 11.300(c)) */
int apply_key_register(struct call *c, struct err *e)
{
    const struct key_register *in = c->in;
    struct bytes hash = sha256_of(c->arena, in->certificate);
    (void)e;
    QUEUE(c, ROW_CERTIFICATE_REPLACE, db_text(in->person_id), db_int(c->time_ms), db_text("replaced"));
    QUEUE(c, ROW_CERTIFICATE_INSERT, db_bytes(hash), db_text(in->person_id), db_bytes(in->certificate), db_int(c->time_ms));
    QUEUE(c, ROW_CERTIFICATE_SET, db_text(in->person_id), db_bytes(hash));
    QUEUE(c, ROW_SESSION_END_PERSON, db_text(in->person_id), db_int(c->time_ms));
    return 0;
}

/* who has no certificate can neither log in nor act; the record keeps what the certificate signed (T47) */
static void end_certificate(struct call *c, const char *person_id, const char *cause)
{
    QUEUE(c, ROW_CERTIFICATE_REPLACE, db_text(person_id), db_int(c->time_ms), db_text(cause));
    QUEUE(c, ROW_CERTIFICATE_SET, db_text(person_id), db_null());
    QUEUE(c, ROW_SESSION_END_PERSON, db_text(person_id), db_int(c->time_ms));
}

int apply_key_renew(struct call *c, struct err *e)
{
    const struct key_renew *in = c->in;
    (void)e;
    end_certificate(c, in->person_id, "replaced");
    return 0;
}

int apply_key_revoke(struct call *c, struct err *e)
{
    const struct key_revoke *in = c->in;
    (void)e;
    end_certificate(c, in->person_id, in->cause);
    return 0;
}

int apply_person_close(struct call *c, struct err *e)
{
    const struct person_close *in = c->in;
    (void)e;
    QUEUE(c, ROW_PERSON_CLOSE, db_text(in->person_id), db_int(c->time_ms));
    end_certificate(c, in->person_id, "left");
    return 0;
}

int apply_account_review(struct call *c, struct err *e)
{
    const struct account_review *in = c->in;
    (void)e;
    QUEUE(c, ROW_REVIEW_INSERT, db_text(in->person_id), db_int(c->seq), db_text(in->finding), db_int(in->review_days),
          db_text(c->who->person_id), db_int(c->time_ms));
    return 0;
}

int apply_training_record(struct call *c, struct err *e)
{
    const struct training_record *in = c->in;
    (void)e;
    QUEUE(c, ROW_TRAINING_INSERT, db_text(in->person_id), db_text(in->document_id), db_int(in->document_version),
          db_int(in->trained_at), db_int(in->expires_at), db_int(c->seq));
    return 0;
}

int apply_terminal_enrol(struct call *c, struct err *e)
{
    const struct terminal_enrol *in = c->in;
    (void)e;
    QUEUE(c, ROW_TERMINAL_INSERT, db_text(in->terminal_id), db_text(in->title), db_text(in->kind), db_text(in->public_key),
          db_int(c->time_ms));
    return 0;
}

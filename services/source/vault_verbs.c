/* The vault: personal data goes in with a fresh salt, the commitment comes out. Who knows a value finds the donor by it; a
 * value comes out after a disclosure was signed, and goes for ever by an erasure or a purge. */
#include <string.h>

#include "base/clock.h"
#include "record/record.h"
#include "source_apply.h"
#include "source_rules.h"
#include "source_settings.h"
#include "source_store.h"
#include "verbs.h"

struct vault_work {
    uint8_t salt[DIGEST_LEN], commitment[DIGEST_LEN];
};

static int put_decide(struct call *c, struct err *e)
{
    const struct vault_put *in = c->in;
    struct commitment *out = c->out;
    struct vault_work *w = ARENA_NEW(c->arena, struct vault_work);
    int code = source_vault_check(in->name, e);
    if (code != 0)
        return code;
    random_fill(w->salt, sizeof w->salt);
    source_commit(c->arena, w->salt, in->name, in->value, w->commitment);
    out->name = in->name;
    out->commitment = hex_text(c->arena, w->commitment, DIGEST_LEN);
    c->facts = w;
    return 0;
}

static int put_apply(struct call *c, struct err *e)
{
    const struct vault_put *in = c->in;
    const struct vault_work *w = c->facts;
    (void)e;
    db_queue(c->db, store_row(ROW_VAULT_INSERT),
             DB_VALUES(db_bytes((struct bytes){w->commitment, DIGEST_LEN}), db_text(in->subject_id), db_text(in->name),
                       db_bytes((struct bytes){(const uint8_t *)in->value, strlen(in->value)}),
                       db_bytes((struct bytes){w->salt, DIGEST_LEN}),
                       db_text(in->retention != NULL ? in->retention : "traceability")));
    return 0;
}

const struct handler source_vault_put_verb = {NULL, put_decide, put_apply, NULL};

static int show_facts(struct call *c, struct err *e)
{
    const struct donor_key *in = c->in;
    (void)e;
    store_ask_retention(c, in->donor_id);
    call_ask(c, store_row(ROW_VAULT_SHOW), DB_VALUES(db_text(in->donor_id)));
    return 0;
}

static int show_decide(struct call *c, struct err *e)
{
    const struct donor_key *in = c->in;
    const struct retention_years years = source_retention();
    struct vault_rows *out = c->out;
    struct vault_facts facts;
    store_read_retention(c, 0, &facts);
    if (!facts.known)
        return err_raise(e, ERR_NOT_FOUND, "donor_id", "", "there is no donor %s", in->donor_id);
    out->retain_until = retention_until_ms(&facts.retention, &years);
    out->unfinished = facts.unfinished;
    int code = rows_take(c, 1, &record_vault_row, &out->rows, e);
    record_list_cut(&record_vault_rows, out, &out->rows, &out->more);
    return code;
}

const struct handler source_vault_show_verb = {show_facts, show_decide, NULL, NULL};

static void look(struct call *c, const char *kind, const char *name, const char *donor_id, size_t hits)
{
    db_queue(c->db, store_row(ROW_VAULT_LOOK),
             DB_VALUES(db_int(c->now_ms), db_text(c->who->person_id), db_text(c->who->terminal_id), db_text(kind), db_text(name),
                       db_text(donor_id), db_int((int64_t)hits)));
}

static int find_facts(struct call *c, struct err *e)
{
    const struct vault_search *in = c->in;
    int code = source_vault_check(in->name, e);
    if (code == 0)
        call_ask(c, store_row(ROW_VAULT_FIND), DB_VALUES(db_text(in->name), db_text(in->value)));
    return code;
}

static int find_decide(struct call *c, struct err *e)
{
    struct vault_hits *out = c->out;
    int code = rows_take(c, 0, &record_vault_hit, &out->hits, e);
    record_list_cut(&record_vault_hits, out, &out->hits, &out->more);
    return code;
}

static int find_apply(struct call *c, struct err *e)
{
    const struct vault_search *in = c->in;
    const struct vault_hits *out = c->out;
    (void)e;
    look(c, "find", in->name, NULL, out->hits.count);
    return 0;
}

const struct handler source_vault_find_verb = {find_facts, find_decide, find_apply, NULL};

static int refuse_lost(const struct commitment *lost, const char *donor_id, struct err *e)
{
    return err_raise(e, ERR_NOT_FOUND, "commitments", "T38", "the vault holds no %s of %s with that commitment", lost->name,
                     donor_id);
}

static int disclose_facts(struct call *c, struct err *e)
{
    const struct vault_disclose *in = c->in;
    (void)e;
    store_ask_vault(c, in->donor_id, &in->commitments);
    return 0;
}

static int disclose_decide(struct call *c, struct err *e)
{
    const struct vault_disclose *in = c->in;
    int code = source_commitments_check(&in->commitments, e);
    if (code == 0)
        code = source_reason_check("purpose", in->purpose, e);
    const struct commitment *lost = store_read_vault(c, 0, &in->commitments);
    return code != 0 || lost == NULL ? code : refuse_lost(lost, in->donor_id, e);
}

const struct handler source_vault_disclose_verb = {disclose_facts, disclose_decide, apply_vault_disclose, NULL};

static int open_facts(struct call *c, struct err *e)
{
    const struct disclosure_key *in = c->in;
    (void)e;
    call_ask(c, store_row(ROW_VAULT_OPEN), DB_VALUES(db_text(in->donor_id), db_int(in->seq)));
    return 0;
}

static int open_decide(struct call *c, struct err *e)
{
    const struct disclosure_key *in = c->in;
    struct disclosed_rows *out = c->out;
    int code = rows_take(c, 0, &record_disclosed, &out->values, e);
    if (code == 0 && out->values.count == 0)
        return err_raise(e, ERR_NOT_FOUND, "seq", "T38", "entry %lld of %s discloses nothing that the vault still holds",
                         (long long)in->seq, in->donor_id);
    return code;
}

static int open_apply(struct call *c, struct err *e)
{
    const struct disclosure_key *in = c->in;
    const struct disclosed_rows *out = c->out;
    (void)e;
    look(c, "open", NULL, in->donor_id, out->values.count);
    return 0;
}

const struct handler source_vault_open_verb = {open_facts, open_decide, open_apply, NULL};

static int erase_facts(struct call *c, struct err *e)
{
    const struct vault_erase *in = c->in;
    (void)e;
    store_ask_vault(c, in->donor_id, &in->commitments);
    return 0;
}

static int erase_decide(struct call *c, struct err *e)
{
    const struct vault_erase *in = c->in;
    int code = source_commitments_check(&in->commitments, e);
    if (code == 0)
        code = source_reason_check("reason", in->reason, e);
    if (code != 0)
        return code;
    const struct commitment *lost = store_read_vault(c, 0, &in->commitments);
    if (lost != NULL)
        return refuse_lost(lost, in->donor_id, e);
    const struct commitment *needed = store_read_needed(c, 0, &in->commitments);
    return needed == NULL ? 0
                          : err_raise(e, ERR_STATE_FORBIDS, "commitments", "3.6",
                                      "traceability needs %s: it goes by a purge, after its retention", needed->name);
}

/* The value goes with the entry that says so, in one transaction. Replay makes the projection only: the vault is none. */
static int erase_apply(struct call *c, struct err *e)
{
    int code = apply_vault_erase(c, e);
    db_queue(c->db, store_row(ROW_VAULT_ERASE), DB_VALUES(db_text(c->stream)));
    return code;
}

const struct handler source_vault_erase_verb = {erase_facts, erase_decide, erase_apply, NULL};

static int propose_facts(struct call *c, struct err *e)
{
    const struct purge_propose *in = c->in;
    (void)e;
    store_ask_retention(c, in->donor_id);
    return 0;
}

static int propose_decide(struct call *c, struct err *e)
{
    const struct purge_propose *in = c->in;
    const struct retention_years years = source_retention();
    struct vault_facts facts;
    store_read_retention(c, 0, &facts);
    int code = source_purge_check(&facts, &years, c->now_ms, e);
    return code != 0 ? code : source_reason_check("reason", in->reason, e);
}

const struct handler source_purge_propose_verb = {propose_facts, propose_decide, apply_purge_propose, NULL};

static int approve_facts(struct call *c, struct err *e)
{
    const struct purge_approve *in = c->in;
    (void)e;
    store_ask_retention(c, in->donor_id);
    store_ask_vault(c, in->donor_id, &in->commitments);
    call_ask(c, store_row(ROW_PURGE), DB_VALUES(db_text(in->donor_id), db_int(in->proposed_seq)));
    return 0;
}

static int approve_decide(struct call *c, struct err *e)
{
    const struct purge_approve *in = c->in;
    const struct retention_years years = source_retention();
    struct vault_facts facts;
    store_read_retention(c, 0, &facts);
    int code = source_purge_approver_check(db_cell_text(&c->answers[2], 0, "proposed_by"),
                                           db_cell_text(&c->answers[2], 0, "approved_by"), c->who->person_id, e);
    if (code == 0)
        code = source_purge_still_check(&facts, &years, in->proposed_seq, c->head.seq, c->now_ms, e);
    if (code == 0)
        code = source_commitments_check(&in->commitments, e);
    if (code != 0)
        return code;
    const struct commitment *lost = store_read_vault(c, 1, &in->commitments);
    if (lost != NULL)
        return refuse_lost(lost, in->donor_id, e);
    if ((int64_t)in->commitments.count != facts.held)
        return err_raise(e, ERR_FIELD_RANGE, "commitments", "3.6", "the vault holds %lld values of %s, named are %zu",
                         (long long)facts.held, in->donor_id, in->commitments.count);
    return 0;
}

static int approve_apply(struct call *c, struct err *e)
{
    int code = apply_purge_approve(c, e);
    db_queue(c->db, store_row(ROW_VAULT_ERASE), DB_VALUES(db_text(c->stream)));
    return code;
}

const struct handler source_purge_approve_verb = {approve_facts, approve_decide, approve_apply, NULL};

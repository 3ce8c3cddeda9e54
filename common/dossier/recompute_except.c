/*
 * Rule 11 for an exceptional release (EudraLex Vol 4 Part IV §11.5, R31, T29): who asked, evaluated and accepted stands in the batch's stream in
 * that order; what is out of specification is what they signed; nothing but failed results, each with its case confirmed, is excepted; the
 * notices are recorded of a release that asks for them, and it is given to the patient whom it was asked for.
 */
#include <string.h>

#include "contract/contract.h"
#include "domain/except.h"
#include "domain/gate.h"
#include "domain/given.h"
#include "dossier/recompute.h"

static int refuse(struct err *e, const char *field, const char *why)
{
    return err_raise(e, ERR_DOSSIER_REFUSED, field, "11", "%.300s", why);
}

static bool is_type(const struct dossier_entry *entry, const char *type)
{
    return strcmp(entry->statement.type, type) == 0;
}

/* the chain as it stands before the statement, of a batch that its failed results hold */
static int read_chain(const struct recompute_case *c, struct except_chain *ret, struct err *e)
{
    struct batch_open open;
    struct given g;
    except_begin(ret);
    for (size_t i = 0; i < c->s->count && c->s->entry[i].entry.seq < c->entry->entry.seq; i++)
        except_take(ret, c->s->entry[i].entry.seq, c->s->entry[i].statement.type, c->s->entry[i].statement.actor);
    int rc = recompute_open(c, &open, e);
    rc = rc != 0 ? rc : recompute_given(c, &open, c->entry->statement.at_ms, &g, e);
    if (rc == 0 && strcmp(g.standing.state, "on_hold") != 0)
        rc = refuse(e, "batch_id", arena_printf(c->a, "an exceptional release of a batch that is %s", g.standing.state));
    return rc;
}

static const struct dossier_entry *entry_at(const struct recompute_case *c, int64_t seq)
{
    for (size_t i = 0; i < c->s->count; i++)
        if (c->s->entry[i].entry.seq == seq && seq < c->entry->entry.seq)
            return &c->s->entry[i];
    return NULL;
}

/* what failed, and what is pending, before the statement */
static int fill_failed(const struct recompute_case *c, struct list *ret_failed, struct list *ret_pending, struct err *e)
{
    struct pending_case p;
    int rc = recompute_tests(c, &p, e);
    if (rc != 0)
        return rc;
    except_failed(c->a, &p, ret_failed);
    if (ret_pending != NULL)
        except_pending(c->a, &p, ret_pending);
    return ret_failed->count > 0 ? 0 : refuse(e, "failed", "asked for exceptionally, but no result is out of specification");
}

int recompute_except_request(const struct recompute_case *c, void *in, struct err *e)
{
    struct except_request *asked = in;
    struct except_chain chain;
    struct batch_open open;
    int rc = read_chain(c, &chain, e);
    rc = rc != 0 ? rc : recompute_open(c, &open, e);
    if (rc == 0 && open.recipient_code != NULL && strcmp(open.recipient_code, asked->recipient_code) != 0)
        rc = refuse(e, "recipient_code", "asked for exceptionally for another recipient than the batch's");
    return rc != 0 ? rc : fill_failed(c, &asked->failed, NULL, e);
}

int recompute_except_evaluate(const struct recompute_case *c, void *in, struct err *e)
{
    struct except_evaluate *evaluated = in;
    struct except_chain chain;
    int rc = read_chain(c, &chain, e);
    if (rc == 0 && except_evaluate_check(&chain, e) != 0)
        rc = refuse(e, "request_seq", "evaluated, but no treating physician asks for it");
    evaluated->request_seq = chain.request_seq;
    return rc != 0 ? rc : fill_failed(c, &evaluated->failed, &evaluated->pending, e);
}

int recompute_except_accept(const struct recompute_case *c, void *in, struct err *e)
{
    struct except_accept *accepted = in;
    struct except_chain chain;
    int rc = read_chain(c, &chain, e);
    if (rc == 0 && except_accept_check(&chain, accepted->evaluation_seq, c->entry->statement.actor, e) != 0)
        rc = refuse(e, "evaluation_seq", arena_printf(c->a, "accepted, but %s", e->text));
    return rc != 0 ? rc : fill_failed(c, &accepted->failed, &accepted->pending, e);
}

/* the case of each was closed as confirmed */
static int all_confirmed(const struct recompute_case *c, const struct list *failed, struct err *e)
{
    for (size_t k = 0; k < failed->count; k++) {
        const struct failed_test *f = LIST_AT(*failed, const struct failed_test, k);
        bool confirmed = false;
        for (size_t i = 0; i < c->s->count && c->s->entry[i].entry.seq < c->entry->entry.seq; i++) {
            struct oos_close closed;
            if (!is_type(&c->s->entry[i], "quality.oos_close"))
                continue;
            int rc = recompute_read(c, &c->s->entry[i], &closed, e);
            if (rc != 0)
                return rc;
            confirmed |= closed.test_seq == f->test_seq && strcmp(closed.conclusion, "confirmed") == 0;
        }
        if (!confirmed)
            return refuse(e, "failed", arena_printf(c->a, "released exceptionally, but the case of %s is not confirmed", f->title));
    }
    return 0;
}

static const char *rows_text(const struct recompute_case *c, const struct list *failed, const struct list *notices)
{
    struct batch_release only;
    struct buf text = buf_new(c->a);
    record_init(&record_batch_release, &only);
    only.batch_id = c->s->id;
    only.failed = *failed;
    only.notices = *notices;
    record_to_json(&text, &record_batch_release, &only, RECORD_STATEMENT);
    return text.text;
}

/* the rows that the release lists, by the evaluation that was accepted */
static int rows_again(const struct recompute_case *c, const struct pending_case *p, const struct except_chain *chain,
                      const struct batch_release *release, struct err *e)
{
    struct except_evaluate evaluated;
    struct list failed = {NULL, 0}, notices = {NULL, 0};
    int rc = recompute_read(c, entry_at(c, chain->evaluated_seq), &evaluated, e);
    if (rc != 0)
        return rc;
    except_failed(c->a, p, &failed);
    except_notices(c->a, evaluated.setting, release->follow_up_by, c->entry->statement.at_ms, release->authority_due_at, &notices);
    if (strcmp(rows_text(c, &failed, &notices), rows_text(c, &release->failed, &release->notices)) != 0)
        return refuse(e, "failed", "released exceptionally, but what failed or whom to tell is not what the release lists");
    return all_confirmed(c, &failed, e);
}

int recompute_excepted(const struct recompute_case *c, const struct pending_case *p, const struct batch_release *release, struct err *e)
{
    struct except_chain chain;
    int rc = read_chain(c, &chain, e);
    if (rc != 0)
        return rc;
    for (size_t i = 0; i < p->outcome->line_count; i++)
        if (p->outcome->lines[i].blocks && !except_may(3, except_matter(&p->outcome->lines[i])))
            return refuse(e, "gate", arena_printf(c->a, "released exceptionally, but %s", p->outcome->lines[i].sentence));
    const char *missing = except_open(c->a, &chain, p->outcome);
    if (missing != NULL)
        return refuse(e, "accepted_seq", arena_printf(c->a, "released exceptionally, but %s", missing));
    if (release->accepted_seq != chain.accepted_seq)
        return refuse(e, "accepted_seq", "released exceptionally, but by another acceptance than the last");
    rc = except_release_check(release, &chain, c->entry->statement.at_ms, e);
    if (rc > 0)
        return refuse(e, "notices", arena_printf(c->a, "released exceptionally, but %s", e->text));
    return rc != 0 ? rc : rows_again(c, p, &chain, release, e);
}

int recompute_except_notify(const struct recompute_case *c, const void *in, struct err *e)
{
    const struct except_notify *notice = in;
    const struct dossier_entry *released = entry_at(c, notice->release_seq);
    struct batch_release release;
    bool is_left = false;
    if (released == NULL || !is_type(released, "release.release"))
        return refuse(e, "release_seq", "told of a release that is none");
    int rc = recompute_read(c, released, &release, e);
    for (size_t i = 0; rc == 0 && i < release.notices.count; i++)
        is_left |= strcmp(LIST_AT(release.notices, const struct except_due, i)->task, notice->task) == 0;
    for (size_t i = 0; rc == 0 && i < c->s->count && c->s->entry[i].entry.seq < c->entry->entry.seq; i++) {
        struct except_notify earlier;
        if (!is_type(&c->s->entry[i], "release.except_notify"))
            continue;
        rc = recompute_read(c, &c->s->entry[i], &earlier, e);
        if (rc == 0 && earlier.release_seq == notice->release_seq && strcmp(earlier.task, notice->task) == 0)
            return refuse(e, "task", "this notice was recorded already");
    }
    if (rc == 0 && !is_left)
        rc = refuse(e, "task", "the release left no such notice");
    if (rc == 0 && (notice->notified_at < released->entry.time_ms - GATE_SKEW_MS || notice->notified_at > c->entry->statement.at_ms))
        rc = refuse(e, "notified_at", "told before the release, or recorded before it was told");
    return rc;
}

int recompute_except_given(const struct recompute_case *c, const struct administer *given, struct err *e)
{
    const struct dossier_entry *asked = NULL, *asked_then = NULL;
    bool exceptional = false;
    for (size_t i = 0; i < c->s->count && c->s->entry[i].entry.seq < c->entry->entry.seq; i++) {
        struct batch_release release;
        const struct dossier_entry *entry = &c->s->entry[i];
        asked = is_type(entry, "release.except_request") ? entry : asked;
        if (!is_type(entry, "release.release"))
            continue;
        int rc = recompute_read(c, entry, &release, e);
        if (rc != 0)
            return rc;
        exceptional = release.exceptional == 1;
        asked_then = asked;
    }
    struct except_request request;
    if (!exceptional || asked_then == NULL)
        return 0;
    int rc = recompute_read(c, asked_then, &request, e);
    if (rc == 0 && strcmp(request.recipient_code, given->recipient_code) != 0)
        rc = refuse(e, "recipient_code", "it was released exceptionally for another patient");
    return rc;
}

#include "domain/gate.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "domain/hold.h"

#define SENTENCES_MAX 40

const char *const gate_state_words[] = {"holds", "open", "not_applicable", "excepted", NULL};

struct judging {
    struct arena *arena;
    const struct gate_facts *facts;
    struct gate_line *line;
};

/* ${matter}: whether an exceptional release may go over it (except.h) */
static void open_as(struct judging *j, enum except_matter matter, const char *sentence)
{
    if (j->facts->except == NULL || !except_may(j->line->no, matter))
        j->line->state = GATE_OPEN;
    else if (j->line->state == GATE_HOLDS)
        j->line->state = GATE_EXCEPTED;
    if (j->line->sentence_count < SENTENCES_MAX)
        j->line->sentences[j->line->sentence_count++] = sentence;
}

static void open_with(struct judging *j, const char *sentence)
{
    open_as(j, EXCEPT_OTHER, sentence);
}

static void absent(struct judging *j, const char *sentence)
{
    j->line->state = GATE_NOT_APPLICABLE;
    j->line->sentences[j->line->sentence_count++] = sentence;
}

/* 1: every step done and verified, in the order of the procedure */
static void steps_judge(struct judging *j)
{
    int64_t last = -1;
    if (j->facts->step_count == 0)
        open_with(j, "no steps are known");
    for (size_t i = 0; i < j->facts->step_count; i++) {
        const struct gate_step *s = &j->facts->steps[i];
        if (s->performed_seq < 0)
            open_with(j, arena_printf(j->arena, "step %d (%s) is not performed", s->no, s->name));
        else if (s->performed_seq <= last)
            open_with(j, arena_printf(j->arena, "step %d (%s) was performed before the step ahead of it", s->no, s->name));
        if (s->performed_seq >= 0 && s->corrected_seq > 0)
            open_with(j, arena_printf(j->arena, "step %d (%s) was corrected at entry %lld: unsigned until reviewed", s->no, s->name,
                (long long)s->corrected_seq));
        else if (s->performed_seq >= 0 && s->needs_verifier && s->verified_seq < s->performed_seq)
            open_with(j, s->late_min > 0 ? arena_printf(j->arena, "step %d (%s), a late entry (%lld min), is not verified", s->no,
                s->name, (long long)s->late_min) : arena_printf(j->arena, "step %d (%s) is not verified", s->no, s->name));
        last = s->performed_seq > last ? s->performed_seq : last;
    }
    if (j->facts->is_source_corrected && j->facts->first_step_ms != TIME_ABSENT &&
        j->facts->first_step_ms < j->facts->collected_until_ms - GATE_SKEW_MS)
        open_with(j, "the first step began before the collection ended, as that stands");
}

/* 2: performer and verifier are two people */
static void persons_judge(struct judging *j)
{
    if (j->facts->step_count == 0)
        open_with(j, "no steps are known");
    for (size_t i = 0; i < j->facts->step_count; i++) {
        const struct gate_step *s = &j->facts->steps[i];
        if (s->performer != NULL && s->verifier != NULL && strcmp(s->performer, s->verifier) == 0)
            open_with(j, arena_printf(j->arena, "step %d (%s) was verified by its performer %s", s->no, s->name, s->performer));
        if (s->performed_seq >= 0 && s->performer == NULL)
            open_with(j, arena_printf(j->arena, "step %d (%s) has no performer", s->no, s->name));
    }
}

/* what is pending may be waited for until it is too late for the cells; where it may not be, the point says until when it is (R29) */
static void pending_judge(struct judging *j)
{
    const struct pending_case *c = j->facts->pending;
    const char *const *barred;
    struct list pending = {NULL, 0};
    char expected[CLOCK_TEXT];
    size_t n = pending_barred(j->arena, c, &barred);
    for (size_t i = 0; i < n; i++)
        open_with(j, barred[i]);
    pending_tests(j->arena, c, "", &pending);
    for (size_t i = 0; i < pending.count && n == 0 && j->line->sentence_count < SENTENCES_MAX; i++) {
        const struct pending_test *p = LIST_AT(pending, const struct pending_test, i);
        clock_to_text(p->expected_at, expected);
        j->line->sentences[j->line->sentence_count++] = arena_printf(j->arena, "%s is pending, expected %s: conditional", p->title, expected);
    }
}

/* 3: every release test passes, or is pending where it may */
static void tests_judge(struct judging *j)
{
    const struct specification_outcome *o = j->facts->tests;
    if (o == NULL) {
        open_with(j, "the specification was not evaluated");
        return;
    }
    const char *missing = j->facts->except == NULL ? NULL : except_open(j->arena, j->facts->except, o);
    if (missing != NULL)
        open_with(j, missing);
    for (size_t i = 0; i < o->line_count; i++)
        if (o->lines[i].blocks)
            open_as(j, except_matter(&o->lines[i]), o->lines[i].sentence);
    for (size_t i = 0; i < j->facts->doubt_count; i++)
        open_with(j, j->facts->doubts[i]);
    if (o->verdict != VERDICT_PASS && j->line->state == GATE_HOLDS)
        open_with(j, o->sentence);
    if (j->facts->pending != NULL)
        pending_judge(j);
}

/* 4: no open case that is major or critical, no task of one, and no hold */
static void cases_judge(struct judging *j)
{
    if (j->facts->is_on_hold)
        open_as(j, EXCEPT_HOLD, "the batch is on hold");
    if (j->facts->is_held_by_donor)
        open_with(j, HOLD_CONSENT);
    if (j->facts->release_lapsed != NULL)
        open_with(j, j->facts->release_lapsed);
    for (size_t i = 0; i < j->facts->case_count; i++) {
        const struct gate_case *c = &j->facts->cases[i];
        if (c->is_open && strcmp(c->class, "minor") != 0)
            open_with(j, arena_printf(j->arena, "%s %s (%s) is open", c->kind, c->id, c->class));
    }
    if (j->facts->open_tasks > 0)
        open_with(j, arena_printf(j->arena, "%lld %s of a failure %s open", (long long)j->facts->open_tasks,
                                  j->facts->open_tasks == 1 ? "task" : "tasks", j->facts->open_tasks == 1 ? "is" : "are"));
}

/* 5: the record and its audit trail are reviewed, up to the last change */
static void review_judge(struct judging *j)
{
    if (j->facts->reviewer == NULL)
        open_with(j, "the batch record is not reviewed");
    else if (j->facts->reviewed_seq < j->facts->last_change_seq)
        open_with(j, arena_printf(j->arena, "reviewed up to entry %lld, changed since at entry %lld", (long long)j->facts->reviewed_seq,
            (long long)j->facts->last_change_seq));
}

/* the determination rests on all that is known of the donor (R08), and is of these cells (1271.80(b), T26) */
static void determination_judge(struct judging *j)
{
    const struct gate_facts *f = j->facts;
    char recovery[CLOCK_TEXT];
    if (f->has_newer_evidence)
        open_with(j, f->has_eligibility ? DONOR_OVERTAKEN : "what is known of the donor is not determined");
    if (!f->has_eligibility || (f->recovery_ms >= f->collected_from_ms && f->recovery_ms <= f->collected_until_ms))
        return;
    clock_to_text(f->recovery_ms, recovery);
    open_with(j, arena_printf(j->arena, "eligibility was determined for a recovery at %s, which is not this collection", recovery));
}

/* why the donor's determination does not permit this use, nor an exception with all that belongs to it; NULL: it does */
static const char *use_barred(struct arena *a, const struct gate_facts *f)
{
    if (f->use == USE_AUTOLOGOUS)      /* T25: the EU's rules ask for tests; without a determination the label says so */
        return f->has_eligibility && f->determination == DETERMINATION_INCOMPLETE
                   ? "tests that the rule set asks for one's own cells are missing" : NULL;
    if (!f->has_eligibility)
        return "the donor's eligibility is not determined";
    if (f->determination == DETERMINATION_ELIGIBLE ||
        (f->use == USE_RESEARCH && f->determination == DETERMINATION_INELIGIBLE))     /* 1271.65(c): never for a human */
        return NULL;
    return urgent_open(a, f->use, f->determination, &f->exception);
}

/* 6: the donor permits this use, and the labels say of the donor what they must by now (R08, 21 CFR 1271.90(c)) */
static void donor_judge_use(struct judging *j)
{
    determination_judge(j);
    const char *why = use_barred(j->arena, j->facts);
    if (why != NULL)
        open_with(j, why);
    if (j->facts->labels_wrong > 0)
        open_with(j, arena_printf(j->arena, "%d labels do not carry what is due on them now", j->facts->labels_wrong));
}

/* 7: what was used was good when it was used (T19) */
static void uses_judge(struct judging *j)
{
    for (size_t i = 0; i < j->facts->use_count; i++) {
        const struct gate_use *u = &j->facts->uses[i];
        char used[CLOCK_TEXT], until[CLOCK_TEXT];
        clock_to_text(u->used_ms, used);
        if (u->valid_until_ms != TIME_ABSENT)
            clock_to_text(u->valid_until_ms, until);
        if (!u->was_released)
            open_with(j, arena_printf(j->arena, "%s %s was not released for use at %s", u->kind, u->id, used));
        if (u->valid_until_ms == TIME_ABSENT)
            open_with(j, arena_printf(j->arena, "%s %s has no date until which it is valid", u->kind, u->id));
        else if (u->used_ms > u->valid_until_ms)
            open_with(j, arena_printf(j->arena, "%s %s was used at %s, valid until %s", u->kind, u->id, used, until));
    }
}

/* 8: labels printed = applied + spoiled + destroyed + specimen */
static void labels_judge(struct judging *j)
{
    const struct label_account *k = j->facts->labels;
    if (k == NULL) {
        absent(j, "the procedure does not ask that labels are reconciled");
        return;
    }
    int accounted = k->applied + k->spoiled + k->destroyed + k->specimen;
    if (k->open.count == 0 && k->printed != accounted)
        open_with(j, arena_printf(j->arena, "%d labels printed, %d accounted for", k->printed, accounted));
    for (size_t i = 0; i < k->open.count; i++)
        open_with(j, i > 0 ? TEXTS_AT(k->open, i) : arena_printf(j->arena, "%d labels printed, %d accounted for: %s", k->printed, accounted,
                                                                 TEXTS_AT(k->open, 0)));
}

/* 9: volumes and containers add up (R33) */
static void containers_judge(struct judging *j)
{
    const struct gate_facts *f = j->facts;
    if (!f->has_containers)
        open_with(j, "no containers are recorded");
    else if (f->containers_filled != f->containers_accounted)
        open_with(j, arena_printf(j->arena, "%d containers filled, %d accounted for", f->containers_filled, f->containers_accounted));
    if (f->pool_waits != NULL)
        open_with(j, arena_printf(j->arena, "the pool %s is not verified by a second person", f->pool_waits));
    if (!f->balances_closed)
        open_with(j, "a balance does not close");
}

/* 10: environmental monitoring */
static void monitoring_judge(struct judging *j)
{
    if (!j->facts->has_monitoring)
        absent(j, "environmental monitoring is not recorded in this lab");
    else if (!j->facts->monitoring_reviewed)
        open_with(j, "environmental monitoring is not reviewed");
}

/* 11: time enough for the way to the patient */
static void expiry_judge(struct judging *j)
{
    const struct gate_facts *f = j->facts;
    char until[CLOCK_TEXT];
    if (f->expiry_ms == TIME_ABSENT) {
        open_with(j, "no expiry is recorded");
        return;
    }
    clock_to_text(f->expiry_ms, until);
    if (f->expiry_ms <= f->now_ms)
        open_with(j, arena_printf(j->arena, "expired at %s", until));
    else if (f->expiry_ms - f->now_ms < f->route_ms)
        open_with(j, arena_printf(j->arena, "expires at %s, before it can arrive", until));
}

/* 12: a releaser who did nothing else on this batch, and is trained (R11, R21) */
static void releaser_judge(struct judging *j)
{
    const struct gate_facts *f = j->facts;
    struct err e = {0};
    struct segregation_act wanted = {f->releaser, NULL, DEED_RELEASE};
    if (f->releaser == NULL) {
        absent(j, "nobody asks to release yet");
        return;
    }
    if (segregation_check(&wanted, f->acts, f->act_count, &e) != 0)
        open_with(j, arena_text(j->arena, e.text));
    if (!f->releaser_trained)
        open_with(j, arena_printf(j->arena, "%s has no valid training for release", f->releaser));
}

/* 13: autologous: the donor is the recipient */
static void identity_judge(struct judging *j)
{
    const struct gate_facts *f = j->facts;
    if (f->use != USE_AUTOLOGOUS)
        absent(j, "not for autologous use");
    else if (f->donor_identity == NULL || f->recipient_identity == NULL)
        open_with(j, "donor or recipient is not identified");
    else if (strcmp(f->donor_identity, f->recipient_identity) != 0)
        open_with(j, "the recipient is not the donor");
}

static const struct {
    const char *title;
    void (*judge)(struct judging *j);
} POINTS[GATE_POINTS] = {
    {"All steps performed and verified, in order", steps_judge},
    {"Performer and verifier are two people", persons_judge},
    {"Every release test passes", tests_judge},
    {"No open case of class major or critical, no hold", cases_judge},
    {"Record and audit trail reviewed", review_judge},
    {"Donor eligibility permits the use", donor_judge_use},
    {"Materials in date and equipment calibrated when used", uses_judge},
    {"Labels reconciled", labels_judge},
    {"Volumes and containers reconciled", containers_judge},
    {"Environmental monitoring reviewed", monitoring_judge},
    {"Expiry leaves time enough", expiry_judge},
    {"Releaser independent and trained", releaser_judge},
    {"Recipient is the donor (autologous)", identity_judge},
};

void gate_judge(struct arena *a, const struct gate_facts *facts, struct gate_verdict *ret)
{
    *ret = (struct gate_verdict){0};
    for (int i = 0; i < GATE_POINTS; i++) {
        struct judging j = {a, facts, &ret->points[i]};
        ret->points[i] = (struct gate_line){i + 1, POINTS[i].title, GATE_HOLDS, ARENA_ARRAY(a, const char *, SENTENCES_MAX), 0};
        POINTS[i].judge(&j);
        ret->open += ret->points[i].state == GATE_OPEN;
    }
    ret->may_release = ret->open == 0;
}

int gate_check(const struct gate_verdict *verdict, struct err *e)
{
    char rule[16] = "", text[sizeof e->text] = "";
    size_t used = 0;
    for (int i = 0; i < GATE_POINTS && used < sizeof text - 1; i++) {
        const struct gate_line *p = &verdict->points[i];
        if (p->state != GATE_OPEN)
            continue;
        if (rule[0] == '\0')
            snprintf(rule, sizeof rule, "gate %d", p->no);
        int n = snprintf(text + used, sizeof text - used, "%s%d: %s", used > 0 ? "; " : "", p->no, p->sentences[0]);
        used += n < 0 ? 0 : (size_t)n;
    }
    return verdict->may_release ? 0 : err_raise(e, ERR_GATE_CLOSED, "", rule, "%s", text);
}

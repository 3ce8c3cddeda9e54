/*
 * Ten thousand random walks of eight people over two batches, through the services' own rules (lab.h): after every act that they let pass,
 * what must hold is read from the acts themselves, by code of its own. Each acts on the record as they saw it last, which others may
 * have changed. The seed is fixed; STEMMA_SEED changes it, STEMMA_WALKS the number. The same over the running house, with real
 * concurrency, is tests/integration/walks.c.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab.h"
#include "support/test.h"

#define STEPS 150

static uint64_t random_state;
static int64_t recorded[LAB_VERBS], refused, stale;

static int pick(int n)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (int)(random_state % (uint64_t)n);
}

/* --- what must hold, from the acts alone */

static const struct lab_want *last(const struct lab_batch *b, int before, enum lab_verb verb, int one)
{
    for (int i = before - 1; i > 0; i--)
        if (b->acts[i].want.verb == verb && (one < 0 || b->acts[i].want.one == one))
            return &b->acts[i].want;
    return NULL;
}

/* the ${n}th act of a kind: what tests, deviations, transfers, destructions are numbered by */
static const struct lab_want *nth(const struct lab_batch *b, int before, unsigned verbs, int n)
{
    for (int i = 1; i < before; i++)
        if ((verbs & 1u << b->acts[i].want.verb) != 0 && n-- == 0)
            return &b->acts[i].want;
    return NULL;
}

#define DEVIATES (1u << LAB_DEVIATE | 1u << LAB_LOSE)
#define RECORDS (1u << LAB_STEP | 1u << LAB_VERIFY | 1u << LAB_FILL | 1u << LAB_COMPLETE | 1u << LAB_REPORT | 1u << LAB_NOTE | 1u << LAB_DESTROY \
    | 1u << LAB_WITNESS)

static bool did(const struct lab_batch *b, int before, int who, unsigned verbs)
{
    for (int i = 1; i < before; i++)
        if (b->acts[i].want.who == who && (verbs & 1u << b->acts[i].want.verb) != 0)
            return true;
    return false;
}

static const char *balance(const struct lab_batch *b, int i)
{
    const struct lab_want *w = &b->acts[i].want;
    int off = w->in - w->samples - w->waste;
    for (int k = 0; k < LAB_CONTAINERS; k++)
        off -= w->volumes[k];
    int tolerated = w->in / 50 > 5 ? w->in / 50 : 5;
    if (w->verb == LAB_FILL && abs(off) > tolerated)
        return "a fill does not balance";
    return w->verb == LAB_COMPLETE && last(b, i, LAB_FILL, -1) == NULL ? "complete without a fill" : NULL;
}

static const char *segregation(const struct lab_batch *b, int i)
{
    const struct lab_want *w = &b->acts[i].want, *other = NULL;
    unsigned all = (1u << LAB_VERBS) - 1;
    switch ((int)w->verb) {
    case LAB_VERIFY: other = last(b, i, LAB_STEP, w->one); break;
    case LAB_REVIEW_TEST: case LAB_INVESTIGATE: case LAB_CLOSE: other = nth(b, i, 1u << LAB_REPORT, w->one); break;
    case LAB_CLOSE_DEVIATION: other = nth(b, i, DEVIATES, w->one); break;
    case LAB_RECEIVE: other = nth(b, i, 1u << LAB_HAND_OVER, w->one); break;
    case LAB_WITNESS: other = nth(b, i, 1u << LAB_DESTROY, w->one); break;
    case LAB_REVIEW: return did(b, i, w->who, RECORDS) ? "who reviews had made the record" : NULL;
    case LAB_RELEASE: case LAB_REJECT:
        return did(b, i, w->who, all & ~(1u << LAB_RELEASE | 1u << LAB_REJECT)) ? "who decides had worked on it" : NULL;
    default: return NULL;
    }
    if (other == NULL)
        return "done to what is not there";
    const struct lab_want *investigated = w->verb == LAB_CLOSE ? last(b, i, LAB_INVESTIGATE, w->one) : NULL;
    if ((w->verb == LAB_RECEIVE || w->verb == LAB_WITNESS) && other->two != w->who)
        return "another signs than was named";
    return other->who == w->who || (investigated != NULL && investigated->who == w->who) ? "one person stands for two" : NULL;
}

/* ${one} and later: was the test's case closed as invalidated, was its result reviewed */
static const char *tests_pass(const struct lab_batch *b, int i)
{
    bool standing = false;
    const struct lab_want *t;
    for (int n = 0; (t = nth(b, i, 1u << LAB_REPORT, n)) != NULL; n++) {
        const struct lab_want *closed = last(b, i, LAB_CLOSE, n);
        if (t->bad && (closed == NULL || closed->bad))
            return "released with a case open or confirmed";
        standing |= !t->bad && last(b, i, LAB_REVIEW_TEST, n) != NULL;
    }
    return standing ? NULL : "released without a test that passes and is reviewed";
}

static bool ended(const struct lab_batch *b, int before, int k)
{
    for (int i = 1; i < before; i++)
        if ((b->acts[i].want.verb == LAB_WITNESS || b->acts[i].want.verb == LAB_LOSE) && (b->acts[i].want.mask & 1u << k) != 0)
            return true;
    return false;
}

static const char *gate(const struct lab_batch *b, int i)
{
    const struct lab_want *fill = last(b, i, LAB_FILL, -1);
    if (b->acts[i].want.verb != LAB_RELEASE)
        return NULL;
    for (int s = 0; s < LAB_STEPS; s++)
        if (last(b, i, LAB_STEP, s) == NULL || (s < 2 && last(b, i, LAB_VERIFY, s) == NULL))
            return "released with a step undone or unverified";
    if (fill == NULL || last(b, i, LAB_COMPLETE, -1) == NULL)
        return "released before recording was complete";
    for (int k = 0; k < LAB_CONTAINERS; k++)
        if (fill->volumes[k] > 0 && !ended(b, i, k) && last(b, i, LAB_LABEL, k) == NULL)
            return "released with a container that has no label";
    for (int n = 0; nth(b, i, DEVIATES, n) != NULL; n++)
        if (last(b, i, LAB_CLOSE_DEVIATION, n) == NULL)
            return "released with a deviation open";
    if (b->acts[i - 1].want.verb != LAB_REVIEW)
        return "released after what was reviewed had changed";
    return tests_pass(b, i);
}

/* every container: kept, given by a transfer, received by it, being destroyed, destroyed or lost, and nothing after an end */
static const char *custody(const struct lab_batch *b)
{
    char state[LAB_CONTAINERS] = "kkk";
    bool released = false;
    for (int i = 1; i < b->acts_count; i++) {
        const struct lab_want *w = &b->acts[i].want;
        released |= w->verb == LAB_RELEASE;
        for (int k = 0; k < LAB_CONTAINERS; k++) {
            bool named = (w->mask & 1u << k) != 0;
            char was = state[k];
            if (w->verb == LAB_HAND_OVER && named && (state[k] = 'g', was != 'k' || !released))
                return "handed over what was not there, or not released";
            if (w->verb == LAB_RECEIVE && named && was != 'l' && (state[k] = 'r', was != 'g'))
                return "received what was not given";
            if (w->verb == LAB_DESTROY && named && (state[k] = 'd', was != 'k' && was != 'r'))
                return "destroyed what was not there";
            if (w->verb == LAB_WITNESS && named && (state[k] = 'x', was != 'd'))
                return "witnessed what was not destroyed";
            if (w->verb == LAB_LOSE && named && (state[k] = 'l', was == 'd' || was == 'x' || was == 'l'))
                return "lost what had ended";
            if ((w->verb == LAB_LABEL || w->verb == LAB_STORE) && w->one == k && was != 'k')
                return "labelled or stored what is not kept";
        }
        if (w->verb == LAB_RECEIVE && nth(b, i, 1u << LAB_HAND_OVER, w->one)->mask != w->mask)
            return "received another set than was given";
    }
    return NULL;
}

static const char *places(const struct lab *lab)
{
    int held[LAB_POSITIONS] = {0};
    for (int i = 0; i < LAB_BATCHES; i++)
        for (int k = 0; k < LAB_CONTAINERS; k++) {
            int at = lab->batch[i].container[k].position;
            if (at >= 0 && ++held[at] > 1)
                return "two containers in one position";
            if (at >= 0 && strcmp(lab->batch[i].container[k].state, "kept") != 0)
                return "a container lies somewhere and is not there";
        }
    return NULL;
}

static const char *broken(const struct lab *lab, int batch)
{
    const struct lab_batch *b = &lab->batch[batch];
    int i = b->acts_count - 1;
    const char *why = balance(b, i);
    why = why != NULL ? why : segregation(b, i);
    why = why != NULL ? why : gate(b, i);
    why = why != NULL ? why : custody(b);
    why = why != NULL ? why : places(lab);
    for (int k = 1; why == NULL && k < i; k++)
        if (strcmp(b->acts[k].state, "rejected") == 0 && (strcmp(b->state, "rejected") != 0 || b->acts[i].want.verb == LAB_RELEASE))
            why = "a rejected batch is something else again";
    return why;
}

/* --- walks */

/* What is likely where; any act is possible anywhere. Some letters of the alphabet of verbs, often those that go on. */
static const char *likely(const struct lab_batch *b)
{
    if (strcmp(b->state, "open") == 0 || strcmp(b->state, "in_process") == 0)
        return "AAABBBCCCDDEFGGHHU";
    if (strcmp(b->state, "in_test") == 0)
        return "EEEEEFGGGHHHHHLLLMMMMMMMMNNNNNNNNKRT";
    if (strcmp(b->state, "on_hold") == 0)
        return "IIIJJJGHLLFRSO";
    return "PPPPQQQQQQFRRSSST";
}

static const char fitting[LAB_VERBS + 1] = "ttttttqqqQaQqQQtctttt";     /* t: bench, q: control, Q: assurance, c: courier, a: anybody */

static int somebody(enum lab_verb verb)
{
    switch (pick(8) == 0 ? 'a' : fitting[verb]) {
    case 't': return pick(3);
    case 'q': return 3 + pick(2);
    case 'Q': return (verb == LAB_RELEASE || verb == LAB_REJECT) != (pick(10) == 0) ? 6 : 5;      /* one mostly keeps out of all else */
    case 'c': return 7;
    default: return pick(LAB_PEOPLE);
    }
}

/* what is next of its kind: a step, a container, a test, a deviation, a transfer */
static int next(const struct lab_batch *b, enum lab_verb verb)
{
    int i = 0;
    switch ((int)verb) {
    case LAB_STEP: while (i < 2 && b->steps[i].performer >= 0) i++; return i;
    case LAB_VERIFY: while (i < 2 && b->steps[i].verifier >= 0) i++; return i;
    case LAB_LABEL: while (i < 2 && b->container[i].labels > 0) i++; return i;
    case LAB_REVIEW_TEST: case LAB_INVESTIGATE: case LAB_CLOSE: return b->test_count > 0 ? b->test_count - 1 : 0;
    case LAB_CLOSE_DEVIATION: while (i + 1 < b->deviation_count && b->deviations[i].closer >= 0) i++; return i;
    case LAB_RECEIVE: while (i + 1 < b->transfer_count && b->transfers[i].received) i++; return i;
    default: return pick(3);
    }
}

static struct lab_want anything(const struct lab *lab)
{
    struct lab_want w = {.batch = pick(LAB_BATCHES)};
    const struct lab_batch *b = &lab->batch[w.batch];
    const char *sensible = likely(b);
    w.verb = pick(15) == 0 ? (enum lab_verb)pick(LAB_VERBS) : (enum lab_verb)(sensible[pick((int)strlen(sensible))] - 'A');
    w.who = somebody(w.verb);
    w.one = pick(6) == 0 ? pick(3) : next(b, w.verb);
    w.two = w.verb == LAB_HAND_OVER && pick(4) > 0 ? 7 : pick(w.verb == LAB_STORE ? LAB_POSITIONS : LAB_PEOPLE);
    if (w.verb == LAB_LABEL && pick(4) > 0)
        w.two = b->container[w.one].labels;
    int count = b->containers > 0 ? b->containers : LAB_CONTAINERS;
    w.mask = 1 + (unsigned)pick((1 << count) - 1);
    if (w.verb == LAB_RECEIVE && w.one < b->transfer_count && pick(4) > 0)
        w.mask = b->transfers[w.one].mask;
    if (w.verb == LAB_WITNESS && w.one < b->destruction_count && pick(4) > 0) {
        w.mask = b->destructions[w.one].mask;
        w.who = b->destructions[w.one].witness;
    }
    w.bad = pick(6) == 0;
    for (int k = 0, n = 1 + pick(LAB_CONTAINERS); k < n; k++)
        w.in += w.volumes[k] = 20 + pick(300);
    w.in += (w.samples = pick(10)) + (w.waste = pick(40));
    w.in += pick(2) * (pick(41) - 20);
    return w;
}

static void walk(struct lab *lab)
{
    struct err e = {0};
    lab_new(lab);
    for (int i = 0; i < STEPS; i++) {
        struct lab_want w = anything(lab);
        if (pick(4) > 0)
            lab_look(lab, w.who, w.batch);
        int code = lab_do(lab, &w, &e);
        if (code != 0) {
            refused++;
            stale += code == ERR_HEAD_STALE;
            continue;
        }
        recorded[w.verb]++;
        const char *why = broken(lab, w.batch);
        if (why != NULL)
            fail_msg("%s: after %s by %s", why, lab_verbs[w.verb], lab_people[w.who]);
    }
}

static int64_t number(const char *name, int64_t standard)
{
    const char *text = getenv(name);
    return text != NULL ? strtoll(text, NULL, 10) : standard;
}

CASE(S4_5_ten_thousand_random_walks_keep_every_invariant)
{
    static struct lab lab;
    int64_t walks = number("STEMMA_WALKS", 10000), all = 0;
    uint64_t seed = (uint64_t)number("STEMMA_SEED", 88172645463325252);
    for (int64_t i = 0; i < walks; i++) {
        random_state = (seed + (uint64_t)i * 2) | 1;
        for (int k = 0; k < 8; k++)
            pick(2);
        walk(&lab);
    }
    for (int i = 0; i < LAB_VERBS; i++)
        all += recorded[i];
    printf("seed %llu: %lld walks, %lld acts recorded, %lld refused (%lld as stale)\n", (unsigned long long)seed, (long long)walks, (long long)all,
           (long long)refused, (long long)stale);
    for (int i = 0; i < LAB_VERBS; i++) {
        printf("%s %lld%s", lab_verbs[i], (long long)recorded[i], i + 1 < LAB_VERBS ? ", " : "\n");
        if (walks >= 10000)
            assert_true(recorded[i] > 100);             /* no walk is worth much that never gets there */
    }
}

/* a walk that nothing is wrong with, up to a release by U-PETER */
static void lawful(struct lab *lab)
{
    static const struct lab_want way[] = {
        {.verb = LAB_STEP, .who = 0, .one = 0}, {.verb = LAB_VERIFY, .who = 1, .one = 0}, {.verb = LAB_STEP, .who = 0, .one = 1},
        {.verb = LAB_VERIFY, .who = 1, .one = 1}, {.verb = LAB_STEP, .who = 0, .one = 2},
        {.verb = LAB_FILL, .who = 0, .volumes = {100}, .in = 105, .samples = 5}, {.verb = LAB_REPORT, .who = 3},
        {.verb = LAB_REVIEW_TEST, .who = 4}, {.verb = LAB_COMPLETE, .who = 0}, {.verb = LAB_LABEL, .who = 0}, {.verb = LAB_STORE, .who = 0},
        {.verb = LAB_REVIEW, .who = 5}, {.verb = LAB_RELEASE, .who = 6}};
    struct err e = {0};
    lab_new(lab);
    for (size_t i = 0; i < sizeof way / sizeof way[0]; i++) {
        lab_look(lab, way[i].who, 0);
        if (lab_do(lab, &way[i], &e) != 0)
            fail_msg("%s: %s", lab_verbs[way[i].verb], e.text);
        assert_null(broken(lab, 0));
    }
}

CASE(S4_5_each_check_of_the_walks_finds_what_it_is_for)
{
    static struct lab lab;
    struct lab_batch *b = &lab.batch[0];
    int release = 13;
    lawful(&lab);
    assert_int_equal(b->acts_count, release + 1);
    b->acts[release].want.who = 5;
    assert_string_equal(broken(&lab, 0), "who decides had worked on it");
    lawful(&lab);
    b->acts[4].want.verb = LAB_NOTE;
    assert_string_equal(broken(&lab, 0), "released with a step undone or unverified");
    lawful(&lab);
    b->acts[7].want.bad = true;
    assert_string_equal(broken(&lab, 0), "released with a case open or confirmed");
    lawful(&lab);
    b->acts[11].want.verb = LAB_REVIEW;
    b->acts[12].want.verb = LAB_STORE;
    assert_string_equal(broken(&lab, 0), "released after what was reviewed had changed");
    lawful(&lab);
    lab.batch[1].container[0].position = b->container[0].position;
    assert_string_equal(broken(&lab, 0), "two containers in one position");
    lawful(&lab);
    b->acts_count = 3;
    b->acts[2].want.who = 0;
    assert_string_equal(broken(&lab, 0), "one person stands for two");
    lawful(&lab);
    b->acts_count = 7;
    b->acts[6].want.waste = 6;
    assert_string_equal(broken(&lab, 0), "a fill does not balance");
    lawful(&lab);
    b->acts[b->acts_count++] = (struct lab_act){{.verb = LAB_RECEIVE, .who = 7, .mask = 1}, b->state};
    assert_string_equal(broken(&lab, 0), "done to what is not there");
}

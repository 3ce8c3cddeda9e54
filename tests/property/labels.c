/*
 * Labels at random (R06, R07, gate point 8): prints, scans, reprints, ends and witnesses in any order, many of them wrong. A model that knows no
 * machine says what may be; the rules agree, whether the copies come from rows, as the service has them, or from the statements, as the
 * verifier does; and printed = applied + spoiled + destroyed + specimens holds exactly when nothing is open.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "domain/label_copy.h"
#include "record/record.h"
#include "support/test.h"

enum { CONTAINERS = 3, COPIES = 6, PEOPLE = 3, MOST = CONTAINERS * COPIES };
enum { IN_HAND, ON, OFF, BURNING, SPOILED, BURNT, KEPT };

static const char *const ids[CONTAINERS] = {"A999926000001-S00002A0", "A999926000001-S00002Aa", "A999926000001-S00002Ba"};
static const char *const people[PEOPLE] = {"U-1", "U-2", "U-3"};
static const char *const states[] = {"printed", "applied", "replaced", "destroying", "spoiled", "destroyed", "specimen"};

struct model {
    int count[CONTAINERS], state[CONTAINERS][COPIES + 1], by[CONTAINERS][COPIES + 1], witness[CONTAINERS][COPIES + 1];
};

static struct arena *a;
static struct label_copies said;                  /* as the verifier has them */
static struct model m;
static uint64_t dice;

static int roll(int faces)
{
    dice = dice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int)((dice >> 33) % (uint64_t)faces);
}

/* as the service has them: rows, by container and copy */
static struct label_copies rows(void)
{
    struct list all = {NULL, 0};
    struct label_copies ret;
    for (int k = 0; k < CONTAINERS; k++)
        for (int n = 1; n <= m.count[k]; n++) {
            struct label_row *r = record_list_add(a, &record_label_row, &all);
            r->container_id = ids[k];
            r->copy = n;
            r->state = states[m.state[k][n]];
            r->person_id = people[m.by[k][n]];
            r->witness_id = m.state[k][n] == BURNING ? people[m.witness[k][n]] : NULL;
        }
    label_copies_from(a, &all, &ret);
    return ret;
}

static int find(int k, int state)
{
    for (int n = 1; n <= m.count[k]; n++)
        if (m.state[k][n] == state)
            return n;
    return 0;
}

static bool any_in_hand(void)
{
    return find(0, IN_HAND) + find(1, IN_HAND) + find(2, IN_HAND) > 0;
}

static void agree(int from_rows, int from_statements, bool may, const char *what)
{
    if ((from_rows == 0) != may || (from_statements == 0) != may)
        fail_msg("%s: rows %d, statements %d, the model %s", what, from_rows, from_statements, may ? "lets it" : "refuses");
}

static void set(int k, int n, int state, int who)
{
    m.state[k][n] = state;
    m.by[k][n] = who;
}

static void try_print(int k, int n, int who)
{
    struct label_copies stock = rows();
    struct label_print in = {.batch_id = "B-1", .container_id = ids[k], .copy = n};
    struct err e;
    bool may = !any_in_hand() && n == m.count[k] + 1;
    agree(label_print_check(&stock, &in, &e), label_print_check(&said, &in, &e), may, "print");
    if (!may)
        return;
    label_copies_take(&said, "custody.label_print", &in, people[who]);
    m.count[k]++;
    set(k, n, IN_HAND, who);
}

/* the scan of the label of container ${read}, a first print or not */
static void try_apply(int k, int n, int read, bool reprint, int who)
{
    struct label_copies stock = rows();
    const char *text = arena_printf(a, "=+02000=%.13s%s=<%s", ids[read], reprint ? "05" : "00", ids[read] + 14);
    struct label_apply in = {"B-1", ids[k], n, text, "scanned", NULL, INTEGER_ABSENT}, same = in;
    struct err e;
    int there = find(k, ON);
    bool may = n <= m.count[k] && m.state[k][n] == IN_HAND && n == m.count[k] && read == k && reprint == (n > 1);
    agree(label_apply_check(a, &stock, &in, &e), label_apply_check(a, &said, &same, &e), may, "apply");
    if (!may)
        return;
    assert_int_equal(in.replaces, there == 0 ? INTEGER_ABSENT : there);
    assert_int_equal(in.replaces, same.replaces);
    label_copies_take(&said, "custody.label_apply", &in, people[who]);
    if (there != 0)
        set(k, there, OFF, who);
    set(k, n, ON, who);
}

static void try_end(int k, int n, int outcome, int witness, int who)
{
    static const int to[] = {SPOILED, BURNING, KEPT};
    struct label_copies stock = rows();
    struct label_end in = {"B-1", ids[k], n, words_label_outcome.words[outcome], "not needed any more", witness < 0 ? NULL : people[witness]};
    struct err e;
    int now = n <= m.count[k] ? m.state[k][n] : SPOILED;
    bool may = (now == IN_HAND || now == OFF || now == BURNING) && (outcome == 1) == (witness >= 0) && witness != who;
    agree(label_end_check(a, &stock, &in, people[who], &e), label_end_check(a, &said, &in, people[who], &e), may, "end");
    if (!may)
        return;
    label_copies_take(&said, "custody.label_end", &in, people[who]);
    set(k, n, to[outcome], who);
    m.witness[k][n] = witness;
}

static void try_witness(int k, int n, int who)
{
    struct label_copies stock = rows();
    struct label_witness in = {"B-1", ids[k], n, NULL}, same = in;
    struct err e;
    bool may = n <= m.count[k] && m.state[k][n] == BURNING && m.witness[k][n] == who;
    agree(label_witness_check(&stock, &in, people[who], &e), label_witness_check(&said, &same, people[who], &e), may, "witness");
    if (!may)
        return;
    assert_string_equal(in.destroyed_by, people[m.by[k][n]]);
    label_copies_take(&said, "custody.label_witness", &in, people[who]);
    set(k, n, BURNT, who);
}

static void reconciled(void)
{
    struct label_copies stock = rows();
    struct label_account x, y;
    struct list none = {NULL, 0}, due = {NULL, 0};
    int printed = 0, tally[KEPT + 1] = {0}, bare = 0;
    for (int k = 0; k < CONTAINERS; k++) {
        texts_add(a, &due, ids[k]);
        bare += m.count[k] == 0 || m.state[k][m.count[k]] != ON;
        for (int n = 1; n <= m.count[k]; n++, printed++)
            tally[m.state[k][n]]++;
    }
    label_reconcile(a, &stock, &none, &x);
    label_reconcile(a, &said, &due, &y);
    assert_true(x.printed == printed && x.applied == tally[ON] && x.spoiled == tally[SPOILED] && x.destroyed == tally[BURNT] &&
                x.specimen == tally[KEPT] && tally[IN_HAND] <= 1);
    assert_int_equal(x.open.count, tally[IN_HAND] + tally[OFF] + tally[BURNING]);
    assert_int_equal(x.open.count == 0, x.printed == x.applied + x.spoiled + x.destroyed + x.specimen);
    assert_int_equal(y.open.count, (int)x.open.count + bare);
    assert_true(y.printed == x.printed && y.applied == x.applied);
}

static void walk(void)
{
    a = arena_new(0);
    memset(&m, 0, sizeof m);
    label_copies_begin(a, MOST, &said);
    for (int i = 0; i < 60; i++) {
        int k = roll(CONTAINERS), n = m.count[k] + roll(3) - 1, who = roll(PEOPLE);
        n = n < 1 ? 1 : n;
        switch (roll(5)) {
        case 0:
            if (n <= COPIES)
                try_print(k, n, who);
            break;
        case 1:
        case 2:
            try_apply(k, n, roll(4) > 0 ? k : roll(CONTAINERS), roll(4) > 0 ? n > 1 : n == 1, who);
            break;
        case 3:
            try_end(k, 1 + roll(m.count[k] + 1), roll(3), roll(2) ? -1 : roll(PEOPLE), who);
            break;
        default:
            try_witness(k, 1 + roll(m.count[k] + 1), who);
        }
        reconciled();
    }
    a = arena_free(a);
}

CASE(gate_08_labels_add_up_in_any_order_and_service_and_verifier_agree)
{
    const char *seed = getenv("STEMMA_SEED");
    dice = seed != NULL ? strtoull(seed, NULL, 10) : 20261122;
    for (int i = 0; i < 2000; i++)
        walk();
}

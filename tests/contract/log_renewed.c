/* Which further time-stamps a dossier takes along when those of its acts have ended: the fewest that renew them, or none at all. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "audit_renewed.h"
#include "audit_store.h"
#include "base/clock.h"
#include "crypto/digest.h"
#include "crypto/tsp.h"
#include "db/log_source.h"
#include "log_tree.h"
#include "sequencer.h"
#include "support/pg.h"
#include "support/test.h"
#include "unit/crypto/pki.h"

#define DAY_MS (INT64_C(24) * 3600 * 1000)

struct place {
    struct arena *a;
    struct db *batch, *log, *audit;
    struct log_tree tree;
    struct statement_table sequencer[2];
    struct pki *pki;
    struct certificate *brief;   /* lasts 30 days */
    int64_t now_ms, first_seq;
    struct dossier_stream all;
};

static void place_begin(struct place *p)
{
    struct err e = {0};
    sequencer_config.common.origin = PG_ORIGIN;
    sequencer_config.terminal = "T-SEQUENCER";
    p->a = arena_new(0);
    p->pki = pki_new();
    p->now_ms = clock_ms();
    p->first_seq = -1;
    struct ca root = {p->pki->stamp_root, p->pki->stamp_root_key};
    struct ca_request brief = {CA_STAMP, "brief", NULL, NULL, 30};
    assert_int_equal(ca_issue(&root, &brief, p->pki->stamp_key, &p->brief, &e), 0);
    p->sequencer[0] = sequencer_statements;
    p->sequencer[1] = log_source_statements;
    p->batch = pg_open("stemma_batch", &pg_append_table);
    p->audit = pg_open("stemma_audit", &audit_statements);
    p->log = pg_open_tables("stemma_sequencer", p->sequencer, 2);
    int code = log_tree_open(&p->tree, p->log, &e);
    for (int tries = 0; code == ERR_BUSY && tries < 2400; tries++) {
        usleep(50000);
        code = log_tree_open(&p->tree, p->log, &e);
    }
    assert_int_equal(code, 0);
}

static void place_end(struct place *p)
{
    clock_set(TIME_ABSENT);
    p->batch = db_close(p->batch);
    p->log = db_close(p->log);
    p->audit = db_close(p->audit);
    certificate_free(p->brief);
    pki_free(p->pki);
    p->a = arena_free(p->a);
}

#define PLACE                                  \
    CLEANUP(place_end) struct place p = {0};   \
    place_begin(&p)

/* One more entry, and the log stamped ${days} from now by the brief authority or the other. */
static void stamp(struct place *p, bool brief, int days)
{
    const struct tsp_authority tsa = {brief ? p->brief : p->pki->stamp, p->pki->stamp_key, "1.3.6.1.4.1.99999.1", 500};
    struct kept_checkpoint c = {.note = {(const uint8_t *)"note\n", 5}};
    struct bytes request;
    struct pg_entry x;
    uint8_t imprint[DIGEST_LEN];
    struct err e = {0};
    pg_entry_make(p->a, pg_stream(p->a, "B"), "batch.reading", NULL, &x);
    assert_int_equal(pg_append(p->batch, &x, 1, &e), 0);
    assert_int_equal(log_tree_integrate(&p->tree, NULL, &e), 0);
    c.size = p->tree.frontier.size;
    merkle_frontier_root(&p->tree.frontier, c.root);
    digest_sha256(c.note.data, c.note.len, imprint);
    assert_int_equal(tsp_request(p->a, imprint, true, &request, &e), 0);
    clock_set(p->now_ms + days * DAY_MS);
    int code = tsp_reply(p->a, &tsa, request, 7, &c.token, &e);
    clock_set(TIME_ABSENT);
    assert_int_equal(code, 0);
    if (log_tree_add_timestamp(&p->tree, &c, &e) != 0 || log_tree_integrate(&p->tree, NULL, &e) != 0)
        fail_msg("%s", e.text);
}

/* The stamps of this test alone: it has been the only sequencer since it began. */
static void read_stamps(struct place *p, size_t mine)
{
    struct err e = {0};
    assert_int_equal(audit_store_sys(p->audit, p->a, "log.timestamp", p->tree.frontier.size, false, &p->all, &e), 0);
    assert_true(p->all.count >= mine);
    p->all.entry += p->all.count - mine;
    p->all.count = mine;
}

/* What a dossier of ${days} from now takes, whose acts the first stamp covers; as many as there are stamps: 0 for not. */
static int choose(struct place *p, int days, struct stamp_choice *ret, struct err *e)
{
    const struct dossier_entry *first = &p->all.entry[0];
    *ret = (struct stamp_choice){p->audit, p->a, &p->all, p->now_ms + days * DAY_MS, ARENA_ARRAY(p->a, struct dossier_stamp, 9),
                                 ARENA_ARRAY(p->a, struct dossier_entry, 9), 1};
    ret->stamp[0] = (struct dossier_stamp){.sys_seq = first->entry.seq, .size = 1};
    ret->kept[0] = *first;
    int code = audit_renewed(ret, e);
    audit_stamps_sort(ret);
    return code;
}

CASE(L27_stamp_that_lasts_until_the_dossier_stands_alone)
{
    PLACE;
    struct stamp_choice c;
    struct err e = {0};
    stamp(&p, true, 0);
    stamp(&p, false, 5);
    read_stamps(&p, 2);
    assert_int_equal(choose(&p, 20, &c, &e), 0);
    assert_int_equal(c.count, 1);
}

CASE(L27_stamp_that_ended_takes_along_the_last_that_renewed_it)
{
    PLACE;
    struct stamp_choice c;
    struct err e = {0};
    stamp(&p, true, 0);
    stamp(&p, false, 5);
    stamp(&p, false, 10);
    stamp(&p, true, 15);         /* no gain: of the same end */
    stamp(&p, false, 40);        /* too late */
    read_stamps(&p, 5);
    if (choose(&p, 60, &c, &e) != 0)
        fail_msg("%s", e.text);
    assert_int_equal(c.count, 2);
    assert_int_equal(c.stamp[0].sys_seq, p.all.entry[0].entry.seq);
    assert_int_equal(c.stamp[1].sys_seq, p.all.entry[2].entry.seq);
    assert_int_equal(c.kept[1].entry.seq, p.all.entry[2].entry.seq);
    assert_true(c.stamp[0].size < c.stamp[1].size);
}

CASE(L27_stamp_that_ended_unrenewed_makes_no_dossier)
{
    PLACE;
    struct stamp_choice c;
    struct err e = {0};
    stamp(&p, true, 0);
    stamp(&p, true, 20);
    stamp(&p, false, 40);
    read_stamps(&p, 3);
    assert_int_equal(choose(&p, 60, &c, &e), ERR_DOSSIER_REFUSED);
    assert_non_null(strstr(e.text, arena_printf(p.a, "SYS %lld ended", (long long)p.all.entry[0].entry.seq)));
}

/* ---- the stamp before an entry */

static size_t taken_before(struct place *p, int days, size_t which)
{
    struct stamp_choice c;
    struct err e = {0};
    assert_int_equal(choose(p, days, &c, &e), 0);
    size_t before = c.count;
    if (audit_before(&c, p->all.entry[which].index + 1, &e) != 0)
        fail_msg("%s", e.text);
    if (c.count > before)
        assert_int_equal(c.stamp[c.count - 1].sys_seq, p->all.entry[which].entry.seq);
    size_t more = c.count - before;
    assert_int_equal(audit_before(&c, p->all.entry[which].index + 1, &e), 0);      /* once */
    assert_int_equal(c.count, before + more);
    return more;
}

CASE(L28_stamp_recorded_before_an_entry_is_taken_once)
{
    PLACE;
    stamp(&p, false, 0);
    stamp(&p, false, 1);
    stamp(&p, true, 2);
    read_stamps(&p, 3);
    assert_int_equal(taken_before(&p, 20, 0), 0);      /* there already */
    assert_int_equal(taken_before(&p, 20, 1), 1);
    assert_int_equal(taken_before(&p, 20, 2), 1);
}

/* It would have to be renewed, and may make no dossier impossible. */
CASE(L28_stamp_before_an_entry_that_has_ended_is_left_out)
{
    PLACE;
    stamp(&p, false, 0);
    stamp(&p, true, 2);
    read_stamps(&p, 2);
    assert_int_equal(taken_before(&p, 60, 1), 0);
}

/*
 * Random walks of nine people at once over the running house, and what has to be so whatever they did, asked of the tables and of the
 * record itself. Every walker's choices come from STEMMA_SEED (a run prints its own); which of them is first is the machine's.
 * STEMMA_WALK_STEPS: how many steps all walkers do together (2000), STEMMA_WALK_BATCHES: on how many batches (6), STEMMA_WALK_S: and no
 * step is begun later (30 s). Ten thousand, by hand, in a house that tests/support/house started:
 *   STEMMA_HOUSE=DIR STEMMA_WALK_STEPS=10000 STEMMA_WALK_BATCHES=60 STEMMA_WALK_S=3000 build/dev/bin/integration_walks
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "house_support.h"
#include "walkers.h"

/* Each asks for what must not be: columns do not matter, one row is too many. `walked` is the batches of the walk; `entry` their
 * entries, with who acted. */
static const struct { const char *what, *sql; } never[] = {
    {"a fill does not balance",
     "select b.batch_id from walked join batch.batch_facts b using (batch_id) join (select batch_id, sum(volume_ml) as ml from batch.container_facts"
     " group by batch_id) k using (batch_id) where abs(b.volume_in_ml - b.samples_ml - b.waste_ml - k.ml) > greatest(b.volume_in_ml * 0.02, 0.5)"},
    {"recording is complete without its fill",
     "select stream from entry where type = 'batch.complete' and not exists (select from entry f where f.stream = entry.stream"
     " and f.seq < entry.seq and f.type = 'batch.fill')"},
    {"two containers lie in one position, or one in two",
     "select equipment_id || ' ' || position from custody.place where left_seq is null group by 1 having count(*) > 1"
     " union all select container_id from custody.place where left_seq is null group by 1 having count(*) > 1"},
    {"a container lies somewhere and is not there",
     "select p.container_id from walked join custody.place p using (batch_id) join custody.container_state k using (container_id)"
     " where p.left_seq is null and k.state not in ('kept', 'destroying', 'returned', 'condemned')"},
    {"a chain is broken",
     "select e.stream || ' ' || e.seq from ledger.entry e left join ledger.entry p on p.stream = e.stream and p.seq = e.seq - 1"
     " where e.stream in (select batch_id from walked) and (e.leaf <> sha256('\\x00'::bytea || e.bytes) or e.seq > 0 and (p.leaf is null or"
     " position(convert_to(format(e'\\nprev %s\\n', encode(p.leaf, 'hex')), 'UTF8') in e.bytes) = 0 or e.time_ms <= p.time_ms) or"
     " position(convert_to(encode(sha256(e.statement), 'hex'), 'UTF8') in e.bytes) = 0)"},
    {"the head is not the last entry",
     "select h.stream from ledger.head h join walked on h.stream = batch_id where h.seq <> (select max(e.seq) from ledger.entry e"
     " where e.stream = h.stream)"},
    {"who decided on a batch had worked on it",
     "select r.stream from entry r join entry w on w.stream = r.stream and w.seq < r.seq and w.person = r.person"
     " and w.type not in ('release.release', 'release.reject') where r.type in ('release.release', 'release.reject')"},
    {"who reviewed a batch had made its record",
     "select r.stream from entry r join entry w on w.stream = r.stream and w.seq < r.seq and w.person = r.person and (w.type like 'batch.%'"
     " and w.type <> 'batch.open' or w.type in ('quality.test_report', 'quality.test_correct')) where r.type = 'release.review'"},
    {"one person stands for two",
     "select batch_id from quality.test where reviewed_by = performed_by union all"
     " select batch_id from quality.test t join quality.correction c using (batch_id, test_seq) where t.reviewed_by = c.person_id"
     " and t.reviewed_seq > c.seq union all"
     " select batch_id from quality.oos o join quality.test t using (batch_id, test_seq) where closed_by in (investigated_by, performed_by)"
     " or investigated_by = performed_by union all"
     " select batch_id from quality.deviation where closed_by = opened_by union all"
     " select batch_id from custody.transfer where giver_id = receiver_id union all"
     " select d.batch_id from custody.destruction d join entry v on v.stream = d.batch_id and v.seq = d.witnessed_seq"
     " where v.person = d.person_id or v.person <> d.witness_id"},
    {"a batch was released and a step was not done",
     "select stream from entry where type = 'release.release' and (select count(*) from batch.step s where s.batch_id = stream"
     " and s.performed_seq < seq) < (select steps_total from batch.batch b where b.batch_id = stream)"},
    {"a batch was released on a test that did not pass, or that nobody had reviewed",
     "select stream from entry r where type = 'release.release' and not exists (select from quality.test t where t.batch_id = r.stream"
     " and t.test_seq < r.seq and coalesce(t.ended_seq > r.seq, true) and coalesce((select c.verdict from quality.correction c"
     " where c.batch_id = t.batch_id and c.test_seq = t.test_seq and c.seq < r.seq order by c.seq desc limit 1), t.verdict) = 'pass'"
     " and exists (select from entry v where v.stream = r.stream and v.type = 'quality.test_review' and v.seq > t.test_seq and v.seq < r.seq"
     " and v.seq > coalesce((select max(c.seq) from quality.correction c where c.batch_id = t.batch_id and c.test_seq = t.test_seq"
     " and c.seq < r.seq), 0)))"},
    {"a batch was released with a case open",
     /* a case opens with the failing result: the test's own, or its correction's */
     "select r.stream from entry r join quality.oos o on o.batch_id = r.stream and coalesce(o.closed_seq > r.seq, true) join quality.test t"
     " using (batch_id, test_seq) where r.type = 'release.release' and r.seq > case when t.verdict = 'fail' then t.test_seq else (select"
     " min(c.seq) from quality.correction c where c.batch_id = t.batch_id and c.test_seq = t.test_seq and c.verdict = 'fail') end union all"
     " select r.stream from entry r join quality.oos o on o.batch_id = r.stream and o.closed_seq < r.seq and o.conclusion = 'confirmed'"
     " where r.type = 'release.release' union all"
     " select r.stream from entry r join quality.deviation d on d.batch_id = r.stream and d.deviation_seq < r.seq"
     " and coalesce(d.closed_seq > r.seq, true) and d.class <> 'minor' where r.type = 'release.release'"},
    {"a batch was released after what was reviewed had changed",
     "select r.stream from entry r where r.type = 'release.release' and (not exists (select from entry v where v.stream = r.stream"
     " and v.type = 'release.review' and v.seq < r.seq) or exists (select from entry c where c.stream = r.stream and c.seq < r.seq"
     " and c.seq > (select max(v.seq) from entry v where v.stream = r.stream and v.type = 'release.review' and v.seq < r.seq)))"},
    {"a batch was released with a container that has no label",
     "select r.stream from entry r join batch.container k on k.batch_id = r.stream where r.type = 'release.release' and not exists (select"
     " from custody.label l where l.container_id = k.container_id and l.seq < r.seq) and coalesce((select v.state from custody.container_event v"
     " where v.container_id = k.container_id and v.seq < r.seq order by v.seq desc limit 1), 'kept') in ('kept', 'destroying')"},
    {"a container left that nobody had released",
     "select t.batch_id from walked join custody.transfer t using (batch_id) where not exists (select from entry r where r.stream = t.batch_id"
     " and r.type = 'release.release' and r.seq < t.given_seq)"},
    {"another received than was named",
     "select t.batch_id from walked join custody.transfer t using (batch_id) join entry v on v.stream = t.batch_id and v.seq = t.received_seq"
     " where v.person <> t.receiver_id or t.received_seq < t.given_seq"},
    {"a container went a way that its machine has not",
     "select v.container_id from (select x.*, coalesce(lag(x.state) over (partition by x.container_id order by x.seq), 'kept') as was"
     " from walked join custody.container_event x using (batch_id)) v left join custody.fsm_rule m on m.machine = 'container'"
     " and m.from_state = v.was and m.event = v.event where m.to_state is distinct from v.state"},
};

static const char *walked(const struct walk *w)
{
    struct buf b = buf_new(house_arena());
    for (size_t i = 0; i < w->lot_count; i++)
        buf_printf(&b, "%s'%s'", i > 0 ? "," : "", w->lots[i].b.batch);
    return arena_printf(house_arena(), "with walked as (select unnest(array[%s]) collate \"C\" as batch_id), entry as (select e.stream, e.seq,"
                        " e.type, substring(convert_from(e.statement, 'UTF8') from e'\\nactor ([^ ]+) ') as person from ledger.entry e"
                        " join walked on e.stream = batch_id) ", b.text);
}

static void check(const struct walk *w)
{
    const char *with = walked(w);
    for (size_t i = 0; i < sizeof never / sizeof never[0]; i++) {
        const char *found = house_sql(arena_printf(house_arena(), "%s select x.* from (%s) x limit 1", with, never[i].sql));
        if (found[0] != '\0')
            fail_msg("seed %" PRIu64 ": %s: %s", w->seed, never[i].what, found);
    }
}

static int64_t entries(const struct walk *w)
{
    return strtoll(house_sql(arena_printf(house_arena(), "%s select count(*) from entry", walked(w))), NULL, 10);
}

static int64_t number(const char *name, int64_t standard)
{
    const char *text = getenv(name);
    return text == NULL ? standard : strtoll(text, NULL, 10);
}

static void begin(struct walk *w)
{
    static struct lot lots[LOTS_MAX];
    *w = (struct walk){.seed = (uint64_t)number("STEMMA_SEED", clock_ms()), .lots = lots, .positions = short_fresh("W"),
                       .lot_count = (size_t)number("STEMMA_WALK_BATCHES", 6)};
    assert_in_range(w->lot_count, 1, LOTS_MAX);
    for (size_t i = 0; i < w->lot_count; i++)
        walk_lot(&lots[i], i % 2 == 0 ? "U-PETER" : "U-ELENA");
    walk_train(&lots[0]);
}

CASE(S4_5_random_walks_of_nine_people_at_once_keep_every_invariant)
{
    struct walk w;
    begin(&w);
    int64_t before = entries(&w), from_us = clock_monotonic_us();
    w.left = number("STEMMA_WALK_STEPS", 2000);
    w.until_us = from_us + number("STEMMA_WALK_S", 30) * 1000000;
    walk_run(&w);
    printf("seed %" PRIu64 ": %" PRId64 " acts recorded, %" PRId64 " refused (%" PRId64 " as stale), on %zu batches in %"
           PRId64 " s\n", w.seed, w.done, w.refused, w.stale, w.lot_count, (clock_monotonic_us() - from_us) / 1000000);
    for (size_t i = 0; i < WALK_VERBS; i++)
        printf("%s%s %d/%d", i > 0 ? ", " : "recorded of tried: ", walk_verb(i), w.recorded[i], w.tried[i]);
    printf("\n");
    assert_int_equal(entries(&w), before + w.done);        /* nothing lost, nothing twice */
    assert_true(w.done > 0 && w.refused > 0);
    check(&w);
    assert_true(house_verify(true)->holds);
    assert_true(house_replay()->holds);
}

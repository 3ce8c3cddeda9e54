/* Rule 11 for pools: what comes of their parents comes out again, who verified them was another, and what reached a parent reaches its pool. */
#include "unit/dossier/recompute_lab.h"

#include "support/test.h"

#include <string.h>

#include "domain/pool.h"
#include "dossier/reach.h"

#define MINUTE INT64_C(60000)
#define DIN "A999926000001"
#define FIRST DIN "-S1234VA0"
#define SECOND DIN "-S1234VB0"
#define POOL DIN "-S1234VC0"

static void containers(struct batch_fill *fill, const char *cells)
{
    static const char *const ids[] = {FIRST, SECOND};
    for (int i = 0; i < 2; i++)
        *(struct fill_container *)record_list_add(a, &record_fill_container, &fill->containers) =
            (struct fill_container){.container_id = ids[i], .volume_ml = "7.0", .cells = i == 0 ? cells : "300"};
}

/* a batch in process with two containers, by a procedure that pools as ${pooling} says, and whose third step is of ${stage} */
static void begin_formulated(const char *pooling, const char *stage)
{
    static const char third[] = "\"stage\":\"concentration\"";
    begin();
    const char *document = seed("procedure_bmac.json"), *at = strstr(document, third);
    assert_non_null(at);
    document = arena_printf(a, "%.*s\"stage\":\"%s\"%s", (int)(at - document), document, stage, at + sizeof third - 1);
    at = strstr(document, "\"product\":");
    open_batch_of(arena_printf(a, "%.*s\"pooling\":\"%s\",%s", (int)(at - document), document, pooling, at), 1);
    perform_all();
    struct batch_fill *fill = fresh("batch.fill");
    *fill = (struct batch_fill){.batch_id = "B-1", .volume_in_ml = "14.0", .samples_ml = "0", .waste_ml = "0", .expires_at = now_ms + 300 * MINUTE,
                                .tolerance_percent = "2", .tolerance_ml = "0.5"};
    containers(fill, "700");
    add(B, "batch.fill", fill)->statement.actor = "U-1";
}

static void begin_filled(const char *pooling)
{
    begin_formulated(pooling, "concentration");
}

static struct container_pool *pooling(void)
{
    struct container_pool *in = fresh("custody.pool");
    *in = (struct container_pool){.batch_id = "B-1", .container_id = POOL, .volume_ml = "13.0", .waste_ml = "1.0", .pooled_at = now_ms + MINUTE,
                                  .tolerance_percent = "2", .tolerance_ml = "0.5", .verify = BOOLEAN_ABSENT, .late_min = INTEGER_ABSENT};
    texts_add(a, &in->parents, FIRST);
    texts_add(a, &in->parents, SECOND);
    return in;
}

static struct dossier_entry *pooled(void)
{
    struct dossier_entry *entry = add(B, "custody.pool", pooling());
    entry->statement.actor = "U-1";
    return entry;
}

static struct dossier_entry *verified_by(const char *person)
{
    struct pool_verify *in = fresh("custody.pool_verify");
    in->batch_id = "B-1";
    in->container_id = POOL;
    in->pool = (int64_t)stream[B].count - 1;
    struct dossier_entry *entry = put(B, "custody.pool_verify", in);
    entry->statement.actor = person;
    return entry;
}

/* the statement as somebody would have it, who computed otherwise */
static void pool_refused(struct container_pool *in, int code, const char *field)
{
    struct dossier_entry *entry = put(B, "custody.pool", in);
    entry->statement.actor = "U-1";
    assert_int_equal(check(B, entry), code);
    assert_string_equal(e.field, field);
}

CASE(custody_POOL_rule_11_comes_out_again)
{
    static const char *const changed[][2] = {
        {"\"cells\":\"929\"", "\"cells\":\"930\""},
        {"\"volume_in_ml\":\"14\"", "\"volume_in_ml\":\"15\""},
        {"\"volume_ml\":\"7\"", "\"volume_ml\":\"6\""},
        {"\"verify\":true,", ""},
        {"\"donors\":[\"D-1\"]", "\"donors\":[\"D-2\"]"},
        {"\"volume_ml\":\"13.0\"", "\"volume_ml\":\"12.9\""},
    };
    for (size_t i = 0; i < sizeof changed / sizeof changed[0]; i++) {
        begin_filled("verified");
        holds_until(B, pooled(), changed[i][0], changed[i][1]);
        end();
    }
}

CASE(R33_rule_11_a_pool_that_does_not_balance)
{
    begin_filled("performed");
    struct container_pool *in = pooling();
    in->volume_ml = "12.4";
    pool_refused(in, ERR_BALANCE_OPEN, "volume_in_ml");
    in = pooling();
    in->tolerance_ml = NULL;
    pool_refused(in, ERR_DOSSIER_REFUSED, "tolerance_ml");
    end();
}

/* ${since_ms}: when there was something to pool */
static void pooled_from(int64_t since_ms)
{
    struct container_pool *in = pooling();
    in->pooled_at = since_ms - POOL_SKEW_MS - 1;
    pool_refused(in, ERR_TIME_REFUSED, "pooled_at");
    assert_string_equal(e.rule, "R15");
    stream[B].count--;
    in = pooling();
    in->pooled_at = since_ms - POOL_SKEW_MS;
    assert_int_equal(check(B, add(B, "custody.pool", in)), 0);
    end();
}

CASE(R15_rule_11_a_pool_before_there_was_anything_to_pool)
{
    begin_filled("performed");
    pooled_from(stream[B].entry[0].entry.time_ms);
    begin_formulated("performed", "formulation");
    pooled_from(now_ms - 7 * MINUTE);              /* step 3, verified; two steps more, verified; the fill */
}

CASE(R32_rule_11_a_pool_with_another_donors_cells)
{
    begin_filled("performed");
    struct container_pool *in = pooling();
    texts_add(a, &in->parents, "A999926000002-S1234VA0");
    pool_refused(in, ERR_POOL_REFUSED, "parents");
    assert_string_equal(e.rule, "R32");
    end();
}

CASE(custody_POOL_rule_11_of_a_procedure_that_pools_nothing)
{
    begin_filled("none");
    pool_refused(pooling(), ERR_POOL_REFUSED, "batch_id");
    end();
}

CASE(custody_POOL_rule_11_of_what_was_pooled_before)
{
    begin_filled("performed");
    pooled();
    struct container_pool *in = pooling();
    in->container_id = DIN "-S1234VD0";
    in->volume_ml = "0.1";
    in->waste_ml = "0";
    pool_refused(in, ERR_DOSSIER_REFUSED, "containers");       /* they have ended, and nothing is in them */
    in->parents = (struct list){NULL, 0};
    texts_add(a, &in->parents, POOL);
    texts_add(a, &in->parents, FIRST);
    pool_refused(in, ERR_POOL_REFUSED, "parents");             /* nor is a pool pooled */
    end();
}

CASE(custody_POOL_rule_11_of_a_batch_that_is_decided_on)
{
    begin_filled("performed");
    struct batch_complete *complete = fresh("batch.complete");
    complete->batch_id = "B-1";
    add(B, "batch.complete", complete);
    assert_int_equal(check(B, pooled()), 0);
    stream[B].count--;
    release("holds", 13);
    pool_refused(pooling(), ERR_DOSSIER_REFUSED, "batch_id");
    end();
}

CASE(R10_rule_11_who_pooled_does_not_verify)
{
    begin_filled("verified");
    pooled();
    struct dossier_entry *entry = verified_by("U-2");
    assert_int_equal(check(B, entry), 0);
    entry->statement.actor = "U-1";
    assert_int_equal(check(B, entry), ERR_DOSSIER_REFUSED);
    entry->statement.actor = "U-2";
    struct pool_verify *again = fresh("custody.pool_verify");
    *again = (struct pool_verify){"B-1", POOL, entry->entry.seq - 1};
    assert_int_equal(check(B, put(B, "custody.pool_verify", again)), ERR_DOSSIER_REFUSED);
    end();
}

CASE(gate_9_rule_11_a_pool_that_nobody_else_verified)
{
    begin_filled("verified");
    review(report("viability", "97", "acridine orange/propidium iodide"));
    review(report("tnc", "250000000", "automated counter"));
    review(report("appearance", "conforms", "visual inspection"));
    review(report("endotoxin", "<0.05", "LAL cartridge"));
    review(report("gram", "negative", "Gram stain"));
    review(report("sterility", "pending", "growth-based, 14 days"));
    pooled();
    gate_refused(release("holds", 13), "nobody else verified the pool " POOL);
    end();
}

CASE(custody_POOL_rule_11_a_sample_and_a_dose_of_a_pool)
{
    begin_filled("performed");
    pooled();
    struct sample_take *in = fresh("custody.sample_take");
    *in = (struct sample_take){.batch_id = "B-1", .container_id = POOL, .volume_ml = "6.5", .sample_point = "final product", .place = "tube 1",
                               .taken_at = now_ms + MINUTE, .late_min = INTEGER_ABSENT};
    texts_add(a, &in->codes, "viability");
    holds_until(B, add(B, "custody.sample_take", in), "\"left_ml\":\"6.5\"", "\"left_ml\":\"6.4\"");
    in = fresh("custody.sample_take");
    *in = (struct sample_take){.batch_id = "B-1", .container_id = FIRST, .volume_ml = "1", .sample_point = "final product", .place = "tube 1",
                               .taken_at = now_ms + MINUTE, .late_min = INTEGER_ABSENT};
    texts_add(a, &in->codes, "viability");
    assert_true(check(B, put(B, "custody.sample_take", in)) > 0);         /* nothing is left in what was pooled */
    end();
}

CASE(R12_rule_11_a_correction_of_a_parent_reaches_its_pool)
{
    begin_filled("performed");
    pooled();
    struct fill_correct *in = fresh("batch.fill_correct");
    *in = (struct fill_correct){.batch_id = "B-1", .field = "containers." FIRST ".cells", .old_value = "700", .new_value = "1100",
                                .reason = "read from the wrong column", .corrects = INTEGER_ABSENT};
    struct dossier_entry *entry = put(B, "batch.note", fresh("batch.note"));
    struct recompute_case c = case_of(&stream[B], entry);
    assert_int_equal(recompute_fill_correct(&c, in, &e), 0);
    assert_int_equal(in->pooled.count, 1);
    const struct fill_container *now = in->pooled.items;
    assert_string_equal(now->container_id, POOL);
    assert_string_equal(now->cells, "1300");
    end();
}

/* ---- status is inherited */

static void stored(const char *container)
{
    struct container_store *in = fresh("custody.container_store");
    *in = (struct container_store){"B-1", container, "E-1", "A-1"};
    add(B, "custody.container_store", in);
}

static void warm(int64_t minutes)
{
    struct unit_readings *in = fresh("custody.unit_readings");
    in->equipment_id = "E-1";
    *(struct temperature_reading *)record_list_add(a, &record_temperature_reading, &in->readings) =
        (struct temperature_reading){now_ms - minutes * MINUTE, "-150"};
    *(struct temperature_reading *)record_list_add(a, &record_temperature_reading, &in->readings) = (struct temperature_reading){now_ms, "-100"};
    add(E1, "custody.unit_readings", in);
}

static void begin_cold(void)
{
    begin_filled("performed");
    struct unit_qualify *q = fresh("custody.unit_qualify");
    *q = (struct unit_qualify){.equipment_id = "E-1", .high_c = "-135", .allowed_min = 1, .gap_min = 60, .hold_min = INTEGER_ABSENT,
                               .valid_until = now_ms + 9000 * MINUTE, .report = "Q-7"};
    add(E1, "custody.unit_qualify", q);
    stored(FIRST);
    now_ms += 10 * MINUTE;
}

/* by how many excursions, decided on or not */
static int reached(const char *container)
{
    struct reached *row;
    size_t count;
    int ret = 0;
    if (reach_find(a, &dossier, &stream[B], &row, &count, &e) != 0)
        fail_msg("%s", e.text);
    for (size_t i = 0; i < count; i++)
        ret += strcmp(row[i].container, container) == 0;
    return ret;
}

CASE(custody_POOL_is_held_by_what_reached_a_parent)
{
    begin_cold();
    pooled();
    warm(5);                                               /* found out only when it was pooled */
    assert_int_equal(reached(POOL), 1);
    now_ms += 40 * MINUTE;
    warm(5);                                               /* and this one it was not there for */
    assert_int_equal(reached(POOL), 1);
    end();
}

CASE(custody_POOL_is_not_held_by_what_qa_had_decided_on)
{
    begin_cold();
    warm(5);
    struct container_decide *d = fresh("custody.container_decide");
    *d = (struct container_decide){.renews = INTEGER_ABSENT, .batch_id = "B-1", .decision = "use", .reason = "stability data cover it"};
    texts_add(a, &d->containers, FIRST);
    texts_add(a, &d->held_by, "excursion E-1 1");
    add(B, "custody.container_decide", d);
    pooled();
    assert_int_equal(reached(POOL), 0);
    end();
}

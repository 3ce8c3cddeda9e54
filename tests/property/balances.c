/*
 * Balances and doublings at random (R33, T09, T12) against a second evaluator (second.h): the whole way of a batch from the mass of the
 * tissue to what was given, step by step, in millilitres, grams and cells; and the doublings of many passages.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "domain/dose.h"
#include "domain/fill_record.h"
#include "domain/procedure.h"
#include "second.h"
#include "support/test.h"

static struct procedure *read(struct arena *a, const char *json)
{
    struct procedure *p;
    struct err e = {0};
    if (procedure_parse(a, json, strlen(json), &p, &e) != 0)
        fail_msg("%s %s", e.field, e.text);
    return p;
}

#define HEAD "{\"id\":\"P-1\",\"product\":\"Short\",\"product_code\":\"D0001V00\",\"shelf_life_h\":\"24\",\"sources\":[\"adipose\"],"            \
    "\"specification\":\"Q-1\",\"storage\":\"cold\",\"title\":\"For balances\",\"use\":\"allogeneic\",\"version\":1,\"steps\":["
#define FIELD(name, unit) "{\"name\":\"" name "\",\"label\":\"L\",\"kind\":\"decimal\",\"unit\":\"" unit "\",\"decimals\":3,\"required\":true}"
#define STEP(no, stage) "{\"no\":" no ",\"name\":\"S\",\"instruction\":\"I.\",\"stage\":\"" stage "\",\"verify\":false,\"fields\":["
#define BALANCE(unit, in, out, percent, least) "],\"balance\":[{\"name\":\"amount\",\"unit\":\"" unit "\",\"in\":[" in "],\"out\":[" out "]," \
    "\"tolerance_percent\":\"" percent "\",\"tolerance_min\":\"" least "\"}]}"

/* grams of tissue apart; what is spun, washed, made up and filled in millilitres; cells over a wash; each step goes on with the one before */
static const char WAY[] = HEAD
    STEP("1", "receipt") FIELD("tissue_g", "g") "," FIELD("taken_g", "g") "," FIELD("trimmed_g", "g")
        BALANCE("g", "\"tissue_g\"", "\"taken_g\",\"trimmed_g\"", "1", "0.1") ","
    STEP("2", "isolation") FIELD("fat_ml", "mL") "," FIELD("enzyme_ml", "mL") "," FIELD("pellet_ml", "mL") "," FIELD("waste_ml", "mL")
        BALANCE("mL", "\"fat_ml\",\"enzyme_ml\"", "\"pellet_ml\",\"waste_ml\"", "2", "0.5") ","
    STEP("3", "wash") FIELD("wash_ml", "mL") "," FIELD("out_ml", "mL") "," FIELD("waste_ml", "mL") "," FIELD("samples_ml", "mL")
        BALANCE("mL", "\"step2.pellet_ml\",\"wash_ml\"", "\"out_ml\",\"waste_ml\",\"samples_ml\"", "2", "0.5") ","
    STEP("4", "concentration") FIELD("in_cells", "cells") "," FIELD("kept_cells", "cells") "," FIELD("lost_cells", "cells")
        BALANCE("cells", "\"in_cells\"", "\"kept_cells\",\"lost_cells\"", "20", "0") ","
    STEP("5", "formulation") FIELD("added_ml", "mL") "," FIELD("made_ml", "mL")
        BALANCE("mL", "\"step3.out_ml\",\"added_ml\"", "\"made_ml\"", "2", "0.5") ","
    STEP("6", "fill") FIELD("filled_ml", "mL") "," FIELD("samples_ml", "mL") "," FIELD("waste_ml", "mL")
        BALANCE("mL", "\"made_ml\"", "\"filled_ml\",\"samples_ml\",\"waste_ml\"", "0", "0") "]}";

static int64_t thousandths(const char *value)
{
    CLEANUP(number_done) struct number n;
    number_init(&n);
    assert_true(number_from_decimal(&n, value));
    mpz_mul_ui(mpq_numref(n.q), mpq_numref(n.q), 1000);
    assert_true(mpz_divisible_p(mpq_numref(n.q), mpq_denref(n.q)));
    mpz_divexact(mpq_numref(n.q), mpq_numref(n.q), mpq_denref(n.q));
    return mpz_get_si(mpq_numref(n.q));
}

static const char *decimal(struct arena *a, int64_t n)
{
    return arena_printf(a, "%lld.%03lld", (long long)(n / 1000), (long long)(n % 1000));
}

static const char *value_of(const struct procedure_value *values, size_t n, int step, const char *name)
{
    int at = step;
    const char *point = strchr(name, '.');
    if (point != NULL)
        assert_int_equal(sscanf(name, "step%d.", &at), 1);
    for (; at > 0; at--)
        for (size_t i = 0; i < n; i++)
            if (values[i].step_no == at && strcmp(values[i].name, point != NULL ? point + 1 : name) == 0)
                return values[i].value;
    return NULL;
}

static const char *side(struct arena *a, const struct document_list *names, const struct procedure_value *values, size_t n, int step)
{
    struct buf b = buf_new(a);
    for (size_t i = 0; i < names->count; i++)
        buf_printf(&b, "%s%s", i > 0 ? ";" : "", value_of(values, n, step, ((const char *const *)names->items)[i]));
    return b.text;
}

/* what comes out of a step: parts of what is in it, and something missing or too much, mostly little, often just what is tolerated */
static size_t perform(struct arena *a, const struct procedure_step *step, struct procedure_value *values, size_t n)
{
    const struct procedure_balance *b = step->balance.items;
    const struct procedure_field *fields = step->fields.items;
    int64_t sum = 0, rest, off;
    for (size_t i = 0; i < step->fields.count; i++) {
        values[n] = (struct procedure_value){step->no, fields[i].name, NULL, NULL};
        for (size_t k = 0; k < b->in.count; k++)
            if (strcmp(fields[i].name, ((const char *const *)b->in.items)[k]) == 0)
                values[n].value = dice_volume(a, 500000);
        n += values[n].value != NULL;
    }
    for (size_t k = 0; k < b->in.count; k++)
        sum += thousandths(value_of(values, n, step->no, ((const char *const *)b->in.items)[k]));
    int64_t least = thousandths(b->tolerance_min), share = sum / 1000 * thousandths(b->tolerance_percent) / 100;
    int64_t tolerated = share > least ? share : least;
    off = dice(3) == 0 ? tolerated + (int64_t)dice(3) - 1 : (int64_t)dice((unsigned)(2 * tolerated + 3));
    rest = sum + (dice(2) == 0 ? off : -off);
    rest = rest > 0 ? rest : 0;
    for (size_t k = 0; k < b->out.count; k++) {
        int64_t part = k + 1 == b->out.count ? rest : (int64_t)dice((unsigned)rest + 1);
        values[n++] = (struct procedure_value){step->no, ((const char *const *)b->out.items)[k], decimal(a, part), NULL};
        rest -= part;
    }
    return n;
}

CASE(R33_T12_the_balance_of_every_step_agrees_with_a_second_evaluator)
{
    struct arena *a = arena_new(0), *scratch = arena_new(0);
    struct second *s = second_new(a);
    const struct procedure *p = read(a, WAY);
    int closed = 0, open = 0;
    dice_start();
    for (int i = 0; i < 1500; i++) {
        struct procedure_value values[32];
        size_t n = 0;
        for (int no = 1; no <= (int)p->steps.count; no++) {
            const struct procedure_step *step = procedure_step(p, no);
            const struct procedure_balance *b = step->balance.items;
            struct procedure_outcome out;
            struct err e = {0};
            arena_reset(scratch);
            n = perform(a, step, values, n);
            const struct procedure_entry entry = {p, no, values, n, NULL};
            int code = procedure_step_perform(scratch, &entry, &out, &e);
            procedure_step_compute(scratch, &entry, &out);
            const struct procedure_balance_result *r = &out.balances[0];
            assert_int_equal(code, r->is_closed ? 0 : ERR_BALANCE_OPEN);
            closed += r->is_closed;
            open += !r->is_closed;
            second_ask(s, arena_printf(a, "%s %s %s", r->is_closed ? "closed" : "open", r->difference, r->tolerance), "balance\t%s\t%s\t%s\t%s",
                       b->tolerance_percent, b->tolerance_min, side(a, &b->in, values, n, no), side(a, &b->out, values, n, no));
        }
    }
    assert_true(closed > 2000 && open > 2000);
    second_agree(s, 9000);
    arena_free(scratch);
    arena_free(a);
}

/* the fill's own balance, and that of a dose, which judge by the same 2 % or 0.5 mL and compute no difference to show */
CASE(R33_T12_fills_and_doses_balance_as_a_second_evaluator_says)
{
    struct arena *a = arena_new(0);
    struct second *s = second_new(a);
    int closed = 0;
    dice_start();
    for (int i = 0; i < 4000; i++) {
        struct fill_container k[3] = {0};
        struct batch_fill fill = {.volume_in_ml = dice_volume(a, 60000), .containers = {k, 1 + dice(3)}};
        struct err e = {0};
        int64_t in = thousandths(fill.volume_in_ml), tolerated = in / 50 > 500 ? in / 50 : 500;
        int64_t rest = in + (int64_t)dice((unsigned)(4 * tolerated)) - 2 * tolerated;
        struct buf left = buf_new(a);
        for (size_t c = 0; c < fill.containers.count; c++) {
            int64_t part = rest > 0 ? (int64_t)dice((unsigned)rest + 1) : 0;
            k[c].volume_ml = decimal(a, part);
            buf_printf(&left, "%s;", k[c].volume_ml);
            rest -= part;
        }
        fill.samples_ml = decimal(a, rest > 0 ? rest / 3 : 0);
        fill.waste_ml = decimal(a, rest > 0 ? rest - rest / 3 : 0);
        buf_printf(&left, "%s;%s", fill.samples_ml, fill.waste_ml);
        bool is_closed = fill_record_balance(a, &fill, "2", "0.5", &e) == 0;
        closed += is_closed;
        second_ask(s, is_closed ? "closed" : "open", "is_closed\t2\t0.5\t%s\t%s", fill.volume_in_ml, left.text);

        struct dose_filled filled = {"K-1", decimal(a, in + 1), dice_volume(a, 1000000000)};
        struct dose_container given = {.container_id = "K-1", .volume_given_ml = decimal(a, 1 + dice((unsigned)in + 1)), .residual_ml = k[0].volume_ml};
        struct administer dose = {.containers = {&given, 1}, .weight_kg = decimal(a, 2500 + dice(120000))};
        bool balances;
        assert_int_equal(dose_compute(a, &filled, 1, &dose, &balances, &e), 0);
        assert_int_equal(dose_fill(a, &filled, 1, &dose, &e), balances ? 0 : ERR_BALANCE_OPEN);
        second_ask(s, balances ? "closed" : "open", "is_closed\t2\t0.5\t%s\t%s;%s", filled.volume_ml, given.volume_given_ml, given.residual_ml);
        second_ask(s, arena_printf(a, "%s %s", dose.dose_cells, dose.dose_cells_per_kg), "dose\t%s\t%s\t%s\t%s", filled.cells, filled.volume_ml,
                   given.volume_given_ml, dose.weight_kg);
    }
    assert_true(closed > 1000 && closed < 3000);
    second_agree(s, 12000);
    arena_free(a);
}

/* --- doublings */

#define PASSAGES 6

static const char *passage(struct arena *a, int no)
{
    return arena_printf(a, "%s{\"no\":%d,\"name\":\"P%d\",\"instruction\":\"I.\",\"stage\":\"expansion\",\"verify\":false,\"fields\":["
        FIELD("cells_seeded", "cells") "," FIELD("tvc_harvested_cells", "cells") "],\"computed\":["
        "{\"name\":\"doublings\",\"label\":\"D\",\"unit\":\"PD\",\"decimals\":2,\"formula\":\"log2(tvc_harvested_cells / cells_seeded)\"},"
        "{\"name\":\"cumulative_doublings\",\"label\":\"C\",\"unit\":\"PD\",\"decimals\":2,\"formula\":\"%s\"}]}",
        no > 1 ? "," : "", no, no, no > 1 ? arena_printf(a, "step%d.cumulative_doublings + doublings", no - 1) : "doublings");
}

/* over all passages, from the counts as entered and not from what each passage shows, which is rounded (T03) */
CASE(T09_cumulative_doublings_agree_with_a_second_evaluator)
{
    struct arena *a = arena_new(0), *scratch = arena_new(0);
    struct second *s = second_new(a);
    struct buf json = buf_new(a);
    int died = 0;
    buf_put(&json, HEAD);
    for (int no = 1; no <= PASSAGES; no++)
        buf_put(&json, passage(a, no));
    buf_put(&json, "]}");
    const struct procedure *p = read(a, json.text);
    dice_start();
    for (int i = 0; i < 1000; i++) {
        struct procedure_value values[2 * PASSAGES];
        struct buf pairs = buf_new(a);
        for (int no = 1; no <= PASSAGES; no++) {
            struct procedure_outcome out;
            const char *seeded = dice_decimal(a, 9, 0), *harvested = dice(20) == 0 ? seeded : dice_decimal(a, 10, 0);
            seeded = seeded[0] == '-' || seeded[0] == '0' ? "2500000" : seeded;
            harvested = harvested[0] == '-' ? harvested + 1 : harvested;
            values[2 * no - 2] = (struct procedure_value){no, "cells_seeded", seeded, NULL};
            values[2 * no - 1] = (struct procedure_value){no, "tvc_harvested_cells", harvested, NULL};
            buf_printf(&pairs, "%s%s/%s", no > 1 ? ";" : "", harvested, seeded);
            arena_reset(scratch);
            const struct procedure_entry entry = {p, no, values, 2 * (size_t)no, NULL};
            procedure_step_compute(scratch, &entry, &out);
            died += out.results[0].value != NULL && out.results[0].value[0] == '-';
            second_ask(s, arena_printf(a, "%s %s", out.results[0].value != NULL ? out.results[0].value : "none",
                                       out.results[1].value != NULL ? out.results[1].value : "none"), "doublings\t%s", pairs.text);
        }
    }
    assert_true(died > 100);
    second_agree(s, PASSAGES * 1000);
    arena_free(scratch);
    arena_free(a);
}

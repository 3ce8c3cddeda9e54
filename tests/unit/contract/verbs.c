#include "support/test.h"

#include <string.h>

#include "contract/contract.h"
#include "fsm/machines.h"
#include "ledger/statement.h"

CASE(verbs_are_unique_and_found_by_name)
{
    for (size_t i = 0; i < verb_count(); i++) {
        assert_ptr_equal(verb_find(verb_at(i)->name), verb_at(i));
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(verb_at(i)->name, verb_at(k)->name);
    }
    assert_null(verb_find("batch.explode"));
}

CASE(F_statement_types_are_lower_case_words)
{
    for (size_t i = 0; i < verb_count(); i++)
        for (const char *p = verb_at(i)->name; *p != '\0'; p++)
            assert_true((*p >= 'a' && *p <= 'z') || (p != verb_at(i)->name && ((*p >= '0' && *p <= '9') || *p == '_' || *p == '.')));
}

CASE(part11_50_every_act_has_a_meaning_and_a_stream)
{
    for (size_t i = 0; i < verb_count(); i++) {
        const struct verb_row *v = verb_at(i);
        enum meaning m = meaning_from_word(v->meaning, strlen(v->meaning));
        if (v->kind == VERB_ACT)
            assert_true(m != MEANING_COUNT && m != MEANING_RECORDED);
        if (v->kind == VERB_OBSERVE)
            assert_int_equal(m, MEANING_RECORDED);
        if (v->kind == VERB_READ || v->kind == VERB_SERVE)
            assert_string_equal(v->meaning, "");
        bool records = v->kind == VERB_ACT || v->kind == VERB_OBSERVE;
        assert_int_equal(records, v->stream_field[0] != '\0');
        if (records) {
            int f = record_field(v->in, v->stream_field, strlen(v->stream_field));
            assert_true(f >= 0);
            assert_int_equal(v->in->fields[f].kind, FIELD_STREAM);
            assert_string_not_equal(v->in->fields[f].unit, "");
        }
    }
}

CASE(part11_10g_every_recording_verb_names_the_roles_that_may)
{
    for (size_t i = 0; i < verb_count(); i++)
        if (verb_at(i)->kind == VERB_ACT && (verb_at(i)->flags & VERB_NO_SESSION) == 0)
            assert_true(verb_at(i)->roles != 0 && verb_at(i)->roles != ROLE_ANYONE);
}

CASE(R38_reviews_releases_and_hand_overs_demand_the_head)
{
    static const char *const fresh[] = {"release.review", "release.release", "release.reject", "custody.hand_over", "custody.receive"};
    for (size_t i = 0; i < sizeof fresh / sizeof fresh[0]; i++)
        assert_true((verb_find(fresh[i])->flags & VERB_FRESH) != 0);
}

CASE(T38_no_personal_data_can_enter_a_statement)
{
    for (size_t i = 0; i < verb_count(); i++)
        for (size_t f = 0; verb_at(i)->kind == VERB_ACT && f < verb_at(i)->in->count; f++)
            assert_int_equal(verb_at(i)->in->fields[f].flags & (FLAG_PERSONAL | FLAG_SECRET), 0);
}

CASE(records_are_unique_and_fit_their_structs)
{
    for (size_t i = 0; i < record_count(); i++) {
        assert_ptr_equal(record_find(record_type_at(i)->name), record_type_at(i));
        assert_true(record_plan(record_type_at(i))->ready);
    }
}

CASE(words_of_a_batchs_state_are_those_of_its_machine)
{
    assert_int_equal(words_batch_state.count, fsm_batch.state_count);
    for (size_t i = 0; i < fsm_batch.state_count; i++)
        assert_string_equal(words_batch_state.words[i], fsm_batch.states[i].name);
}

CASE(batch_list_refuses_a_state_that_there_is_not)
{
    static const char good[] = "{\"state\":\"in_test\"}", bad[] = "{\"state\":\"in_tset\"}";
    struct arena *a = arena_new(0);
    struct batch_list in;
    struct err e;
    assert_int_equal(record_from_json(a, &record_batch_list, good, sizeof good - 1, RECORD_CLIENT, &in, &e), 0);
    assert_string_equal(in.state, "in_test");
    assert_int_equal(record_from_json(a, &record_batch_list, bad, sizeof bad - 1, RECORD_CLIENT, &in, &e), ERR_FIELD_RANGE);
    assert_string_equal(e.field, "state");
    for (size_t i = 0; i < words_batch_state.count; i++)
        assert_non_null(strstr(e.text, words_batch_state.words[i]));
    arena_free(a);
}

CASE(roles_read_back)
{
    struct arena *a = arena_new(0);
    assert_int_equal(roles_from_text("qa,physician"), ROLE_QA | ROLE_PHYSICIAN);
    assert_int_equal(roles_from_text("janitor"), 0);
    assert_int_equal(roles_from_text(""), 0);
    assert_string_equal(roles_text(a, ROLE_QA | ROLE_TECHNICIAN), "technician, qa");
    assert_string_equal(roles_text(a, ROLE_ANYONE), "anyone");
    arena_free(a);
}

CASE(R38_the_text_shown_has_every_field_with_label_and_unit)
{
    struct arena *a = arena_new(0);
    struct buf b = buf_new(a);
    struct batch_fill in;
    record_init(&record_batch_fill, &in);
    in.batch_id = "B-20260001";
    in.volume_in_ml = "196.0";
    in.samples_ml = "4.0";
    in.waste_ml = "2.0";
    in.expires_at = 0;
    struct fill_container *k = record_list_add(a, &record_fill_container, &in.containers);
    k->container_id = "A999926000001-D0001VA0";
    k->volume_ml = "38.0";
    k->cells = "178600000";
    verb_render(&b, verb_find("batch.fill"), "B-20260001", &in);
    assert_non_null(strstr(b.text, "Meaning: performed"));
    assert_non_null(strstr(b.text, "Volume formulated: 196.0 mL"));
    assert_non_null(strstr(b.text, "Expires: 1970-01-01T00:00:00.000Z"));
    assert_non_null(strstr(b.text, "Viable cells: 178600000 cells"));
    arena_free(a);
}

/* Rule 11 from the hand-over to the end of containers: digests, the dose, and that each container stood where it may be. */
#include "unit/dossier/recompute_lab.h"

#include "support/test.h"

#include <string.h>


CASE(R34_rule_11_digest_of_a_hand_over)
{
    filled_containers();
    struct hand_over *h = fresh("custody.hand_over");
    *h = (struct hand_over){.batch_id = "B-1", .transfer_id = "T1", .receiver_id = "U-2", .destination = "clinic",
                            .condition = words_condition.words[0], .seal_number = "S1", .temperature_c = "4.0"};
    texts_add(a, &h->containers, "K2");
    texts_add(a, &h->containers, "K1");
    holds_until(B, add(B, "custody.hand_over", h), "\"S1\"", "\"S2\"");
    end();
}

CASE(custody_ADMINISTER_rule_11_the_dose_comes_out_again)
{
    received_container();
    holds_until(B, add(B, "custody.administer", giving()), "\"dose_cells\":\"630000000\"", "\"dose_cells\":\"630000001\"");
    end();
}

CASE(S4_6_rule_11_a_recall_accounts_for_every_container)
{
    received_container();
    struct recall *r = fresh("custody.recall");
    *r = (struct recall){.batch_id = "B-1", .cause = "donor", .cause_id = "D-1", .recall_class = "class_1", .reason = "a late result",
                         .begun_at = now_ms};
    struct dossier_entry *recalled = add(B, "custody.recall", r);
    assert_non_null(strstr((const char *)recalled->statement.body.data, "\"consignee\":\"clinic, U-2\""));
    assert_non_null(strstr((const char *)recalled->statement.body.data, "\"taken_min\":1"));
    holds_until(B, recalled, "\"unaccounted\":1", "\"unaccounted\":0");
    end();
}

/* A recall is written to where the cells went in truth; what an earlier version wrote, to where they were said to go, stays right. */
CASE(S4_6_R12_rule_11_a_recall_knows_a_corrected_destination)
{
    received_container();
    struct custody_correct *k = fresh("custody.correct");
    int64_t given = -1;
    for (size_t i = 0; i < stream[B].count; i++)
        if (strcmp(stream[B].entry[i].statement.type, "custody.hand_over") == 0)
            given = stream[B].entry[i].entry.seq;
    *k = (struct custody_correct){.late_min = INTEGER_ABSENT, .batch_id = "B-1", .corrects = given, .field = "destination", .old_value = "clinic",
                                  .new_value = "ward 5",
                                  .reason = "read from the order of another one"};
    put(B, "custody.correct", k);
    struct recall *r = fresh("custody.recall");
    *r = (struct recall){.batch_id = "B-1", .cause = "donor", .cause_id = "D-1", .recall_class = "class_1", .reason = "a late result",
                         .begun_at = now_ms};
    struct dossier_entry *recalled = add(B, "custody.recall", r);
    assert_non_null(strstr((const char *)recalled->statement.body.data, "\"consignee\":\"ward 5, U-2\""));
    holds_until(B, recalled, "ward 5", "ward 6");
    const char *body = (const char *)recalled->statement.body.data, *at = strstr(body, "ward 6");
    const char *was = arena_printf(a, "%.*sclinic%s", (int)(at - body), body, at + strlen("ward 6"));
    recalled->statement.body = (struct bytes){(const uint8_t *)was, strlen(was)};
    assert_int_equal(check(B, recalled), 0);
    end();
}

CASE(R34_rule_11_what_was_not_received_is_not_administered)
{
    received_container();
    struct dossier_entry *given = add(B, "custody.administer", giving());
    assert_int_equal(check(B, given), 0);
    for (size_t i = 0; i < stream[B].count; i++)
        if (strcmp(stream[B].entry[i].statement.type, "custody.receive") == 0)
            stream[B].entry[i].statement.type = "batch.note";
    assert_int_equal(check(B, given), ERR_DOSSIER_REFUSED);
    assert_string_equal(e.field, "containers");
    end();
}

CASE(custody_DESTROY_rule_11_the_named_witness_saw_the_same)
{
    received_container();
    struct container_destroy *d = fresh("custody.container_destroy");
    *d = (struct container_destroy){.batch_id = "B-1", .method = "autoclaved", .reason = "not used", .witness_id = "U-2",
                                    .destroyed_at = now_ms};
    texts_add(a, &d->containers, "K1");
    struct dossier_entry *destroyed = add(B, "custody.container_destroy", d);
    destroyed->statement.actor = "U-1";
    struct destroy_witness *w = fresh("custody.destroy_witness");
    *w = (struct destroy_witness){.batch_id = "B-1", .destroy_seq = destroyed->entry.seq};
    texts_add(a, &w->containers, "K1");
    struct dossier_entry *seen = add(B, "custody.destroy_witness", w);
    seen->statement.actor = "U-2";
    holds_until(B, seen, "\"K1\"", "\"K2\"");
    seen->statement.actor = "U-3";
    assert_int_equal(check(B, seen), ERR_DOSSIER_REFUSED);
    end();
}

/* the lab's own signature under a second end: written as if it were the last entry, by whoever had it */
static struct container_destroy *destruction_of(const char *container)
{
    struct container_destroy *d = fresh("custody.container_destroy");
    *d = (struct container_destroy){.batch_id = "B-1", .method = "autoclaved", .reason = "not used", .witness_id = "U-2",
                                    .destroyed_at = now_ms, .in_place = 1};
    texts_add(a, &d->containers, container);
    return d;
}

static struct dossier_entry *destroying(const char *container)
{
    struct dossier_entry *entry = add(B, "custody.container_destroy", destruction_of(container));
    entry->statement.actor = "U-1";
    return entry;
}

static struct container_loss *loss_of(const char *container)
{
    struct container_loss *in = fresh("custody.container_loss");
    *in = (struct container_loss){.batch_id = "B-1", .text = "not in its place", .deviation_class = "critical", .aware_at = now_ms};
    texts_add(a, &in->containers, container);
    return in;
}

static struct dossier_entry *losing(const char *container)
{
    return add(B, "custody.container_loss", loss_of(container));
}

/* as versions wrote it that did not say who held it */
static struct dossier_entry *lost_before(const char *container)
{
    return put(B, "custody.container_loss", loss_of(container));
}

static void refused(const struct dossier_entry *entry, const char *why)
{
    assert_int_equal(check(B, entry), ERR_DOSSIER_REFUSED);
    assert_string_equal(e.field, "containers");
    assert_non_null(strstr(e.text, why));
}

static struct destroy_cancel *taking_back(const struct dossier_entry *destroyed, const char *container)
{
    struct destroy_cancel *in = fresh("custody.destroy_cancel");
    *in = (struct destroy_cancel){.batch_id = "B-1", .destroy_seq = destroyed->entry.seq, .reason = "the autoclave was empty"};
    texts_add(a, &in->containers, container);
    return in;
}

CASE(custody_DESTROY_rule_11_taken_back_it_stands_as_before)
{
    static const char *const containers[] = {"K1", "K2"}, *const states[] = {"\"received\"", "\"kept\""};
    for (size_t i = 0; i < 2; i++) {
        received_container();
        struct dossier_entry *destroyed = destroying(containers[i]);
        struct dossier_entry *back = add(B, "custody.destroy_cancel", taking_back(destroyed, containers[i]));
        back->statement.actor = "U-1";
        holds_until(B, back, states[i], "\"condemned\"");
        end();
    }
}

CASE(custody_DESTROY_rule_11_what_was_taken_back_is_witnessed_no_more)
{
    received_container();
    struct dossier_entry *first = destroying("K1");
    struct dossier_entry *back = add(B, "custody.destroy_cancel", taking_back(first, "K1"));
    back->statement.actor = "U-1";
    assert_int_equal(check(B, back), 0);
    struct dossier_entry *again = &stream[B].entry[stream[B].count];
    *again = *back;
    again->entry.seq = (int64_t)stream[B].count++;
    assert_int_equal(check(B, again), ERR_DOSSIER_REFUSED);
    assert_non_null(strstr(e.text, "taken back before"));
    stream[B].count--;
    struct dossier_entry *second = destroying("K1");                   /* it is destroyed after all */
    assert_int_equal(check(B, second), 0);
    struct destroy_witness *w = fresh("custody.destroy_witness");
    *w = (struct destroy_witness){.batch_id = "B-1", .destroy_seq = second->entry.seq};
    texts_add(a, &w->containers, "K1");
    struct dossier_entry *seen = add(B, "custody.destroy_witness", w);
    seen->statement.actor = "U-2";
    assert_int_equal(check(B, seen), 0);
    const char *body = (const char *)seen->statement.body.data, *at = strstr(body, "\"destroy_seq\":");
    assert_non_null(at);
    const char *of_first = arena_printf(a, "%.*s\"destroy_seq\":%lld%s", (int)(at - body), body, (long long)first->entry.seq,
                                        at + 14 + strspn(at + 14, "0123456789"));
    seen->statement.body = (struct bytes){(const uint8_t *)of_first, strlen(of_first)};
    assert_int_equal(check(B, seen), ERR_DOSSIER_REFUSED);
    assert_non_null(strstr(e.text, "taken back before"));
    end();
}

CASE(custody_LOSS_rule_11_says_who_held_what_is_lost)
{
    received_container();
    for (size_t i = 0; i < stream[B].count; i++)
        if (strcmp(stream[B].entry[i].statement.type, "custody.receive") == 0)
            stream[B].entry[i].statement.actor = "U-2";
    struct dossier_entry *lost = losing("K1");
    assert_non_null(strstr((const char *)lost->statement.body.data, "\"person_id\":\"U-2\",\"side\":\"clinic\""));
    holds_until(B, lost, "\"side\":\"clinic\"", "\"side\":\"lab\"");
    holds_until(B, losing("K2"), "\"container_id\":\"K2\",\"side\":\"lab\"", "\"container_id\":\"K2\",\"side\":\"clinic\"");
    end();
}

CASE(custody_LOSS_rule_11_of_an_earlier_version_says_nothing_of_who_held_it)
{
    received_container();
    assert_int_equal(check(B, lost_before("K2")), 0);
    end();
}

CASE(S7_3_rule_11_what_has_ended_does_not_end_again)
{
    received_container();
    assert_int_equal(check(B, losing("K2")), 0);
    refused(lost_before("K2"), "K2 was lost by then");
    refused(put(B, "custody.container_destroy", destruction_of("K2")), "K2 was lost by then");
    refused(lost_before("K9"), "K9 was not filled by then");
    assert_int_equal(check(B, destroying("K1")), 0);
    refused(lost_before("K1"), "K1 was destroying by then");
    struct container_decide *in = fresh("custody.container_decide");
    *in = (struct container_decide){.renews = INTEGER_ABSENT, .batch_id = "B-1", .decision = "destroy", .reason = "its cold chain is not known"};
    texts_add(a, &in->containers, "K1");
    refused(add(B, "custody.container_decide", in), "K1 was on no hold by then");
    end();
}

CASE(custody_DESTROY_rule_11_a_destruction_is_witnessed_once)
{
    received_container();
    struct destroy_witness *w = fresh("custody.destroy_witness");
    *w = (struct destroy_witness){.batch_id = "B-1", .destroy_seq = destroying("K1")->entry.seq};
    texts_add(a, &w->containers, "K1");
    struct dossier_entry *first = add(B, "custody.destroy_witness", w), *second = &stream[B].entry[stream[B].count++];
    first->statement.actor = "U-2";
    *second = *first;
    second->entry.seq = first->entry.seq + 1;
    assert_int_equal(check(B, first), 0);
    refused(second, "K1 was destroyed by then");
    end();
}

CASE(R34_rule_11_what_has_left_is_not_handed_over_or_received_again)
{
    static const char *const types[] = {"custody.hand_over", "custody.receive"};
    for (size_t i = 0; i < 2; i++) {
        received_container();
        struct dossier_entry *again = &stream[B].entry[stream[B].count];
        for (size_t k = 0; k < stream[B].count; k++)
            if (strcmp(stream[B].entry[k].statement.type, types[i]) == 0)
                *again = stream[B].entry[k];
        again->entry.seq = (int64_t)stream[B].count++;
        refused(again, "K1 was received by then");
        end();
    }
}

CASE(R34_rule_11_digest_of_a_receipt)
{
    received_container();
    for (size_t i = 0; i < stream[B].count; i++)
        if (strcmp(stream[B].entry[i].statement.type, "custody.receive") == 0)
            holds_until(B, &stream[B].entry[i], "\"S1\"", "\"S2\"");
    end();
}

static void administration_refused(const char *field, int64_t started_at, const char *instead_of, const char *type)
{
    received_container();
    struct administer *in = giving();
    in->started_at = started_at != 0 ? now_ms + started_at : in->started_at;
    struct dossier_entry *given = add(B, "custody.administer", in);
    for (size_t i = 0; instead_of != NULL && i < stream[B].count; i++)
        if (strcmp(stream[B].entry[i].statement.type, instead_of) == 0)
            stream[B].entry[i].statement.type = type;
    assert_int_equal(check(B, given), ERR_DOSSIER_REFUSED);
    assert_string_equal(e.field, field);
    end();
}

CASE(T19_rule_11_an_administration_of_what_had_expired_or_was_not_received_yet)
{
    administration_refused("started_at", 1000000, NULL, NULL);
    administration_refused("started_at", -65001, NULL, NULL);
}

CASE(R29_rule_11_an_administration_without_a_release_or_after_a_rejection)
{
    administration_refused("batch_id", 0, "release.release", "batch.note");
}

/* given a minute after it was received, and recorded when growth had been found since */
static struct administer *given_before_growth(void)
{
    received_batch();
    struct administer *in = giving();
    in->started_at = now_ms + 1000;
    in->ended_at = now_ms + 2000;
    in->reason = "the ward had no terminal";
    report("sterility", "positive", "growth-based, 14 days");
    return in;
}

CASE(R15_rule_11_what_was_given_before_a_failure_was_known_is_flagged)
{
    struct dossier_entry *given = add(B, "custody.administer", given_before_growth());
    if (check(B, given) != 0)
        fail_msg("%s", e.text);
    assert_non_null(strstr((const char *)given->statement.body.data, "\"state\":\"failed_received\",\"what\":\"batch\""));
    holds_until(B, given, "\"what\":\"batch\"", "\"what\":\"donor\"");
    end();
    struct administer *in = given_before_growth();
    given = put(B, "custody.administer", in);                            /* not flagged, nor anything else computed */
    assert_int_equal(check(B, given), ERR_DOSSIER_REFUSED);
    end();
    in = given_before_growth();
    in->reason = NULL;
    given = add(B, "custody.administer", in);
    assert_int_equal(check(B, given), ERR_DOSSIER_REFUSED);
    assert_string_equal(e.field, "reason");
    end();
}

CASE(R29_rule_11_what_was_given_after_a_failure_was_known_is_refused)
{
    struct administer *in = given_before_growth();
    struct recompute_case c = case_of(&stream[B], &stream[B].entry[stream[B].count]);
    stream[B].entry[stream[B].count].entry.seq = (int64_t)stream[B].count;
    in->started_at = now_ms;                                              /* the very moment it was reported */
    in->ended_at = now_ms + 1000;
    assert_int_equal(recompute_administer(&c, in, &e), ERR_DOSSIER_REFUSED);
    assert_string_equal(e.field, "started_at");
    assert_non_null(strstr(e.text, "failed_received"));
    end();
}

CASE(R29_rule_11_what_was_given_before_a_withdrawal_of_consent_says_its_entry)
{
    received_batch();
    struct administer *in = giving();
    in->reason = "the ward had no terminal";
    in->started_at = now_ms + 1000;
    in->ended_at = now_ms + 2000;
    struct consent_withdraw *w = fresh("source.consent_withdraw");
    w->donor_id = "D-1";
    w->withdrawn_at = now_ms;
    texts_add(a, &w->scopes, "treatment");
    struct dossier_entry *withdrawn = put(D, "source.consent_withdraw", w);
    struct known_later *k = record_list_add(a, &record_known_later, &in->known_later);
    *k = (struct known_later){.what = "consent", .entry = withdrawn->entry.seq, .known_at = withdrawn->entry.time_ms};
    in->dose_cells = "630000000";
    in->dose_cells_per_kg = "9000000";
    assert_int_equal(check(B, put(B, "custody.administer", in)), 0);
    k->known_at = in->started_at;
    assert_int_equal(check(B, put(B, "custody.administer", in)), ERR_DOSSIER_REFUSED);
    k->known_at = withdrawn->entry.time_ms;
    k->what = "donor";
    assert_int_equal(check(B, put(B, "custody.administer", in)), ERR_DOSSIER_REFUSED);
    assert_string_equal(e.field, "known_later");
    end();
}

CASE(R15_rule_11_what_was_given_before_the_release_lapsed_names_the_correction)
{
    received_batch();
    struct administer *in = giving();
    in->reason = "the ward had no terminal";
    in->started_at = now_ms + 1000;
    in->ended_at = now_ms + 2000;
    struct donor_correct *d = fresh("source.donor_correct");
    *d = (struct donor_correct){.donor_id = "D-1", .corrects = 0, .field = "recipient_code", .old_value = "R-1", .new_value = "R-2",
                                .reason = "read from the wrong line"};
    struct dossier_entry *corrected = put(D, "source.donor_correct", d);
    struct known_later *k = record_list_add(a, &record_known_later, &in->known_later);
    *k = (struct known_later){.what = "release", .entry = corrected->entry.seq, .known_at = corrected->entry.time_ms, .stream_id = "D-1"};
    in->dose_cells = "630000000";
    in->dose_cells_per_kg = "9000000";
    assert_int_equal(check(B, put(B, "custody.administer", in)), 0);
    k->stream_id = "C-1";
    assert_int_equal(check(B, put(B, "custody.administer", in)), ERR_DOSSIER_REFUSED);
    k->stream_id = "D-1";
    k->entry--;
    assert_int_equal(check(B, put(B, "custody.administer", in)), ERR_DOSSIER_REFUSED);
    assert_string_equal(e.field, "known_later");
    end();
}

CASE(R34_rule_11_of_a_transfer_whose_containers_are_all_lost_nothing_arrives)
{
    filled_containers();
    struct hand_over *h = fresh("custody.hand_over");
    *h = (struct hand_over){.batch_id = "B-1", .transfer_id = "T1", .receiver_id = "U-2", .destination = "clinic", .condition = "good",
                            .seal_number = "S1", .temperature_c = "4.0"};
    texts_add(a, &h->containers, "K1");
    add(B, "custody.hand_over", h);
    struct receive *r = fresh("custody.receive");
    *r = (struct receive){.batch_id = "B-1", .transfer_id = "T1", .condition = "good", .seal_number = "S1"};
    texts_add(a, &r->containers, "K1");
    struct dossier_entry *received = add(B, "custody.receive", r), kept = *received;
    assert_int_equal(check(B, received), 0);
    stream[B].count--;
    assert_int_equal(check(B, losing("K1")), 0);
    struct dossier_entry *late = &stream[B].entry[stream[B].count];
    *late = kept;
    late->entry.seq = (int64_t)stream[B].count++;
    refused(late, "nothing of it arrived");
    end();
}

CASE(R34_rule_11_the_rest_of_a_transfer_arrives_and_what_was_lost_stays_lost)
{
    filled_containers();
    struct hand_over *h = fresh("custody.hand_over");
    *h = (struct hand_over){.batch_id = "B-1", .transfer_id = "T1", .receiver_id = "U-2", .destination = "clinic", .condition = "good",
                            .seal_number = "S1", .temperature_c = "4.0"};
    texts_add(a, &h->containers, "K1");
    texts_add(a, &h->containers, "K2");
    add(B, "custody.hand_over", h);
    assert_int_equal(check(B, losing("K2")), 0);
    struct receive *r = fresh("custody.receive");
    *r = (struct receive){.batch_id = "B-1", .transfer_id = "T1", .condition = "good", .seal_number = "S1"};
    texts_add(a, &r->containers, "K1");
    texts_add(a, &r->containers, "K2");
    assert_int_equal(check(B, add(B, "custody.receive", r)), 0);
    refused(lost_before("K2"), "K2 was lost by then");
    assert_int_equal(check(B, losing("K1")), 0);
    end();
}

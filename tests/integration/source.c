/* Source over real sockets: a donor from the vault to the receipt, and what is refused on the way. */
#include "support/test.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "domain/identifier.h"
#include "record/record.h"
#include "support/house.h"

#define MINUTE INT64_C(60000)
#define DAY (1440 * MINUTE)

static struct err e;
static const char *const all_assays[] = {"anti_hiv_1_2", "hiv_1_nat", "hbsag", "anti_hbc", "hbv_nat", "anti_hcv", "hcv_nat",
                                         "syphilis_screen", "anti_htlv", "anti_cmv", "wnv_nat"};

static int act(const char *person, const char *verb, const void *in)
{
    struct house_person *p = house_login(person);
    return desk_act(p->desk, house_arena(), verb, in, house_secret(p), NULL, &e);
}

static const char *fresh(const char *class)
{
    uint8_t random[6];
    char hex[13];
    random_fill(random, sizeof random);
    hex_of(random, sizeof random, hex);
    for (char *c = hex; *c != '\0'; c++)
        if (*c >= 'a')
            *c = (char)(*c - 'a' + 'A');
    return arena_printf(house_arena(), "%s-X%s", class, hex);
}

static struct donor_register cord(const char *id)
{
    struct donor_register in;
    record_init(&record_donor_register, &in);
    in.donor_id = id;
    in.tissue = "umbilical_cord";
    in.use = "allogeneic";
    in.subject = "mother_and_infant";
    return in;
}

static const char *new_donor(void)
{
    const char *id = fresh("D");
    struct donor_register in = cord(id);
    assert_int_equal(act("U-MARA", "source.donor_register", &in), 0);
    return id;
}

static void consent(const char *donor)
{
    struct consent_record in = {.donor_id = donor, .form_version = "CONSENT version 1", .given_at = clock_ms() - DAY};
    texts_add(house_arena(), &in.scopes, "treatment");
    assert_int_equal(act("U-INES", "source.consent_record", &in), 0);
}

static void screen_and_test(const char *donor, const char *hbsag)
{
    struct screening_record screening = {.donor_id = donor, .subject = "mother", .outcome = "no_risk",
                                         .screened_at = clock_ms() - DAY};
    struct donor_test_report in;
    record_init(&record_donor_test_report, &in);
    in.donor_id = donor;
    in.subject = "mother";
    in.specimen_at = clock_ms() - DAY;
    in.laboratory = "Test laboratory";
    in.dilution_suspected = 0;
    for (size_t i = 0; i < sizeof all_assays / sizeof all_assays[0]; i++) {
        struct donor_result *r = record_list_add(house_arena(), &record_donor_result, &in.results);
        r->assay = all_assays[i];
        r->result = strcmp(r->assay, "hbsag") == 0 ? hbsag : "non_reactive";
    }
    assert_int_equal(act("U-INES", "source.screening_record", &screening), 0);
    assert_int_equal(act("U-YUKI", "source.donor_test_report", &in), 0);
}

static const char *determine(const char *donor)
{
    struct eligibility_determine in;
    struct donor_key key = {.donor_id = donor};
    struct donor_row *row = ARENA_NEW(house_arena(), struct donor_row);
    record_init(&record_eligibility_determine, &in);
    record_init(&record_donor_row, row);
    in.donor_id = donor;
    in.recovery_at = clock_ms() - 10 * MINUTE;
    in.rules_id = "L-US";
    assert_int_equal(act("U-ELENA", "source.eligibility_determine", &in), 0);
    assert_int_equal(desk_call(house_login("U-RUTH")->desk, house_arena(), "source.donor_show", &key, row, &e), 0);
    return row->determination;
}

static struct collection_record collection(const char *donor)
{
    struct collection_record in;
    uint8_t random[3];
    char din[DIN_LEN + 1], *check = arena_alloc(house_arena(), 2);
    random_fill(random, sizeof random);
    snprintf(din, sizeof din, "A999926%06d", (random[0] << 16 | random[1] << 8 | random[2]) % 1000000);
    check[0] = mod37_char(mod37_value(din, DIN_LEN));
    record_init(&record_collection_record, &in);
    in.collection_id = fresh("C");
    in.donor_id = donor;
    in.donation_number = arena_text(house_arena(), din);
    in.check_character = check;
    in.tissue = "umbilical_cord";
    in.site = "umbilical cord";
    in.started_at = clock_ms() - 12 * MINUTE;
    in.ended_at = clock_ms() - 9 * MINUTE;
    in.length_cm = "21.5";
    in.container_lot = "Cup, lot 7";
    in.seal_number = "S-1";
    return in;
}

static struct receipt_record receipt(const struct collection_record *c)
{
    struct receipt_record in;
    record_init(&record_receipt_record, &in);
    in.collection_id = c->collection_id;
    in.received_at = c->ended_at + 3 * MINUTE;
    in.courier = "Own car";
    in.donation_number = c->donation_number;
    in.seal_number = c->seal_number;
    in.seal_intact = in.container_intact = in.label_matches = 1;
    in.temperature_min_c = "2.5";
    in.temperature_max_c = "7.5";
    in.decision = "accepted";
    return in;
}

CASE(F_commitment_personal_data_goes_to_the_vault_first)
{
    const char *id = fresh("D");
    struct donor_register in = cord(id);
    struct vault_put put = {.subject_id = id, .name = "mother_name", .value = "Invented Mother"};
    struct commitment made, again;
    record_init(&record_commitment, &made);
    record_init(&record_commitment, &again);
    struct desk *d = house_login("U-MARA")->desk;
    assert_int_equal(desk_call(d, house_arena(), "source.vault_put", &put, &made, &e), 0);
    assert_int_equal(desk_call(d, house_arena(), "source.vault_put", &put, &again, &e), 0);
    assert_string_not_equal(made.commitment, again.commitment);
    *(struct commitment *)record_list_add(house_arena(), &record_commitment, &in.commitments) = made;
    assert_int_equal(act("U-MARA", "source.donor_register", &in), 0);
}

CASE(T38_a_commitment_that_the_vault_does_not_hold_is_refused)
{
    struct donor_register in = cord(fresh("D"));
    struct commitment *c = record_list_add(house_arena(), &record_commitment, &in.commitments);
    c->name = "mother_name";
    c->commitment = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    assert_int_equal(act("U-MARA", "source.donor_register", &in), ERR_NOT_FOUND);
    assert_string_equal(e.field, "commitments");
}

CASE(T26_a_cord_of_one_donor_is_refused)
{
    struct donor_register in = cord(fresh("D"));
    in.subject = "donor";
    assert_int_equal(act("U-MARA", "source.donor_register", &in), ERR_FIELD_RANGE);
    assert_string_equal(e.rule, "T26");
}

CASE(a_donor_is_registered_once)
{
    const char *id = new_donor();
    struct donor_register in = cord(id);
    assert_int_equal(act("U-MARA", "source.donor_register", &in), ERR_EXISTS);
}

CASE(E1271_50_eligibility_follows_the_record)
{
    const char *id = new_donor();
    struct eligibility_determine in;
    record_init(&record_eligibility_determine, &in);
    in.donor_id = id;
    in.recovery_at = clock_ms() - MINUTE;
    in.rules_id = "L-US";
    assert_int_equal(act("U-ELENA", "source.eligibility_determine", &in), ERR_CONSENT_MISSING);
    consent(id);
    assert_string_equal(determine(id), "incomplete");
    screen_and_test(id, "non_reactive");
    assert_string_equal(determine(id), "eligible");
}

CASE(E1271_50_a_reactive_donor_is_ineligible)
{
    const char *id = new_donor();
    consent(id);
    screen_and_test(id, "reactive");
    assert_string_equal(determine(id), "ineligible");
}

CASE(R01_a_technician_determines_no_eligibility)
{
    struct eligibility_determine in;
    record_init(&record_eligibility_determine, &in);
    in.donor_id = new_donor();
    in.recovery_at = clock_ms() - MINUTE;
    assert_int_equal(act("U-MARA", "source.eligibility_determine", &in), ERR_ROLE_MISSING);
}

CASE(R03_T33_a_collection_has_a_checked_number_of_its_own)
{
    const char *id = new_donor();
    struct collection_record in = collection(id);
    assert_int_equal(act("U-INES", "source.collection_record", &in), ERR_CONSENT_MISSING);
    consent(id);
    const char *right = in.check_character;
    in.check_character = strcmp(right, "1") == 0 ? "2" : "1";
    assert_int_equal(act("U-INES", "source.collection_record", &in), ERR_IDENTIFIER_REFUSED);
    in.check_character = right;
    assert_int_equal(act("U-INES", "source.collection_record", &in), 0);
    in.collection_id = fresh("C");
    assert_int_equal(act("U-INES", "source.collection_record", &in), ERR_EXISTS);
    assert_string_equal(e.field, "donation_number");
}

CASE(R04_a_receipt_that_does_not_match_is_quarantined)
{
    const char *id = new_donor();
    consent(id);
    struct collection_record c = collection(id);
    assert_int_equal(act("U-INES", "source.collection_record", &c), 0);
    struct receipt_record in = receipt(&c);
    in.seal_number = "S-2";
    assert_int_equal(act("U-MARA", "source.receipt_record", &in), ERR_STATE_FORBIDS);
    in.decision = "quarantined";
    assert_int_equal(act("U-MARA", "source.receipt_record", &in), ERR_REASON_MISSING);
    in.reason = "another seal than the clinic wrote down";
    assert_int_equal(act("U-MARA", "source.receipt_record", &in), 0);
    assert_int_equal(act("U-MARA", "source.receipt_record", &in), ERR_EXISTS);
}

CASE(T15_the_receipt_computes_the_hours_on_the_way)
{
    const char *id = new_donor();
    struct house_person *p = house_login("U-MARA");
    struct prepared prepared;
    consent(id);
    struct collection_record c = collection(id);
    assert_int_equal(act("U-INES", "source.collection_record", &c), 0);
    struct receipt_record in = receipt(&c);
    record_init(&record_prepared, &prepared);
    assert_int_equal(desk_prepare(p->desk, house_arena(), "source.receipt_record", NULL, &in, &prepared, &e), 0);
    assert_non_null(strstr(prepared.statement, "\"transit_h\":\"0.05\""));
    assert_int_equal(act("U-MARA", "source.receipt_record", &in), 0);
}

CASE(T51_a_determination_goes_by_the_rule_set_in_effect)
{
    const char *id = new_donor(), *rules = fresh("L");
    struct eligibility_determine in;
    struct rules_key key = {"L-US", 1};
    struct rules_show shown;
    record_init(&record_eligibility_determine, &in);
    record_init(&record_rules_show, &shown);
    consent(id);
    screen_and_test(id, "non_reactive");
    in.donor_id = id;
    in.recovery_at = clock_ms() - MINUTE;
    assert_int_equal(act("U-ELENA", "source.eligibility_determine", &in), ERR_FIELD_MISSING);
    assert_string_equal(e.field, "rules_id");
    assert_int_equal(desk_call(house_login("U-RUTH")->desk, house_arena(), "source.rules_show", &key, &shown, &e), 0);
    assert_string_equal(shown.state, "in_effect");
    char *at = strstr(shown.document, "\"L-US\"");
    assert_non_null(at);
    struct rules_author author = {rules, 1, arena_printf(house_arena(), "%.*s\"%s\"%s", (int)(at - shown.document), shown.document,
                                                         rules, at + strlen("\"L-US\""))};
    struct rules_approve approve = {rules, 1, clock_ms()};
    in.rules_id = rules;
    assert_int_equal(act("U-ELENA", "source.rules_author", &author), 0);
    assert_int_equal(act("U-ELENA", "source.rules_author", &author), ERR_EXISTS);
    assert_int_equal(act("U-ELENA", "source.eligibility_determine", &in), ERR_NOT_FOUND);       /* a draft */
    assert_int_equal(act("U-ELENA", "source.rules_approve", &approve), ERR_DUTIES_SEGREGATED);
    assert_int_equal(act("U-PETER", "source.rules_approve", &approve), 0);
    in.rules_version = 2;
    assert_int_equal(act("U-ELENA", "source.eligibility_determine", &in), ERR_STATE_FORBIDS);
    in.rules_version = INTEGER_ABSENT;
    assert_int_equal(act("U-ELENA", "source.eligibility_determine", &in), 0);
    in.rules_id = "L-EU";
    assert_int_equal(act("U-ELENA", "source.eligibility_determine", &in), ERR_REASON_MISSING);
    in.reason = "the product goes to the other market";
    assert_int_equal(act("U-ELENA", "source.eligibility_determine", &in), 0);
}

CASE(T51_the_eu_asks_for_a_specimen_at_the_donation)
{
    const char *id = new_donor();
    struct eligibility_determine in;
    struct house_person *p = house_login("U-ELENA");
    struct prepared prepared;
    record_init(&record_eligibility_determine, &in);
    record_init(&record_prepared, &prepared);
    consent(id);
    screen_and_test(id, "non_reactive");                 /* drawn a day before now */
    in.donor_id = id;
    in.recovery_at = clock_ms() - MINUTE;
    in.rules_id = "L-EU";
    assert_int_equal(desk_prepare(p->desk, house_arena(), "source.eligibility_determine", NULL, &in, &prepared, &e), 0);
    assert_non_null(strstr(prepared.statement, "\"determination\":\"eligible\""));
    assert_non_null(strstr(prepared.statement, "\"jurisdiction\":\"eu\""));
    assert_non_null(strstr(prepared.statement, "\"rules_version\":1"));
    in.recovery_at = clock_ms() + 2 * 1000;
    in.recovery_at -= 5 * DAY;
    assert_int_equal(desk_prepare(p->desk, house_arena(), "source.eligibility_determine", NULL, &in, &prepared, &e), 0);
    assert_non_null(strstr(prepared.statement, "\"determination\":\"eligible\""));      /* four days after */
    in.recovery_at -= 4 * DAY;
    assert_int_equal(desk_prepare(p->desk, house_arena(), "source.eligibility_determine", NULL, &in, &prepared, &e), 0);
    assert_non_null(strstr(prepared.statement, "\"determination\":\"incomplete\""));    /* eight days after */
    assert_non_null(strstr(prepared.statement, "\"missing\":[\"anti_hiv_1_2\""));
}

#include "support/test.h"

#include <string.h>

#include "access_rules.h"
#include "crypto/ca.h"
#include "crypto/cms.h"
#include "record/record.h"

#define DAY INT64_C(86400000)

static struct err e;

static struct list roles(struct arena *a, const char *first, const char *second)
{
    struct list list = {NULL, 0};
    texts_add(a, &list, first);
    if (second != NULL)
        texts_add(a, &list, second);
    return list;
}

static int check_roles(const char *first, const char *second)
{
    struct arena *a = arena_new(0);
    struct list list = roles(a, first, second);
    int code = access_roles_check(&list, &e);
    arena_free(a);
    return code;
}

CASE(R01_roles_are_of_the_word_list_and_none_twice)
{
    assert_int_equal(check_roles("qa", "physician"), 0);
    assert_int_equal(check_roles("boss", NULL), ERR_FIELD_RANGE);
    assert_int_equal(check_roles("qa", "qa"), ERR_FIELD_RANGE);
    struct list none = {NULL, 0};
    assert_int_equal(access_roles_check(&none, &e), ERR_FIELD_MISSING);
}

CASE(D45_an_administrator_has_no_role_in_the_work_on_cells)
{
    assert_int_equal(check_roles("admin", NULL), 0);
    assert_int_equal(check_roles("admin", "auditor"), 0);
    assert_int_equal(check_roles("admin", "qa"), ERR_FIELD_RANGE);
    assert_string_equal(e.rule, "4.5");
    assert_int_equal(check_roles("technician", "admin"), ERR_FIELD_RANGE);
}

CASE(access_roles_are_written_in_the_order_of_the_word_list)
{
    struct arena *a = arena_new(0);
    struct list list = roles(a, "physician", "technician");
    assert_string_equal(access_roles_text(a, &list), "technician,physician");
    arena_free(a);
}

static struct account_review review(const char *person_id, int64_t days)
{
    return (struct account_review){.person_id = person_id, .finding = "keeps", .reason = "works at the bench each week", .review_days = days};
}

CASE(P11_26_an_account_is_reviewed_by_another_for_a_reason_and_within_the_labs_term)
{
    static const struct person_facts open = {"open", "Mara", "technician", NULL}, closed = {"closed", "Mara", "technician", NULL}, none = {0};
    struct account_review in = review("U-MARA", 90);
    assert_int_equal(access_review_check(&in, &open, "U-ELENA", 180, &e), 0);
    assert_int_equal(access_review_check(&in, &open, "U-MARA", 180, &e), ERR_DUTIES_SEGREGATED);
    assert_int_equal(access_review_check(&in, &closed, "U-ELENA", 180, &e), ERR_STATE_FORBIDS);
    assert_int_equal(access_review_check(&in, &none, "U-ELENA", 180, &e), ERR_NOT_FOUND);
    assert_int_equal(access_review_check(&in, &open, "U-ELENA", 89, &e), ERR_FIELD_RANGE);
    assert_string_equal(e.field, "review_days");
    in.review_days = 0;
    assert_int_equal(access_review_check(&in, &open, "U-ELENA", 180, &e), ERR_FIELD_RANGE);
    in = review("U-MARA", 180);
    in.reason = "";
    assert_int_equal(access_review_check(&in, &open, "U-ELENA", 180, &e), ERR_REASON_MISSING);
}

CASE(P11_13_a_printed_name_has_2_to_100_characters)
{
    char name[104];
    assert_int_equal(access_name_check("Li", &e), 0);
    assert_int_equal(access_name_check("L", &e), ERR_FIELD_RANGE);
    memset(name, 'x', 101);
    name[101] = '\0';
    assert_int_equal(access_name_check(name, &e), ERR_FIELD_RANGE);
    name[100] = '\0';
    assert_int_equal(access_name_check(name, &e), 0);
    assert_int_equal(access_name_check("\xc3\xa9\xc3\xa8", &e), 0);
    assert_int_equal(access_name_check("\xc3\xa9", &e), ERR_FIELD_RANGE);
}

CASE(P11_13_a_printed_name_has_no_outer_blanks)
{
    assert_int_equal(access_name_check(" Ada", &e), ERR_FIELD_RANGE);
    assert_int_equal(access_name_check("Ada ", &e), ERR_FIELD_RANGE);
    assert_int_equal(access_name_check("Ada Lovelace", &e), 0);
}

CASE(P11_8_a_terminals_key_is_40_characters_of_z85)
{
    assert_int_equal(access_key_check("public_key", "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7", &e), 0);
    assert_int_equal(access_key_check("public_key", "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf", &e), ERR_FIELD_TYPE);
    assert_int_equal(access_key_check("public_key", "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf ", &e), ERR_FIELD_TYPE);
    assert_int_equal(access_key_check("terminal_key", "", &e), ERR_FIELD_TYPE);
    assert_string_equal(e.field, "terminal_key");
}

CASE(P11_16_an_id_is_never_used_again)
{
    struct person_facts facts = {NULL, NULL, NULL, NULL};
    assert_int_equal(access_person_new(&facts, "U-ADA", &e), 0);
    facts.state = "open";
    assert_int_equal(access_person_new(&facts, "U-ADA", &e), ERR_EXISTS);
    facts.state = "closed";
    assert_int_equal(access_person_new(&facts, "U-ADA", &e), ERR_EXISTS);
}

CASE(P11_4_a_closed_account_takes_nothing)
{
    struct person_facts facts = {NULL, NULL, NULL, NULL};
    assert_int_equal(access_person_open(&facts, "U-ADA", &e), ERR_NOT_FOUND);
    facts.state = "closed";
    assert_int_equal(access_person_open(&facts, "U-ADA", &e), ERR_STATE_FORBIDS);
    facts.state = "open";
    assert_int_equal(access_person_open(&facts, "U-ADA", &e), 0);
}

CASE(P11_23_nobody_closes_their_own_account)
{
    struct person_facts facts = {"open", "Ada", "technician", NULL};
    struct person_close in = {.person_id = "U-ADA", .reason = "leaves the lab at the end of the month"};
    assert_int_equal(access_close_allow(&in, &facts, "U-ROOT", &e), 0);
    assert_int_equal(access_close_allow(&in, &facts, "U-ADA", &e), ERR_STATE_FORBIDS);
}

CASE(R13_closing_an_account_needs_a_reason)
{
    struct person_facts facts = {"open", "Ada", "technician", NULL};
    struct person_close in = {.person_id = "U-ADA", .reason = "gone"};
    assert_int_equal(access_close_allow(&in, &facts, "U-ROOT", &e), ERR_REASON_MISSING);
    assert_string_equal(e.field, "reason");
}

static struct training_record training(void)
{
    return (struct training_record){.person_id = "U-ADA", .document_id = "P-CORD1", .document_version = 1,
                                    .trained_at = 100 * DAY, .expires_at = 465 * DAY};
}

static int check_training(const struct training_record *in, const char *actor)
{
    const struct person_facts facts = {"open", "Ada", "technician", NULL};
    return access_training_check(in, &facts, actor, 100 * DAY, &e);
}

CASE(R21_training_on_a_document_version_is_recorded)
{
    struct training_record in = training();
    assert_int_equal(check_training(&in, "U-QA"), 0);
    in.document_id = "Q-CORD1";
    assert_int_equal(check_training(&in, "U-QA"), 0);
}

CASE(R21_training_on_what_is_no_document_is_refused)
{
    struct training_record in = training();
    in.document_id = "B-1";
    assert_int_equal(check_training(&in, "U-QA"), ERR_FIELD_RANGE);
    in = training();
    in.document_version = 0;
    assert_int_equal(check_training(&in, "U-QA"), ERR_FIELD_RANGE);
}

CASE(R21_nobody_records_their_own_training)
{
    struct training_record in = training();
    assert_int_equal(check_training(&in, "U-ADA"), ERR_DUTIES_SEGREGATED);
}

CASE(R15_training_does_not_lie_in_the_future)
{
    struct training_record in = training();
    in.trained_at += 2000;
    assert_int_equal(check_training(&in, "U-QA"), 0);
    in.trained_at += 1;
    assert_int_equal(check_training(&in, "U-QA"), ERR_TIME_REFUSED);
}

CASE(R21_training_ends_after_it_began)
{
    struct training_record in = training();
    in.expires_at = in.trained_at;
    assert_int_equal(check_training(&in, "U-QA"), ERR_FIELD_RANGE);
    assert_string_equal(e.field, "expires_at");
}

/* a self-signed root and one person under it: what is judged here is what the certificate says */
struct lab {
    struct key *root_key, *person_key;
    struct certificate *root, *issuing, *person;
};

static struct lab lab_new(const char *name, const char *id, const char *ou)
{
    struct lab lab;
    struct ca_request root = {.kind = CA_ROOT, .common_name = "Lab root", .days = 30};
    struct ca_request issuing = {.kind = CA_ISSUING, .common_name = "Lab issuing CA", .days = 30};
    struct ca_request person = {.kind = CA_PERSON, .common_name = name, .person_id = id, .roles = ou, .days = 10};
    assert_int_equal(key_new(KEY_P256, &lab.root_key, &e), 0);
    assert_int_equal(key_new(KEY_P256, &lab.person_key, &e), 0);
    assert_int_equal(ca_found(&root, lab.root_key, &lab.root, &e), 0);
    struct ca above = {lab.root, lab.root_key};
    assert_int_equal(ca_issue(&above, &issuing, lab.root_key, &lab.issuing, &e), 0);
    struct ca ca = {lab.issuing, lab.root_key};
    assert_int_equal(ca_issue(&ca, &person, lab.person_key, &lab.person, &e), 0);
    return lab;
}

static void lab_free(struct lab *lab)
{
    certificate_free(lab->person);
    certificate_free(lab->issuing);
    certificate_free(lab->root);
    key_free(lab->person_key);
    key_free(lab->root_key);
}

CASE(F_signature_a_registered_certificate_names_its_person)
{
    struct lab lab = lab_new("Ada Lovelace", "U-ADA", "technician,qc");
    struct bytes der = certificate_der(lab.person);
    char sha256[DIGEST_HEX];
    assert_int_equal(access_certificate_check(der, "U-ADA", "Ada Lovelace", "technician,qc", sha256, &e), 0);
    assert_string_equal(sha256, certificate_facts(lab.person)->sha256);
    assert_int_equal(access_certificate_check(der, "U-EVE", "Ada Lovelace", "technician,qc", sha256, &e), ERR_SIGNATURE_REFUSED);
    assert_int_equal(access_certificate_check(der, "U-ADA", "Eve", "technician,qc", sha256, &e), ERR_SIGNATURE_REFUSED);
    assert_int_equal(access_certificate_check(der, "U-ADA", "Ada Lovelace", "technician", sha256, &e), ERR_SIGNATURE_REFUSED);
    assert_int_equal(access_certificate_check(der, "U-ADA", "Ada Lovelace", "qa", sha256, &e), ERR_SIGNATURE_REFUSED);
    assert_string_equal(e.field, "certificate");
    lab_free(&lab);
}

CASE(F_signature_what_is_no_certificate_is_refused)
{
    static const uint8_t junk[] = {0x30, 0x03, 0x02, 0x01, 0x00};
    char sha256[DIGEST_HEX];
    struct bytes der = {junk, sizeof junk};
    assert_int_equal(access_certificate_check(der, "U-ADA", "Ada", "qa", sha256, &e), ERR_SIGNATURE_REFUSED);
    assert_string_equal(e.field, "certificate");
}

CASE(R01_the_founder_is_an_administrator_named_by_the_certificate)
{
    struct arena *a = arena_new(0);
    struct lab lab = lab_new("Grace Hopper", "U-GRACE", "admin");
    char sha256[DIGEST_HEX];
    struct person_found in = {.person_id = "U-GRACE", .name = "Grace Hopper", .roles = roles(a, "admin", NULL),
                              .certificate = certificate_der(lab.person)};
    assert_int_equal(access_found_signer(&in, sha256, &e), 0);
    assert_string_equal(sha256, certificate_facts(lab.person)->sha256);
    in.person_id = "U-EVE";
    assert_int_equal(access_found_signer(&in, sha256, &e), ERR_SIGNATURE_REFUSED);
    lab_free(&lab);
    arena_free(a);
}

CASE(R01_who_is_no_administrator_cannot_found)
{
    struct arena *a = arena_new(0);
    struct lab lab = lab_new("Ada Lovelace", "U-ADA", "technician");
    char sha256[DIGEST_HEX];
    struct person_found in = {.person_id = "U-ADA", .name = "Ada Lovelace", .roles = roles(a, "technician", NULL),
                              .certificate = certificate_der(lab.person)};
    assert_int_equal(access_found_signer(&in, sha256, &e), ERR_ROLE_MISSING);
    in.roles = roles(a, "admin", NULL);
    assert_int_equal(access_found_signer(&in, sha256, &e), ERR_SIGNATURE_REFUSED);
    lab_free(&lab);
    arena_free(a);
}

CASE(P11_15_a_certificate_must_chain_to_the_lab_root)
{
    struct arena *a = arena_new(0);
    struct lab ours = lab_new("Ada Lovelace", "U-ADA", "qa"), theirs = lab_new("Ada Lovelace", "U-ADA", "qa");
    struct cms_trust *trust = cms_trust_new(certificate_to_pem(a, ours.root), &e);
    struct cms_signer signer;
    int64_t now = certificate_facts(ours.person)->not_before_ms + DAY;
    assert_non_null(trust);
    assert_int_equal(cms_check_certificate(trust, certificate_der(ours.person), certificate_der(ours.issuing), now, &signer, &e), 0);
    assert_string_equal(signer.person_id, "U-ADA");
    assert_int_equal(cms_check_certificate(trust, certificate_der(theirs.person), certificate_der(theirs.issuing), now, &signer,
                                           &e), ERR_SIGNATURE_REFUSED);
    assert_int_equal(cms_check_certificate(trust, certificate_der(theirs.person), certificate_der(ours.issuing), now, &signer,
                                           &e), ERR_SIGNATURE_REFUSED);
    assert_int_equal(cms_check_certificate(trust, certificate_der(ours.person), certificate_der(ours.issuing), now + 20 * DAY,
                                           &signer, &e), ERR_SIGNATURE_REFUSED);
    cms_trust_free(trust);
    lab_free(&ours);
    lab_free(&theirs);
    arena_free(a);
}

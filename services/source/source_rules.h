/*
 * The rules of source: donors, consent, tests, collections, receipts, commitments to personal data. Pure: facts in, a
 * refusal with its rule out; no table, no clock. It refuses a collection without consent, a number whose check character
 * does not fit, and an accepted receipt of anything that does not match. Rules: domain.md §1.1, §1.2, §3.1, R03 R04 R13 R15
 * R22, T25 T26 T33.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "contract/contract.h"
#include "domain/retention.h"
#include "domain/rule_set.h"

/** The site's own numbers (source_settings.h). */
struct source_limits {
    int64_t late_entry_ms, clock_skew_ms;
};

/** A donor; ${tissue} NULL: there is none. ${scopes}: in force now, comma separated; NULL: never any. */
struct donor_facts {
    const char *tissue, *use, *subject;
    const char *scopes;
    int64_t consent_given_ms;
};

/** A donor's personal data; ${known} false: there is no such donor. */
struct vault_facts {
    bool known;
    struct retention_facts retention;
    int64_t unfinished, held;          /* batches without an end; values in the vault */
};

/** source_is_late(occurred_ms, now_ms, limits): recorded later than the site allows without a word (R15). */
bool source_is_late(int64_t occurred_ms, int64_t now_ms, const struct source_limits *limits);

/** source_time_check(field, occurred_ms, now_ms, limits, e): not in the future (R15). ERR_TIME_REFUSED. */
int source_time_check(const char *field, int64_t occurred_ms, int64_t now_ms, const struct source_limits *limits,
                      struct err *e);

/** source_donor_known(facts, donor_id, e): ERR_NOT_FOUND. */
int source_donor_known(const struct donor_facts *facts, const char *donor_id, struct err *e);

/** source_donor_check(in, e): tissue of a birth has two persons behind its number, other tissue one (T26); autologous,
 *  directed and related use name the recipient by code (R04); commitments' names are plain and none twice. */
int source_donor_check(const struct donor_register *in, struct err *e);

/** source_subject_check(facts, subject, e): whose screening or specimen: donor, or mother and infant, by what stands behind
 *  the number (T26). */
int source_subject_check(const struct donor_facts *facts, const char *subject, struct err *e);

/** source_consent_check(in, e): known scopes, none twice. */
int source_consent_check(const struct consent_record *in, struct err *e);

/** source_withdrawal_check(in, facts, e): known scopes, none twice, each in force now (${facts}->scopes). ERR_CONSENT_MISSING
 *  where there is nothing to withdraw. */
int source_withdrawal_check(const struct consent_withdraw *in, const struct donor_facts *facts, struct err *e);

/** source_consent_needed(facts, before_ms, e): there is consent to the donor's use, given before ${before_ms}
 *  (TIME_ABSENT: whenever). ERR_CONSENT_MISSING. */
int source_consent_needed(const struct donor_facts *facts, int64_t before_ms, struct err *e);

/** source_tests_check(in, e): each assay once (ERR_RESULT_REFUSED); what may have diluted the plasma is given where it is
 *  suspected, and only there. */
int source_tests_check(const struct donor_test_report *in, struct err *e);

/** source_number_check(donation_number, check_character, e): layout and check character (T33, R03). */
int source_number_check(const char *donation_number, const char *check_character, struct err *e);

/** source_collection_check(in, facts, now_ms, limits, e): the donor's tissue, times in order, an amount in the tissue's unit
 *  and within its hard limits (domain.md §1.1), consent before the start. */
int source_collection_check(const struct collection_record *in, const struct donor_facts *facts, int64_t now_ms,
                            const struct source_limits *limits, struct err *e);

/** source_rules_author_check(in, newest, a, e): the document reads as a rule set of this id and version, the one after ${newest}
 *  (0: none yet); every assay of the list has a row, for a reactive result counts whoever asked for it; and it is written for the present reading. */
int source_rules_author_check(const struct rules_author *in, int64_t newest, struct arena *a, struct err *e);

/** A version of a rule set; ${author_id} NULL: there is none; ${effective_ms} TIME_ABSENT: not approved;
 *  ${last_effective_ms}: of the versions before. */
struct rules_facts {
    const char *author_id;
    int64_t effective_ms, last_effective_ms;
};

/** source_rules_approve_check(in, facts, person, now_ms, limits, e): a draft of another person (4.5), in effect not before now
 *  and not before an earlier version. */
int source_rules_approve_check(const struct rules_approve *in, const struct rules_facts *facts, const char *person,
                               int64_t now_ms, const struct source_limits *limits, struct err *e);

/** ${in_effect}: version of the named rule set, INTEGER_ABSENT: none; ${last_rules_id}: of the donor's last determination, NULL. */
struct rules_choice {
    int64_t in_effect;
    const char *last_rules_id;
};

/** source_rules_choose(in, facts, e): a determination names a rule set, in the version in effect now; another set than the last
 *  one with a reason. ERR_FIELD_MISSING, ERR_STATE_FORBIDS, ERR_REASON_MISSING. */
int source_rules_choose(const struct eligibility_determine *in, const struct rules_choice *facts, struct err *e);

/** A person as access knows them; ${state} NULL: unknown. */
struct person_facts {
    const char *state, *roles;
};

/** What an urgent need rests on: the donor's last determination (NULL: none), and the people it names. */
struct urgent_need_facts {
    const char *determination, *donor_recipient;
    struct person_facts physician, finisher, informer;
};

/** source_urgent_check(in, facts, use, author, now_ms, e): R31: a donor determined, and not eligible; another's cells for the one
 *  recipient; two grounds in words; a physician who is not the author; both tasks with an owner who is here and a day to
 *  come, the second not before the first. */
int source_urgent_check(const struct urgent_need *in, const struct urgent_need_facts *facts, const char *use,
                        const char *author, int64_t now_ms, struct err *e);

/** What a physician's notice rests on; ${physician_id} NULL: there is no such need. ${is_finished}: the determination that the
 *  need left open. */
struct notice_facts {
    const char *use, *determination, *physician_id;
    int64_t noticed_seq, informed_seq, evidence_seq;   /* -1: none */
    bool is_finished;
};

/** source_notice_check(in, facts, person, e): the need's own physician, before use: once for what is known; after: when the
 *  determination is finished, once. Without a need: cells of an ineligible donor for a relative. */
int source_notice_check(const struct physician_notice *in, const struct notice_facts *facts, const char *person,
                        struct err *e);

/** What is known of a collection; ${donation_number} NULL: there is none. */
struct collection_facts {
    const char *donation_number, *seal_number;
    int64_t ended_ms;
    bool is_received;
};

/** source_receipt_check(in, facts, now_ms, limits, e): received once, after collection ended; a mismatch is never accepted;
 *  quarantine, rejection and late entry have a reason (R13, R15). */
int source_receipt_check(const struct receipt_record *in, const struct collection_facts *facts, int64_t now_ms,
                         const struct source_limits *limits, struct err *e);

/** source_vault_check(name, e): a field name `[a-z][a-z0-9_]{0,39}`. */
int source_vault_check(const char *name, struct err *e);

/** source_commit(a, salt, name, value, ret): the commitment of format.md: HMAC-SHA256(salt, "stemma-commit/1" LF name LF
 *  value). */
void source_commit(struct arena *a, const uint8_t salt[DIGEST_LEN], const char *name, const char *value,
                   uint8_t ret[DIGEST_LEN]);

/** source_commitments_check(list, e): names are plain; no commitment twice. */
int source_commitments_check(const struct list *commitments, struct err *e);

/** source_reason_check(field, text, e): at least ten characters that say why. ERR_REASON_MISSING. */
int source_reason_check(const char *field, const char *text, struct err *e);

/** source_purge_check(facts, years, now_ms, e): a donor's personal data may go: all batches have an end, retention has
 *  ended, and there is something to purge (domain.md §3.6). ERR_STATE_FORBIDS names until when. */
int source_purge_check(const struct vault_facts *facts, const struct retention_years *years, int64_t now_ms, struct err *e);

/** source_purge_still_check(facts, years, proposed_seq, head_seq, now_ms, e): what was true when the purge was proposed holds yet:
 *  no batch without an end, the retention of the newest use over, nothing said of the donor since. ERR_STATE_FORBIDS. The
 *  proposal is itself an entry about the donor; the record's own ten years were asked before it and do not count from it. */
int source_purge_still_check(const struct vault_facts *facts, const struct retention_years *years, int64_t proposed_seq,
                             int64_t head_seq, int64_t now_ms, struct err *e);

/** source_purge_approver_check(proposed_by, approved_by, person_id, e): a proposal that stands, of another person (§3.6). */
int source_purge_approver_check(const char *proposed_by, const char *approved_by, const char *person_id, struct err *e);

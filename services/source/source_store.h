/*
 * All SQL of service source and nothing else. Reads are queued in a verb's `facts` and become facts in `decide`; writes are
 * queued by source_apply.c with the same rows. A value or a salt is read by ROW_VAULT_OPEN alone, after a signed disclosure.
 */
#pragma once
#include "domain/donor.h"
#include "domain/source_record.h"
#include "service/service.h"
#include "source_rules.h"

extern const struct statement_table source_statements;

enum source_row {
    ROW_DONOR, ROW_DONOR_INSERT, ROW_DONORS, ROW_DONOR_SHOW,
    ROW_CONSENT_INSERT, ROW_WITHDRAWAL_INSERT, ROW_CONSENTS, ROW_HELD, ROW_REACH, ROW_SCREENINGS, ROW_SCREENING_INSERT, ROW_REFERENCE_INSERT, ROW_TESTS, ROW_TEST_INSERT, ROW_RESULTS_INSERT,
    ROW_ELIGIBILITY_INSERT, ROW_DETERMINED, ROW_DETERMINED_RULES, ROW_PERSON, ROW_RULES_VERSION, ROW_RULES, ROW_RULES_SHOW,
    ROW_RULES_IN_EFFECT, ROW_RULES_INSERT, ROW_RULES_APPROVE, ROW_URGENT_INSERT, ROW_NOTICE_INSERT, ROW_NOTICE_FACTS, ROW_FOLLOW_UPS,
    ROW_COLLECTION, ROW_COLLECTION_CONSENT, ROW_NUMBER_TAKEN, ROW_COLLECTION_INSERT, ROW_COLLECTIONS, ROW_RECEIPT_INSERT,
    ROW_VAULT_HAS, ROW_VAULT_INSERT, ROW_VAULT_SHOW, ROW_VAULT_FIND, ROW_VAULT_OPEN, ROW_VAULT_LOOK, ROW_VAULT_ERASE,
    ROW_ENTRIES, ROW_COLLECTED, ROW_CORRECT, ROW_CORRECTIONS, ROW_RETENTION, ROW_DISCLOSURE_INSERT, ROW_ERASURE_INSERT, ROW_PURGE, ROW_PURGE_INSERT, ROW_PURGE_APPROVE,
    ROW_COUNT
};

/** store_row(which): a row of the table, for call_ask and db_queue. */
const struct statement_row *store_row(enum source_row which);

/** store_ask_donor(c, donor_id); store_read_donor(c, answer, ret): a donor and its latest consent. */
void store_ask_donor(struct call *c, const char *donor_id);
void store_read_donor(const struct call *c, size_t answer, struct donor_facts *ret);

/** store_ask_statements(c, donor_id): donor, screenings and tests, three answers. store_read_statements(c, first, ret): what
 *  the donor's stream says, as the bodies of its statements, in c->arena. */
void store_ask_statements(struct call *c, const char *donor_id);
void store_read_statements(const struct call *c, size_t first, struct donor_statements *ret);

/** store_read_rules(c, answer, ret, e): the rule set in the answer's column `rules_document`, parsed; NULL where there is none. */
int store_read_rules(const struct call *c, size_t answer, const struct rule_set **ret, struct err *e);

/** store_ask_collection(c, id); store_read_collection(c, answer, ret): a collection and whether it is received. */
void store_ask_collection(struct call *c, const char *collection_id);
void store_read_collection(const struct call *c, size_t answer, struct collection_facts *ret);

/** store_ask_collection_consent(c, collection_id); store_read_collection_consent(c, answer): when the consent was given, as it stands, that was there
 *  when the collection was recorded; TIME_ABSENT: none. */
void store_ask_collection_consent(struct call *c, const char *collection_id);
int64_t store_read_collection_consent(const struct call *c, size_t answer);

/** store_ask_entries(c, stream): what a stream says, from the ledger. store_read_entries(c, answer, ret, ret_count, e): its entries, those
 *  that corrections look at with their records, corrections put in. store_ask_collected(c, donor_id), store_read_collected(c, answer,
 *  ret_count): the donor's collections. All in c->arena. */
void store_ask_entries(struct call *c, const char *stream);
int store_read_entries(struct call *c, size_t answer, struct source_entry **ret, size_t *ret_count, struct err *e);
void store_ask_collected(struct call *c, const char *donor_id);
struct source_collected *store_read_collected(const struct call *c, size_t answer, size_t *ret_count);

/** store_commitments(a, list): the digests of a list of commitments, as one array. */
struct db_value store_commitments(struct arena *a, const struct list *list);

/** store_ask_vault(c, donor_id, list); store_read_vault(c, answer, list): the first commitment of ${list} that the vault does
 *  not hold for this donor and name; NULL: it holds all. */
void store_ask_vault(struct call *c, const char *donor_id, const struct list *list);
const struct commitment *store_read_vault(const struct call *c, size_t answer, const struct list *list);

/** store_read_needed(c, answer, list): of what the vault holds, the first that traceability needs; NULL: none. */
const struct commitment *store_read_needed(const struct call *c, size_t answer, const struct list *list);

/** store_ask_retention(c, donor_id); store_read_retention(c, answer, ret): what a donor's retention counts from. */
void store_ask_retention(struct call *c, const char *donor_id);
void store_read_retention(const struct call *c, size_t answer, struct vault_facts *ret);

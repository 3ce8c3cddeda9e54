/* Each rule of format.md, "A verifier refuses unless", by itself: everything else in the dossier is consistent. */
#include "support/test.h"

#include <string.h>

#include "ledger/stamps.h"
#include "support/dossier_fixture.h"

static struct fixture *f;

#define BEGIN(spoil) f = fixture_new(spoil)
#define END fixture_free(f)

static void holds(void)
{
    assert_string_equal(fixture_judge(f, fixture_file(f)), "");
}

/* The faults of the dossier as it is now begin with ${start} and say ${why}. */
static void refused(const char *start, const char *why)
{
    const char *faults = fixture_judge(f, fixture_file(f));
    if (strncmp(faults, start, strlen(start)) != 0 || strstr(faults, why) == NULL)
        fail_msg("faults: %s", faults);
}

static void refused_when(enum spoil spoil, const char *start, const char *why)
{
    BEGIN(spoil);
    refused(start, why);
    END;
}

static struct bytes flipped(struct bytes b, size_t at)
{
    char *copy = arena_dup(f->a, b.data, b.len);
    copy[at] = (char)(copy[at] ^ 1);
    return (struct bytes){(const uint8_t *)copy, b.len};
}

/* Another letter of base64 in its place. */
static struct bytes relettered(struct bytes b, size_t at)
{
    char *copy = arena_dup(f->a, b.data, b.len);
    copy[at] = copy[at] == 'A' ? 'B' : 'A';
    return (struct bytes){(const uint8_t *)copy, b.len};
}

CASE(rule_00_untouched_dossier_holds)
{
    BEGIN(SPOIL_NONE);
    holds();
    END;
}

CASE(rule_00_is_deterministic_but_for_the_signature)
{
    BEGIN(SPOIL_NONE);
    struct bytes x = fixture_file(f), y = fixture_file(f);
    const char manifest[] = "META-INF/ASiC";
    const uint8_t *at = memmem(x.data, x.len, manifest, sizeof manifest - 1);
    assert_non_null(at);
    assert_memory_equal(x.data, y.data, (size_t)(at - x.data));
    END;
}

CASE(rule_01_member_without_a_place)
{
    BEGIN(SPOIL_NONE);
    struct zip_member stranger[] = {{.name = "b/c", .data = {(const uint8_t *)"x", 1}}};
    f->d.exports = stranger;
    f->d.export_count = 1;
    refused("- - 1: ", "has no place");
    END;
}

CASE(rule_01_broken_container)
{
    BEGIN(SPOIL_NONE);
    struct bytes file = fixture_file(f);
    file.len--;
    assert_memory_equal(fixture_judge(f, file), "- - 1: ", 7);
    END;
}

CASE(rule_01_exports_are_allowed)
{
    BEGIN(SPOIL_NONE);
    struct zip_member more[] = {{.name = "batch.json", .data = {(const uint8_t *)"{}", 2}}};
    f->d.exports = more;
    f->d.export_count = 1;
    holds();
    END;
}

CASE(L03_rule_02_checkpoint_of_another_key)
{
    BEGIN(SPOIL_NONE);
    f->d.checkpoint = fixture_checkpoint(f, f->witness_key, f->d.size);
    refused("- - 2: ", "no signature line");
    END;
}

CASE(rule_02_checkpoint_changed)
{
    BEGIN(SPOIL_NONE);
    f->d.checkpoint = relettered(f->d.checkpoint, strlen(f->origin) + 6);
    refused("- - 2: ", "does not hold");
    END;
}

CASE(rule_02_checkpoint_with_a_second_signature_line)
{
    BEGIN(SPOIL_NONE);
    const char *more = strchr((const char *)f->d.cosignatures.data, '\xe2');
    const char *text = arena_printf(f->a, "%s%s", (const char *)f->d.checkpoint.data, more);
    f->d.checkpoint = (struct bytes){(const uint8_t *)text, strlen(text)};
    refused("- - 2: ", "beside the log's");
    END;
}

CASE(rule_02_size_differs_from_dossier_txt)
{
    BEGIN(SPOIL_NONE);
    f->d.size--;
    refused("- - 2: ", "dossier.txt");
    END;
}

CASE(L13_rule_02_listed_witness_has_not_cosigned)
{
    BEGIN(SPOIL_NONE);
    struct note_key other = note_key_make(f->a, "witness.example/south", NOTE_KEY_COSIGNATURE, f->log_note.public_key);
    f->trust.witnesses = note_vkey_text(f->a, &other);
    refused("- - 2: ", "no cosignature");
    END;
}

/* Whoever has the log's key signs what he likes, under the old cosignatures; no witness has signed it. */
CASE(L11_rule_02_log_key_alone_makes_no_checkpoint)
{
    BEGIN(SPOIL_NONE);
    f->d.size--;
    f->d.checkpoint = fixture_checkpoint(f, f->log_key, f->d.size);
    f->d.token = fixture_token(f, f->d.checkpoint, f->now_ms);
    refused("- - 2: ", "not for this checkpoint");
    const char *body_end = strstr((const char *)f->d.checkpoint.data, "\n\n"), *line = strstr((const char *)f->d.cosignatures.data, "\n\n");
    const char *text = arena_printf(f->a, "%.*s%s", (int)(body_end - (const char *)f->d.checkpoint.data),
                                    (const char *)f->d.checkpoint.data, line);
    f->d.cosignatures = (struct bytes){(const uint8_t *)text, strlen(text)};
    refused("- - 2: ", "does not hold");
    END;
}

CASE(rule_02_no_witness_asked_for)
{
    BEGIN(SPOIL_NONE);
    f->trust.witnesses = "";
    holds();
    END;
}

CASE(rule_02_cosignature_for_another_checkpoint)
{
    BEGIN(SPOIL_NONE);
    f->d.cosignatures = relettered(f->d.cosignatures, strlen(f->origin) + 6);
    refused("- - 2: ", "not for this checkpoint");
    END;
}

CASE(rule_03_time_stamp_over_other_bytes)
{
    BEGIN(SPOIL_NONE);
    f->d.token = fixture_token(f, flipped(f->d.checkpoint, 0), f->now_ms);
    refused("- - 3: ", "");
    END;
}

CASE(rule_03_time_stamp_of_another_authority)
{
    BEGIN(SPOIL_NONE);
    f->trust.tsa_root = f->trust.lab_root;
    refused("- - 3: ", "");
    END;
}

CASE(rule_03_time_stamp_with_bytes_behind)
{
    BEGIN(SPOIL_NONE);
    const char *more = arena_dup(f->a, f->d.token.data, f->d.token.len);
    f->d.token = (struct bytes){(const uint8_t *)more, f->d.token.len + 1};
    refused("- - 3: ", "");
    END;
}

static int sign_as_person(void *ctx, struct arena *a, struct bytes manifest, struct bytes *ret_p7s, struct err *e)
{
    struct fixture *x = ctx;
    return cms_sign(a, &x->pki->person_signs, manifest, x->now_ms, ret_p7s, e);
}

CASE(rule_04_manifest_signed_by_a_person)
{
    BEGIN(SPOIL_NONE);
    f->signer.sign = sign_as_person;
    refused("- - 4: ", "not by audit");
    END;
}

static int sign_something_else(void *ctx, struct arena *a, struct bytes manifest, struct bytes *ret_p7s, struct err *e)
{
    struct fixture *x = ctx;
    manifest.len--;
    return cms_sign(a, &x->pki->audit_signs, manifest, x->now_ms, ret_p7s, e);
}

CASE(rule_04_manifest_signature_does_not_hold)
{
    BEGIN(SPOIL_NONE);
    f->signer.sign = sign_something_else;
    refused("- - 4: ", "manifest");
    END;
}

/* A member changed with its checksum mended, as a careful forger would: the manifest's digest tells. */
CASE(rule_04_member_changed_behind_the_manifest)
{
    BEGIN(SPOIL_NONE);
    struct zip zip;
    struct err e;
    struct bytes file;
    assert_int_equal(zip_read(f->a, fixture_file(f), &zip, &e), 0);
    struct zip_member *m = ARENA_ARRAY(f->a, struct zip_member, zip.count);
    memcpy(m, zip.member, zip.count * sizeof *m);
    for (size_t i = 0; i < zip.count; i++)
        if (strcmp(m[i].name, "human/dossier.pdf") == 0)
            m[i].data = flipped(m[i].data, 0);
    assert_int_equal(zip_write(f->a, &(struct zip){m, zip.count, NULL}, &file, &e), 0);
    assert_memory_equal(fixture_judge(f, file), "- - 4: human/dossier.pdf", 24);
    END;
}

CASE(rule_04_members_in_another_order)
{
    BEGIN(SPOIL_NONE);
    struct zip zip;
    struct err e;
    struct bytes file;
    assert_int_equal(zip_read(f->a, fixture_file(f), &zip, &e), 0);
    struct zip_member *m = ARENA_ARRAY(f->a, struct zip_member, zip.count), kept;
    memcpy(m, zip.member, zip.count * sizeof *m);
    kept = m[1];
    m[1] = m[2];
    m[2] = kept;
    assert_int_equal(zip_write(f->a, &(struct zip){m, zip.count, NULL}, &file, &e), 0);
    assert_memory_equal(fixture_judge(f, file), "- - 4: ", 7);
    END;
}

CASE(rule_05_link_broken) { refused_when(SPOIL_PREV, "B-1 3 5: ", "prev"); }
CASE(rule_05_genesis_wrong) { refused_when(SPOIL_GENESIS, "B-1 0 5: ", "genesis"); }
CASE(rule_05_time_does_not_rise) { refused_when(SPOIL_TIME, "B-1 3 5: ", "time"); }
CASE(rule_05_entry_of_another_log) { refused_when(SPOIL_ORIGIN, "B-1 3 5: ", "of the log"); }
CASE(rule_05_entry_of_another_stream) { refused_when(SPOIL_STREAM, "B-1 3 5: ", "names the stream B-2"); }
CASE(rule_05_entry_later_than_the_time_stamp) { refused_when(SPOIL_LATE, "B-1 4 5: ", "later"); }

static void drop_entry(struct dossier_stream *s, size_t at)
{
    memmove(&s->entry[at], &s->entry[at + 1], (s->count - at - 1) * sizeof *s->entry);
    s->count--;
}

CASE(rule_05_gap_in_a_whole_stream)
{
    BEGIN(SPOIL_NONE);
    drop_entry(&f->d.stream[0], 2);
    refused("B-1 3 5: ", "gap");
    END;
}

CASE(rule_05_subject_must_be_whole)
{
    BEGIN(SPOIL_NONE);
    f->d.stream[0].whole = false;
    refused("B-1 - 5: ", "whole");
    END;
}

CASE(rule_05_entries_swapped)
{
    BEGIN(SPOIL_NONE);
    struct dossier_entry *entry = f->d.stream[2].entry, kept = entry[0];
    entry[0] = entry[1];
    entry[1] = kept;
    refused("SYS 1 5: ", "rise");
    END;
}

CASE(rule_05_unsorted_streams)
{
    BEGIN(SPOIL_NONE);
    struct dossier_stream kept = f->d.stream[0];
    f->d.stream[0] = f->d.stream[1];
    f->d.stream[1] = kept;
    refused("- - 5: ", "out of order");
    END;
}

CASE(rule_06_statement_of_another_stream) { refused_when(SPOIL_STATEMENT_STREAM, "B-1 3 6: ", "names the stream B-2"); }
CASE(rule_06_statement_twice) { refused_when(SPOIL_STATEMENT_TWICE, "B-1 3 6: ", "same statement as in entry 1"); }
CASE(rule_06_reviewed_another_hash) { refused_when(SPOIL_REVIEWED_HASH, "B-1 3 6: ", "reviewed another"); }
CASE(rule_06_reviewed_what_came_later) { refused_when(SPOIL_REVIEWED_LATER, "B-1 3 6: ", "not earlier"); }
CASE(rule_06_body_outside_the_profile) { refused_when(SPOIL_BODY, "B-1 3 6: ", "byte"); }

CASE(rule_06_statement_changed)
{
    BEGIN(SPOIL_NONE);
    f->d.stream[0].entry[1].stmt = flipped(f->d.stream[0].entry[1].stmt, 60);
    refused("B-1 1 6: ", "not the one");
    END;
}

CASE(rule_06_observation_missing)
{
    BEGIN(SPOIL_NONE);
    f->d.stream[0].entry[3].stmt.len = 0;
    refused("B-1 3 6: ", "not there");
    END;
}

CASE(rule_07_signed_with_another_certificate) { refused_when(SPOIL_SIGNER, "B-1 3 7: ", "U-8"); }
CASE(rule_07_act_without_signature) { refused_when(SPOIL_UNSIGNED, "B-1 3 7: ", "act without"); }
CASE(rule_07_observation_with_signature) { refused_when(SPOIL_SIGNED_OBSERVATION, "B-1 3 7: ", "of no act"); }
CASE(rule_07_certificate_revoked_before_the_act) { refused_when(SPOIL_REVOKED, "B-1 0 7: ", "revoked"); }

CASE(rule_07_certificate_revoked_after_the_act_holds)
{
    BEGIN(SPOIL_REVOKED_LATER);
    holds();
    END;
}

CASE(rule_07_signature_changed)
{
    BEGIN(SPOIL_NONE);
    f->d.stream[0].entry[2].p7s = flipped(f->d.stream[0].entry[2].p7s, f->d.stream[0].entry[2].p7s.len - 1);
    refused("B-1 2 7: ", "not the one");
    END;
}

CASE(L15_rule_07_person_of_another_root)
{
    BEGIN(SPOIL_NONE);
    f->trust.lab_root = f->trust.tsa_root;
    refused("- - 4: ", "B-1 0 7: ");
    END;
}

CASE(rule_08_proof_changed)
{
    BEGIN(SPOIL_NONE);
    f->d.stream[0].entry[2].proof.node[1][7] ^= 1;
    refused("B-1 2 8: ", "not proved");
    END;
}

CASE(rule_08_leaf_index_wrong)
{
    BEGIN(SPOIL_NONE);
    f->d.stream[1].entry[0].index--;
    refused("P-1 1 8: ", "not proved");
    END;
}

/* Every element of the chain is a leaf: one that is linked on both sides but stands nowhere in the tree is refused. */
CASE(L02_rule_08_link_of_the_chain_that_is_no_leaf) { refused_when(SPOIL_UNLOGGED, "B-1 3 8: ", "not proved"); }

/* The log's own key under another name is another log, not a continuation. */
CASE(L03_rule_05_checkpoint_of_another_log_under_the_same_key)
{
    BEGIN(SPOIL_NONE);
    f->trust.witnesses = "";
    f->origin = "stemma.other.example/2026";
    f->d.checkpoint = fixture_checkpoint(f, f->log_key, f->d.size);
    f->d.token = fixture_token(f, f->d.checkpoint, f->now_ms);
    refused("- - 2: ", "B-1 0 5: the entry is of the log");
    END;
}

/* A good proof for this entry, a good signature over another statement. */
CASE(L12_rule_06_statement_of_another_entry)
{
    BEGIN(SPOIL_NONE);
    f->d.stream[0].entry[2].stmt = f->d.stream[1].entry[0].stmt;
    f->d.stream[0].entry[2].p7s = f->d.stream[1].entry[0].p7s;
    refused("B-1 2 6: ", "the statement is not the one that the entry names");
    END;
}

/* (r, n-s) verifies as (r, s) does; the entry names one of them. */
CASE(L34_rule_07_the_other_half_of_the_signature)
{
    BEGIN(SPOIL_NONE);
    struct dossier_entry *entry = &f->d.stream[0].entry[2];
    struct cms_signer who;
    struct err e;
    struct cms_trust *trust = cms_trust_new(f->trust.lab_root, &e);
    entry->p7s = pki_other_half(f->a, entry->p7s);
    assert_int_equal(cms_verify(trust, entry->stmt, entry->p7s, f->now_ms, &who, &e), 0);    /* the trap is real */
    refused("B-1 2 7: ", "the signature is not the one that the entry names");
    cms_trust_free(trust);
    END;
}

CASE(L12_rule_08_proof_of_another_entry)
{
    BEGIN(SPOIL_NONE);
    f->d.stream[0].entry[3].proof = f->d.stream[0].entry[2].proof;
    f->d.stream[0].entry[3].index = f->d.stream[0].entry[2].index;
    refused("B-1 3 5: ", "B-1 3 8: ");
    END;
}

CASE(L25_rule_09_attachment_missing)
{
    BEGIN(SPOIL_NONE);
    f->d.attachment_count--;
    refused("", " 9: the attachment");
    END;
}

CASE(rule_09_attachment_changed)
{
    BEGIN(SPOIL_NONE);
    f->attachment[0].data = flipped(f->attachment[0].data, 0);
    refused("", "is not the one that the entry names");
    END;
}

CASE(rule_09_attachment_of_no_entry)
{
    BEGIN(SPOIL_NONE);
    f->attachment[f->d.attachment_count++] = (struct zip_member){
        .name = "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", .data = {(const uint8_t *)"x", 1}};
    refused("- - 9: ", "named by no entry");
    END;
}

CASE(L33_rule_10_tail_cut)
{
    BEGIN(SPOIL_NONE);
    f->d.stream[0].count--;
    refused("B-1 3 10: ", "does not end where");
    END;
}

CASE(L33_rule_10_line_changed_to_fit_the_cut_tail)
{
    BEGIN(SPOIL_NONE);
    f->d.stream[0].count--;
    f->d.heads.line.seq--;
    memcpy(f->d.heads.line.leaf, f->d.stream[0].entry[3].leaf, DIGEST_LEN);
    refused("B-1 3 10: ", "not proved");
    END;
}

CASE(rule_10_heads_not_what_the_log_recorded) { refused_when(SPOIL_HEADS_BODY, "SYS 2 10: ", "not what the log"); }
CASE(rule_10_heads_older_than_25_hours) { refused_when(SPOIL_HEADS_OLD, "SYS 2 10: ", "25 hours"); }

CASE(L13_rule_10_heads_entry_missing)
{
    BEGIN(SPOIL_NONE);
    f->d.stream[2].count--;
    refused("SYS 2 10: ", "not here");
    END;
}

CASE(rule_10_heads_entry_of_another_type)
{
    BEGIN(SPOIL_NONE);
    f->d.heads.sys_seq = 1;
    refused("SYS 1 10: ", "log.heads");
    END;
}

CASE(L13_rule_10_act_without_time_stamp)
{
    BEGIN(SPOIL_NONE);
    f->d.stamp_count = 0;
    refused("B-1 0 10: ", "no time-stamp covers");
    END;
}

CASE(L28_rule_10_time_stamp_before_the_act) { refused_when(SPOIL_STAMP_EARLY, "B-1 0 10: ", "later than the time-stamp"); }
CASE(L28_rule_10_entry_of_a_slow_service_holds)
{
    BEGIN(SPOIL_SLOW);
    holds();
    END;
}

CASE(L28_rule_10_entry_of_long_before_a_time_stamp_that_was_there) { refused_when(SPOIL_BACKDATED, "B-1 5 10: ", "ten minutes before time-stamp SYS 1"); }
CASE(rule_10_stamped_root_differs) { refused_when(SPOIL_STAMP_ROOT, "SYS 1 10: ", "not the recorded"); }
CASE(L11_rule_10_stamped_by_another_log_key) { refused_when(SPOIL_STAMP_KEY, "SYS 1 10: ", "no signature line"); }

CASE(rule_10_consistency_changed)
{
    BEGIN(SPOIL_NONE);
    f->d.stamp[0].consistency.node[0][0] ^= 1;
    refused("SYS 1 10: ", "beginning");
    END;
}

CASE(L13_rule_10_consistency_missing)
{
    BEGIN(SPOIL_NONE);
    f->d.stamp[0].consistency.count = 0;
    refused("SYS 1 10: ", "beginning");
    END;
}

/* What held in one dossier is not verified again in the next; a changed signature is another leaf, and other CRLs undo it. */
CASE(rule_07_acts_that_held_are_remembered)
{
    struct trust trust;
    struct findings findings;
    struct err e;
    BEGIN(SPOIL_NONE);
    assert_int_equal(trust_open(f->a, &f->trust, &trust, &e), 0);
    dossier_verify(f->a, fixture_file(f), &trust, NULL, &findings);
    assert_int_equal(findings.fault_count, 0);
    assert_int_equal(trust.held_count, 4);
    dossier_verify(f->a, fixture_file(f), &trust, NULL, &findings);
    assert_int_equal(findings.fault_count, 0);
    assert_int_equal(findings.acts, 4);
    assert_int_equal(trust.held_count, 4);
    f->d.pki_count = 0;
    struct dossier_entry *entry = &f->d.stream[0].entry[2];
    entry->p7s = flipped(entry->p7s, entry->p7s.len - 1);
    dossier_verify(f->a, fixture_file(f), &trust, NULL, &findings);
    assert_int_equal(findings.fault_count, 1);
    assert_int_equal(trust.held_count, 3);
    trust_close(&trust);
    END;
}

CASE(rule_07_memory_of_acts_keeps_what_it_is_given)
{
    struct trust trust = {.cms = NULL};
    uint8_t leaf[DIGEST_LEN] = {1, 2, 3}, near[DIGEST_LEN] = {1, 2, 4};
    assert_false(trust_has_held(&trust, leaf));
    trust_hold(&trust, leaf);
    trust_hold(&trust, leaf);
    assert_true(trust_has_held(&trust, leaf));
    assert_false(trust_has_held(&trust, near));
    trust_hold(&trust, near);
    assert_true(trust_has_held(&trust, near));
    assert_int_equal(trust.held_count, 2);
    for (uint16_t i = 0; i < 5000; i++) {        /* it grows, and forgets nothing */
        memcpy(near, &i, sizeof i);
        near[31] = 1;
        trust_hold(&trust, near);
    }
    for (uint16_t i = 0; i < 5000; i++) {
        memcpy(near, &i, sizeof i);
        assert_true(trust_has_held(&trust, near));
    }
    assert_true(trust_has_held(&trust, leaf));
    assert_int_equal(trust.held_count, 5002);
    trust_close(&trust);
}

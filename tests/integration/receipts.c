/* Receipts at commit over the running house: every act and observation answers one, the terminal keeps it, and an entry that
 * somebody with the database dropped before the log took it is named by whoever kept its receipt. */
#include "support/test.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "dossier/promises.h"
#include "house_support.h"
#include "record/record.h"
#include "support/house.h"
#include "support/terminal.h"
#include "unit/crypto/pki.h"

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define SQL(...) arena_printf(house_arena(), __VA_ARGS__)

static struct trust trust;
static struct err e;

static bool has(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        print_message("not there: %s\nin: %s\n", part, text);
    return strstr(text, part) != NULL;
}

static struct receipt_note read_note(const char *text)
{
    struct promises p = {.count = 0};
    assert_non_null(text);
    if (trust.tsa == NULL)
        assert_int_equal(trust_read(house_arena(), SQL("%s/trust", house_dir()), &trust, &e), 0);
    if (promises_read(house_arena(), (struct bytes){(const uint8_t *)text, strlen(text)}, &trust, &p, &e) != 0)
        fail_msg("%s", e.text);
    assert_int_equal(p.count, 1);
    return p.note[0];
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static const char *some_batch(void)
{
    static const char *id;
    struct batch_show m;
    struct receipt made;
    struct batch_open in;
    struct batch_key key = {"B-20260009"};
    struct house_person *mara = house_login("U-MARA");
    if (id != NULL)
        return id;
    assert_int_equal(desk_call(mara->desk, house_arena(), "batch.show", &key, &m, &e), 0);
    record_init(&record_batch_open, &in);
    in.procedure_id = "P-BMAC";
    in.specification_id = "Q-BMAC";
    in.procedure_version = in.specification_version = 1;
    in.collection_id = m.collection_id;
    in.donor_id = m.donor_id;
    in.recipient_code = m.recipient_code;
    if (desk_act(mara->desk, house_arena(), "batch.open", &in, house_secret(mara), &made, &e) != 0)
        fail_msg("%s", e.text);
    return id = arena_text(house_arena(), made.stream);
}

static struct receipt remark(void)
{
    struct receipt made;
    struct batch_note in;
    record_init(&record_batch_note, &in);
    in.batch_id = some_batch();
    in.text = "seen, nothing to add";
    if (desk_act(house_login("U-MARA")->desk, house_arena(), "batch.note", &in, house_secret(house_login("U-MARA")), &made, &e) != 0)
        fail_msg("%s", e.text);
    return made;
}

static void log_in(void)
{
    struct said s = terminal_login("U-RUTH", "T-OFFICE6");
    if (s.status != 0)
        fail_msg("%s", s.err);
}

static struct said verify(const char *file)
{
    return terminal_run("stemma", "T-OFFICE6", "", WORDS("receipt", "verify", file));
}

/* until the entries have reached a checkpoint */
static struct said verify_settled(const char *file)
{
    struct said s = verify(file);
    for (int i = 0; i < 700 && !has(s.out, " 0 wait for"); i++) {
        usleep(100000);
        s = verify(file);
    }
    return s;
}

CASE(F_receipt_answers_an_act_with_its_entry)
{
    struct receipt made = remark();
    struct receipt_note r = read_note(made.note);
    assert_string_equal(r.stream, made.stream);
    assert_int_equal(r.seq, made.seq);
    assert_int_equal(r.time_ms, made.time);
    assert_string_equal(hex_text(house_arena(), r.leaf, DIGEST_LEN), made.leaf);
    assert_true(has(r.line.name, "/receipt/batch"));
}

CASE(T49_receipt_of_a_repeated_act_is_the_same_to_the_byte)
{
    struct prepared p;
    struct receipt one, two;
    struct bytes signature;
    struct house_person *mara = house_login("U-MARA");
    struct batch_note in;
    record_init(&record_batch_note, &in);
    in.batch_id = some_batch();
    in.text = "said twice";
    assert_int_equal(desk_prepare(mara->desk, house_arena(), "batch.note", NULL, &in, &p, &e), 0);
    assert_int_equal(desk_sign(mara->desk, house_arena(), mara->id, p.statement, house_secret(mara), &signature, &e), 0);
    assert_int_equal(desk_commit(mara->desk, house_arena(), "batch.note", p.statement, signature, &one, &e), 0);
    assert_int_equal(desk_commit(mara->desk, house_arena(), "batch.note", p.statement, signature, &two, &e), 0);
    assert_non_null(one.note);
    assert_string_equal(one.note, two.note);
}

CASE(F_receipt_is_kept_by_the_terminal_and_holds_against_the_log)
{
    struct stat st;
    const char *kept = terminal_home(".stemma/T-BENCH1.receipts");
    const char *secret = house_login("U-MARA")->secret, *batch = some_batch();      /* before somebody else's session is there */
    struct said s = terminal_login("U-MARA", "T-BENCH1");
    assert_int_equal(s.status, 0);
    for (int i = 0; i < 2; i++) {
        s = terminal_run("stemma", "T-BENCH1", SQL("%s\n", secret),
                         WORDS("batch", "note", batch, "text=kept by the terminal", "--yes", "--secret-fd=0"));
        if (s.status != 0)
            fail_msg("%s", s.err);
    }
    assert_int_equal(stat(kept, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    log_in();
    s = verify_settled(kept);
    assert_int_equal(s.status, 0);
    assert_true(has(s.out, "2 receipts: 2 entries are in the log"));
    s = terminal_login("U-MARA", "T-BENCH1");
    assert_true(s.status == 0 && strstr(s.err, "promised") == NULL);
    assert_int_equal(stat(terminal_home(".stemma/T-BENCH1.receipts.checked"), &st), 0);
    s = terminal_run("stemma-verify", "T-OFFICE6", "", WORDS("--trust", SQL("%s/trust", house_dir()), kept));
    assert_int_equal(s.status, 0);
    assert_true(has(s.out, "2 receipts are genuine"));
}

/* the same of another entry, which its signature does not fit */
static const char *forged_of(const char *text)
{
    const char *at = strchr(strchr(text, '\n') + 1, '\n') + 1;      /* the stream's line */
    return SQL("%.*sB-FORGED 7%s", (int)(at - text), text, strchr(at, '\n'));
}

CASE(F_receipt_that_was_forged_is_refused)
{
    const char *file = terminal_home("forged.receipts");
    write_file(file, forged_of(remark().note));
    log_in();
    struct said s = verify(file);
    assert_true(s.status == 1 && has(s.err, "forged"));
    s = terminal_run("stemma-verify", "T-OFFICE6", "", WORDS("--trust", SQL("%s/trust", house_dir()), file));
    assert_true(s.status == 1 && has(s.out, "forged: entry 7 of B-FORGED"));
}

/* The sequencer stands still; whoever owns the tables takes the entry out again, head and all, as if it had never been. */
CASE(L33_an_entry_dropped_before_the_log_took_it_is_named_by_its_receipt)
{
    const char *file = terminal_home("dropped.receipts");
    struct receipt before = remark();
    pid_t sequencer = house_pid("sequencer");
    assert_int_equal(kill(sequencer, SIGSTOP), 0);
    struct receipt gone = remark();
    house_sql(SQL("set session_replication_role = replica; begin;"
                  " delete from ledger.pending where stream = '%s' and seq = %lld;"
                  " delete from ledger.entry where stream = '%s' and seq = %lld;"
                  " delete from batch.actor where batch_id = '%s' and seq = %lld;"
                  " update ledger.head h set seq = e.seq, leaf = e.leaf, time_ms = e.time_ms from ledger.entry e"
                  " where h.stream = '%s' and e.stream = h.stream and e.seq = %lld; commit",
                  gone.stream, (long long)gone.seq, gone.stream, (long long)gone.seq, gone.stream, (long long)gone.seq, gone.stream,
                  (long long)gone.seq - 1));
    assert_int_equal(kill(sequencer, SIGCONT), 0);
    write_file(file, SQL("%s%s", before.note, gone.note));
    log_in();
    struct said s = verify_settled(file);
    assert_int_equal(s.status, 1);
    assert_true(has(s.out, SQL("%s %lld: dropped: ", gone.stream, (long long)gone.seq)));
    assert_true(has(s.out, "nothing is"));
    assert_true(has(s.out, "2 receipts: 1 entries are in the log, 0 wait for the next checkpoint, 1 were dropped"));
    /* nobody need ask: the terminal that holds such a receipt says so at the next login, and at each one after it */
    write_file(terminal_home(".stemma/T-OFFICE6.receipts"), SQL("%s%s", before.note, gone.note));
    for (int i = 0; i < 2; i++) {
        s = terminal_login("U-RUTH", "T-OFFICE6");
        assert_int_equal(s.status, 0);
        assert_true(has(s.err, SQL("%s %lld: dropped: ", gone.stream, (long long)gone.seq)));
        assert_true(has(s.err, "WARNING: 1 entries that this terminal was promised are not in the log"));
    }
    /* neither it nor one that nobody signed hides what is kept behind them */
    const char *kept = SQL("%s%s%s", gone.note, forged_of(before.note), before.note), *receipts = terminal_home(".stemma/T-OFFICE6.receipts");
    write_file(receipts, kept);
    unlink(SQL("%s.checked", receipts));
    s = terminal_login("U-RUTH", "T-OFFICE6");
    assert_true(has(s.err, "WARNING: 1 entries") && has(s.err, "forged: entry 7 of B-FORGED") && has(s.err, "WARNING: 1 receipts kept here do not hold"));
    FILE *checked = fopen(SQL("%s.checked", receipts), "re");
    size_t looked_at = 0;
    assert_true(checked != NULL && fscanf(checked, "%zu", &looked_at) == 1 && fclose(checked) == 0);
    assert_int_equal(looked_at, strlen(kept));
    assert_int_equal(unlink(receipts), 0);
    /* another entry in its place hides nothing */
    struct receipt other = remark();
    assert_int_equal(other.seq, gone.seq);
    s = verify_settled(file);
    assert_int_equal(s.status, 1);
    assert_true(has(s.out, "another one is"));
}

/* One remark, signed once, committed with the one half of the signature and then with the other (ECDSA's malleability). */
static void commit_both_halves(bool other_first)
{
    struct house_person *mara = house_login("U-MARA");
    struct batch_note in = {some_batch(), other_first ? "sent twice, the other half first" : "sent twice"};
    struct prepared shown;
    struct receipt made, again;
    struct bytes signature;
    if (desk_prepare(mara->desk, house_arena(), "batch.note", NULL, &in, &shown, &e) != 0 ||
        desk_sign(mara->desk, house_arena(), "U-MARA", shown.statement, house_secret(mara), &signature, &e) != 0)
        fail_msg("%s", e.text);
    struct bytes other = pki_other_half(house_arena(), signature), first = other_first ? other : signature;
    if (desk_commit(mara->desk, house_arena(), "batch.note", shown.statement, first, &made, &e) != 0)
        fail_msg("%s", e.text);
    if (desk_commit(mara->desk, house_arena(), "batch.note", shown.statement, other_first ? signature : other, &again, &e) != 0)
        fail_msg("%s", e.text);
    assert_string_equal(again.stream, made.stream);
    assert_int_equal(again.seq, made.seq);
    assert_string_equal(again.leaf, made.leaf);
    assert_string_equal(house_sql(SQL("select count(*) || ' ' || (array_agg(signature))[1]::text || ' ' || min(seq) from ledger.entry where"
                                      " statement = convert_to($act$%s$act$, 'UTF8')", shown.statement)),
                        SQL("1 \\x%s %lld", hex_text(house_arena(), first.data, first.len), (long long)made.seq));
}

CASE(L34_statement_with_the_other_half_of_its_signature_makes_no_second_entry)
{
    some_batch();
    int64_t before = house_entries();
    commit_both_halves(false);
    commit_both_halves(true);
    assert_int_equal(house_entries(), before + 2);
}

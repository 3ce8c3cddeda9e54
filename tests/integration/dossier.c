/* Dossiers of the running house: of a batch that people go on with meanwhile, and of every batch that other cases left behind. */
#include "support/test.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dossier/zip.h"
#include "house_support.h"
#include "record/record.h"
#include "short_batch.h"

#define DOSSIERS 4

static bool holds(const struct dossier_file *d)
{
    const char *path = house_dossier_keep(d, "goes-on.asice");
    bool good = path != NULL && house_dossier_status(path, "trust") == 0;
    if (path != NULL)
        unlink(path);
    return good;
}

/* The auditor's process; one byte for each dossier that holds, then its end. */
static void ask_for_dossiers(int batch_from, int told_to)
{
    char batch[33] = "";
    struct err e;
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || read(batch_from, batch, sizeof batch - 1) <= 0)
        _exit(2);
    for (int i = 0; i < DOSSIERS; i++) {
        struct dossier_file d;
        if (house_dossier(batch, &d, &e) != 0) {
            fprintf(stderr, "audit.dossier: %s\n", e.text);
            _exit(3);
        }
        if (!holds(&d) || write(told_to, "d", 1) != 1)
            _exit(4);
    }
    _exit(0);
}

CASE(L33_dossier_of_a_batch_that_goes_on_ends_where_its_heads_say)
{
    struct short_batch b;
    int batch[2], told[2], status = 0, notes = 0;
    assert_int_equal(pipe2(batch, O_CLOEXEC), 0);
    assert_int_equal(pipe2(told, O_CLOEXEC), 0);
    pid_t auditor = fork();   /* before this process has a socket */
    if (auditor == 0)
        ask_for_dossiers(batch[0], told[1]);
    close(told[1]);
    short_donor(&b, "allogeneic");
    assert_int_equal(short_consent(&b, "treatment"), 0);
    assert_int_equal(short_screen(&b), 0);
    assert_int_equal(short_tests(&b, NULL, NULL), 0);
    assert_int_equal(short_determine(&b), 0);
    short_collect(&b);
    assert_int_equal(short_open(&b, "allogeneic"), 0);
    assert_true(dprintf(batch[1], "%s", b.batch) > 0);
    while (waitpid(auditor, &status, WNOHANG) == 0) {
        struct batch_note note = {b.batch, "said while the dossier is made"};
        if (short_act("U-MARA", "batch.note", &note) != 0)
            fail_msg("batch.note: %s", short_error()->text);
        notes++;
    }
    close(batch[0]);
    close(batch[1]);
    close(told[0]);
    print_message("%d remarks meanwhile\n", notes);
    assert_int_equal(status, 0);
    assert_true(notes > DOSSIERS);
}

/* A release that was dated back would lie behind a time-stamp of later; so would the batch's beginning. */
CASE(L28_dossier_has_the_time_stamps_before_the_beginning_and_the_release)
{
    static const char *const entries[] = {"0", "(select max(seq) from ledger.entry where stream = 'B-20260001' and type = 'release.release')"};
    struct dossier_file d;
    struct zip zip;
    struct err e;
    if (house_dossier("B-20260001", &d, &e) != 0 || zip_read(house_arena(), d.file, &zip, &e) != 0)
        fail_msg("%s", e.text);
    struct bytes stamps = zip_find(&zip, "log/stamps.txt");
    const char *text = arena_dup(house_arena(), stamps.data, stamps.len);
    for (int i = 0; i < 2; i++) {
        const char *seq = house_sql(arena_printf(house_arena(), "select coalesce(max(l.seq)::text, '') from ledger.leaf l join ledger.entry t"
            " on t.stream = l.stream and t.seq = l.seq where t.stream = 'SYS' and t.type = 'log.timestamp' and l.leaf_index <"
            " (select leaf_index from ledger.leaf where stream = 'B-20260001' and seq = %s)", entries[i]));
        if (seq[0] != '\0' && strstr(text, arena_printf(house_arena(), "stamp %s ", seq)) == NULL)
            fail_msg("SYS %s is not in %s", seq, text);
        assert_true(i == 0 || seq[0] != '\0');
    }
    assert_true(holds(&d));
}

/* What the other cases did to batches, lawful as the services took it, a verifier must believe, too. */
/* nobody waits for a batch that there is not: it is said at once, and which field names it */
CASE(F_dossier_of_a_batch_that_is_not_there_is_not_found)
{
    struct err e = {0};
    struct dossier_file d;
    struct export_files made;
    const struct dossier_request ask = {.batch_id = "B-NONE", .redacted = BOOLEAN_ABSENT};
    const struct export_request copy = {.batch_id = "B-NONE", .format = "fhir"};
    struct house_person *ruth = house_login("U-RUTH");
    assert_int_equal(desk_call(ruth->desk, house_arena(), "audit.dossier", &ask, &d, &e), ERR_NOT_FOUND);
    assert_string_equal(e.field, "batch_id");
    assert_string_equal(e.text, "there is no batch B-NONE");
    assert_int_equal(desk_call(ruth->desk, house_arena(), "audit.export", &copy, &made, &e), ERR_NOT_FOUND);
    assert_string_equal(e.field, "batch_id");
}

CASE(F_dossier_of_every_batch_holds)
{
    const char *ids = house_sql("select string_agg(stream, ' ' order by stream) from ledger.head where stream like 'B-%'");
    char *at = arena_text(house_arena(), ids);
    int count = 0, refused = 0;
    for (const char *id = strsep(&at, " "); id != NULL; id = strsep(&at, " "), count++) {
        struct dossier_file d;
        struct err e;
        if (house_dossier(id, &d, &e) != 0)
            fprintf(stderr, "%s: %s\n", id, e.text);
        else if (holds(&d))
            continue;
        refused++;
    }
    print_message("%d batches\n", count);
    assert_true(count >= 9);
    assert_int_equal(refused, 0);
}

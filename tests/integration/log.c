/* The log of the running house from outside: what it serves over HTTPS, receipts, time-stamps. */
#include "support/test.h"

#include <fcntl.h>
#include <jansson.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "crypto/digest.h"
#include "dossier/receipt.h"
#include "house_support.h"
#include "ledger/merkle.h"
#include "ledger/paths.h"
#include "support/house.h"

extern char **environ;

static const char *file(const char *name)
{
    return arena_printf(house_arena(), "%s/%s", house_dir(), name);
}

static int run(const char *const *words)
{
    char *argv[16];
    size_t n = 0;
    posix_spawn_file_actions_t files;
    pid_t pid;
    int status = 0;
    for (; words[n] != NULL; n++)
        argv[n] = arena_text(house_arena(), words[n]);
    argv[n] = NULL;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 1, file("log-test.said"), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_int_equal(posix_spawnp(&pid, words[0], &files, NULL, argv, environ), 0);
    posix_spawn_file_actions_destroy(&files);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

static struct bytes read_whole(const char *path)
{
    size_t len = 0;
    char *text = test_read(path, &len);
    assert_non_null(text);
    struct bytes kept = {(const uint8_t *)arena_dup(house_arena(), text, len), len};
    free(text);
    return kept;
}

static const char *address(void)
{
    struct bytes ini = read_whole(file("etc/gateway.ini"));
    const char *at = strstr((const char *)ini.data, "listen = ");
    assert_non_null(at);
    return arena_dup(house_arena(), at + 9, strcspn(at + 9, "\n"));
}

static struct bytes fetch(const char *name)
{
    const char *const words[] = {"curl", "-sfk", "-o", file("log-test.got"), arena_printf(house_arena(), "https://%s/%s", address(), name), NULL};
    if (run(words) != 0)
        fail_msg("%s cannot be had", name);
    return read_whole(file("log-test.got"));
}

static struct trust trust_of_house(void)
{
    const char *text[4];
    static const char *const names[] = {"trust/lab-root.pem", "trust/tsa-root.pem", "trust/log.pub.pem", "trust/witnesses.txt"};
    for (size_t i = 0; i < 4; i++)
        text[i] = arena_text(house_arena(), (const char *)read_whole(file(names[i])).data);
    const struct trust_files files = {text[0], text[1], text[2], text[3]};
    struct trust t;
    struct err e;
    assert_int_equal(trust_open(house_arena(), &files, &t, &e), 0);
    return t;
}

/* An outsider with the log's key alone: fetch the checkpoint, then every leaf, and work out the root. */
CASE(L06_outsider_recomputes_the_checkpoint_from_the_tiles)
{
    struct bytes note = fetch("checkpoint");
    struct checkpoint c;
    struct err e;
    uint8_t root[DIGEST_LEN];
    assert_int_equal(note_parse(house_arena(), (const char *)note.data, note.len, &c, &e), 0);
    assert_int_equal(c.line_count, 3);
    assert_true(c.size > 100);
    uint8_t (*leaves)[DIGEST_LEN] = arena_alloc(house_arena(), c.size * DIGEST_LEN);
    for (uint64_t n = 0; n * LOG_TILE_WIDTH < c.size; n++) {
        uint64_t left = c.size - n * LOG_TILE_WIDTH;
        const struct log_path p = {LOG_HASHES, 0, n, left < LOG_TILE_WIDTH ? (unsigned)left : LOG_TILE_WIDTH};
        struct bytes tile = fetch(log_path_text(house_arena(), &p));
        assert_int_equal(tile.len, p.width * DIGEST_LEN);
        memcpy(leaves[n * LOG_TILE_WIDTH], tile.data, tile.len);
    }
    struct merkle_source source = merkle_array(house_arena(), (const uint8_t (*)[DIGEST_LEN])leaves, c.size);
    assert_int_equal(merkle_root(&source, c.size, root, &e), 0);
    assert_memory_equal(root, c.root, DIGEST_LEN);
}

static void receipt_of(const char *stream, int64_t seq, struct log_receipt *ret)
{
    struct entry_key in = {.stream = stream, .seq = seq};
    struct err e;
    int code = ERR_UNAVAILABLE;
    for (int tries = 0; code == ERR_UNAVAILABLE && tries < 700; tries++) {
        code = desk_call(house_login("U-RUTH")->desk, house_arena(), "audit.receipt", &in, ret, &e);
        if (code == ERR_UNAVAILABLE)
            usleep(100000);
    }
    if (code != 0)
        fail_msg("audit.receipt: %s", e.text);
}

CASE(L09_receipts_verify_alone_and_by_the_program)
{
    struct trust t = trust_of_house();
    struct err e;
    const char *stream = arena_text(house_arena(), house_sql("select stream from ledger.entry where stream like 'B-%' and seq = 4 limit 1"));
    for (int64_t seq = 0; seq < 5; seq++) {
        struct log_receipt receipt;
        struct receipt_facts facts;
        receipt_of(stream, seq, &receipt);
        if (receipt_verify(house_arena(), receipt.file, &t, &facts, &e) != 0)
            fail_msg("%s", e.text);
        assert_string_equal(facts.entry.stream, stream);
        assert_int_equal(facts.entry.seq, seq);
        assert_int_equal(facts.witnesses, 2);
        FILE *f = fopen(file("log-test.proof"), "wb");
        assert_non_null(f);
        assert_int_equal(fwrite(receipt.file.data, 1, receipt.file.len, f), receipt.file.len);
        fclose(f);
        const char *const words[] = {file("bin/stemma-verify"), "--trust", file("trust"), file("log-test.proof"), NULL};
        assert_int_equal(run(words), 0);
        assert_non_null(strstr((const char *)read_whole(file("log-test.said")).data, hex_text(house_arena(), facts.entry.stmt_sha256, DIGEST_LEN)));
    }
    trust_close(&t);
}

/* A release is under a time-stamp within seconds, not at the next minute: those of the demo's batches, for other cases kill
 * what stamps. */
CASE(F_time_evidence_release_is_stamped_at_once)
{
    const char *late = house_sql("select coalesce(max((select min(c.token_ms) from ledger.checkpoint c where c.size > l.leaf_index)"
                                 " - e.time_ms), -1) from ledger.entry e join ledger.leaf l using (stream, seq)"
                                 " where e.type in ('release.release', 'release.reject') and l.leaf_index <= (select max(leaf_index)"
                                 " from (select leaf_index from ledger.leaf join ledger.entry using (stream, seq) where type in"
                                 " ('release.release', 'release.reject') order by leaf_index limit 9) as of_the_demo)");
    long long ms = strtoll(late, NULL, 10);
    if (ms < 0 || ms > 5000)
        fail_msg("a release waited %lld ms for its time-stamp", ms);
}

/* Every token is an entry of the log: what stands between two of them existed between their times. */
CASE(F_time_evidence_each_token_is_logged)
{
    assert_string_equal(house_sql("select count(*) from ledger.checkpoint c where not is_seal and not exists (select from ledger.entry e"
                                  " where e.stream = 'SYS' and e.type = 'log.timestamp' and"
                                  " convert_from(e.statement, 'UTF8') like '%\"size\":' || c.size || '}%')"
                                  " and size < (select max(size) from ledger.checkpoint)"), "0");
    assert_string_equal(house_sql("select count(*) from ledger.leaf l join ledger.entry e using (stream, seq) join lateral (select c.token_ms"
                                  " from ledger.checkpoint c where c.size > l.leaf_index order by c.size limit 1) c on true"
                                  " where e.time_ms > c.token_ms + 1000"), "0");
}

/*-- the clocks */

static const char *metrics_of(const char *service)
{
    struct metrics *m = record_new(house_arena(), &record_metrics);
    struct err e;
    if (desk_ask(house_login("U-RUTH")->desk, house_arena(), service, "service.metrics", m, &e) != 0)
        fail_msg("%s: %s", service, e.text);
    return m->text;
}

/* the last entry about what was handed out */
static const char *last_export(void)
{
    return arena_text(house_arena(), house_sql("select replace(convert_from(statement, 'UTF8'), chr(10), ' ') from ledger.entry where stream = 'SYS'"
                                               " and type = 'log.export' order by seq desc limit 1"));
}

static int64_t count_of(const char *type)
{
    return strtoll(house_sql(arena_printf(house_arena(), "select count(*) from ledger.entry where type = '%s'", type)), NULL, 10);
}

CASE(R37_who_took_a_dossier_or_an_export_stands_in_the_log_and_spoils_no_seal)
{
    const char *batch = arena_text(house_arena(), house_sql("select stream from ledger.head where stream like 'B-%' limit 1"));
    struct house_person *ruth = house_login("U-RUTH");
    struct dossier_file dossier;
    struct export_request ask = {batch, "csv"};
    struct export_files files;
    struct err e;
    char sha256[DIGEST_HEX];
    int64_t before = count_of("log.export");
    if (house_dossier(batch, &dossier, &e) != 0)
        fail_msg("audit.dossier: %s", e.text);
    assert_int_equal(count_of("log.export"), before + 1);
    const char *said = last_export();
    assert_non_null(strstr(said, digest_hex(dossier.file.data, dossier.file.len, sha256)));
    assert_non_null(strstr(said, "\"kind\":\"dossier\""));
    assert_non_null(strstr(said, "\"person_id\":\"U-RUTH\""));
    assert_non_null(strstr(said, "\"redacted\":false"));
    assert_non_null(strstr(said, arena_printf(house_arena(), "\"subject\":\"%s\"", batch)));
    int64_t seals = count_of("log.heads"), size = dossier.checkpoint_size;
    if (desk_call(ruth->desk, house_arena(), "audit.export", &ask, &files, &e) != 0)
        fail_msg("audit.export: %s", e.text);
    said = last_export();
    assert_int_equal(files.files.count, 4);
    for (size_t i = 0; i < files.files.count; i++) {
        const struct export_file *file = LIST_AT(files.files, struct export_file, i);
        assert_non_null(strstr(said, digest_hex(file->file.data, file->file.len, sha256)));
    }
    assert_int_equal(house_dossier(batch, &dossier, &e), 0);
    assert_int_equal(count_of("log.export"), before + 3);
    assert_int_equal(count_of("log.heads"), seals);              /* no seal anew: the same dossier */
    assert_int_equal(dossier.checkpoint_size, size);
}

CASE(R16_clocks_of_the_house_are_watched)
{
    static const char *const names[] = {"access", "source", "batch", "quality", "custody", "release", "audit", "sequencer"};
    assert_true(strtoll(house_sql("select measured_ms from ledger.clock"), NULL, 10) > 0);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *text = metrics_of(names[i]);
        if (strstr(text, "stemma_clock_ahead_ms{of=\"database\"} 0\n") == NULL || strstr(text, "stemma_clock_refuses 0\n") == NULL)
            fail_msg("%s: %s", names[i], text);
    }
    assert_null(strstr(metrics_of("sequencer"), "witness_clock"));
}

static int8_t is_ready(const char *service, const char **ret_attention)
{
    struct health *h = record_new(house_arena(), &record_health);
    struct err e;
    if (desk_ask(house_login("U-RUTH")->desk, house_arena(), service, "service.health", h, &e) != 0)
        fail_msg("%s: %s", service, e.text);
    *ret_attention = h->attention;
    return h->ready;
}

/* what the sequencer measures again meanwhile is overwritten */
static void wait_for_clock(const char *ahead_ms, int8_t ready)
{
    const char *attention = NULL;
    for (int tries = 0; tries < 60 && is_ready("access", &attention) != ready; tries++) {
        house_sql(arena_printf(house_arena(), "insert into ledger.clock values (true, %s, 0) on conflict (one) do update"
                               " set ahead_ms = %s", ahead_ms, ahead_ms));
        usleep(500000);
    }
    assert_int_equal(is_ready("access", &attention), ready);
    assert_int_equal(attention == NULL, ready);
}

static void mend_clock(void)
{
    house_sql("update ledger.clock set ahead_ms = 0");
}

CASE(R16_lab_whose_clock_is_wrong_reads_and_records_nothing)
{
    atexit(mend_clock);   /* however this ends, the other cases find a clock that is right */
    struct house_person *ruth = house_login("U-RUTH"), *elena = house_login("U-ELENA");
    const char *batch = arena_text(house_arena(), house_sql("select stream from ledger.head where stream like 'B-%' limit 1"));
    struct training_record training = {.person_id = "U-MARA", .document_id = "P-UCMSC", .document_version = 1,
                                       .trained_at = clock_ms() - 3600000, .expires_at = clock_ms() + INT64_C(300) * 86400000};
    struct entry_list in = {.stream = batch, .from_seq = 0};
    struct entry_rows out;
    struct prepared prepared;
    struct err e;
    assert_int_equal(desk_prepare(elena->desk, house_arena(), "access.training_record", NULL, &training, &prepared, &e), 0);
    wait_for_clock("9000", 0);
    int refused = desk_prepare(elena->desk, house_arena(), "access.training_record", NULL, &training, &prepared, &e);
    struct err other;
    int read = desk_call(ruth->desk, house_arena(), "audit.entries", &in, &out, &other);
    wait_for_clock("0", 1);
    assert_int_equal(refused, ERR_CLOCK_REFUSED);
    assert_string_equal(e.rule, "R16");
    assert_int_equal(read, 0);
    assert_int_equal(desk_prepare(elena->desk, house_arena(), "access.training_record", NULL, &training, &prepared, &e), 0);
    house_sql("delete from ledger.clock_news");
    sleep(11);   /* every other service has looked again, too */
}

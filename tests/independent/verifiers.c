/* stemma-verify, tests/independent/verify.py and docs/verify.sh must agree: on what holds, on what does not, and on stream,
 * entry and rule of the first fault. */
#include "support/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/dossier_fixture.h"

enum verifier { BINARY, PYTHON, SHELL, VERIFIERS };

static struct fixture *f;
static const char *file, *trust, *suites, *as_of;
static void (*change)(void);     /* of the fixture, before it is written */

static void begin(enum spoil spoil)
{
    f = fixture_new(spoil);
    f->suites = suites;
    if (change != NULL)
        change();
    fixture_folder(f, f->pki->dir);
    file = arena_printf(f->a, "%s/dossier.asice", f->pki->dir);
    trust = arena_printf(f->a, "%s/trust", f->pki->dir);
}

static void end(void)
{
    fixture_free(f);
}

static void become(enum verifier v)
{
    if (v == BINARY)
        execl(STEMMA_VERIFY, STEMMA_VERIFY, file, "--trust", trust, as_of != NULL ? "--as-of" : NULL, as_of, (char *)NULL);
    if (v == PYTHON)
        execlp("python3", "python3", VERIFY_PY, file, trust, as_of, (char *)NULL);
    if (v == SHELL)
        execlp("sh", "sh", VERIFY_SH, file, trust, as_of, (char *)NULL);
    _exit(127);
}

/* The verifier's exit status; its first line in ${ret}. */
static int run(enum verifier v, char *ret, size_t size)
{
    int pipe_fd[2], status;
    size_t n = 0;
    assert_int_equal(pipe(pipe_fd), 0);
    pid_t pid = fork();
    if (pid == 0) {
        dup2(pipe_fd[1], STDOUT_FILENO);
        close(pipe_fd[0]);
        become(v);
    }
    close(pipe_fd[1]);
    for (ssize_t got; n + 1 < size && (got = read(pipe_fd[0], ret + n, size - n - 1)) > 0;)
        n += (size_t)got;
    ret[n] = '\0';
    ret[strcspn(ret, "\n")] = '\0';
    close(pipe_fd[0]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Every verifier exits 1 and its first line starts with ${place}: `stream seq rule`. */
static void all_refuse(enum spoil spoil, const char *place)
{
    char line[1024];
    begin(spoil);
    for (int v = 0; v < VERIFIERS; v++) {
        int status = run((enum verifier)v, line, sizeof line);
        if (status == 127)
            test_skip_without("python3");
        if (status != 1 || strncmp(line, place, strlen(place)) != 0)
            fail_msg("verifier %d: status %d, %s", v, status, line);
    }
    end();
}

static void all_accept(enum spoil spoil)
{
    char line[1024];
    begin(spoil);
    for (int v = 0; v < VERIFIERS; v++) {
        int status = run((enum verifier)v, line, sizeof line);
        if (status == 127)
            test_skip_without("python3");
        if (status != 0)
            fail_msg("verifier %d: %s", v, line);
    }
    end();
}

CASE(rule_00_all_three_accept) { all_accept(SPOIL_NONE); }
CASE(rule_10_all_three_accept_an_entry_of_a_slow_service) { all_accept(SPOIL_SLOW); }
CASE(rule_07_all_three_accept_a_later_revocation) { all_accept(SPOIL_REVOKED_LATER); }
CASE(rule_05_all_three_see_the_link) { all_refuse(SPOIL_PREV, "B-1 3 5:"); }
CASE(rule_05_all_three_see_the_genesis) { all_refuse(SPOIL_GENESIS, "B-1 0 5:"); }
CASE(rule_05_all_three_see_the_time) { all_refuse(SPOIL_TIME, "B-1 3 5:"); }
CASE(rule_05_all_three_see_the_origin) { all_refuse(SPOIL_ORIGIN, "B-1 3 5:"); }
CASE(rule_05_all_three_see_the_stream) { all_refuse(SPOIL_STREAM, "B-1 3 5:"); }
CASE(rule_05_all_three_see_the_late_entry) { all_refuse(SPOIL_LATE, "B-1 4 5:"); }
CASE(L07_all_three_see_the_statement_of_a_leap_second) { all_refuse(SPOIL_LEAP_SECOND, "B-1 3 6:"); }
CASE(rule_06_all_three_see_the_statements_stream) { all_refuse(SPOIL_STATEMENT_STREAM, "B-1 3 6:"); }
CASE(rule_06_all_three_see_the_repetition) { all_refuse(SPOIL_STATEMENT_TWICE, "B-1 3 6:"); }
CASE(rule_06_all_three_see_what_was_reviewed) { all_refuse(SPOIL_REVIEWED_HASH, "B-1 3 6:"); }
CASE(rule_06_all_three_see_the_future_reviewed) { all_refuse(SPOIL_REVIEWED_LATER, "B-1 3 6:"); }
CASE(rule_06_all_three_see_the_body) { all_refuse(SPOIL_BODY, "B-1 3 6:"); }
CASE(rule_06_all_three_see_halves_of_characters) { all_refuse(SPOIL_BODY_UTF8, "B-1 3 6:"); }
CASE(rule_06_all_three_see_the_nul) { all_refuse(SPOIL_BODY_NUL, "B-1 3 6:"); }
CASE(rule_07_all_three_see_the_key_usage) { all_refuse(SPOIL_KEY_USAGE, "B-1 3 7:"); }
CASE(rule_07_all_three_see_the_other_certificate_named) { all_refuse(SPOIL_ESS, "B-1 3 7:"); }
CASE(rule_07_all_three_see_the_certificates_order) { all_refuse(SPOIL_CERTIFICATES, "B-1 3 7:"); }
CASE(rule_07_all_three_see_the_long_length) { all_refuse(SPOIL_BER, "B-1 3 7:"); }
CASE(rule_07_all_three_see_the_certificate) { all_refuse(SPOIL_SIGNER, "B-1 3 7:"); }
CASE(rule_07_all_three_see_the_missing_signature) { all_refuse(SPOIL_UNSIGNED, "B-1 3 7:"); }
CASE(rule_07_all_three_see_the_needless_signature) { all_refuse(SPOIL_SIGNED_OBSERVATION, "B-1 3 7:"); }
CASE(rule_07_all_three_see_the_revocation) { all_refuse(SPOIL_REVOKED, "B-1 0 7:"); }
CASE(rule_07_all_three_see_the_later_list_of_a_second) { all_refuse(SPOIL_REVOKED_NUMBER, "B-1 0 7:"); }
CASE(rule_07_all_three_see_the_revoked_ca) { all_refuse(SPOIL_REVOKED_CA, "- - 4:"); }
CASE(L14_all_three_see_the_forgery_from_attributes) { all_refuse(SPOIL_FORGED_ATTRIBUTES, "B-1 3 6:"); }
CASE(L14_all_three_see_that_there_are_no_attributes) { all_refuse(SPOIL_NO_ATTRIBUTES, "B-1 3 7:"); }
CASE(rule_10_all_three_see_old_heads) { all_refuse(SPOIL_HEADS_OLD, "SYS 2 10:"); }
CASE(rule_10_all_three_see_other_heads) { all_refuse(SPOIL_HEADS_BODY, "SYS 2 10:"); }
CASE(rule_10_all_three_see_the_early_stamp) { all_refuse(SPOIL_STAMP_EARLY, "B-1 0 10:"); }
CASE(rule_10_all_three_see_the_backdated_entry) { all_refuse(SPOIL_BACKDATED, "B-1 5 10:"); }
CASE(rule_10_all_three_see_the_stamped_root) { all_refuse(SPOIL_STAMP_ROOT, "SYS 1 10:"); }
CASE(rule_10_all_three_see_the_stamped_key) { all_refuse(SPOIL_STAMP_KEY, "SYS 1 10:"); }

CASE(L27_all_three_accept_a_renewed_time_stamp) { all_accept(LONG_RENEWED); }
CASE(L27_all_three_see_the_time_stamp_that_ended) { all_refuse(LONG_UNRENEWED, "SYS 1 10:"); }
CASE(L27_all_three_see_the_late_renewal) { all_refuse(LONG_RENEWED_LATE, "SYS 1 10:"); }
CASE(L27_all_three_see_the_renewal_beside) { all_refuse(LONG_RENEWED_BESIDE, "SYS 1 10:"); }
CASE(L27_all_three_see_the_early_renewal) { all_refuse(LONG_RENEWED_EARLY, "B-1 0 10:"); }

/* What rests on the verbs is stemma-verify's alone: the others read no contract. */
static void binary_refuses(enum spoil spoil, const char *all)
{
    char line[1024];
    begin(spoil);
    assert_int_equal(run(BINARY, line, sizeof line), 1);
    assert_string_equal(line, all);
    end();
}

CASE(rule_11_statement_of_no_verb_is_told) { binary_refuses(SPOIL_TYPE, "B-1 1 11: this verifier does not know custody.scan"); }
CASE(rule_11_act_of_another_meaning_is_refused) { binary_refuses(SPOIL_MEANING, "B-1 3 11: batch.note is performed, not approved"); }
CASE(rule_11_act_that_nobody_signed_is_refused) { binary_refuses(SPOIL_NO_ACT, "B-1 3 11: batch.note is performed, not recorded"); }
CASE(R01_rule_11_act_of_another_role_is_refused)
{
    binary_refuses(SPOIL_ROLE, "B-1 3 11: signed by U-7, whose certificate says \"technician,qa\": access.person_close needs one of: admin");
}

/* A witness that has not cosigned, named in the file's last line, which does not end. */
static void demand_another_witness(void)
{
    struct note_key other = note_key_make(f->a, "witness.example/south", NOTE_KEY_COSIGNATURE, f->log_note.public_key);
    f->trust.witnesses = arena_printf(f->a, "%s%s", f->trust.witnesses, note_vkey_text(f->a, &other));
}

CASE(L13_all_three_demand_the_witness_of_an_unended_line)
{
    change = demand_another_witness;
    all_refuse(SPOIL_NONE, "- - 2:");
    change = NULL;
}

CASE(L27_all_three_take_a_time_until_when)
{
    as_of = "2027-03-01T00:00:00.000Z";
    all_accept(SPOIL_NONE);
    as_of = "2027-03-03T00:00:00.000Z";
    all_refuse(SPOIL_NONE, "- - 3:");
    as_of = NULL;
}

/* Each verifier believes a suite for its dates alone: not before, not after, not at all when it is not listed. */
CASE(suites_all_three_hold_to_the_dates)
{
    suites = "stemma/1 2026-03-02T00:00:00.000Z 2026-03-02T23:59:59.999Z\ntoken/1 2026-03-02T00:00:00.000Z 2026-03-02T23:59:59.999Z\n";
    all_accept(SPOIL_NONE);
    suites = "stemma/1 2026-01-01T00:00:00.000Z 2026-03-01T23:59:59.999Z\ntoken/1 2026-01-01T00:00:00.000Z 2035-12-31T23:59:59.999Z\n";
    all_refuse(SPOIL_NONE, "- - 3:");
    suites = "stemma/1 2026-03-02T08:00:06.000Z 2035-12-31T23:59:59.999Z\ntoken/1 2026-01-01T00:00:00.000Z 2035-12-31T23:59:59.999Z\n";
    all_refuse(SPOIL_NONE, "B-1 0 5:");
    suites = "stemma/1 2026-01-01T00:00:00.000Z 2035-12-31T23:59:59.999Z\n";
    all_refuse(SPOIL_NONE, "- - 3:");
    suites = "stemma/1 2026-01-01T00:00:00.000Z 2035-12-31T23:59:59.999Z\ntoken/1 2026-03-05T00:00:00.000Z 2035-12-31T23:59:59.999Z\n";
    all_refuse(LONG_RENEWED, "SYS 1 10:");
    suites = NULL;
}

static void write_flipped(struct bytes good, size_t at, int bit)
{
    FILE *out = fopen(file, "wb");
    assert_non_null(out);
    fwrite(good.data, 1, at, out);
    fputc(good.data[at] ^ 1 << bit, out);
    fwrite(good.data + at + 1, 1, good.len - at - 1, out);
    fclose(out);
}

static void flips_are_refused(enum verifier v, size_t count)
{
    char line[1024];
    begin(SPOIL_NONE);
    struct bytes good = pki_read(f->pki, "dossier.asice");
    for (size_t i = 0; i < count; i++) {
        size_t at = (good.len / count) * i + (i * 37) % (good.len / count);
        write_flipped(good, at, (int)(i % 8));
        int status = run(v, line, sizeof line);
        if (status == 127)
            test_skip_without("python3");
        if (status != 1)
            fail_msg("byte %zu: status %d, %s", at, status, line);
    }
    end();
}

CASE(mutation_binary_refuses_every_flip) { flips_are_refused(BINARY, 120); }
CASE(mutation_python_refuses_every_flip) { flips_are_refused(PYTHON, 60); }
CASE(mutation_shell_refuses_every_flip) { flips_are_refused(SHELL, 15); }

/* The Python verifier's reading of corrections: its exit status for a step, a first correction and a second that names ${old}
 * as what stood. */
static int corrected_twice(const char *old)
{
    static const char script[] =
        "import sys, os\nsys.path.insert(0, os.path.dirname(sys.argv[1]))\nimport verify\n"
        "def entry(seq, kind, body): return {'seq': seq, 'statement': {'type': kind, 'text': body}}\n"
        "made = [entry(1, 'batch.step', b'{\"step\":2,\"values\":[{\"name\":\"n_live\",\"value\":\"90\"}]}'),\n"
        "  entry(2, 'batch.correct', b'{\"corrects\":1,\"field\":\"n_live\",\"new_value\":\"190\",\"old_value\":\"90\",\"step\":2}'),\n"
        "  entry(3, 'batch.correct', b'{\"corrects\":1,\"field\":\"n_live\",\"new_value\":\"191\",\"old_value\":\"' +\n"
        "    sys.argv[2].encode() + b'\",\"step\":2}')]\n"
        "try: verify.corrections('B-1', made)\n"
        "except verify.Refused as e: sys.exit(1 if str(e).startswith('B-1 3 11:') else 3)\n";
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        setenv("PYTHONDONTWRITEBYTECODE", "1", 1);
        execlp("python3", "python3", "-c", script, VERIFY_PY, old, (char *)NULL);
        _exit(127);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

CASE(R12_rule_11_python_sees_a_forged_old_value)
{
    int status = corrected_twice("190");
    if (status == 127)
        test_skip_without("python3");
    assert_int_equal(status, 0);
    assert_int_equal(corrected_twice("90"), 1);
}

CASE(L15_roots_of_the_machine_are_not_asked)
{
    char line[1024];
    begin(SPOIL_NONE);
    struct bytes other = pki_read(f->pki, "tsaroot.pem");
    pki_write(f->pki, "trust/lab-root.pem", other);
    setenv("SSL_CERT_DIR", f->pki->dir, 1);
    setenv("SSL_CERT_FILE", pki_path(f->pki, "root.pem"), 1);
    for (int v = 0; v < VERIFIERS; v++)
        assert_int_equal(run((enum verifier)v, line, sizeof line), 1);
    unsetenv("SSL_CERT_DIR");
    unsetenv("SSL_CERT_FILE");
    end();
}

CASE(exit_2_when_it_cannot_be_checked)
{
    char line[1024];
    begin(SPOIL_NONE);
    trust = "/nonexistent";
    assert_int_equal(run(BINARY, line, sizeof line), 2);
    assert_int_equal(run(SHELL, line, sizeof line), 2);
    end();
}

/* Renewal in the running house: the second tree against SQL's own SHA-512, time-stamps by a longer-lasting authority, the plan. */
#include "support/test.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "crypto/digest.h"
#include "house_support.h"
#include "support/house.h"

#define BATCH "B-20260001"

static const char *file(const char *name)
{
    return arena_printf(house_arena(), "%s/%s", house_dir(), name);
}

static pid_t begin(const char *command)
{
    pid_t pid = test_fork();
    if (pid == 0) {
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    return pid;
}

static void shell(const char *command)
{
    int status = 0;
    pid_t pid = begin(command);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (status != 0)
        fail_msg("%s: %d", command, status);
}

static int renew(const char *what, struct renewal_done *ret, struct err *e)
{
    desk_timeout(house_login("U-ELENA")->desk, 60000);
    struct renewal_request in = {.what = what};
    record_init(&record_renewal_done, ret);
    int code = desk_call(house_login("U-ELENA")->desk, house_arena(), "audit.renew", &in, ret, e);
    while (code == 0 && strcmp(ret->state, "under_way") == 0) {
        usleep(200000);
        code = desk_call(house_login("U-ELENA")->desk, house_arena(), "audit.renew", &in, ret, e);
    }
    return code;
}

static struct renewal_plan *plan(void)
{
    struct renewal_plan *out = record_new(house_arena(), &record_renewal_plan);
    struct err e;
    if (desk_call(house_login("U-RUTH")->desk, house_arena(), "audit.plan", NULL, out, &e) != 0)
        fail_msg("audit.plan: %s", e.text);
    return out;
}

static const struct plan_row *row_of(const struct renewal_plan *p, const char *kind, const char *name)
{
    for (size_t i = 0; i < p->rows.count; i++) {
        const struct plan_row *row = LIST_AT(p->rows, const struct plan_row, i);
        if (strcmp(row->kind, kind) == 0 && strstr(row->name, name) != NULL)
            return row;
    }
    return NULL;
}

/* Leaf hashes as the database's own functions make them, by docs/FORMAT.md. */
#define LEAVES \
    "select coalesce(string_agg(encode(sha512('\\x00'::bytea || convert_to(E'stemma-rehash/1\\nentry ' || encode(sha512(e.bytes), 'hex')" \
    " || ' ' || length(e.bytes) || E'\\nstmt ' || encode(sha512(e.statement), 'hex') || ' ' || length(e.statement) || E'\\nsig ' ||" \
    " coalesce(encode(sha512(e.signature), 'hex') || ' ' || length(e.signature), '- 0') || E'\\n' || coalesce((select string_agg(" \
    "'att ' || m[1] || ' ' || encode(sha512(a.bytes), 'hex') || ' ' || length(a.bytes) || E'\\n', '' order by m[1] collate \"C\")" \
    " from regexp_matches(convert_from(e.bytes, 'UTF8'), E'\\natt ([^ ]+) ([0-9a-f]{64}) ', 'g') m join ledger.attachment a" \
    " on a.sha256 = decode(m[2], 'hex')), ''), 'UTF8')), 'hex'), '' order by l.leaf_index), '') from ledger.leaf l" \
    " join ledger.entry e using (stream, seq) where l.leaf_index >= %lld and l.leaf_index < %lld"

static void root_of(uint8_t (*leaf)[DIGEST_LONG_LEN], size_t n, uint8_t ret[DIGEST_LONG_LEN])
{
    uint8_t both[1 + 2 * DIGEST_LONG_LEN] = {1};
    size_t k = 1;
    if (n == 1) {
        memcpy(ret, leaf[0], DIGEST_LONG_LEN);
        return;
    }
    while (k * 2 < n)
        k *= 2;
    root_of(leaf, k, both + 1);
    root_of(leaf + k, n - k, both + 1 + DIGEST_LONG_LEN);
    digest_sha512_two(both, sizeof both, NULL, 0, ret);
}

static const char *root_by_sql(int64_t size)
{
    uint8_t (*leaf)[DIGEST_LONG_LEN] = arena_alloc(house_arena(), (size_t)size * DIGEST_LONG_LEN), root[DIGEST_LONG_LEN];
    for (int64_t from = 0; from < size; from += 10) {
        int64_t to = from + 10 < size ? from + 10 : size;
        const char *hex = house_sql(arena_printf(house_arena(), LEAVES, (long long)from, (long long)to));
        assert_int_equal(strlen(hex), (size_t)(to - from) * 2 * DIGEST_LONG_LEN);
        hex_to(hex, strlen(hex), leaf[from]);
    }
    root_of(leaf, (size_t)size, root);
    return hex_text(house_arena(), root, sizeof root);
}

CASE(renewal_of_hashes_is_what_sql_makes_of_the_same_bytes)
{
    struct renewal_done done;
    struct err e;
    if (renew("hashes", &done, &e) != 0)
        fail_msg("%s", e.text);
    assert_true(done.size > 300);
    assert_string_equal(done.root, root_by_sql(done.size));
    assert_string_equal(house_sql(arena_printf(house_arena(), "select count(*) from ledger.entry where type = 'log.rehash' and"
                                                              " convert_from(statement, 'UTF8') like '%%\"root\":\"%s\",\"size\":%lld}%%'",
                                               done.root, (long long)done.size)), "1");
    const struct plan_row *row = row_of(plan(), "second_tree", arena_printf(house_arena(), "of %lld entries", (long long)done.size));
    assert_true(row != NULL && strcmp(row->state, "good") == 0);
}

/* The token is over SHA-512 of the text, and openssl says so. */
CASE(renewal_of_hashes_is_stamped_over_sha512)
{
    struct renewal_done done;
    struct err e;
    if (renew("hashes", &done, &e) != 0)
        fail_msg("%s", e.text);
    static const char *const names[] = {"rehash", "token"};
    for (int i = 0; i < 2; i++) {
        const char *hex = house_sql(arena_printf(house_arena(),
            "select encode(a.bytes, 'hex') from ledger.attachment a where sha256 = (select decode((regexp_match(convert_from(e.bytes, 'UTF8'),"
            " E'\\natt %s ([0-9a-f]{64}) '))[1], 'hex') from ledger.entry e where type = 'log.rehash' order by seq desc limit 1)", names[i]));
        size_t len = strlen(hex) / 2;
        uint8_t *bytes = arena_alloc(house_arena(), len + 1);
        hex_to(hex, 2 * len, bytes);
        FILE *f = fopen(file(arena_printf(house_arena(), "renewal-test.%s", names[i])), "wb");
        assert_non_null(f);
        assert_int_equal(fwrite(bytes, 1, len, f), len);
        fclose(f);
    }
    shell(arena_printf(house_arena(), "cd '%s' && openssl ts -verify -data renewal-test.rehash -in renewal-test.token -CAfile trust/tsa-root.pem"
                       " >/dev/null 2>&1 && openssl ts -reply -in renewal-test.token -text 2>/dev/null | grep -q 'Hash Algorithm: sha512'"
                       " && rm renewal-test.rehash renewal-test.token", house_dir()));
}

/* Entry and leaf rewritten together fit each other; the tree that the sequencer holds is another. */
CASE(L01_renewal_of_hashes_makes_no_tree_over_a_rewritten_log)
{
    struct renewal_done done;
    struct err e;
    const char *leaf = arena_text(house_arena(), house_sql("select max(leaf_index) from ledger.leaf"));   /* behind any second tree */
    static const char *const years[2] = {"20", "19"};
    const char *write[2];
    for (int i = 0; i < 2; i++)
        write[i] = arena_printf(house_arena(), "set session_replication_role = replica; update ledger.entry e set bytes = convert_to("
                                "replace(convert_from(e.bytes, 'UTF8'), E'\ntime %s', E'\ntime %s'), 'UTF8') from ledger.leaf l"
                                " where e.stream = l.stream and e.seq = l.seq and l.leaf_index = %s;"
                                " update ledger.leaf l set leaf = sha256('\\x00'::bytea || e.bytes) from ledger.entry e where e.stream = l.stream"
                                " and e.seq = l.seq and l.leaf_index = %s", years[i], years[1 - i], leaf, leaf);
    house_sql(write[0]);
    int code = renew("hashes", &done, &e);
    house_sql(write[1]);
    assert_int_equal(code, ERR_TREE_REFUSED);
    assert_non_null(strstr(e.text, "are not those that were logged"));
    assert_int_equal(renew("hashes", &done, &e), 0);
}

CASE(L01_renewal_of_hashes_reads_every_byte_again)
{
    struct renewal_done done;
    struct err e;
    const char *stream = BATCH;
    const char *flip = arena_printf(house_arena(), "set session_replication_role = replica; update ledger.entry set statement ="
                                    " set_byte(statement, length(statement) - 4, get_byte(statement, length(statement) - 4) # 1)"
                                    " where stream = '%s' and seq = 2", stream);
    house_sql(flip);
    int code = renew("hashes", &done, &e);
    house_sql(flip);
    assert_int_equal(code, ERR_TREE_REFUSED);
    assert_non_null(strstr(e.text, arena_printf(house_arena(), "the statement of %s 2", stream)));
    if (renew("hashes", &done, &e) != 0)
        fail_msg("%s", e.text);
}

CASE(renewal_of_time_stamps_that_would_last_no_longer_is_refused)
{
    struct renewal_done done;
    struct err e;
    assert_int_equal(renew("time_stamps", &done, &e), ERR_STATE_FORBIDS);
    assert_non_null(strstr(e.text, "tsa_url"));
}

CASE(renewal_is_for_qa_and_administrators)
{
    struct renewal_request in = {.what = "hashes"};
    struct renewal_done done;
    struct err e;
    assert_int_equal(desk_call(house_login("U-RUTH")->desk, house_arena(), "audit.renew", &in, &done, &e), ERR_ROLE_MISSING);
}

static void restart_sequencer(void)
{
    pid_t old = house_pid("sequencer");
    assert_int_equal(kill(old, SIGTERM), 0);
    house_wait_ready("sequencer", old);
}

/* A second authority whose certificate lasts two days, asked first. */
static void restore_settings(void)
{
    pid_t pid = begin(arena_printf(house_arena(), "cd '%s' && [ -f brief/kept.ini ] && cp brief/kept.ini etc/sequencer.ini && rm -r brief",
                                   house_dir()));
    waitpid(pid, NULL, 0);
}

static pid_t begin_brief(void)
{
    atexit(restore_settings);   /* however this ends, the other cases find the house's own authority */
    shell(arena_printf(house_arena(),
        "cd '%s' && mkdir -p brief && cd brief && openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout tsa.key"
        " -subj '/CN=Brief authority' -out tsa.csr 2>/dev/null && printf 'basicConstraints=critical,CA:FALSE\\nkeyUsage=critical,digitalSignature\\n"
        "extendedKeyUsage=critical,timeStamping\\n' >ext && openssl x509 -req -in tsa.csr -CA ../trust/tsa-root.pem -CAkey ../offline/tsa-root.key"
        " -set_serial 77 -days 2 -extfile ext -out tsa.pem 2>/dev/null && port=$(sed -n 's/^listen = .*://p' ../etc/tsa.ini) &&"
        " printf 'listen = 127.0.0.1:%%d\\ncertificate = tsa.pem\\nkey = tsa.key\\nserial = serial\\n' $((port + 400)) >tsa.ini &&"
        " cp ../etc/sequencer.ini kept.ini && sed -i \"s#^tsa_url = #tsa_url = http://127.0.0.1:$((port + 400))/ #\" ../etc/sequencer.ini",
        house_dir()));
    pid_t pid = begin(arena_printf(house_arena(), "exec '%s/bin/stemma-tsa' --config '%s/brief/tsa.ini'", house_dir(), house_dir()));
    shell(arena_printf(house_arena(), "url=$(sed -n 's#^listen = #http://#p' '%s/brief/tsa.ini') && curl -s -o /dev/null --retry 60"
                       " --retry-delay 1 --retry-connrefused $url/", house_dir()));
    return pid;
}

static void end_brief(pid_t pid)
{
    kill(pid, SIGTERM);
    waitpid(pid, NULL, 0);
    restore_settings();
    restart_sequencer();
}

static bool seal(void)
{
    struct dossier_request in;
    struct dossier_file out;
    struct err e;
    record_init(&record_dossier_request, &in);
    in.batch_id = BATCH;
    if (desk_call(house_login("U-ELENA")->desk, house_arena(), "audit.dossier", &in, &out, &e) != 0)
        return false;
    FILE *f = fopen(file("renewal-test.asice"), "wb");
    bool ok = f != NULL && fwrite(out.file.data, 1, out.file.len, f) == out.file.len;
    if (f != NULL)
        fclose(f);
    return ok;
}

CASE(L27_time_stamps_are_renewed_by_the_authority_that_lasts_longer)
{
    struct renewal_done done, again;
    struct err e;
    pid_t brief = begin_brief();
    restart_sequencer();
    bool grown = renew("hashes", &done, &e) == 0;   /* something that no token covers yet */
    bool sealed = grown && seal();                  /* a token of the brief authority */
    const struct plan_row *before = row_of(plan(), "authority", "Brief authority");
    bool due = before != NULL && strcmp(before->state, "due") == 0;
    int code = renew("time_stamps", &done, &e), code_again = code == 0 ? renew("time_stamps", &again, &e) : code;
    end_brief(brief);
    if (code != 0)
        fail_msg("%s", e.text);
    assert_true(sealed && due);
    assert_int_equal(code_again, ERR_STATE_FORBIDS);      /* nothing lasts longer than that */
    assert_null(strstr(done.authority, "Brief"));
    assert_true(done.lasts_until > clock_ms() + INT64_C(1000) * 3600 * 24 * 300);
    assert_string_equal(house_sql(arena_printf(house_arena(), "select count(*) from ledger.checkpoint where size = %lld", (long long)done.size)), "1");
    assert_true(seal());         /* and dossiers hold as before */
    shell(arena_printf(house_arena(), "cd '%s' && bin/stemma-verify renewal-test.asice --trust trust && rm renewal-test.asice", house_dir()));
}

CASE(plan_knows_suites_authorities_certificates_and_lists)
{
    const struct renewal_plan *p = plan();
    static const char *const rows[][2] = {{"suite", "stemma/1"}, {"suite", "token/1"}, {"authority", "time-stamps"}, {"certificate", "issuing.pem"},
                                          {"certificate", "lab-root.pem"}, {"revocation_list", "issuing.crl"}, {"certificate", "U-ELENA"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (row_of(p, rows[i][0], rows[i][1]) == NULL)
            fail_msg("%s %s is not in the plan", rows[i][0], rows[i][1]);
    assert_string_equal(row_of(p, "certificate", "lab-root.pem")->state, "good");
    assert_string_equal(row_of(p, "suite", "stemma/1")->state, "good");
}

/* Nothing of the folder is passed over: neither what cannot be read, nor the second of two in one file. */
CASE(plan_names_every_certificate_of_a_file_and_what_cannot_be_read)
{
    shell(arena_printf(house_arena(), "cd '%s/pki' && cat lab-root.pem tsa-root.pem >two.pem && echo nonsense >odd.pem && chmod 644 two.pem odd.pem",
                       house_dir()));
    const struct renewal_plan *p = plan();
    shell(arena_printf(house_arena(), "cd '%s/pki' && rm two.pem odd.pem", house_dir()));
    const struct plan_row *odd = row_of(p, "certificate", "odd.pem: cannot be read");
    size_t two = 0;
    for (size_t i = 0; i < p->rows.count; i++)
        two += strstr(LIST_AT(p->rows, const struct plan_row, i)->name, "(two.pem)") != NULL;
    assert_int_equal(two, 2);
    assert_true(odd != NULL && strcmp(odd->state, "due") == 0 && odd->ends_at == TIME_ABSENT);
    assert_non_null(row_of(p, "certificate", "U-ADA "));      /* the founder was never enrolled, and has a certificate all the same */
}

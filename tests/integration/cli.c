/* `stemma` itself, the real program over the running house: what a person at a terminal sees, and what is never seen. */
#include "support/test.h"

#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/house.h"
#include "support/terminal.h"

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define BATCH "B-20260001"
#define STEMMA(...) run("stemma", "T-BENCH1", "", WORDS(__VA_ARGS__))

static struct said run(const char *program, const char *terminal, const char *secret, const char *const *words)
{
    return terminal_run(program, terminal, secret[0] != '\0' ? arena_printf(house_arena(), "%s\n", secret) : "", words);
}

static const char *secret_of(const char *person) { return house_login(person)->secret; }

static void logged_in(void)
{
    struct said s = terminal_login("U-MARA", "T-BENCH1");
    if (s.status != 0)
        fail_msg("%s", s.err);
}

static json_t *json_of(const char *text)
{
    json_error_t e;
    json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, &e);
    if (json == NULL)
        fail_msg("no JSON (%s): %s", e.text, text);
    return json;
}

static bool has(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        print_message("not there: %s\nin: %s\n", part, text);
    return strstr(text, part) != NULL;
}

CASE(R01_login_keeps_the_session_in_a_file_of_its_owner)
{
    struct stat st;
    struct said s = terminal_login("U-MARA", "T-BENCH1");
    assert_int_equal(s.status, 0);
    assert_true(has(s.out, "is logged in at T-BENCH1"));
    assert_int_equal(stat(terminal_home(".stemma/T-BENCH1.session"), &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(stat(terminal_home(".stemma"), &st), 0);
    assert_int_equal(st.st_mode & 07777, 0700);
    s = STEMMA("whoami");
    assert_int_equal(s.status, 0);
    assert_true(has(s.out, "U-MARA"));
}

CASE(R01_logout_ends_the_session_and_its_file)
{
    logged_in();
    assert_int_equal(STEMMA("logout").status, 0);
    assert_int_not_equal(access(terminal_home(".stemma/T-BENCH1.session"), F_OK), 0);
    struct said s = STEMMA("batch", "list");
    assert_int_equal(s.status, 1);
    assert_true(has(s.err, "Nobody is logged in.") && has(s.err, "stemma login"));
}

CASE(R01_wrong_secret_is_refused_with_sentence_and_hint)
{
    struct said s = run("stemma", "T-BENCH1", "not the secret", WORDS("login", "U-MARA", "--secret-fd=0"));
    assert_int_equal(s.status, 1);
    assert_true(has(s.err, "refused: The secret does not open") && has(s.err, "Type it again"));
    assert_string_equal(s.out, "");
    assert_null(strstr(s.err, "not the secret"));
}

CASE(R01_no_secret_is_no_login)
{
    struct said s = run("stemma", "T-BENCH1", "", WORDS("login", "U-MARA", "--secret-fd=0"));
    assert_int_equal(s.status, 2);
    assert_true(has(s.err, "no secret was given"));
}

/* the secret without its line feed: the program holds it and waits */
CASE(D4_secret_stands_in_no_argument_and_no_environment)
{
    static const char *const names[] = {"cmdline", "environ"};
    int in;
    const char *secret = secret_of("U-MARA");
    pid_t pid = terminal_start("stemma", "T-BENCH1", WORDS("login", "U-MARA", "--secret-fd=0"), &in);
    assert_true(dprintf(in, "%s", secret) > 0);
    usleep(300000);
    for (size_t i = 0; i < 2; i++) {
        char text[8192];
        int fd = open(arena_printf(house_arena(), "/proc/%d/%s", (int)pid, names[i]), O_RDONLY | O_CLOEXEC);
        assert_true(fd >= 0);
        ssize_t n = read(fd, text, sizeof text);
        close(fd);
        assert_true(n > 0);
        assert_null(memmem(text, (size_t)n, secret, strlen(secret)));
    }
    assert_true(dprintf(in, "\n") > 0);
    struct said s = terminal_finish(pid, in);
    assert_int_equal(s.status, 0);
    assert_null(strstr(s.out, secret));
    assert_null(strstr(s.err, secret));
}

CASE(cli_batch_list_is_an_aligned_table)
{
    logged_in();
    struct said s = STEMMA("batch", "list");
    assert_int_equal(s.status, 0);
    const char *head = strstr(s.out, "State"), *row = strchr(s.out, '\n') + 1;
    assert_non_null(head);
    assert_int_equal(strncmp(row, "B-", 2), 0);
    assert_true(row[head - s.out - 1] == ' ' && row[head - s.out] != ' ');
    assert_null(strchr(s.out, '\033'));
    assert_null(strstr(s.out, " \n"));
}

CASE(cli_batch_list_as_json)
{
    logged_in();
    struct said s = STEMMA("batch", "list", "limit=3", "--json");
    assert_int_equal(s.status, 0);
    json_t *json = json_of(s.out);
    assert_int_equal(json_array_size(json_object_get(json, "batches")), 3);
    json_decref(json);
}

CASE(cli_batch_show_has_steps_and_containers)
{
    logged_in();
    struct said s = STEMMA("batch", "show", BATCH);
    assert_int_equal(s.status, 0);
    assert_true(has(s.out, BATCH) && has(s.out, "\nSteps\n") && has(s.out, "\nContainers\n"));
    s = STEMMA("--json", "batch", "show", BATCH);
    json_t *json = json_of(s.out);
    assert_string_equal(json_string_value(json_object_get(json, "batch_id")), BATCH);
    json_decref(json);
}

/* a batch opened by the command itself, from the material of another: still open to remarks */
static const char *new_batch(void)
{
    static char id[40];
    logged_in();
    const char *words[] = {"--secret-fd=0", "--yes", "batch", "open", "procedure_id=P-UCMSC", "procedure_version=1",
        "specification_id=Q-UCMSC", "specification_version=1", "collection_id=C-20260001", "donor_id=D-20260001", NULL};
    struct said s = run("stemma", "T-BENCH1", secret_of("U-MARA"), words);
    if (s.status != 0 || sscanf(s.out, "Recorded as entry 0 of %39[^,],", id) != 1)
        fail_msg("%s%s", s.out, s.err);
    return id;
}

CASE(R38_note_shows_what_is_signed_and_is_recorded)
{
    const char *batch = new_batch();
    const char *words[] = {"batch", "note", batch, "text=A remark for the test of the command line", "--secret-fd=0", NULL};
    struct said s = run("stemma", "T-BENCH1", secret_of("U-MARA"), words);
    if (s.status != 0)
        fail_msg("%s", s.err);
    const char *shown = strstr(s.out, "A remark for the test"), *recorded = strstr(s.out, "Recorded as entry");
    assert_true(shown != NULL && recorded != NULL && shown < recorded);
    assert_true(has(s.out, "This is what you sign as U-MARA, after entry 0 of"));
    long seq = strtol(recorded + strlen("Recorded as entry "), NULL, 10);
    s = STEMMA("audit", "statement", batch, arena_printf(house_arena(), "%ld", seq));
    assert_int_equal(s.status, 0);
    assert_true(has(s.out, "A remark for the test of the command line"));
}

CASE(P11_19_wrong_secret_signs_nothing)
{
    const char *words[] = {"batch", "note", new_batch(), "text=never recorded", "--secret-fd=0", NULL};
    int64_t before = house_entries();
    struct said s = run("stemma", "T-BENCH1", "not the secret", words);
    assert_int_equal(s.status, 1);
    s = run("stemma", "T-BENCH1", "", words);
    assert_int_equal(s.status, 2);
    assert_true(has(s.err, "no secret was given"));
    assert_int_equal(house_entries(), before);
}

CASE(gate_release_gate_lists_thirteen_points)
{
    logged_in();
    struct said s = STEMMA("release", "gate", BATCH, "-j");
    assert_int_equal(s.status, 0);
    json_t *json = json_of(s.out);
    assert_int_equal(json_array_size(json_object_get(json, "points")), 13);
    json_decref(json);
}

CASE(cli_test_list_and_history_by_their_short_names)
{
    logged_in();
    struct said s = STEMMA("test", "list", BATCH);
    assert_int_equal(s.status, 0);
    assert_true(has(s.out, "viability"));
    s = STEMMA("history", BATCH);
    assert_int_equal(s.status, 0);
    assert_true(has(s.out, "batch.open") && has(s.out, "release.release"));
}

CASE(R29_cli_pending_lists_whose_result_is_waited_for)
{
    logged_in();
    struct said s = STEMMA("release", "pending");
    assert_int_equal(s.status, 0);
    assert_true(has(s.out, "sterility") && has(s.out, "waiting") && has(s.out, "U-OMAR"));
}

CASE(F_dossier_written_by_the_command_is_verified)
{
    assert_int_equal(terminal_login("U-RUTH", "T-OFFICE6").status, 0);
    const char *file = terminal_home("dossier.asice");
    struct said s = run("stemma", "T-OFFICE6", "", WORDS("dossier", BATCH, "-o", file));
    if (s.status != 0)
        fail_msg("%s", s.err);
    s = run("stemma-verify", "T-OFFICE6", "", WORDS(file, "--trust", arena_printf(house_arena(), "%s/trust", house_dir())));
    print_message("%s%s", s.out, s.err);
    assert_int_equal(s.status, 0);
}

CASE(F_audit_verify_holds)
{
    assert_int_equal(terminal_login("U-RUTH", "T-OFFICE6").status, 0);
    struct said s = run("stemma", "T-OFFICE6", "", WORDS("audit", "verify", "--json"));
    assert_int_equal(s.status, 0);
    json_t *json = json_of(s.out);
    assert_true(json_is_true(json_object_get(json, "holds")));
    json_decref(json);
}

CASE(cli_health_has_a_line_for_every_service)
{
    struct said s = STEMMA("health");
    assert_int_equal(s.status, 0);
    assert_true(has(s.out, "access ") && has(s.out, "witness-2 ") && has(s.out, "ready"));
    assert_null(strstr(s.out, "not ready"));
    s = STEMMA("call", "service.health", "{}", "--json");
    assert_int_equal(s.status, 0);
    json_t *json = json_of(s.out), *services = json_object_get(json, "services");
    assert_true(json_array_size(services) >= 10);
    for (size_t i = 0; i < json_array_size(services); i++)
        assert_true(json_is_true(json_object_get(json_array_get(services, i), "ready")));
    json_decref(json);
}

static void write_home(const char *name, const char *text)
{
    FILE *f = fopen(terminal_home(name), "we");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

CASE(cli_health_names_who_does_not_answer)
{
    write_home("directory.ini", "quality = tcp://127.0.0.1:9\n");
    write_home("away.ini", arena_printf(house_arena(), "secret = %s/curve/secret/T-BENCH1.key_secret\npublic = %s/curve/public\n"
                                        "directory = directory.ini\nterminal = T-BENCH1\n", house_dir(), house_dir()));
    struct said s = STEMMA("health", "--config", terminal_home("away.ini"));
    assert_int_equal(s.status, 1);
    assert_true(has(s.out, "quality") && has(s.out, "not ready") && has(s.out, "did not answer"));
    s = STEMMA("health", "nobody", "--json");
    assert_int_equal(s.status, 1);
    assert_string_equal(s.out, "{\"services\":[{\"ready\":false,\"service\":\"nobody\"}]}\n");
}

CASE(cli_metrics_of_one_service_are_prometheus_text)
{
    struct said s = STEMMA("metrics", "batch");
    assert_int_equal(s.status, 0);
    assert_true(has(s.out, "\nstemma_groups_total "));
    assert_int_equal(STEMMA("metrics").status, 2);
    s = STEMMA("metrics", "nobody");
    assert_int_equal(s.status, 1);
    assert_true(has(s.err, "not in the directory"));
}

CASE(cli_unknown_command_could_not_run)
{
    logged_in();
    struct said s = STEMMA("batch", "lsit");
    assert_int_equal(s.status, 2);
    assert_true(has(s.err, "there is no command batch lsit") && has(s.err, "Did you mean `stemma batch list`?"));
    assert_int_equal(STEMMA("--no-such-option").status, 2);
    assert_int_equal(STEMMA("--secret-fd=x", "whoami").status, 2);
}

CASE(cli_unknown_field_is_named_with_those_there_are)
{
    logged_in();
    struct said s = STEMMA("batch", "list", "stat=released");
    assert_int_equal(s.status, 1);
    assert_true(has(s.err, "[field stat]") && has(s.err, "state, before, limit") && has(s.err, "describe batch list"));
}

CASE(cli_wrong_word_is_named_with_those_there_are)
{
    logged_in();
    struct said s = STEMMA("batch", "list", "state=relaesed");
    assert_int_equal(s.status, 1);
    assert_true(has(s.err, "[field state]") && has(s.err, "in_process, in_test, on_hold, released"));
    assert_string_equal(s.out, "");
}

CASE(cli_missing_fields_are_listed_together)
{
    logged_in();
    struct said s = STEMMA("batch", "open", "procedure_id=P-UCMSC");
    assert_int_equal(s.status, 1);
    assert_true(has(s.err, "Missing: procedure_version, specification_id, specification_version, collection_id, donor_id."));
    assert_null(strstr(s.err, "Missing: procedure_id"));
}

CASE(cli_refusal_as_json_is_one_object)
{
    static const char *const keys[] = {"code", "field", "rule", "text", "sentence", "hint"};
    logged_in();
    struct said s = STEMMA("--json", "batch", "list", "a\"b\\c\n=1");
    assert_int_equal(s.status, 1);
    json_t *json = json_of(s.err);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        assert_non_null(json_string_value(json_object_get(json, keys[i])));
    assert_string_equal(json_string_value(json_object_get(json, "code")), "field_unknown");
    json_decref(json);
    s = STEMMA("--json", "batch", "show", "B-NONE");
    assert_int_equal(s.status, 1);
    json = json_of(s.err);
    assert_string_equal(json_string_value(json_object_get(json, "code")), "not_found");
    json_decref(json);
    s = STEMMA("--json", "nonsense");
    assert_int_equal(s.status, 2);
    json_decref(json_of(s.err));
}

static const char *completed(const char *line)
{
    int fds[2];
    static char answer[4096];
    static const char script[] = "PATH=$1/bin:$PATH; eval \"$(stemma --completion)\"; read -ra COMP_WORDS <<<\"$2\"; "
                                 "COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _stemma; printf '%s ' \"${COMPREPLY[@]}\"";
    assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
    pid_t pid = fork();
    if (pid == 0) {
        dup2(fds[1], 1);
        execlp("bash", "bash", "-c", script, "bash", house_dir(), line, (char *)NULL);
        _exit(127);
    }
    close(fds[1]);
    size_t len = 0;
    for (ssize_t n; (n = read(fds[0], answer + len, sizeof answer - 1 - len)) > 0;)
        len += (size_t)n;
    close(fds[0]);
    answer[len] = '\0';
    int status;
    waitpid(pid, &status, 0);
    assert_int_equal(status, 0);
    return answer;
}

CASE(cli_completion_knows_verbs_fields_and_words)
{
    assert_string_equal(completed("stemma bat"), "batch ");
    assert_string_equal(completed("stemma batch st"), "step step_verify ");
    assert_string_equal(completed("stemma batch open proc"), "procedure_id= procedure_version= ");
    assert_string_equal(completed("stemma -c file batch open don"), "donor_id= ");
    assert_string_equal(completed("stemma test re"), "report review ");
    assert_string_equal(completed("stemma health not"), "notary ");
    assert_string_equal(completed("stemma batch reading quantity = temp"), "temperature_c ");
    assert_string_equal(completed("stemma cor"), "correct ");
    assert_string_equal(completed("stemma vo"), "void ");
    assert_string_equal(completed("stemma correct te"), "test ");
    assert_string_equal(completed("stemma correct test re"), "reason= ");
    assert_string_equal(completed("stemma person r"), "review reviews revoke rotate ");
    assert_string_equal(completed("stemma release re"), "reject release review ");
    assert_string_equal(completed("stemma receipt v"), "verify ");
    assert_string_equal(completed("stemma label B-1 C-1 --format p"), "pdf ");
    assert_string_equal(completed("stemma label B-1 C-1 --format = z"), "zpl ");
    assert_string_equal(completed("stemma export B-1 -f c"), "csv ");
    assert_string_equal(completed("stemma export B-1 -f p"), " ");
}

CASE(cli_help_and_describe_need_no_terminal)
{
    struct said s = STEMMA("--help");
    assert_int_equal(s.status, 0);
    assert_true(has(s.out, "Exit status: 0 done, 1 refused, 2 could not run."));
    s = run("stemma-signer", "T-BENCH1", "", WORDS("--help"));
    assert_int_equal(s.status, 0);
    assert_true(has(s.out, "--renew-crl") && has(s.out, "--help"));
    s = STEMMA("describe", "batch", "open");
    assert_int_equal(s.status, 0);
    assert_true(has(s.out, "procedure_id") && has(s.out, "required"));
}

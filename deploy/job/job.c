#include "job.h"

#include <argp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define STEP_CAP ((size_t)256 << 20)
#define DOSES_MAX 16

static const struct argp_option options[] = {
    {"terminals", 't', "DIR", 0, "folder of terminal settings, one T-*.ini a terminal", 0},
    {"secrets", 's', "FILE", 0, "where people's secrets are kept (demo only), mode 0600", 0},
    {"admin-secret", 'a', "FILE", 0, "file with the first administrator's secret", 0},
    {"seed", 'd', "DIR", 0, "folder of procedures, specifications and doses", 0},
    {"scenario", 'c', "DIR", 0, "folder of the invented lab values", 0},
    {"out", 'o', "DIR", 0, "where dossiers and summary.txt go", 0},
    {"people", 'p', NULL, 0, "found the lab and enrol its people, and leave", 0},
    {"practice", 'x', NULL, 0, "carry a tenth batch up to its review, and leave that to somebody", 0},
    {"quiet", 'q', NULL, 0, "no progress", 0},
    {0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct job *j = state->input;
    switch (key) {
    case 't': j->terminals = arg; return 0;
    case 's': j->secrets = arg; return 0;
    case 'a': j->admin_secret_file = arg; return 0;
    case 'd': j->seed = arg; return 0;
    case 'c': j->scenario = arg; return 0;
    case 'o': j->out = arg; return 0;
    case 'p': j->people_only = true; return 0;
    case 'x': j->practice = true; return 0;
    case 'q': j->quiet = true; return 0;
    case ARGP_KEY_END:
        if (j->terminals == NULL || j->secrets == NULL || j->admin_secret_file == NULL || j->seed == NULL ||
            j->scenario == NULL || j->out == NULL)
            argp_error(state, "--terminals, --secrets, --admin-secret, --seed, --scenario and --out are needed");
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

void job_say(struct job *j, const char *format, ...)
{
    va_list args;
    if (j->quiet)
        return;
    va_start(args, format);
    fputs("  ", stdout);
    vprintf(format, args);
    va_end(args);
    puts("");
    fflush(stdout);
}

const char *job_text(struct job *j, const char *format, ...)
{
    char text[400];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return arena_text(j->arena, text);
}

json_t *job_json(struct job *j, const char *path)
{
    json_error_t where;
    json_t *json = json_load_file(path, JSON_REJECT_DUPLICATES, &where);
    if (json == NULL)
        err_fault(&j->err, "%s, line %d: %s", path, where.line, where.text);
    return json;
}

/* a run begins behind the batches that are there: the first free number of form n·10 + 1 */
static int find_first(struct job *j)
{
    for (int first = 1; first < 9000; first += 10) {
        struct batch_show shown;
        struct batch_key key = {.batch_id = job_text(j, "B-2026%04d", first)};
        struct donor_key donor = {.donor_id = job_text(j, "D-2026%04d", first)};
        struct donor_row row;
        int code = job_read(j, "U-ELENA", "batch.show", &key, &shown);
        if (code == ERR_NOT_FOUND)
            code = job_read(j, "U-ELENA", "source.donor_show", &donor, &row);
        if (code == ERR_NOT_FOUND) {
            j->first = first;
            return 0;
        }
        if (code != 0)
            return code;
    }
    return err_fault(&j->err, "no free batch number");
}

struct made {
    const char *batch, *figure;
    bool released;
};

static int carry_to_review(struct job *j, json_t *scenario, json_t *dose, int number, const char **ret_batch)
{
    arena_reset(j->step);
    int code = job_batch(j, scenario, number, ret_batch);
    if (code == 0)
        job_say(j, "%s: donor eligible, collected, received, processed, filled", *ret_batch);
    if (code == 0)
        code = job_labels(j, scenario, *ret_batch);
    arena_reset(j->step);
    return code == 0 ? job_tests(j, scenario, dose, *ret_batch) : code;
}

static int carry(struct job *j, json_t *scenario, json_t *dose, int number, struct made *ret)
{
    int code = carry_to_review(j, scenario, dose, number, &ret->batch);
    if (code == 0)
        code = job_dispose(j, ret->batch, &ret->released);
    arena_reset(j->step);
    if (code == 0 && ret->released)
        code = job_hand_over(j, ret->batch);
    return code;
}

static int write_summary(struct job *j, const struct made *made, size_t n)
{
    FILE *f = fopen(job_text(j, "%s/summary.txt", j->out), "w");
    if (f == NULL)
        return err_fault(&j->err, "cannot write summary.txt");
    fprintf(f, "Stemma demo: eight umbilical-cord MSC doses after Table 2 of J Transl Med 2020,\n"
               "doi 10.1186/s12967-020-02568-6 (CC BY 4.0), and one autologous marrow concentrate (invented).\n\n");
    for (size_t i = 0; i < n; i++)
        fprintf(f, "%-14s %-10s %s\n", made[i].batch, made[i].released ? "released" : "rejected", made[i].figure);
    fprintf(f, "\n%zu acts signed.\n", j->acts);
    return fclose(f) == 0 ? 0 : err_fault(&j->err, "cannot write summary.txt");
}

static int carry_all(struct job *j, struct made *made, size_t *ret_count)
{
    json_t *doses = job_json(j, job_text(j, "%s/demo_ucmsc_doses.json", j->seed)), *dose;
    json_t *cord = job_json(j, job_text(j, "%s/ucmsc.json", j->scenario));
    json_t *marrow = job_json(j, job_text(j, "%s/bmac.json", j->scenario));
    size_t i;
    int code = doses == NULL || cord == NULL || marrow == NULL ? ERR_FAULT : 0;
    *ret_count = 0;
    json_array_foreach(json_object_get(doses, "doses"), i, dose) {
        if (code != 0 || i >= DOSES_MAX)
            break;
        struct made *m = &made[(*ret_count)++];
        json_t *results = json_object_get(dose, "results");
        m->figure = job_text(j, "patient %lld, transplantation %lld: viability %s %%",
                             (long long)json_integer_value(json_object_get(dose, "patient")),
                             (long long)json_integer_value(json_object_get(dose, "transplantation")),
                             json_string_value(json_object_get(results, "viability")));
        code = carry(j, cord, dose, j->first + (int)i, m);
    }
    if (code == 0) {
        struct made *m = &made[(*ret_count)++];
        m->figure = "autologous marrow concentrate";
        code = carry(j, marrow, NULL, j->first + 8, m);
    }
    const char *left;
    if (code == 0 && j->practice && (code = carry_to_review(j, cord, json_array_get(json_object_get(doses, "doses"), 0), j->first + 9, &left)) == 0)
        job_say(j, "%s: left for you to review and to release", left);
    json_decref(doses);
    json_decref(cord);
    json_decref(marrow);
    return code;
}

static int run(struct job *j)
{
    struct made made[DOSES_MAX + 1];
    size_t count = 0;
    int code = job_found(j);
    if (code != 0 || j->people_only)
        return code;
    code = find_first(j);
    if (code == 0)
        code = job_lab(j);
    if (code == 0)
        code = carry_all(j, made, &count);
    for (size_t i = 0; i < count && code == 0; i++)
        code = job_dossier(j, made[i].batch, false);
    if (code == 0)
        code = job_dossier(j, made[count - 1].batch, true);      /* one as it may go further from home */
    return code == 0 ? write_summary(j, made, count) : code;
}

int main(int argc, char **argv)
{
    static const struct argp parser = {options, parse, NULL, "The demo's main job, from donor to dossier.", NULL, NULL, NULL};
    struct job j = {.quiet = false};
    argp_parse(&parser, argc, argv, 0, NULL, &j);
    j.arena = arena_new(STEP_CAP);
    j.step = arena_new(STEP_CAP);
    int code = run(&j);
    if (code != 0)
        fprintf(stderr, "stemma-job: %s: %s [field %s, rule %s]\n", err_row(code)->code, j.err.text, j.err.field, j.err.rule);
    for (size_t i = 0; i < PEOPLE; i++)
        desk_free(job_people()[i].desk);
    explicit_bzero(job_people(), PEOPLE * sizeof(struct person));
    arena_free(j.step);
    arena_free(j.arena);
    return code == 0 ? 0 : 1;
}

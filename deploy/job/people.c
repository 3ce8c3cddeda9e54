#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "job.h"

/* people of the demo: names invented */
static struct person people[PEOPLE] = {
    {.id = "U-ADA", .name = "Ada Brandt", .roles = "admin", .terminal = "T-OFFICE1"},
    {.id = "U-CLARA", .name = "Clara Weiss", .roles = "supervisor", .terminal = "T-OFFICE2"},
    {.id = "U-MARA", .name = "Mara Lindqvist", .roles = "technician", .terminal = "T-BENCH1"},
    {.id = "U-JON", .name = "Jon Okafor", .roles = "technician", .terminal = "T-BENCH2"},
    {.id = "U-YUKI", .name = "Yuki Tanaka", .roles = "qc", .terminal = "T-BENCH3"},
    {.id = "U-OMAR", .name = "Omar Haddad", .roles = "qc", .terminal = "T-BENCH4"},
    {.id = "U-ELENA", .name = "Elena Rossi", .roles = "qa", .terminal = "T-OFFICE3"},
    {.id = "U-PETER", .name = "Peter Novak", .roles = "qa", .terminal = "T-OFFICE4"},
    {.id = "U-INES", .name = "In\xc3\xa8s Faure", .roles = "physician", .terminal = "T-OFFICE5"},
    {.id = "U-TOM", .name = "Tom Becker", .roles = "courier", .terminal = "T-BENCH5"},
    {.id = "U-RUTH", .name = "Ruth Adler", .roles = "auditor", .terminal = "T-OFFICE6"},
};

struct person *job_people(void)
{
    return people;
}

struct person *job_person(const char *id)
{
    for (size_t i = 0; i < PEOPLE; i++)
        if (strcmp(people[i].id, id) == 0)
            return &people[i];
    fprintf(stderr, "the demo has no person %s\n", id);
    abort();
}

static struct bytes secret_of(const struct person *p)
{
    return (struct bytes){(const uint8_t *)p->secret, strlen(p->secret)};
}

/* secrets of a former run, so that a second run logs the same people in */
static void load_secrets(struct job *j)
{
    char line[120];
    FILE *f = fopen(j->secrets, "r");
    while (f != NULL && fgets(line, sizeof line, f) != NULL) {
        char *space = strchr(line, ' ');
        if (space == NULL)
            continue;
        *space = '\0';
        space[1 + strcspn(space + 1, "\n")] = '\0';
        for (size_t i = 0; i < PEOPLE; i++)
            if (strcmp(people[i].id, line) == 0)
                snprintf(people[i].secret, sizeof people[i].secret, "%s", space + 1);
    }
    explicit_bzero(line, sizeof line);
    if (f != NULL)
        fclose(f);
}

static int save_secret(struct job *j, const struct person *p)
{
    int fd = open(j->secrets, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0 || dprintf(fd, "%s %s\n", p->id, p->secret) < 0)
        return err_fault(&j->err, "cannot write %s", j->secrets);
    close(fd);
    return 0;
}

static int open_desk(struct job *j, struct person *p)
{
    struct desk_settings settings;
    int code = desk_settings_read(j->arena, job_text(j, "%s/%s.ini", j->terminals, p->terminal), &settings, &j->err);
    if (code == 0)
        code = desk_new(&settings, &p->desk, &j->err);
    if (code == 0) {
        desk_patience(p->desk, 60000);
        desk_timeout(p->desk, 20000);
    }
    return code;
}

int job_login(struct job *j, const char *id)
{
    struct person *p = job_person(id);
    int code = 0;
    for (int tries = 0; tries < 40; tries++) {
        code = desk_login(p->desk, j->step, p->id, secret_of(p), NULL, &j->err);
        if (code != ERR_UNAVAILABLE)
            break;
        usleep(500000);
    }
    return code;
}

static void roles_list(struct job *j, const struct person *p, struct list *ret)
{
    texts_add(j->step, ret, p->roles);
}

/* the administrator whose key set-up made signs the lab's first entry */
static int found(struct job *j, struct person *admin)
{
    struct person_key key = {.person_id = admin->id};
    struct certificate_row certificate;
    struct person_found in;
    int code = desk_call(admin->desk, j->step, "signer.certificate", &key, &certificate, &j->err);
    if (code != 0)
        return code;
    record_init(&record_person_found, &in);
    in.person_id = admin->id;
    in.name = admin->name;
    roles_list(j, admin, &in.roles);
    in.certificate = certificate.certificate;
    in.terminal_id = admin->terminal;
    in.terminal_key = desk_key(admin->desk);
    desk_resume(admin->desk, "", admin->id);
    code = desk_act(admin->desk, j->step, "access.person_found", &in, secret_of(admin), NULL, &j->err);
    if (code == 0)
        job_say(j, "%s founds the lab's record", admin->name);
    return code == ERR_EXISTS || code == ERR_STATE_FORBIDS ? 0 : code;
}

static int enrol_terminal(struct job *j, const struct person *p)
{
    struct terminal_enrol in;
    record_init(&record_terminal_enrol, &in);
    in.terminal_id = p->terminal;
    in.title = p->terminal[2] == 'B' ? "Bench terminal" : p->terminal[2] == 'G' ? "Browsers, by the gateway" : "Office terminal";
    in.kind = p->terminal[2] == 'B' ? "bench" : "office";
    in.public_key = desk_key(p->desk);
    int code = job_act(j, "U-ADA", "access.terminal_enrol", &in, NULL);
    return code == ERR_EXISTS ? 0 : code;
}

/* the browser's terminal is the gateway itself, which vouches for its pages */
static int enrol_gateway(struct job *j)
{
    struct person gateway = {.terminal = "T-GATEWAY"};
    int code = open_desk(j, &gateway);
    if (code == 0)
        code = enrol_terminal(j, &gateway);
    desk_free(gateway.desk);
    return code;
}

/* the person chooses a secret, the signer makes the key */
static int make_key(struct job *j, struct person *p, const struct prepared *prepared, struct bytes signature,
                    struct certificate_row *ret)
{
    uint8_t random[10];
    random_fill(random, sizeof random);
    hex_of(random, sizeof random, p->secret);
    int code = save_secret(j, p);
    struct key_create create = {.statement = prepared->statement, .enrolment_signature = signature};
    const struct bytes text = {(const uint8_t *)prepared->statement, strlen(prepared->statement)};
    if (code == 0)
        code = desk_seal(p->desk, j->step, text, secret_of(p), &create.secret_sealed, &j->err);
    return code != 0 ? code : desk_call(p->desk, j->step, "signer.key_create", &create, ret, &j->err);
}

/* the administrator enrols the person and registers the key: a new one, or in a new log the one that they have */
static int enrol_person(struct job *j, struct person *p)
{
    struct person *admin = job_person("U-ADA");
    struct person_enrol in;
    struct prepared prepared;
    struct bytes signature;
    struct certificate_row certificate;
    struct person_key key = {.person_id = p->id};
    record_init(&record_person_enrol, &in);
    in.person_id = p->id;
    in.name = p->name;
    roles_list(j, p, &in.roles);
    in.identity_verified_how = "identity_card";
    int code = desk_prepare(admin->desk, j->step, "access.person_enrol", NULL, &in, &prepared, &j->err);
    if (code == 0)
        code = desk_sign(admin->desk, j->step, admin->id, prepared.statement, secret_of(admin), &signature, &j->err);
    if (code == 0)
        code = desk_commit(admin->desk, j->step, "access.person_enrol", prepared.statement, signature, NULL, &j->err);
    if (code != 0)
        return code;
    code = p->secret[0] == '\0' ? make_key(j, p, &prepared, signature, &certificate)
                                : desk_call(p->desk, j->step, "signer.certificate", &key, &certificate, &j->err);
    if (code != 0)
        return code;
    struct key_register reg;
    record_init(&record_key_register, &reg);
    reg.person_id = p->id;
    reg.certificate = certificate.certificate;
    return job_act(j, "U-ADA", "access.key_register", &reg, NULL);
}

static int start_admin(struct job *j)
{
    struct person *admin = job_person("U-ADA");
    FILE *f = fopen(j->admin_secret_file, "r");
    if (f == NULL || fgets(admin->secret, sizeof admin->secret, f) == NULL)
        return err_fault(&j->err, "cannot read the administrator's secret from %s", j->admin_secret_file);
    fclose(f);
    admin->secret[strcspn(admin->secret, "\n")] = '\0';
    int code = open_desk(j, admin);
    if (code == 0)
        code = found(j, admin);
    return code == 0 ? job_login(j, admin->id) : code;
}

int job_found(struct job *j)
{
    load_secrets(j);
    int code = start_admin(j);
    if (code == 0)
        code = enrol_gateway(j);
    for (size_t i = 1; i < PEOPLE && code == 0; i++) {
        struct person *p = &people[i];
        arena_reset(j->step);
        code = open_desk(j, p);
        if (code == 0)
            code = enrol_terminal(j, p);
        bool known = code == 0 && p->secret[0] != '\0' && job_login(j, p->id) == 0;
        if (code == 0 && !known)
            code = enrol_person(j, p);
        if (code == 0 && !known)
            code = job_login(j, p->id);
        if (code == 0)
            job_say(j, "%s (%s) is logged in at %s", p->name, p->roles, p->terminal);
    }
    return code;
}

int job_act(struct job *j, const char *id, const char *verb, const void *in, struct receipt *ret)
{
    struct person *p = job_person(id);
    int code = desk_act(p->desk, j->step, verb, in, secret_of(p), ret, &j->err);
    if (code == ERR_SESSION_ENDED && job_login(j, id) == 0)
        code = desk_act(p->desk, j->step, verb, in, secret_of(p), ret, &j->err);
    j->acts += code == 0;
    return code;
}

int job_read(struct job *j, const char *id, const char *verb, const void *in, void *out)
{
    struct person *p = job_person(id);
    int code = 0;
    for (int tries = 0; tries < 40; tries++) {
        code = desk_call(p->desk, j->step, verb, in, out, &j->err);
        if (code != ERR_UNAVAILABLE)
            break;
        usleep(500000);
    }
    return code;
}

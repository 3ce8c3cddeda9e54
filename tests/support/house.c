#include "support/house.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/test.h"

static const char *const terminals[][2] = {
    {"U-ADA", "T-OFFICE1"}, {"U-CLARA", "T-OFFICE2"}, {"U-MARA", "T-BENCH1"},   {"U-JON", "T-BENCH2"},
    {"U-YUKI", "T-BENCH3"}, {"U-OMAR", "T-BENCH4"},   {"U-ELENA", "T-OFFICE3"}, {"U-PETER", "T-OFFICE4"},
    {"U-INES", "T-OFFICE5"}, {"U-TOM", "T-BENCH5"},   {"U-RUTH", "T-OFFICE6"},
};
#define PEOPLE (sizeof terminals / sizeof terminals[0])

static struct house_person people[PEOPLE];

struct arena *house_arena(void)
{
    static struct arena *a;
    if (a == NULL)
        a = arena_new((size_t)512 << 20);
    return a;
}

const char *house_dir(void)
{
    const char *dir = getenv("STEMMA_HOUSE");
    if (dir == NULL)
        fail_msg("STEMMA_HOUSE is not set: no house is running (tests/support/house start)");
    return dir;
}

static void read_secret(struct house_person *p)
{
    static const char *const files[] = {"secrets.txt", "admin.secret"};
    for (size_t i = 0; i < 2 && p->secret[0] == '\0'; i++) {
        char line[120];
        FILE *f = fopen(arena_printf(house_arena(), "%s/%s", house_dir(), files[i]), "r");
        while (f != NULL && fgets(line, sizeof line, f) != NULL) {
            line[strcspn(line, "\n")] = '\0';
            size_t n = strlen(p->id);
            if (i == 1 && strcmp(p->id, "U-ADA") == 0)
                snprintf(p->secret, sizeof p->secret, "%.39s", line);
            else if (strncmp(line, p->id, n) == 0 && line[n] == ' ')
                snprintf(p->secret, sizeof p->secret, "%.39s", line + n + 1);
        }
        if (f != NULL)
            fclose(f);
    }
}

/* Before CZMQ's own handler, which would complain of every socket and wait; not in a child that this process left behind. */
static pid_t owner;

static void leave(void)
{
    for (size_t i = 0; getpid() == owner && i < PEOPLE; i++)
        people[i].desk = desk_free(people[i].desk);
}

struct house_person *house_login(const char *id)
{
    struct err e;
    for (size_t i = 0; i < PEOPLE; i++) {
        struct house_person *p = &people[i];
        if (strcmp(terminals[i][0], id) != 0)
            continue;
        if (p->desk != NULL)
            return p;
        struct desk_settings s;
        snprintf(p->id, sizeof p->id, "%s", id);
        read_secret(p);
        if (desk_settings_read(house_arena(), arena_printf(house_arena(), "%s/terminals/%s.ini", house_dir(), terminals[i][1]),
                               &s, &e) != 0 ||
            desk_new(&s, &p->desk, &e) != 0)
            fail_msg("%s", e.text);
        if (owner == 0) {
            owner = getpid();
            atexit(leave);
        }
        desk_patience(p->desk, 30000);
        if (desk_login(p->desk, house_arena(), id, house_secret(p), NULL, &e) != 0)
            fail_msg("%s cannot log in: %s", id, e.text);
        return p;
    }
    fail_msg("no person %s", id);
    return NULL;
}

void house_forget(void)
{
    for (size_t i = 0; i < PEOPLE; i++)
        people[i].desk = desk_free(people[i].desk);
}

struct bytes house_secret(const struct house_person *p)
{
    return (struct bytes){(const uint8_t *)p->secret, strlen(p->secret)};
}

/* how many entries the log wrote about itself */
static int64_t log_entries(struct house_person *p)
{
    struct err e;
    int64_t n = 0;
    for (;;) {
        struct entry_list in = {.stream = "SYS", .from_seq = n};
        struct entry_rows out;
        if (desk_call(p->desk, house_arena(), "audit.entries", &in, &out, &e) != 0)
            fail_msg("audit.entries: %s", e.text);
        n += (int64_t)out.entries.count;
        if (out.entries.count < 1000)
            return n;
    }
}

int64_t house_entries(void)
{
    struct err e;
    struct log_state log;
    struct house_person *p = house_login("U-RUTH");
    for (;;) {   /* a time-stamp may fall between the two questions: ask until it did not */
        int64_t before = log_entries(p);
        if (desk_call(p->desk, house_arena(), "sequencer.status", NULL, &log, &e) != 0)
            fail_msg("sequencer.status: %s", e.text);
        if (log_entries(p) == before)
            return log.size + log.pending - before;
    }
}

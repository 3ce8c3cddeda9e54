/*
 * A running house for integration tests: the folder in STEMMA_HOUSE that tests/support/house made, with its people
 * enrolled by the demo's job. Each test process logs people in at their own terminals.
 */
#pragma once
#include "desk/desk.h"

struct house_person {
    struct desk *desk;
    char id[33], secret[40];
};

/** house_dir(): the running house's folder; the test fails if there is none. */
const char *house_dir(void);

/** house_login(id): a person of the demo, logged in at their terminal; made once a process. */
struct house_person *house_login(const char *id);

/** house_forget(): the house was started anew, maybe on other ports: everybody logs in again. */
void house_forget(void);

/** house_secret(p): their secret, as bytes. */
struct bytes house_secret(const struct house_person *p);

/** house_entries(): how many entries services have recorded, in the tree or waiting; those of the log itself do not count. */
int64_t house_entries(void);

/** house_arena(): memory of this process's tests. */
struct arena *house_arena(void);

/*
 * A test file is a list of CASE(name) { ... }; each becomes one ctest case "tier.file.name" and can be run alone:
 * `build/dev/bin/unit_text hex_round_trip`. Names begin with the rule they cover (R12_..., T33_..., F_statement_...).
 */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sys/types.h>

#define CASE(name)                                                                      \
    static void name(void **state);                                                     \
    __attribute__((constructor)) static void register_##name(void) { test_add(#name, name); } \
    static void name(__attribute__((unused)) void **state)

/** test_add(name, run): register a case; called by CASE only. */
void test_add(const char *name, void (*run)(void **state));

/** test_data(name): path of a file of the data of others (docs/CODING.md). Where STEMMA_DATA is set the case fails without it;
 *  where it is not, NULL: then `test_skip_without()` says so and skips. Static buffer. */
const char *test_data(const char *name);

/** test_skip_without(what): print what is absent and skip the running case. */
void test_skip_without(const char *what);

/** test_fork(): as fork, but the child ends with the test process, however that ends. */
pid_t test_fork(void);

/** test_read(path, ret_len): the whole file, NUL added; caller frees. NULL if it cannot be read. */
char *test_read(const char *path, size_t *ret_len);

/* What a dossier encloses of the pki folder: all of it and whole, or nothing at all. */
#include "support/test.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit_pki.h"
#include "base/clock.h"
#include "crypto/ca.h"
#include "file/file.h"
#include "unit/crypto/pki.h"

#define CERTIFICATES 80
#define LIST_BYTES 200000u

static struct arena *a;
static struct err e;
static char folder[] = "/tmp/stemma-pki-XXXXXX";
static const struct zip_member *files;
static size_t count;

static void put(const char *name, size_t len)
{
    uint8_t *data = arena_alloc(a, len);
    memset(data, 'x', len);
    assert_int_equal(file_replace(arena_printf(a, "%s/%s", folder, name), (struct bytes){data, len}, 0644, &e), 0);
}

static void begin(void)
{
    a = arena_new(0);
    memset(folder + strlen(folder) - 6, 'X', 6);
    assert_non_null(mkdtemp(folder));
    for (int i = 0; i < CERTIFICATES; i++)
        put(arena_printf(a, "U-P%02d.pem", i), 900);
    put("issuing.crl", LIST_BYTES);
    put("issuing.pem", 900);
    put("log.pub.pem", 100);
    put("notes.txt", 100);
}

static void end(void)
{
    static const char *const others[] = {"issuing.crl", "issuing.pem", "log.pub.pem", "notes.txt", "huge.crl"};
    for (int i = 0; i < CERTIFICATES; i++)
        unlink(arena_printf(a, "%s/U-P%02d.pem", folder, i));
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        unlink(arena_printf(a, "%s/%s", folder, others[i]));
    assert_int_equal(rmdir(folder), 0);
    a = arena_free(a);
}

static const struct zip_member *enclosed(const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(files[i].name, name) == 0)
            return &files[i];
    return NULL;
}

CASE(P11_27_a_long_list_of_revocations_is_enclosed_whole_among_many_certificates)
{
    begin();
    assert_int_equal(audit_pki(a, folder, false, 0, &files, &count, &e), 0);
    assert_int_equal(count, CERTIFICATES + 2);
    assert_non_null(enclosed("issuing.crl"));
    assert_int_equal(enclosed("issuing.crl")->data.len, LIST_BYTES);
    for (size_t i = 1; i < count; i++)
        assert_true(strcmp(files[i - 1].name, files[i].name) < 0);
    end();
}

CASE(dossier_redacted_encloses_no_persons_certificate)
{
    begin();
    assert_int_equal(audit_pki(a, folder, true, 0, &files, &count, &e), 0);
    assert_int_equal(count, 2);
    assert_true(enclosed("issuing.crl") != NULL && enclosed("issuing.pem") != NULL);
    end();
}

CASE(P11_27_a_list_that_cannot_be_enclosed_whole_is_a_fault)
{
    begin();
    put("huge.crl", 10);
    assert_int_equal(truncate(arena_printf(a, "%s/huge.crl", folder), (off_t)AUDIT_PKI_FILE_MAX + 1), 0);
    assert_true(audit_pki(a, folder, false, 0, &files, &count, &e) < 0);
    end();
    assert_true(audit_pki(a = arena_new(0), "/nonexistent", false, 0, &files, &count, &e) < 0);
    a = arena_free(a);
}

/* A list of ${number}, made at the hour ${at}, as the signer leaves it. */
static struct bytes list_by(struct pki *p, const struct ca *ca, long number, int64_t at_ms)
{
    struct bytes crl;
    clock_set(at_ms);
    assert_int_equal(ca_crl(p->a, ca, NULL, 0, number, &crl, &e), 0);
    return crl;
}

static struct bytes list_of(struct pki *p, long number, int64_t at_ms)
{
    return list_by(p, &(struct ca){p->issuing, p->issuing_key}, number, at_ms);
}

static const char *enclosed_list(struct pki *p, int64_t since_ms, size_t lists)
{
    size_t n = 0;
    const char *name = NULL;
    assert_int_equal(audit_pki(p->a, p->dir, false, since_ms, &files, &count, &e), 0);
    for (size_t i = 0; i < count; i++)
        if (strncmp(files[i].name, "list-", 5) == 0) {
            n++;
            if (strcmp(files[i].name, "list-now.crl") != 0)
                name = files[i].name;
        }
    assert_int_equal(n, lists);
    return name;
}

CASE(P11_27_of_lists_that_were_replaced_the_last_one_before_the_acts_is_enclosed)
{
    enum { HOUR = 3600000 };
    CLEANUP(pki_done) struct pki *p = pki_new();
    int64_t now = clock_ms();
    pki_write(p, "list-a" CA_LIST_FORMER, list_of(p, 2, now + 1 * HOUR));
    pki_write(p, "list-b" CA_LIST_FORMER, list_of(p, 3, now + 2 * HOUR));
    pki_write(p, "list-c" CA_LIST_FORMER, list_of(p, 4, now + 3 * HOUR));
    pki_write(p, "list-now.crl", list_of(p, 5, now + 4 * HOUR));
    assert_string_equal(enclosed_list(p, now + 2 * HOUR + HOUR / 2, 2), "list-b.crl");
    assert_string_equal(enclosed_list(p, now + 3 * HOUR + HOUR / 2, 2), "list-c.crl");
    assert_null(enclosed_list(p, now + 5 * HOUR, 1));        /* the present one was there */
    assert_null(enclosed_list(p, now, 1));                   /* none was */
    pki_write(p, "list-c" CA_LIST_FORMER, pki_bytes("cut off"));
    assert_true(audit_pki(p->a, p->dir, false, now, &files, &count, &e) < 0);
}

CASE(P11_27_a_dossier_is_made_however_many_lists_the_years_left)
{
    enum { HOUR = 3600000, LISTS = 1100 };
    CLEANUP(pki_done) struct pki *p = pki_new();
    int64_t now = clock_ms();
    struct bytes old = list_of(p, 2, now + 1 * HOUR), last = list_of(p, 3, now + 2 * HOUR);
    for (int i = 0; i < LISTS; i++)
        pki_write(p, arena_printf(p->a, "list-%04d" CA_LIST_FORMER, i), i == LISTS / 2 ? last : old);
    pki_write(p, "list-now.crl", list_of(p, 4, now + 4 * HOUR));
    assert_string_equal(enclosed_list(p, now + 3 * HOUR, 2), arena_printf(p->a, "list-%04d.crl", LISTS / 2));
    assert_null(enclosed_list(p, now + 5 * HOUR, 1));
}

/* An authority is replaced by one of the same name: the present list of the new one says nothing of what the old one revoked. */
CASE(P11_27_lists_of_two_authorities_of_one_name_are_told_apart_by_their_keys)
{
    enum { HOUR = 3600000 };
    CLEANUP(pki_done) struct pki *p = pki_new();
    CLEANUP(certificate_done) struct certificate *twin = NULL;
    const struct ca_request request = {.kind = CA_ISSUING, .common_name = certificate_facts(p->issuing)->common_name, .days = 100};
    int64_t now = clock_ms();
    assert_int_equal(ca_issue(&(struct ca){p->root, p->root_key}, &request, p->audit_key, &twin, &e), 0);
    pki_write(p, "list-a" CA_LIST_FORMER, list_of(p, 2, now + 1 * HOUR));
    pki_write(p, "list-old.crl", list_of(p, 3, now + 4 * HOUR));
    pki_write(p, "list-now.crl", list_by(p, &(struct ca){twin, p->audit_key}, 1, now + 2 * HOUR));
    assert_int_equal(audit_pki(p->a, p->dir, false, now + 3 * HOUR, &files, &count, &e), 0);
    assert_true(enclosed("list-a.crl") != NULL && enclosed("list-old.crl") != NULL && enclosed("list-now.crl") != NULL);
}

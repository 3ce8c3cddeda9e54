#include "unit/crypto/pki.h"

#include "support/test.h"

#include <dirent.h>
#include <fcntl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "crypto/cms_walk.h"
#include "crypto/inside.h"

static struct key *fresh(void)
{
    struct key *k = NULL;
    struct err e;
    assert_int_equal(key_new(KEY_P256, &k, &e), 0);
    return k;
}

static struct certificate *issue(const struct ca *ca, enum ca_kind kind, const char *name, const struct key *key)
{
    struct ca_request r = {kind, name, NULL, NULL, 365};
    struct certificate *c = NULL;
    struct err e;
    assert_int_equal(ca ? ca_issue(ca, &r, key, &c, &e) : ca_found(&r, key, &c, &e), 0);
    return c;
}

struct certificate *pki_person(struct pki *p, const char *id, const struct key *key, int days)
{
    struct ca_request r = {CA_PERSON, "Jörg Møller", id, "technician,qa", days};
    struct ca ca = {p->issuing, p->issuing_key};
    struct certificate *c = NULL;
    struct err e;
    assert_int_equal(ca_issue(&ca, &r, key, &c, &e), 0);
    return c;
}

struct certificate *pki_narrow(struct pki *p, const char *name, const char *id)
{
    struct ca_request r = {CA_PERSON, name, id, "qa", 365};
    struct ca ca = {p->issuing, p->issuing_key};
    struct certificate *wide = NULL, *c = NULL;
    struct err e;
    assert_int_equal(ca_issue(&ca, &r, p->person_key, &wide, &e), 0);
    struct bytes der = certificate_der(wide);
    const uint8_t *at = der.data;
    X509 *x = d2i_X509(NULL, &at, (long)der.len);
    X509_EXTENSION *usage = X509V3_EXT_conf_nid(NULL, NULL, NID_key_usage, "critical,digitalSignature");
    X509_EXTENSION_free(X509_delete_ext(x, X509_get_ext_by_NID(x, NID_key_usage, -1)));
    assert_int_equal(X509_add_ext(x, usage, -1), 1);
    assert_true(X509_sign(x, p->issuing_key->pkey, EVP_sha256()) > 0);
    uint8_t *again = NULL;
    int len = i2d_X509(x, &again);
    assert_int_equal(certificate_from_der((struct bytes){again, (size_t)len}, &c, &e), 0);
    OPENSSL_free(again);
    X509_EXTENSION_free(usage);
    X509_free(x);
    certificate_free(wide);
    return c;
}

struct bytes pki_sign_for(struct pki *p, struct bytes content, int64_t at_ms, const struct certificate *named)
{
    const unsigned flags = CMS_DETACHED | CMS_BINARY | CMS_NOSMIMECAP;
    uint8_t ess[40] = {0x30, 0x26, 0x30, 0x24, 0x30, 0x22, 0x04, 0x20}, *der = NULL;
    memcpy(ess + 8, named->sha256, DIGEST_LEN);
    BIO *bio = BIO_new_mem_buf(content.data, (int)content.len);
    CMS_ContentInfo *cms = CMS_sign(NULL, NULL, NULL, NULL, flags | CMS_PARTIAL);
    CMS_SignerInfo *si = CMS_add1_signer(cms, p->person->x509, p->person_key->pkey, EVP_sha256(), flags);
    ASN1_TIME *at = ASN1_TIME_set(NULL, (time_t)(at_ms / 1000));
    assert_int_equal(CMS_signed_add1_attr_by_NID(si, NID_pkcs9_signingTime, ASN1_STRING_type(at), at, -1), 1);
    assert_int_equal(CMS_signed_add1_attr_by_NID(si, NID_id_smime_aa_signingCertificateV2, V_ASN1_SEQUENCE, ess, sizeof ess), 1);
    assert_true(CMS_add1_cert(cms, p->issuing->x509) && CMS_final(cms, bio, NULL, flags));
    int len = i2d_CMS_ContentInfo(cms, &der);
    struct bytes p7s = crypto_keep(p->a, der, len);
    ASN1_TIME_free(at);
    CMS_ContentInfo_free(cms);
    BIO_free(bio);
    return p7s;
}

struct bytes pki_certificates_turned(struct pki *p, struct bytes p7s)
{
    struct cms_parts parts;
    assert_null(cms_walk(p7s, &parts));
    struct bytes *c = parts.certificate, first = c[0].data < c[1].data ? c[0] : c[1], second = c[0].data < c[1].data ? c[1] : c[0];
    uint8_t *copy = arena_alloc(p->a, p7s.len), *at = copy + (first.data - p7s.data);
    memcpy(copy, p7s.data, p7s.len);
    memcpy(at, second.data, second.len);
    memcpy(at + second.len, first.data, first.len);
    return (struct bytes){copy, p7s.len};
}

struct bytes pki_long_length(struct pki *p, struct bytes p7s)
{
    uint8_t *copy = arena_alloc(p->a, p7s.len + 1);
    assert_int_equal(p7s.data[1], 0x82);
    memcpy(copy + 1, p7s.data, p7s.len);
    memcpy(copy, "\x30\x83\0", 3);
    return (struct bytes){copy, p7s.len + 1};
}

struct bytes pki_bytes(const char *text)
{
    return (struct bytes){(const uint8_t *)text, strlen(text)};
}

const char *pki_path(struct pki *p, const char *name)
{
    return arena_printf(p->a, "%s/%s", p->dir, name);
}

const char *pki_write(struct pki *p, const char *name, struct bytes data)
{
    const char *path = pki_path(p, name);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(data.data, 1, data.len, f), data.len);
    fclose(f);
    return path;
}

struct bytes pki_read(struct pki *p, const char *name)
{
    size_t len = 0;
    char *text = test_read(pki_path(p, name), &len);
    assert_non_null(text);
    struct bytes b = {(const uint8_t *)arena_dup(p->a, text, len), len};
    free(text);
    return b;
}

static void files(struct pki *p)
{
    const struct {
        const char *name;
        const struct certificate *c;
        const struct key *k;
    } rows[] = {{"root", p->root, p->root_key},    {"issuing", p->issuing, p->issuing_key},
                {"person", p->person, p->person_key}, {"audit", p->audit, p->audit_key},
                {"tsaroot", p->stamp_root, NULL},   {"tsa", p->stamp, p->stamp_key}};
    struct err e;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        pki_write(p, arena_printf(p->a, "%s.pem", rows[i].name), pki_bytes(certificate_to_pem(p->a, rows[i].c)));
        if (rows[i].k)
            pki_write(p, arena_printf(p->a, "%s.key", rows[i].name), pki_bytes(key_to_pem(p->a, rows[i].k, &e)));
    }
}

struct pki *pki_new(void)
{
    struct pki *p = calloc(1, sizeof *p);
    p->a = arena_new(0);
    snprintf(p->dir, sizeof p->dir, "/tmp/stemma-test-XXXXXX");
    assert_non_null(mkdtemp(p->dir));
    struct key **keys[] = {&p->root_key, &p->issuing_key, &p->person_key, &p->audit_key, &p->stamp_root_key, &p->stamp_key};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        *keys[i] = fresh();
    p->root = issue(NULL, CA_ROOT, "Lab root", p->root_key);
    p->issuing = issue(&(struct ca){p->root, p->root_key}, CA_ISSUING, "Lab issuing CA", p->issuing_key);
    p->audit = issue(&(struct ca){p->issuing, p->issuing_key}, CA_SERVICE, "audit", p->audit_key);
    p->person = pki_person(p, "U-7", p->person_key, 365);
    p->stamp_root = issue(NULL, CA_ROOT, "Time-stamp root", p->stamp_root_key);
    p->stamp = issue(&(struct ca){p->stamp_root, p->stamp_root_key}, CA_STAMP, "Time-stamp authority", p->stamp_key);
    p->person_signs = (struct signing_key){p->person_key, p->person, p->issuing};
    p->audit_signs = (struct signing_key){p->audit_key, p->audit, p->issuing};
    files(p);
    return p;
}

static void remove_dir(const char *dir)
{
    DIR *d = opendir(dir);
    struct dirent *entry;
    char path[400];
    while (d && (entry = readdir(d)))
        if (entry->d_name[0] != '.') {
            snprintf(path, sizeof path, "%s/%s", dir, entry->d_name);
            if (unlink(path))
                remove_dir(path);
        }
    if (d)
        closedir(d);
    rmdir(dir);
}

void pki_free(struct pki *p)
{
    if (!p)
        return;
    struct key *keys[] = {p->root_key, p->issuing_key, p->person_key, p->audit_key, p->stamp_root_key, p->stamp_key};
    struct certificate *certificates[] = {p->root, p->issuing, p->person, p->audit, p->stamp_root, p->stamp};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        key_free(keys[i]), certificate_free(certificates[i]);
    remove_dir(p->dir);
    arena_free(p->a);
    free(p);
}

void pki_done(struct pki **p)
{
    pki_free(*p);
}

/* the environment's default trust folders must not matter: each test sets what it wants */
static void become(char *argv[])
{
    int null = open("/dev/null", O_RDWR);
    dup2(null, 0);
    if (!getenv("PKI_RUN_LOUD")) {
        dup2(null, 1);
        dup2(null, 2);
    }
    execvp(argv[0], argv);
    _exit(127);
}

int pki_run(struct pki *p, const char *words)
{
    char *argv[64], *text = arena_text(p->a, words);
    size_t n = 0;
    for (char *word = text; word && n < 63; n++) {
        char *next = strchr(word, ' ');
        if (next)
            *next++ = '\0';
        argv[n] = *word == '@' ? arena_printf(p->a, "%s/%s", p->dir, word + 1) : word;
        word = next;
    }
    argv[n] = NULL;
    int status = 0;
    pid_t pid = fork();
    if (!pid)
        become(argv);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

/* The bytes of a DER value's head and, in ${ret}, the length it says. */
static size_t head_of(const uint8_t *at, size_t *ret)
{
    size_t more = at[1] < 0x80 ? 0 : at[1] & 0x7fU;
    *ret = more == 0 ? at[1] : 0;
    for (size_t i = 0; i < more; i++)
        *ret = *ret << 8 | at[2 + i];
    return 2 + more;
}

/* An INTEGER of up to 33 bytes as 32. */
static void take_integer(const uint8_t *at, uint8_t ret[32])
{
    size_t len;
    const uint8_t *from = at + head_of(at, &len);
    memset(ret, 0, 32);
    for (; len > 32; len--)
        from++;
    memcpy(ret + 32 - len, from, len);
}

static void subtract(const uint8_t from[32], uint8_t value[32])
{
    int borrow = 0;
    for (int i = 31; i >= 0; i--) {
        int d = from[i] - value[i] - borrow;
        borrow = d < 0;
        value[i] = (uint8_t)(d + (borrow << 8));
    }
}

struct bytes pki_other_half(struct arena *a, struct bytes p7s)
{
    static const uint8_t order[32] = {0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xff, 0xff, 0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51};
    uint8_t *copy = arena_alloc(a, p7s.len + 1), s[32];
    size_t len, path[16], depth = 0, at = 0, end = p7s.len;
    memcpy(copy, p7s.data, p7s.len);
    for (; copy[at] != 0x02; depth++) {          /* down to the last value that ends where the file ends */
        path[depth] = at;
        size_t head = head_of(copy + at, &len), child = at + head;
        for (at = child; child < end; child += len)
            at = child, child += head_of(copy + child, &len);
    }
    take_integer(copy + at, s);
    subtract(order, s);
    size_t lead = 0;
    while (s[lead] == 0)
        lead++;
    size_t pad = s[lead] >> 7;
    size_t now = 2 + pad + 32 - lead;
    copy[at + 1] = (uint8_t)(now - 2);
    copy[at + 2] = 0;
    memcpy(copy + at + 2 + pad, s + lead, 32 - lead);
    for (size_t i = 0; i < depth; i++) {
        uint8_t *last = copy + path[i] + head_of(copy + path[i], &len) - 1;
        *last = (uint8_t)(*last + (at + now) - end);
    }
    return (struct bytes){copy, at + now};
}

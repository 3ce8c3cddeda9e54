/*
 * The seed corpus: a dossier of a small lab and its parts, bodies of all records, the lab's documents; made by the
 * project's own builders, so that it never goes out of date. seeds DIR SOURCE writes DIR/fixed and DIR/corpus/<target>.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "contract/contract.h"
#include "crypto/digest.h"
#include "support/dossier_fixture.h"
#include "support/sample.h"
#include "support/test.h"
#include "unit/crypto/authenticator.h"
#include "wire/envelope.h"

static struct arena *a;
static const char *dir;

static void write_file(const char *path, const void *head, size_t head_len, struct bytes data)
{
    FILE *f = fopen(path, "wb");
    if (f == NULL || fwrite(head, 1, head_len, f) != head_len || fwrite(data.data, 1, data.len, f) != data.len ||
        fclose(f) != 0) {
        fprintf(stderr, "cannot write %s\n", path);
        exit(2);
    }
}

/* one seed of ${target}: ${head} (what the target takes before its text), then ${data}; named by its content */
static void seed_with(const char *target, const void *head, size_t head_len, struct bytes data)
{
    uint8_t sha256[DIGEST_LEN];
    digest_sha256_two(head, head_len, data.data, data.len, sha256);
    const char *folder = arena_printf(a, "%s/corpus/%s", dir, target);
    mkdir(folder, 0700);
    write_file(arena_printf(a, "%s/%s", folder, hex_text(a, sha256, 8)), head, head_len, data);
}

static void seed(const char *target, struct bytes data) { seed_with(target, "", 0, data); }
static struct bytes text(const char *s) { return (struct bytes){(const uint8_t *)s, strlen(s)}; }
static void seed_after(const char *target, uint8_t first, struct bytes data) { seed_with(target, &first, 1, data); }

static void seed_entries(struct fixture *f)
{
    bool is_first = true;
    for (size_t i = 0; i < FIXTURE_STREAMS; i++)
        for (size_t k = 0; k < f->stream[i].count; k++) {
            const struct dossier_entry *entry = &f->stream[i].entry[k];
            struct statement s;
            struct err e;
            seed("entry", entry->text);
            seed("statement", entry->stmt);
            if (statement_parse(a, (const char *)entry->stmt.data, entry->stmt.len, &s, &e) == 0) {
                seed("body", s.body);
                if (strcmp(s.type, "log.heads") == 0)
                    seed_after("note", 3, s.body);
            }
            if (entry->p7s.data == NULL)
                continue;
            seed("cms", entry->p7s);
            if (is_first) {
                write_file(arena_printf(a, "%s/fixed/cms.content", dir), "", 0, entry->stmt);
                write_file(arena_printf(a, "%s/fixed/cms.at", dir), "", 0, text(arena_printf(a, "%lld", (long long)s.at_ms)));
            }
            is_first = false;
        }
}

/* a small file in every format that is read */
static void seed_instruments(void)
{
    static const char *const files[] = {
        "Sample ID,Viable (x10^6) cells/mL,Viability (%)\r\nB-1,0.75,96.9\r\n",
        "NAME,SAMPLE ID,STATUS,LIVE (cells/ml),VIABILITY (%)\n1,B-1,OK,1\xc2\xa0""274\xc2\xa0""000,45.1\n",
        "Dilution,2\n\nWell Name,Live Concentration (E6),Viability (%),Errors\nB-1,0.5,90.0,\n",
        "Sample identifer,Viable Cell Conc.,Viability\nB-1,4529542.5,95.29307556\n",
        "Vi-CELL XR 2.06.3\r\nSample ID : B-1\r\nViability (%) : 97.0\r\nTotal viable cells / ml (x 10^6) : 87.4\r\n",
        "Image;20231120-0002-c-B-1;\nLive (cells/ml);2.45E6;\nEstimated cell diameter [um];<8;\nTotal (cells/ml);3.58E6 (Out of optimal range);\n",
        "0\t2025\t#ARC-FILE#\t1.1a\t2025\t2025\tCEDEX BIO HT\t1\t7.0\tA\n40\t2025\tB-1\t\tSAM\t\tGLN2B\t\tmmol/L\t< TEST RNG\t< 0.241\t0.1\tR\n",
        "MSH|^~\\&|LAB\rPID|1||R-1||Doe^Jane\rOBR|1||B-1\rOBX|1|NM|718-7||13.2|g/dL|||||F\rOBX|2|SN|1||<^0.05|EU/mL|||||P\r",
        "\x02" "1H|\\^&\rO|1|B-1\rR|1|^^^413|40.13|g/L||N||F\r\x03" "5C\r",
        "FCS3.1          58      96      97      97       0       0/$PAR/1/$P1N/FL//1/$TOT/ 7 /$SMNO/B-1/x",
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        seed("instruments", text(files[i]));
}

/* good assertions by one key, with and without what may be behind them, and one of a page that is none of the site's */
static void seed_webauthn(void)
{
    struct err e;
    struct key *key;
    static const char *const origins[] = {"https://lab.example", "https://lab.example:8443", "https://lab.example.evil"};
    if (key_new(KEY_P256, &key, &e) != 0)
        exit(2);
    write_file(arena_printf(a, "%s/fixed/webauthn.text", dir), "", 0, text("a text that is signed"));
    write_file(arena_printf(a, "%s/fixed/webauthn.key", dir), "", 0, authenticator_public(a, key));
    for (unsigned i = 0; i < 6; i++) {
        struct answered w = answered_new(key, text("a text that is signed"));
        w.origin = origins[i % 3];
        w.after = i > 2 ? ",\"crossOrigin\":false,\"other\":\"\\u0041\"" : w.after;
        w.counter = i;
        w.extra = i == 4 ? 20 : 0;
        const struct webauthn_assertion made = answered_sign(a, &w);
        const uint8_t head[3] = {(uint8_t)(made.client_data.len >> 8), (uint8_t)made.client_data.len, (uint8_t)made.authenticator_data.len};
        struct buf b = buf_new(a);
        buf_add(&b, made.client_data.data, made.client_data.len);
        buf_add(&b, made.authenticator_data.data, made.authenticator_data.len);
        buf_add(&b, made.signature.data, made.signature.len);
        seed_with("webauthn", head, sizeof head, (struct bytes){(const uint8_t *)b.text, b.len});
    }
    key_free(key);
}

static void seed_dossier(struct fixture *f)
{
    struct zip zip;
    struct err e;
    struct bytes file = fixture_file(f);
    seed("zip", file);
    if (zip_read(a, file, &zip, &e) != 0)
        exit(2);
    for (size_t i = 0; i < zip.count; i++)
        seed_after("dossier", (uint8_t)i, zip.member[i].data);
    for (size_t i = 0; i < zip.count && i < 3; i++) {
        struct bytes small;
        struct zip few = {zip.member, i + 1, NULL};
        if (zip_write(a, &few, &small, &e) == 0)
            seed("zip", small);
    }
    seed_after("note", 0, f->d.checkpoint);
    seed_after("note", 1, f->d.cosignatures);
    seed_after("note", 2, text(note_vkey_text(a, &f->witness_note)));
    seed("token", f->d.token);
    write_file(arena_printf(a, "%s/fixed/token.data", dir), "", 0, f->d.checkpoint);
}

static void seed_records(void)
{
    for (size_t i = 0; i < record_count(); i++) {
        const struct record_type *type = record_type_at(i);
        for (unsigned mode = 0; mode < 3; mode++) {
            uint8_t head[2] = {(uint8_t)i, (uint8_t)(i >> 8 | mode << 1)};
            seed_with("record", head, 2, text(sample_body(a, type, SAMPLE_WELL, 0)));
            for (size_t k = 0; k < type->count && mode == 0; k++) {
                const char *body = sample_body(a, type, SAMPLE_TYPE, k);
                if (body != NULL)
                    seed_with("record", head, 2, text(body));
            }
        }
    }
}

static void seed_wire(void)
{
    struct buf b = buf_new(a);
    struct envelope env = {"batch.open", "", "prepare", "019306b2c4f27abc8def0123456789ab", "B-1", 1790000000000};
    envelope_write(&b, &env);
    seed("envelope", text(b.text));
    seed("envelope", text("{\"ok\":true,\"result\":{\"a\":[1,true,\"x\",{\"b\":null}]}}"));
    seed("envelope", text("{\"ok\":false,\"error\":{\"code\":\"role_missing\",\"http\":403,\"field\":\"x\",\"rule\":\"R1\",\"text\":"
                          "\"t\",\"sentence\":\"s\",\"hint\":\"h\",\"request\":\"00\"}}"));
}

static void seed_lines(const char *target, const char *const *lines)
{
    for (; *lines != NULL; lines++)
        seed(target, text(*lines));
}

static void seed_documents(const char *source)
{
    static const char *const formulas[] = {"n_live + n_dead", "100[%] * volume_ml / step1.volume_ml", "log2(a / b) ^ 3",
        "ceil(sqrt(a * 10000[1/mL]))", "mean(a, b, c) - sd(a, b, c)", "max(a, -b) / min(1.5, sum(c, d))", "((((a))))", NULL};
    static const char *const scans[] = {"=A99992600012300", "A9999 26 000123 K", "=<D0001V00", "&>0263210000",
        "=+03000=A99992600012300=<D0001V00&>0263210000", "A999926000123-D0001V00", "SEC: DE0001230A999926000123 A0004200000020261231",
        NULL};
    static const char *const files[][2] = {{"procedure", "procedure_bmac.json"}, {"procedure", "procedure_ucmsc.json"},
        {"procedure", "procedure_svf.json"}, {"procedure", "procedure_bmmsc.json"}, {"procedure", "procedure_plmsc.json"},
        {"specification", "specification_bmac.json"}, {"specification", "specification_ucmsc.json"},
        {"specification", "specification_svf.json"}, {"specification", "specification_plmsc.json"}};
    seed_lines("formula", formulas);
    seed_lines("identifier", scans);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        size_t len;
        char *json = test_read(arena_printf(a, "%s/sql/seed/%s", source, files[i][1]), &len);
        if (json == NULL)
            exit(2);
        seed(files[i][0], (struct bytes){(const uint8_t *)json, len});
        free(json);
    }
}

static int make(const char *to, const char *source)
{
    dir = to;
    a = arena_new((size_t)1 << 30);
    mkdir(arena_printf(a, "%s/corpus", dir), 0700);
    mkdir(arena_printf(a, "%s/fixed", dir), 0700);
    struct fixture *f = fixture_new(SPOIL_NONE);
    fixture_folder(f, arena_printf(a, "%s/fixed", dir));
    seed_entries(f);
    seed_dossier(f);
    seed_webauthn();
    seed_instruments();
    seed_records();
    seed_wire();
    seed_documents(source);
    fixture_free(f);
    arena_free(a);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 3)
        return make(argv[1], argv[2]);
    fprintf(stderr, "usage: seeds DIR SOURCE\n");
    return 2;
}

/*
 * Identifiers of cells: ISBT 128 layouts and the check character of ISO/IEC 7064 mod 37-2 as code, its licensed tables
 * never (domain.md §6.0). DIN, its flags, containers (DIN + product code, T36), the data structures of the lab's labels, compound
 * messages. Case matters and nothing is "normalised": a letter O stays refused, a lower-case division stays lower (T34, T35).
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"

#define DIN_LEN 13
#define PRODUCT_CODE_LEN 8
#define CONTAINER_MAX 40
#define DIN_FLAGS_FIRST "00"           /* a label's first print, and its second and further ones (R06) */
#define DIN_FLAGS_REPRINT "05"

enum din_flags { DIN_FLAGS_NONE, DIN_FLAGS_CONTAINER, DIN_FLAGS_PROCESS, DIN_FLAGS_LOCAL, DIN_FLAGS_CHECK, DIN_FLAGS_RESERVED };

/** A donation number: 13 characters; the flags are not part of it (T33). */
struct din {
    char text[DIN_LEN + 1];
    char flags[3];                    /* "00" where it was typed */
    enum din_flags kind;
    char check;                       /* K, computed */
};

/** mod37_value(text, len): check value 0..36 over 0-9, A-Z, *; -1 on any other character. */
int mod37_value(const char *text, size_t len);

/** mod37_char(value): its character 0-9 A-Z *. */
char mod37_char(int value);

/** din_is_valid(text): 13 characters of the DIN's layout. */
bool din_is_valid(const char *text);

/** din_from_scan(scan, ret, e): `=` + DIN + two flags, nothing else; flags 60-96 must be the check. ERR_IDENTIFIER_REFUSED. */
int din_from_scan(const char *scan, struct din *ret, struct err *e);

/** din_from_typed(typed, ret, e): DIN with its check character K behind it, as on the label: spaces are passed over; K is
 *  demanded and must fit (R03). ERR_IDENTIFIER_REFUSED. */
int din_from_typed(const char *typed, struct din *ret, struct err *e);

/** din_print(din, ret): `A9999 26 000123 K` for people; ${ret} has 20 bytes. */
void din_print(const struct din *din, char ret[20]);

/** product_code_is_valid(code): 8 characters: description code, collection type, division (second lower case or digit). */
bool product_code_is_valid(const char *code);

/** container_build(din, product_code, ret, e): the container's id `DIN-productcode`; ${ret} has CONTAINER_MAX bytes. */
int container_build(const char *din, const char *product_code, char ret[CONTAINER_MAX], struct err *e);

/** container_parse(id, ret_din, ret_product_code, e): its two parts; ${ret_din} 14, ${ret_product_code} 9 bytes. */
int container_parse(const char *id, char ret_din[DIN_LEN + 1], char ret_product_code[9], struct err *e);

/** container_division(product_code, index, ret): ${product_code} with the division of container ${index} (0: undivided
 *  "00", 1.. "A0", "B0" ... "Z0", "Aa" ...); ${ret} has 9 bytes; false past the last. */
bool container_division(const char *product_code, int index, char ret[9]);

/** collection_type_fits(type, use): whether the 6th character of a product code agrees with the use (a word of
 *  use_words): autologous only 1 X, A crossover; research R r; ... (R08). */
bool collection_type_fits(char type, const char *use);

/** One data structure of a scan: its number ("001"), name, and content without the identifier. */
struct isbt_part {
    const char *number, *name, *content;
};

/** isbt_parse(a, scan, ret, ret_count, e): one structure, or the parts of a compound message `=+aabbb...`, whole or not
 *  at all (T37). Non-ISBT structures &a-&z stand alone. ERR_IDENTIFIER_REFUSED. */
int isbt_parse(struct arena *a, const char *scan, struct isbt_part **ret, size_t *ret_count, struct err *e);

/** isbt_date(content, ret): `cyyjjj` or `cyyjjjhhmm` as "YYYY-MM-DD HH:MM" local time of the facility; without a time
 *  23:59 (T16); false for no date. ${ret} has 17 bytes. */
bool isbt_date(const char *content, char ret[17]);

/** Single European Code: 40 characters, printed in two groups (domain.md §6.3). */
struct sec {
    char country[3], establishment[7], donation[14], system, product[8], split[4], expiry[11];   /* expiry YYYY-MM-DD or "" */
};

/** sec_parse(text, ret, e): `SEC: ` and the blank between the groups are optional. ERR_IDENTIFIER_REFUSED. */
int sec_parse(const char *text, struct sec *ret, struct err *e);

# Libraries, all from Debian 12; deploy/packages lists the packages.
find_package(PkgConfig REQUIRED)
# Older ones have faults in the parsers of signatures (ledger 6.17; bookworm-security has it). Services look again at start.
set(OPENSSL_LEAST 3.0.21)
pkg_check_modules(libcrypto REQUIRED IMPORTED_TARGET libcrypto>=${OPENSSL_LEAST})
foreach(lib IN ITEMS libpq libczmq libzmq libmicrohttpd gnutls jansson libsodium libseccomp cmocka
    cairo pangocairo pangoft2 fontconfig zlib)
  string(REPLACE "-" "_" var ${lib})
  pkg_check_modules(${var} REQUIRED IMPORTED_TARGET ${lib})
endforeach()
pkg_check_modules(gmp REQUIRED IMPORTED_TARGET gmp)
pkg_check_modules(mpfr REQUIRED IMPORTED_TARGET mpfr)
pkg_check_modules(p11 REQUIRED p11-kit-1)
find_library(UNISTRING unistring REQUIRED)
find_library(INIH inih REQUIRED)
find_library(ZINT zint REQUIRED)

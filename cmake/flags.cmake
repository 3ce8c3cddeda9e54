# Warnings are errors; each has its reason.
add_compile_options(
  -Wall -Wextra            # the usual mistakes
  -Wpedantic               # stay near the standard
  -Wconversion             # a silent narrowing is a wrong number in a record
  -Wshadow                 # one name, one thing
  -Wstrict-prototypes -Wmissing-prototypes  # every extern function is declared once, in its header
  -Wformat=2               # no format string from data
  -Wvla                    # stack size is known when compiled
  -Wcast-qual -Wwrite-strings               # const stays const
  -Wundef                  # a mistyped macro is not 0
  -Werror)
add_compile_definitions(_GNU_SOURCE)   # getrandom, pidfd, memfd, explicit_bzero
if(CMAKE_BUILD_TYPE STREQUAL "Debug")
  add_compile_options(-O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined)
  add_link_options(-fsanitize=address,undefined)
else()
  add_compile_options(-O2 -g -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE)
  add_link_options(-Wl,-z,relro,-z,now)
endif()

# Compiler, warnings, sanitizers and the compiler cache: the same for every target.

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 14)
    message(FATAL_ERROR
        "g++ ${CMAKE_CXX_COMPILER_VERSION} silently miscompiles coroutines (parameters are destroyed twice or "
        "not at all). Use clang++-19, or g++ 14 and newer: cmake --preset dev picks clang++-19.")
endif()

option(TALLY_TESTS "Build the tests" ON)
option(TALLY_BENCH "Build the benchmarks" OFF)
set(TALLY_TEST_SET all CACHE STRING
    "Which tests: all; library (without those that need the built binary); binary (end_to_end, crash); threads")
set(TALLY_TEST_PREFIX "" CACHE STRING "Stands before the name of each test, where several trees are tested together")
set(TALLY_SANITIZE "" CACHE STRING "Sanitizers, e.g. address,undefined or thread")

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)

find_program(TALLY_CCACHE ccache)
if(TALLY_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    # A precompiled header is cached only with these; the base folder lets a second clone hit the cache of the first.
    set(CMAKE_CXX_COMPILER_LAUNCHER
        ${CMAKE_COMMAND} -E env
        CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
        CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1
        ${TALLY_CCACHE})
endif()

# Everything that a target of ours is compiled with.
add_library(tally_options INTERFACE)
target_compile_options(tally_options INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror
    $<$<CXX_COMPILER_ID:Clang>:-Xclang -fno-pch-timestamp>
    $<$<CONFIG:Debug>:-g1>)
# Asio is compiled once, in base, which hands this on to its users; the precompiled header needs it as well.
set(TALLY_ASIO_DEFINITIONS BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED)
target_compile_definitions(tally_options INTERFACE ${TALLY_ASIO_DEFINITIONS} BOOST_BEAST_SEPARATE_COMPILATION)
if(TALLY_SANITIZE)
    target_compile_options(tally_options INTERFACE
        -fsanitize=${TALLY_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer
        # It opens a pipe to look at an object, which no test without file descriptors survives.
        -fno-sanitize=vptr)
    target_link_options(tally_options INTERFACE -fsanitize=${TALLY_SANITIZE})
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    target_link_options(tally_options INTERFACE -fuse-ld=lld)
endif()

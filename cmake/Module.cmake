# tally_module(<name> [FOLDER <dir>] [DEPENDS <targets>...] [PRIVATE <targets>...])
#   A folder of the platform or of the services as one static library, `tally_<name>` (alias `tally::<name>`), of all
#   its *.cpp files but the *_test.cpp, which become `tally_<name>_tests`.
# tally_tests(<target> [SOURCES <files>...] [DEPENDS <targets>...] [LABELS <labels>...] [TIMEOUT <seconds>])
#   A GoogleTest binary whose tests are known to ctest one by one; skipped where TALLY_TEST_SET leaves its labels out.
#   A test may take TIMEOUT seconds, 300 where none is given.

function(tally_module name)
    cmake_parse_arguments(arg "" "" "DEPENDS;PRIVATE;TEST_DEPENDS;LABELS;EXCLUDE" ${ARGN})
    file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
    set(tests ${sources})
    list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
    list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
    foreach(excluded IN LISTS arg_EXCLUDE)
        list(REMOVE_ITEM sources ${CMAKE_CURRENT_SOURCE_DIR}/${excluded})
    endforeach()
    if(sources)
        add_library(tally_${name} STATIC ${sources})
        target_link_libraries(tally_${name} PUBLIC ${arg_DEPENDS} PRIVATE $<BUILD_INTERFACE:tally_options> ${arg_PRIVATE})
        target_include_directories(tally_${name} PUBLIC
            $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/src> $<INSTALL_INTERFACE:include>)
        tally_precompiled(tally_${name})
    else()
        add_library(tally_${name} INTERFACE)
        target_link_libraries(tally_${name} INTERFACE ${arg_DEPENDS})
        target_include_directories(tally_${name} INTERFACE
            $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/src> $<INSTALL_INTERFACE:include>)
    endif()
    set_target_properties(tally_${name} PROPERTIES EXPORT_NAME ${name})
    add_library(tally::${name} ALIAS tally_${name})
    if(TALLY_TESTS AND tests)
        tally_tests(tally_${name}_tests SOURCES ${tests} DEPENDS tally_${name} ${arg_TEST_DEPENDS} LABELS ${arg_LABELS})
    endif()
endfunction()

function(tally_tests target)
    cmake_parse_arguments(arg "" "TIMEOUT" "SOURCES;DEPENDS;LABELS" ${ARGN})
    if(NOT arg_TIMEOUT)
        set(arg_TIMEOUT 300)
    endif()
    tally_test_selected(selected ${arg_LABELS})
    if(NOT selected)
        return()
    endif()
    add_executable(${target} ${arg_SOURCES})
    target_link_libraries(${target} PRIVATE tally_options ${arg_DEPENDS} GTest::gmock GTest::gtest_main)
    target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/tests)
    target_compile_definitions(${target} PRIVATE TALLY_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
    tally_precompiled(${target})
    set(properties TIMEOUT ${arg_TIMEOUT} FIXTURES_REQUIRED test_results)
    if(arg_LABELS)
        # Discovery does not hand on lists: several labels become one, and `ctest -L threads` still finds its word.
        list(JOIN arg_LABELS " " labels)
        list(APPEND properties LABELS "${labels}")
    endif()
    gtest_discover_tests(${target}
        DISCOVERY_MODE PRE_TEST
        DISCOVERY_TIMEOUT 60
        TEST_PREFIX "${TALLY_TEST_PREFIX}"
        XML_OUTPUT_DIR ${PROJECT_BINARY_DIR}/test-results/${target}
        PROPERTIES ${properties})
endfunction()

# Whether tests with these labels belong to this tree, by TALLY_TEST_SET.
function(tally_test_selected result)
    set(labels ${ARGN})
    set(of_binary OFF)
    if("end_to_end" IN_LIST labels OR "crash" IN_LIST labels)
        set(of_binary ON)
    endif()
    set(selected OFF)
    if(TALLY_TEST_SET STREQUAL "all"
            OR (TALLY_TEST_SET STREQUAL "binary" AND of_binary)
            OR (TALLY_TEST_SET STREQUAL "library" AND NOT of_binary)
            OR (TALLY_TEST_SET STREQUAL "threads" AND "threads" IN_LIST labels))
        set(selected ON)
    endif()
    set(${result} ${selected} PARENT_SCOPE)
endfunction()

# One precompiled header, built once and shared by all targets.
function(tally_precompiled target)
    if(NOT target STREQUAL "tally_pch")
        target_precompile_headers(${target} REUSE_FROM tally_pch)
    endif()
endfunction()

# `cmake --install` and `find_package(tally)`: the binary, the public headers and the platform's libraries.
#   find_package(tally REQUIRED)                     tally::base, tally::flow, …
#   find_package(tally REQUIRED COMPONENTS testing)  the test kit as well; needs GoogleTest

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(TALLY_PACKAGE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/tally)

# The libraries that a folder and those below it define.
function(tally_libraries_below folder result)
    set(libraries)
    get_directory_property(targets DIRECTORY ${folder} BUILDSYSTEM_TARGETS)
    foreach(target IN LISTS targets)
        get_target_property(type ${target} TYPE)
        if(type STREQUAL "STATIC_LIBRARY" OR type STREQUAL "INTERFACE_LIBRARY")
            list(APPEND libraries ${target})
        endif()
    endforeach()
    get_directory_property(subfolders DIRECTORY ${folder} SUBDIRECTORIES)
    foreach(subfolder IN LISTS subfolders)
        tally_libraries_below(${subfolder} below)
        list(APPEND libraries ${below})
    endforeach()
    set(${result} ${libraries} PARENT_SCOPE)
endfunction()

tally_libraries_below(${PROJECT_SOURCE_DIR}/src/tally platform)
set(test_kit)
foreach(library IN LISTS platform)
    get_target_property(folder ${library} SOURCE_DIR)
    if(folder MATCHES "/src/tally/testing(/|$)")
        list(APPEND test_kit ${library})
    endif()
endforeach()
if(test_kit)
    list(REMOVE_ITEM platform ${test_kit})
endif()

# Whoever includes our headers needs the standard that they are written in.
target_compile_features(tally_base INTERFACE cxx_std_23)

install(TARGETS ${platform} EXPORT tally-targets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT tally-targets NAMESPACE tally:: DESTINATION ${TALLY_PACKAGE_DIR})
if(test_kit)
    install(TARGETS ${test_kit} EXPORT tally-testing-targets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
    install(EXPORT tally-testing-targets NAMESPACE tally:: DESTINATION ${TALLY_PACKAGE_DIR})
endif()

install(DIRECTORY ${PROJECT_SOURCE_DIR}/src/tally DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
    FILES_MATCHING PATTERN "*.hpp"
    PATTERN "*_test.hpp" EXCLUDE
    PATTERN "*_test_kit.hpp" EXCLUDE
    PATTERN "testing/*" EXCLUDE)
if(test_kit)
    install(DIRECTORY ${PROJECT_SOURCE_DIR}/src/tally/testing DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/tally
        FILES_MATCHING PATTERN "*.hpp")
endif()

configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/tally-config.cmake.in
    ${PROJECT_BINARY_DIR}/tally-config.cmake INSTALL_DESTINATION ${TALLY_PACKAGE_DIR})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/tally-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/tally-config.cmake ${PROJECT_BINARY_DIR}/tally-config-version.cmake
    DESTINATION ${TALLY_PACKAGE_DIR})

if(TARGET tallystick)
    install(TARGETS tallystick RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()

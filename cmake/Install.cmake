# `cmake --install` and `find_package(tally)`: the public headers and the platform's libraries.

// Beast is compiled once, here: see BOOST_BEAST_SEPARATE_COMPILATION.
#include <boost/beast/src.hpp>

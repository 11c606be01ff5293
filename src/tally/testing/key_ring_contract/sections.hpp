#pragma once

namespace tally::testing {

// A linker takes from an archive only what somebody calls, and nobody calls a test: so each section has a function.
void link_key_section();
void link_erasure_section();

}  // namespace tally::testing

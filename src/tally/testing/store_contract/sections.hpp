#pragma once

namespace tally::testing {

// A linker takes from an archive only what somebody calls, and nobody calls a test: so each section has a function.
void link_append_section();
void link_concurrency_section();
void link_delivery_section();
void link_documents_section();
void link_hostile_text_section();
void link_identity_section();
void link_indexes_section();
void link_lifetime_section();
void link_reads_section();

}  // namespace tally::testing

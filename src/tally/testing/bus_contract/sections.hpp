#pragma once

namespace tally::testing {

// A linker takes from an archive only what somebody calls, and nobody calls a test: so each section has a function.
void link_bus_delivery_section();
void link_bus_groups_section();
void link_bus_lookup_section();
void link_bus_starts_section();

}  // namespace tally::testing

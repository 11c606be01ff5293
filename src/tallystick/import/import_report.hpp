#pragma once

#include <string>

#include "tallystick/import/online_retail.hpp"
#include "tallystick/import/order_log.hpp"
#include "tallystick/import/payment_log.hpp"

namespace tally {

/// What an import has brought about: of the file, and of all that is stored.
struct ImportReport {
    RetailTallies file;
    OrderLog::Figures orders;
    PaymentLog::Figures payments;
    /// That sagas took no notice of, and that the provider gave again.
    [[nodiscard]] std::uint64_t duplicate_replies() const {
        return orders.duplicate_replies + payments.repeated_answers;
    }
    double seconds = 0;
    bool replayed = false;  ///< nothing was new
};

/// One JSON object; money as decimal strings.
[[nodiscard]] std::string to_json(const ImportReport& report);
/// The same for people, several lines.
[[nodiscard]] std::string to_text(const ImportReport& report);

}  // namespace tally

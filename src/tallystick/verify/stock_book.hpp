#pragma once

#include <map>
#include <string>

#include <boost/json/value.hpp>

#include "tally/store/types.hpp"
#include "tallystick/verify/findings.hpp"

namespace tally::verify {

/// Stock by code: folded from its movements, and as its documents say it.
class StockBook {
public:
    /// True if it is a document of stock.
    bool take(const std::string& service, const Document& document, Findings& findings);
    void take(const std::string& service, const RecordedEvent& event, const boost::json::value& data,
              Findings& findings);
    void finish(Findings& findings) const;

private:
    struct Stock {
        std::int64_t on_hand = 0;
        std::int64_t reserved = 0;
        [[nodiscard]] bool is_possible() const { return 0 <= reserved && reserved <= on_hand; }
        friend bool operator==(const Stock&, const Stock&) = default;
    };
    struct Moved {
        Stock stock;
        bool impossible = false;  ///< at some position; told
    };
    std::map<std::string, Moved> moved_;
    std::map<std::string, Stock> documents_;
};

}  // namespace tally::verify

#pragma once

#include <filesystem>
#include <string>

#include <gmock/gmock.h>

#include "support/shop.hpp"
#include "tally/store/sqlite/sqlite.hpp"
#include "tally/testing/coroutine_test.hpp"
#include "tallystick/verify/verdict.hpp"

namespace tally::verify {

/// How a failed test shows it.
inline void PrintTo(const Violation& violation, std::ostream* out) {
    *out << violation.invariant << " | " << violation.subject << " | " << violation.detail;
}

}  // namespace tally::verify

namespace tally::testing {

/// Matches what is found: that invariant, and a subject and a detail that contain these.
inline auto violation(const std::string& invariant, const std::string& subject, const std::string& detail) {
    using ::testing::Field;
    using ::testing::HasSubstr;
    return ::testing::AllOf(Field(&verify::Violation::invariant, invariant),
                            Field(&verify::Violation::subject, HasSubstr(subject)),
                            Field(&verify::Violation::detail, HasSubstr(detail)));
}

/// A data folder that a shop has traded in and left: orders completed (o1, o3), refused (o2) and cancelled by their
/// customer (`cancelled`), everything handled. Then the tests damage it.
class ShopFolder : public CoroutineTest {
public:
    ShopFolder();
    ~ShopFolder() override;

    void SetUp() override { simulation.run(trade()); }
    [[nodiscard]] Task<void> trade();
    [[nodiscard]] Task<int> receive(std::string sku, int quantity);
    [[nodiscard]] Task<int> place(std::string order, std::string sku, int quantity);
    /// Waits until the read models have caught up.
    [[nodiscard]] Task<void> settle();

    [[nodiscard]] std::string file(const std::string& service) const { return folder / (service + ".db"); }
    [[nodiscard]] std::unique_ptr<Store> open(const std::string& service);
    [[nodiscard]] verify::Verdict verdict(bool in_flight_ok = false);
    /// The names of the invariants that are violated, each once, in their order.
    [[nodiscard]] std::vector<std::string> violated(bool in_flight_ok = false);

    /// Runs statements on a store's file, its append-only triggers removed.
    void sql(const std::string& service, const std::string& statements);
    [[nodiscard]] std::int64_t number(const std::string& service, const std::string& query);
    /// The position of the first event of that type whose data contains `part`.
    [[nodiscard]] Position find(const std::string& service, const std::string& type, const std::string& part = "");
    /// Writes an event anew, with the digest that fits: `from` in its data becomes `to`.
    void forge(const std::string& service, Position position, const std::string& from, const std::string& to,
               const std::string& type = "");
    /// In the body of a document, `from` becomes `to`.
    void edit(const std::string& service, const std::string& collection, const std::string& key,
              const std::string& from, const std::string& to);
    /// Appends an event as a service would.
    void append(const std::string& service, const std::string& stream, const std::string& type, const std::string& key,
                const std::string& data);

    std::filesystem::path folder;
    std::string cancelled;  ///< the order that its customer cancelled, after its stock was held
    Shop shop;

private:
    [[nodiscard]] std::unique_ptr<sqlite::Connection> connect(const std::string& service) const;
};

}  // namespace tally::testing

#include "tallystick/import/payment_log.hpp"

namespace tally {
namespace {

/// Money of another currency counts for nothing.
void add(Money& sum, const boost::json::value& data) {
    const auto* amount = data.is_object() ? data.get_object().if_contains("amount") : nullptr;
    if (amount == nullptr || text_at(*amount, "currency") != sum.currency().text()) return;
    const auto money = Money::parse(text_at(*amount, "amount"), sum.scale(), sum.currency());
    const auto total = money ? sum.plus(*money) : money;
    if (total) sum = *total;
}

}  // namespace

Task<Result<void>> PaymentLog::read_on() {
    for (std::size_t read = LogReader::page_size; read == LogReader::page_size;) {
        const auto events = co_await reader_.next();
        if (!events) co_return std::unexpected(events.error());
        for (const boost::json::value& event : *events) apply(event);
        read = events->size();
    }
    co_return Result<void>{};
}

void PaymentLog::apply(const boost::json::value& event) {
    const std::string type = text_at(event, "type");
    const boost::json::value& data = data_of(event);
    if (type == "PaymentInitiated") {
        open_charges_.insert(text_at(data, "order"));
    } else if (type == "PaymentConfirmed") {
        open_charges_.erase(text_at(data, "order"));
        add(figures_.captured, data);
    } else if (type == "PaymentFailed") {
        open_charges_.erase(text_at(data, "order"));
    } else if (type == "PaymentRefundInitiated") {
        ++open_refunds_;
    } else if (type == "PaymentRefunded") {
        --open_refunds_;
        add(figures_.refunded, data);
    } else if (type == "PaymentVoided" || type == "PaymentRefundFailed") {
        --open_refunds_;
    } else if (type == "PaymentAnswerRepeated") {
        ++figures_.repeated_answers;
    }
}

}  // namespace tally

#pragma once

#include <optional>
#include <string>

#include "services/shipping/shipment_list.hpp"

/// Requests and answers of the shipping API.
namespace tally::shipping {

struct ShipmentView {
    OrderId order;
    TrackingNumber tracking;
    std::string method;
    std::optional<Recipient> recipient;  ///< with nulls for whoever may not see it, and once it is erased
    ShipmentStatus status = ShipmentStatus::none;
    std::optional<ShipmentProblem> problem;  ///< the last that there was
    std::int64_t version = 0;                ///< of the stream; also the ETag
};
BOOST_DESCRIBE_STRUCT(ShipmentView, (), (order, tracking, method, recipient, status, problem, version))

/// What a command has come to. It may be kept for an Idempotency-Key, so there is nothing personal in it.
struct ShipmentOutcome {
    OrderId order;
    TrackingNumber tracking;
    ShipmentStatus status = ShipmentStatus::none;
    std::int64_t version = 0;  ///< of the stream; also the ETag
};
BOOST_DESCRIBE_STRUCT(ShipmentOutcome, (), (order, tracking, status, version))

struct GetShipment {
    OrderId order;
};
BOOST_DESCRIBE_STRUCT(GetShipment, (), (order))

struct ListShipments {
    std::optional<ShipmentStatus> status;
    std::optional<std::int64_t> page_size;
    std::optional<std::string> page_token;
};
BOOST_DESCRIBE_STRUCT(ListShipments, (), (status, page_size, page_token))

struct DeliverShipment {
    OrderId order;
};
BOOST_DESCRIBE_STRUCT(DeliverShipment, (), (order))

}  // namespace tally::shipping

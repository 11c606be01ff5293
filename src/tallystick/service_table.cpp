// Another binary of the same commands has another table.
#include "tallystick/service_table.hpp"

#include "services/analytics/analytics_service.hpp"
#include "services/inventory/inventory_service.hpp"
#include "services/notifications/notifications_service.hpp"
#include "services/orders/orders_service.hpp"
#include "services/payments/payments_service.hpp"
#include "services/shipping/shipping_service.hpp"

namespace tally {

const std::vector<Service>& service_table() {
    static const std::vector<Service> table{
        {"orders", &orders::orders_service, &orders::orders_settings},
        {"inventory", &inventory::inventory_service, &inventory::inventory_settings},
        {"payments", &payments::payments_service, &payments::payments_settings},
        {"shipping", &shipping::shipping_service, &shipping::shipping_settings},
        {"notifications", &notifications::notifications_service, &notifications::notifications_settings},
        {"analytics", &analytics::analytics_service},
    };
    return table;
}

}  // namespace tally

#pragma once

#include <memory>
#include <string>
#include <vector>

#include "connectors/vendors/acumatica.hpp"
#include "connectors/vendors/business_central.hpp"
#include "connectors/vendors/dolibarr.hpp"
#include "connectors/vendors/erpnext.hpp"
#include "connectors/vendors/katana.hpp"
#include "connectors/vendors/netsuite.hpp"
#include "connectors/vendors/sap_b1.hpp"
#include "connectors/vendors/woocommerce.hpp"

/// Each mapping that is shipped, with the settings that it needs and the stub of its vendor.
namespace backorderd::test::vendors {

/// What differs between the stubs that a test asks for.
struct StubWish {
    /// How many calls a log-in is good for.
    int calls_per_login = 1'000'000;
    bool without_right_to_orders = false;
};

struct ShippedMapping {
    std::string name;      ///< config/connectors/NAME.yaml
    std::string settings;  ///< besides `url` and `mapping`
    std::function<VendorServer::Answer(const Books&, const std::string& url, StubWish)> stub;
    /// The lines of order 3, of which three have been shipped, as `summary` writes them.
    std::string third_order;
    bool logs_in = false;
    bool lacks_rights_by_status = true;  ///< else a missing right looks like something missing
    bool looks_at_stock = true;          ///< what lies in stock is no back order
    int orders_of_pages = 300;           ///< that take more than one page
};

template <class Stub>
VendorServer::Answer answerOf(std::shared_ptr<Stub> stub) {
    return [stub](const Request& request) { return stub->answer(request); };
}

inline std::vector<ShippedMapping> shippedMappings() {
    const std::string user = "user: key\npassword: { env: BACKORDERD_TEST_PASSWORD }\n";
    const std::string token = "token: { env: BACKORDERD_TEST_PASSWORD }\n";
    std::vector<ShippedMapping> all;
    all.push_back(
        {"erpnext", user,
         [](const Books& books, const std::string&, StubWish wish) {
             auto stub = std::make_shared<ErpNext>(books);
             if (wish.without_right_to_orders) stub->may_read.erase("Sales Order");
             return answerOf(stub);
         },
         "soi31 SAL-ORD-2026-00003 PX-200 13-3 2026-12-04 einkauf@bergmann.example de BERGMANN",
         false, true, true, 450});
    all.push_back(
        {"business-central",
         user + "values: { tenant: nordhaus, company: 9f1a2b3c-0000-0000-0000-000000000001 }\n",
         [](const Books& books, const std::string& url, StubWish wish) {
             auto stub = std::make_shared<BusinessCentral>(books, url);
             stub->calls_per_token = wish.calls_per_login;
             if (wish.without_right_to_orders) stub->may_read.erase("salesOrders");
             return answerOf(stub);
         },
         "00000000-0000-0000-0000-000000000003/00000000-0000-0000-0000-000000000031 S-ORD100003 "
         "PX-200 13-3 2026-12-04 einkauf@bergmann.example  BERGMANN",
         true});
    all.push_back({"acumatica", user + "values: { tenant: Nordhaus }\n",
                   [](const Books& books, const std::string&, StubWish wish) {
                       auto stub = std::make_shared<Acumatica>(books);
                       stub->calls_per_token = wish.calls_per_login;
                       if (wish.without_right_to_orders) stub->may_read.erase("SalesOrder");
                       return answerOf(stub);
                   },
                   "SO000003/1 SO000003 PX-200 13-3 2026-12-04 einkauf@bergmann.example  BERGMANN",
                   true, true, false});
    all.push_back({"netsuite", user + token + "token_id: id\nvalues: { account: \"1234567\" }\n",
                   [](const Books& books, const std::string&, StubWish wish) {
                       auto stub = std::make_shared<NetSuite>(books);
                       stub->may_see_stock = !wish.without_right_to_orders;
                       return answerOf(stub);
                   },
                   "31 SO3 PX-200 13-3 2026-12-04 einkauf@bergmann.example de-DE BERGMANN", false,
                   false, false, 900});
    all.push_back({"sap-b1", user + "values: { company: NORDHAUS }\n",
                   [](const Books& books, const std::string&, StubWish wish) {
                       auto stub = std::make_shared<SapB1>(books);
                       stub->calls_per_session = wish.calls_per_login;
                       if (wish.without_right_to_orders) stub->may_read.erase("Orders");
                       return answerOf(stub);
                   },
                   "3/0 5003 PX-200 13-3 2026-12-04 einkauf@bergmann.example de BERGMANN", true});
    all.push_back({"dolibarr", token,
                   [](const Books& books, const std::string&, StubWish wish) {
                       auto stub = std::make_shared<Dolibarr>(books);
                       stub->may_read_orders = !wish.without_right_to_orders;
                       return answerOf(stub);
                   },
                   "3/31 CO2611-3 PX-200 13-3 2026-12-04 einkauf@bergmann.example de-DE BERGMANN"});
    // A key has no rights of its own to lack.
    all.push_back({"katana", token,
                   [](const Books& books, const std::string&, StubWish wish) {
                       auto stub = std::make_shared<Katana>(books);
                       if (wish.without_right_to_orders) stub->bearer = "Bearer another";
                       return answerOf(stub);
                   },
                   "3/31 SO-3 PX-200 13-3 2026-12-04 einkauf@bergmann.example  BERGMANN", false,
                   false});
    // The user is `ck_key` there, and nothing is known of shipping, of a date or of a language.
    all.push_back({"woocommerce", "user: ck_key\npassword: { env: BACKORDERD_TEST_CS }\n",
                   [](const Books& books, const std::string& url, StubWish wish) {
                       auto stub = std::make_shared<WooCommerce>(books, url);
                       if (wish.without_right_to_orders) stub->basic = "Basic nobody";
                       return answerOf(stub);
                   },
                   "3/31 3 PX-200 13-0  einkauf@bergmann.example  12", false, false, false});
    return all;
}

}  // namespace backorderd::test::vendors

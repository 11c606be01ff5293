// Documents of one collection as they are stored, in the order of their keys.
#include "tally/host/admin.hpp"

namespace tally {
namespace {

struct ListDocuments {
    std::string collection;
    std::optional<std::int64_t> page_size;
    std::optional<std::string> page_token;
};
BOOST_DESCRIBE_STRUCT(ListDocuments, (), (collection, page_size, page_token))

struct DocumentView {
    std::string key;
    std::int64_t revision = 0;
    std::optional<Timestamp> expires_at;
    std::optional<std::string> problem;  ///< why the body is not shown: it is no JSON
    RawJson body;
};
BOOST_DESCRIBE_STRUCT(DocumentView, (), (key, revision, expires_at, problem, body))

DocumentView view(Document document) {
    DocumentView shown{.key = std::move(document.key.key),
                       .revision = static_cast<std::int64_t>(document.revision),
                       .expires_at = document.expires_at,
                       .problem = {},
                       .body = {}};
    if (const auto json = read_json(document.body, JsonLimits::own_events()))
        shown.body = RawJson{std::move(document.body)};
    else
        shown.problem = to_text(json.error());
    return shown;
}

}  // namespace

void add_document_routes(Routes& routes, RunningService& service) {
    routes.add(get, admin_path(service, "/documents"),
               {.summary = "Documents of a collection, by key", .scope = "operator:read", .tag = "documents"},
               [](ListDocuments request, Query& query) -> Task<Reply<Page<DocumentView>>> {
                   const PageRequest paging{request.page_size, request.page_token};
                   auto place = query.place_of(paging);
                   if (!place) co_return place.error();
                   DocumentQuery all{.collection = std::move(request.collection), .limit = paging.size()};
                   all.after = std::move(*place);
                   auto found = co_await query.sources.store.find(std::move(all));
                   if (!found) co_return found.error();
                   Page<DocumentView> page{.items = {}, .next_page_token = query.token_for(found->next)};
                   for (Document& document : found->documents) page.items.push_back(view(std::move(document)));
                   co_return page;
               });
}

}  // namespace tally

#include "tallystick/verify/read_models.hpp"

#include <algorithm>

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "tally/event/json_reader.hpp"
#include "tallystick/verify/json_fields.hpp"

namespace tally::verify {
namespace {

namespace json = boost::json;

/// Exactly, with as many decimals as `more` has; null where they are not both money of one kind.
json::value sum_of(const json::value* sum, const json::value* more) {
    const auto currency =
        more != nullptr ? Currency::parse(text_at(*more, "/currency").value_or("")) : Result<Currency>(Currency());
    const std::string amount = more != nullptr ? text_at(*more, "/amount").value_or("") : "";
    const auto point = amount.find('.');
    const int scale = point == std::string::npos ? 0 : static_cast<int>(amount.size() - point - 1);
    if (!currency || amount.empty() || scale > Money::max_scale) return nullptr;
    if (sum == nullptr) return *more;
    const auto before = Money::parse(text_at(*sum, "/amount").value_or(""), scale, *currency);
    const auto added = Money::parse(amount, scale, *currency);
    const auto total = before && added ? before->plus(*added) : before;
    if (!total || text_at(*sum, "/currency") != currency->text()) return nullptr;
    return json::object{{"amount", total->decimal()}, {"currency", currency->text()}};
}

void assign(json::object& document, const Assignment& assignment, const RecordedEvent& event, const json::value& data) {
    const json::value* member = nullptr;
    if (assignment.from != Assignment::From::literal) member = value_at(data, assignment.source);
    if (member != nullptr && member->is_null()) member = nullptr;
    switch (assignment.from) {
        case Assignment::From::literal:
            document[assignment.to] = assignment.source;
            break;
        case Assignment::From::member:
            if (member != nullptr) document[assignment.to] = *member;
            break;
        case Assignment::From::occurred:
            document[assignment.to] = tally::to_text(event.occurred_at);
            break;
        case Assignment::From::member_or_occurred:
            document[assignment.to] = member != nullptr ? *member : json::value(tally::to_text(event.occurred_at));
            break;
        case Assignment::From::first_occurred:
            document.emplace(assignment.to, tally::to_text(event.occurred_at));
            break;
        case Assignment::From::sum:
            document[assignment.to] = sum_of(document.if_contains(assignment.to), member);
            break;
        case Assignment::From::count: {
            const auto* list = member != nullptr ? member->if_array() : nullptr;
            document[assignment.to] = static_cast<std::int64_t>(list != nullptr ? list->size() : 0);
            break;
        }
    }
}

bool applies(const Assignment& assignment, const json::value& data) {
    return assignment.where.empty() || text_at(data, assignment.where) == assignment.is;
}

/// The members in which they differ.
std::string difference(const json::object& found, const json::object& wanted) {
    std::string text;
    const auto tell = [&](std::string_view member, std::string_view what) {
        text += fmt::format("{}{} {}", text.empty() ? "" : "; ", member, what);
    };
    for (const auto& [member, value] : wanted) {
        const json::value* actual = found.if_contains(member);
        if (actual == nullptr)
            tell(member, "is missing");
        else if (*actual != value)
            tell(member, fmt::format("is {} instead of {}", json::serialize(*actual), json::serialize(value)));
    }
    for (const auto& [member, value] : found)
        if (!wanted.contains(member) && !value.is_null()) tell(member, "is too much");
    return text;
}

std::string collection_of(std::string_view name, int generation) { return fmt::format("{}.g{}", name, generation); }

}  // namespace

bool ReadModels::take(const std::string& service, const Document& document) {
    for (const ReadModelRule& rule : read_model_rules()) {
        if (rule.service != service || !document.key.collection.starts_with(fmt::format("{}.g", rule.name))) continue;
        models_[rule.name].documents[document.key.collection][document.key.key] = document.body;
        return true;
    }
    return false;
}

void ReadModels::take(const std::string& service, const RecordedEvent& event, const json::value& data) {
    for (const ReadModelRule& rule : read_model_rules()) {
        if (rule.service != service) continue;
        const int generation = progress_.live(service, rule.name);
        if (event.position > progress_.position(service, rule.name, generation)) continue;
        const auto key = rule.key.empty() ? std::optional(std::string(event.key)) : text_at(data, rule.key);
        for (const Assignment& assignment : rule.assignments)
            if (key && assignment.type == event.type && applies(assignment, data))
                assign(models_[rule.name].folded[*key], assignment, event, data);
    }
}

void ReadModels::finish(const std::map<std::string, LogCheck>& logs) {
    for (const ReadModelRule& rule : read_model_rules()) {
        const std::string service(rule.service);
        const auto log = logs.find(service);
        if (log == logs.end()) continue;
        const int generation = progress_.live(service, rule.name);
        if (!progress_.is_possible(service, rule.name, generation, log->second)) continue;
        if (!findings_.log_is_damaged()) compare(rule, models_[rule.name], generation);
        const Position position = progress_.position(service, rule.name, generation);
        if (!log->second.has_gaps() && position < log->second.end())
            findings_.in_flight(fmt::format("{}/projections/{}", service, rule.name),
                                fmt::format("it has got to {} of {}", position, log->second.end()));
    }
}

void ReadModels::compare(const ReadModelRule& rule, const Model& model, int generation) {
    const std::string collection = collection_of(rule.name, generation);
    const auto found = model.documents.find(collection);
    static const std::map<std::string, std::string> none;
    const auto& documents = found != model.documents.end() ? found->second : none;
    const auto tell = [&](const std::string& key, std::string problem) {
        findings_.violation(Invariant::read_models, fmt::format("{}/documents/{}/{}", rule.service, collection, key),
                            std::move(problem));
    };
    findings_.checked.documents += static_cast<std::int64_t>(documents.size());
    for (const auto& [key, body] : documents) {
        const auto document = read_json(body, JsonLimits::own_events());
        const auto folded = model.folded.find(key);
        if (!document || !document->is_object())
            tell(key, "it is no JSON object");
        else if (folded == model.folded.end())
            tell(key, "no event speaks of it");
        else if (std::string problem = difference(document->get_object(), folded->second); !problem.empty())
            tell(key, std::move(problem));
    }
    for (const auto& [key, folded] : model.folded)
        if (!documents.contains(key)) tell(key, "it is missing");
}

}  // namespace tally::verify

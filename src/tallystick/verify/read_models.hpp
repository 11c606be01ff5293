#pragma once

#include <map>
#include <string>

#include <boost/json/object.hpp>

#include "tallystick/verify/progress_book.hpp"
#include "tallystick/verify/read_model_rules.hpp"

namespace tally::verify {

/// The read models of the table: folded anew, up to the progress of the generation that reads answer from.
class ReadModels {
public:
    ReadModels(const ProgressBook& progress, Findings& findings) : progress_(progress), findings_(findings) {}

    /// True if it is a document of such a read model, of whichever generation.
    bool take(const std::string& service, const Document& document);
    /// After the service's documents.
    void take(const std::string& service, const RecordedEvent& event, const boost::json::value& data);
    void finish(const std::map<std::string, LogCheck>& logs);

private:
    struct Model {
        std::map<std::string, std::map<std::string, std::string>> documents;  ///< bodies, by collection and key
        std::map<std::string, boost::json::object> folded;                    ///< by key
    };
    void compare(const ReadModelRule& rule, const Model& model, int generation);

    const ProgressBook& progress_;
    Findings& findings_;
    std::map<std::string_view, Model> models_;  ///< by name
};

}  // namespace tally::verify

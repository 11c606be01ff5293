#include "tallystick/composition.hpp"

#include "tally/security/file/file_key_ring.hpp"
#include "tally/security/memory_key_ring.hpp"
#include "tally/store/memory/memory_store.hpp"
#include "tally/store/sqlite/sqlite_store.hpp"
#include "tallystick/data_folder.hpp"
#include "tallystick/service_table.hpp"

namespace tally {
namespace {

Host::Options host_options(const Config& settings, const std::string& base_url) {
    Host::Options options{.application = {}, .page_secret = {}};
    if (!base_url.empty()) options.application.base_url = base_url;
    options.application.request_limit = settings.duration("http.request_limit_ms");
    options.application.max_body = static_cast<std::size_t>(settings.integer("http.max_body_bytes"));
    options.application.access_log = settings.boolean("log.access");
    return options;
}

SqliteStoreOptions store_options(const Config& settings, const std::string& service) {
    return {.file = settings.text("data.folder") + "/" + service + ".db",
            .shards = static_cast<int>(settings.integer("store.shards")),
            .high_water = static_cast<std::size_t>(settings.integer("store.high_water")),
            .page_cache_kib = settings.integer("store.page_cache_kib"),
            .vfs = {}};
}

Host::Parts parts_of(Runtime& runtime, const Config& settings, KeyRing& keys, const FileArea* files) {
    return {runtime.loop(), runtime.clock(), runtime.random(), runtime.metrics(), settings, &keys, files};
}

}  // namespace

std::vector<std::string> service_names() {
    std::vector<std::string> names;
    for (const Service& service : service_table()) names.push_back(service.name);
    return names;
}

Executor Composition::new_thread() {
    return threads_.emplace_back(std::make_unique<boost::asio::thread_pool>(1))->get_executor();
}

Result<std::unique_ptr<Composition>> Composition::open(Runtime& runtime, const Config& settings,
                                                       std::unique_ptr<FolderLock> lock, const std::string& base_url) {
    std::unique_ptr<Composition> made(new Composition(std::move(lock)));
    Host::Options options = host_options(settings, base_url);
    auto secret = page_secret(settings.text("data.folder"), runtime.random());
    if (!secret) return std::unexpected(std::move(secret.error()));
    options.page_secret = std::move(*secret);
    auto keys = open_file_key_ring(settings.text("data.folder") + "/keys", made->new_thread(), runtime.random());
    if (!keys) return std::unexpected(std::move(keys.error()));
    made->keys_ = std::move(*keys);
    made->files_ = FileArea{settings.text("data.folder"), made->new_thread()};
    const auto open_store = [&](const std::string& service) {
        return open_sqlite_store(store_options(settings, service),
                                 {runtime.loop(), made->new_thread(), made->new_thread()}, runtime.clock(),
                                 runtime.random());
    };
    auto host = Host::create(parts_of(runtime, settings, *made->keys_, &*made->files_), std::move(options),
                             service_table(), open_store);
    if (!host) return std::unexpected(std::move(host.error()));
    made->host_ = std::move(*host);
    return made;
}

Result<std::unique_ptr<Composition>> Composition::in_memory(Runtime& runtime, const Config& settings) {
    std::unique_ptr<Composition> made(new Composition(nullptr));
    made->keys_ = create_memory_key_ring(runtime.random());
    const auto open_store = [&](const std::string&) -> Result<std::unique_ptr<Store>> {
        return create_memory_store(runtime.loop(), runtime.clock(), create_memory_disk(runtime.random()));
    };
    auto host = Host::create(parts_of(runtime, settings, *made->keys_, nullptr), host_options(settings, ""),
                             service_table(), open_store);
    if (!host) return std::unexpected(std::move(host.error()));
    made->host_ = std::move(*host);
    return made;
}

Task<void> Composition::close() { co_await host_->stop(); }

}  // namespace tally

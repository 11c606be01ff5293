#include <iostream>  // An event, the aggregate that folds it, and a read model of all of them.

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "tally/base/task_group.hpp"
#include "tally/flow/read_model.hpp"
#include "tally/flow/session.hpp"
#include "tally/store/memory/memory_store.hpp"

using namespace tally;
using Name = Id<struct NameTag>;

struct Greeted {
    Name who;
    std::string words;
};
BOOST_DESCRIBE_STRUCT(Greeted, (), (who, words))
TALLY_EVENT(Greeted, "Greeted", 1, published)

struct Guest {  // the fold of one guest's events
    using Key = Name;
    using Events = EventList<Greeted>;
    static constexpr std::string_view category = "guest";
    int greetings = 0;
    void apply(const Greeted&) { ++greetings; }
};

struct GuestBook {  // the read model: a document for each guest
    using Events = EventList<Greeted>;
    std::string last_words;
    static std::string key(const Greeted& event) { return event.who.text(); }
    void apply(const Greeted& event, const Envelope&) { last_words = event.words; }
};
BOOST_DESCRIBE_STRUCT(GuestBook, (), (last_words))
TALLY_DOCUMENT(GuestBook, "guest-book")

Task<void> greet(Store& store, Session session, ProjectionRunner& book, TaskGroup& tasks) {
    const Name ada = Name::trusted("ada");
    auto guest = co_await session.load<Guest>(ada);  // what was read must still hold at the commit
    session.record<Guest>(ada, Greeted{ada, guest->version == 0 ? "hello, world" : "hello again"});
    const Position position = (co_await session.commit())->events.back().position;
    (void)co_await book.wait_for(position, std::chrono::seconds(5));
    std::cout << (*co_await ReadModelReader<GuestBook>(store, book).get("ada"))->view.last_words << '\n';
    co_await tasks.close();
}

int main() {
    boost::asio::io_context loop;
    auto [clock, random, metrics] = std::tuple(create_system_clock(), create_system_random(), create_metrics());
    UuidGenerator ids(*clock, *random);
    auto store = create_memory_store(loop.get_executor(), *clock, create_memory_disk(*random));
    Session session(*store, {.correlation = "hello"}, {ids_of_command(ids), clock->now()});
    ProjectionRunner book(make_projection<GuestBook>(), {*store, *clock, *metrics});
    TaskGroup tasks(loop.get_executor());
    tasks.spawn("guest book", book.run());
    boost::asio::co_spawn(loop, greet(*store, std::move(session), book, tasks), [](std::exception_ptr) {});
    loop.run();
}

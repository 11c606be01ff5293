// What every Mailer must do, over each of its engines.
#include <filesystem>
#include <stdexcept>

#include <gmock/gmock.h>

#include "services/notifications/maildir.hpp"
#include "services/notifications/memory_mailer.hpp"
#include "tally/base/file.hpp"
#include "tally/testing/coroutine_test.hpp"
#include "tally/testing/covers.hpp"
#include "tally/testing/together.hpp"

namespace tally::notifications {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// A mailer together with what keeps its mail.
class MailerUnderTest {
public:
    virtual ~MailerUnderTest() = default;
    std::unique_ptr<Mailer> mailer;
    /// Makes the mailer anew, over the same mail.
    virtual void reopen() = 0;
    /// The messages that are there.
    [[nodiscard]] virtual std::vector<std::string> messages() const = 0;
};

class InMemory final : public MailerUnderTest {
public:
    InMemory() { InMemory::reopen(); }
    void reopen() override { mailer = create_memory_mailer(mailbox_); }
    [[nodiscard]] std::vector<std::string> messages() const override {
        std::vector<std::string> all;
        for (const auto& [id, message] : *mailbox_) all.push_back(message);
        return all;
    }

private:
    std::shared_ptr<Mailbox> mailbox_ = std::make_shared<Mailbox>();
};

class InFolder final : public MailerUnderTest {
public:
    explicit InFolder(Executor executor) : executor_(std::move(executor)) {
        std::string name = (fs::temp_directory_path() / "tally-mail-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no folder can be made");
        folder_ = name;
        InFolder::reopen();
    }
    ~InFolder() override { fs::remove_all(folder_); }
    void reopen() override { mailer = create_maildir(mail().string(), executor_); }
    [[nodiscard]] std::vector<std::string> messages() const override {
        std::vector<std::string> all;
        for (const char* part : {"new", "cur"})
            for (const fs::path& file : files(part)) all.push_back(read_file(file).value());
        return all;
    }
    [[nodiscard]] std::vector<fs::path> files(const std::string& part) const {
        std::vector<fs::path> found;
        for (const auto& entry : fs::directory_iterator(mail() / part)) found.push_back(entry.path());
        std::ranges::sort(found);
        return found;
    }
    [[nodiscard]] fs::path mail() const { return folder_ / "deep" / "mail"; }

private:
    fs::path folder_;
    Executor executor_;
};

Mail mail(int number, std::string address = "ann@example.org") {
    Mail made{.id = {}, .name = "Ann", .address = std::move(address), .subject = "Hello", .body = "Text\n"};
    made.id.bytes[15] = static_cast<std::uint8_t>(number);
    return made;
}

using Open = std::unique_ptr<MailerUnderTest> (*)(testing::Simulation&);
struct Engine {
    std::string name;
    Open open;
};

class MailerContract : public testing::CoroutineTest, public ::testing::WithParamInterface<Engine> {
public:
    using CoroutineTest::simulation;
    std::unique_ptr<MailerUnderTest> under_test = GetParam().open(simulation);

    [[nodiscard]] Task<void> deliver(Mail wanted) {
        const auto delivered = co_await under_test->mailer->deliver(std::move(wanted));
        EXPECT_TRUE(delivered) << delivered.error().text;
    }
};

INSTANTIATE_TEST_SUITE_P(Engines, MailerContract,
                         ::testing::Values(Engine{"memory",
                                                  [](testing::Simulation&) -> std::unique_ptr<MailerUnderTest> {
                                                      return std::make_unique<InMemory>();
                                                  }},
                                           Engine{
                                               "maildir",
                                               [](testing::Simulation& simulation) -> std::unique_ptr<MailerUnderTest> {
                                                   return std::make_unique<InFolder>(simulation.executor());
                                               }}),
                         [](const ::testing::TestParamInfo<Engine>& info) { return info.param.name; });

CORO_TEST_P(MailerContract, LeavesEachMailAsItsMessage) {
    TALLY_COVERS("E06.1");
    co_await test.deliver(mail(1));
    co_await test.deliver(mail(2));
    EXPECT_THAT(test.under_test->messages(), ElementsAre(message_of(mail(1)).value(), message_of(mail(2)).value()));
}

CORO_TEST_P(MailerContract, LeavesAMailThatIsDeliveredAgainOnce) {
    TALLY_COVERS("E06.6");
    for (int i = 0; i < 3; ++i) {
        co_await test.deliver(mail(1));
        test.under_test->reopen();
    }
    EXPECT_EQ(test.under_test->messages().size(), 1u);
}

CORO_TEST_P(MailerContract, LeavesMailsThatAreDeliveredAtOnceOnceEach) {
    std::vector<Task<void>> tasks;
    for (int i = 0; i < 8; ++i) tasks.push_back(test.deliver(mail(i / 2)));
    co_await testing::together(test.simulation.executor(), std::move(tasks));
    EXPECT_EQ(test.under_test->messages().size(), 4u);
}

CORO_TEST_P(MailerContract, RejectsAnAddressWithoutNamingIt) {
    const auto delivered = co_await test.under_test->mailer->deliver(mail(1, "a>,<b@example.org"));
    EXPECT_TRUE(!delivered && delivered.error().code == ErrorCode::rejected);
    EXPECT_FALSE(delivered.error().text.contains("example"));
    co_await test.deliver(mail(2));
    EXPECT_EQ(test.under_test->messages().size(), 1u);
}

class MaildirTest : public testing::CoroutineTest {
public:
    InFolder folder{simulation.executor()};

    [[nodiscard]] Task<Result<void>> deliver(int number) { return folder.mailer->deliver(mail(number)); }
};

CORO_TEST_F(MaildirTest, ShowsWholeMessagesToTheirOwnerOnly) {
    EXPECT_FALSE(fs::exists(folder.mail())) << "it is made when there is mail";
    EXPECT_TRUE(co_await deliver(1));
    EXPECT_THAT(folder.files("tmp"), IsEmpty());
    EXPECT_EQ(folder.files("new").size(), 1u);
    EXPECT_EQ(fs::status(folder.mail()).permissions(), fs::perms::owner_all);
    EXPECT_EQ(fs::status(folder.files("new").front()).permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

CORO_TEST_F(MaildirTest, KnowsAMailThatItsReaderHasFiled) {
    TALLY_COVERS("E06.6");
    EXPECT_TRUE(co_await deliver(1));
    const fs::path filed = folder.files("new").front();
    fs::rename(filed, folder.mail() / "cur" / (filed.filename().string() + ":2,RS"));
    EXPECT_TRUE(co_await deliver(1));
    EXPECT_TRUE(co_await deliver(2));
    EXPECT_EQ(folder.files("cur").size(), 1u);
    EXPECT_EQ(folder.files("new").size(), 1u);
}

CORO_TEST_F(MaildirTest, GoesOnWhereACrashHasLeftADraft) {
    EXPECT_TRUE(co_await deliver(1));
    const fs::path left = folder.files("new").front();
    fs::rename(left, folder.mail() / "tmp" / left.filename());
    EXPECT_TRUE(write_file(folder.mail() / "tmp" / left.filename(), "Date: Th", 0600));
    EXPECT_TRUE(co_await deliver(1));
    EXPECT_THAT(folder.messages(), ElementsAre(message_of(mail(1)).value()));
    EXPECT_THAT(folder.files("tmp"), IsEmpty());
}

CORO_TEST_F(MaildirTest, SaysWhichFolderIsToBeMendedAndGoesOnThen) {
    fs::create_directories(folder.mail().parent_path());
    EXPECT_TRUE(write_file(folder.mail(), "in the way", 0600));
    const auto delivered = co_await deliver(1);
    EXPECT_TRUE(!delivered && delivered.error().code == ErrorCode::unavailable);
    EXPECT_THAT(delivered.error().text, HasSubstr(folder.mail().string()));
    fs::remove(folder.mail());
    EXPECT_TRUE(co_await deliver(1));
}

}  // namespace
}  // namespace tally::notifications

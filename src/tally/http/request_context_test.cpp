#include "tally/http/request_context.hpp"

#include <gtest/gtest.h>

#include "tally/testing/coroutine_test.hpp"
#include "tally/testing/covers.hpp"

namespace tally::detail {
namespace {

class ContextTest : public testing::CoroutineTest {
public:
    RequestContext context(Headers headers) {
        HttpRequest request;
        request.headers = std::move(headers);
        return RequestContext::of(request, simulation.random(), ids.next());
    }
    UuidGenerator ids{simulation.clock(), simulation.random()};
    const std::string trace = "0af7651916cd43dd8448eb211c80319c";
    const std::string span = "b7ad6b7169203331";
};

TEST_F(ContextTest, GoesOnWithTheCallersTrace) {
    const auto made = context({{"traceparent", "00-" + trace + "-" + span + "-01"}});
    EXPECT_EQ(made.trace.trace_id, trace);
    EXPECT_NE(made.trace.span_id, span);
    EXPECT_EQ(made.correlation, trace);
    EXPECT_EQ(made.cause().traceparent, made.trace.text());
    const auto higher = context({{"traceparent", "01-" + trace + "-" + span + "-01-more"}});
    EXPECT_EQ(higher.trace.trace_id, trace);
}

TEST_F(ContextTest, StartsATraceWhereTheCallersIsBad) {
    TALLY_COVERS("sec-N06");
    const std::string zeros(32, '0');
    for (const std::string& bad :
         {std::string(), "ff-" + trace + "-" + span + "-01", "00-" + zeros + "-" + span + "-01",
          "00-" + trace + "-0000000000000000-01", "00-0AF7651916CD43DD8448EB211C80319C-" + span + "-01",
          "00-" + trace + "-" + span + "-01x", "00-" + trace + "-" + span + "-1", "00_" + trace + "-" + span + "-01"}) {
        const auto made = context({{"traceparent", bad}, {"tracestate", "a=b"}});
        EXPECT_NE(made.trace.trace_id, trace) << bad;
        EXPECT_EQ(made.trace.trace_id.size(), 32u);
        EXPECT_EQ(made.correlation, made.trace.trace_id);
    }
    const std::string good = "00-" + trace + "-" + span + "-01";
    EXPECT_NE(context({{"traceparent", good}, {"traceparent", good}}).trace.trace_id, trace);
}

TEST_F(ContextTest, TracestateNeverHarms) {
    TALLY_COVERS("sec-N06");
    std::string members;
    for (int i = 0; i < 33; ++i) members += (i == 0 ? "k" : ",k") + std::to_string(i) + "=v";
    for (const std::string& state : {members, std::string(513, 'x'), std::string("==,,")})
        EXPECT_EQ(context({{"traceparent", "00-" + trace + "-" + span + "-01"}, {"tracestate", state}}).trace.trace_id,
                  trace);
}

}  // namespace
}  // namespace tally::detail

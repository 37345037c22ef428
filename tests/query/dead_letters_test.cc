#include "engine/query/dead_letters.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "engine/runtime/topics.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/small_engine.h"

namespace revops {
namespace {

using test::About;
using test::SmallEngine;
using ::testing::HasSubstr;

absl::StatusOr<v1::DeadLettersResponse> Ask(SmallEngine& small,
                                            const v1::DeadLettersRequest& request = {}) {
  const auto look = LookAt(small.engine());
  if (!look.ok()) return look.status();
  return ListDeadLetters(small.engine(), *look, request);
}

std::string Closes(int deal) {
  return About(absl::StrCat("opportunity:crm:d", deal)) +
         About(absl::StrCat("account:crm:a", deal % 7)) + "opportunity_closed { outcome: WON }";
}

TEST(DeadLettersTest, EachIsListedOnceOverPartitionsAndPages) {
  SmallEngine small(3);
  std::vector<std::string> events;
  for (int i = 0; i < 25; ++i) events.push_back(Closes(i));
  small.Given(events);
  v1::DeadLettersRequest request;
  request.set_page_size(4);
  std::set<std::string> ids;
  int pages = 0;
  while (++pages < 20) {
    const auto response = Ask(small, request);
    ASSERT_TRUE(response.ok()) << response.status();
    for (const v1::DeadLetter& letter : response->dead_letters()) {
      EXPECT_TRUE(ids.insert(letter.event().id()).second);
      EXPECT_EQ(letter.projection(), "opportunity");
      EXPECT_NE(letter.reason(), "");
      EXPECT_EQ(letter.root().kind(), v1::ACCOUNT);
    }
    if (response->next_page_token().empty()) break;
    request.set_page_token(response->next_page_token());
  }
  EXPECT_EQ(ids.size(), 25u);
  EXPECT_EQ(pages, 7);
}

TEST(DeadLettersTest, OneLeavesTheListWhenItsPastArrives) {
  SmallEngine small;
  small.Given({Closes(1)});
  ASSERT_EQ(Ask(small)->dead_letters_size(), 1);
  small.Given({About("opportunity:crm:d1") + About("account:crm:a1") +
               "occurred_at: 1700000000000000 opportunity_opened { }"});
  const auto response = Ask(small);
  ASSERT_TRUE(response.ok()) << response.status();
  for (const v1::DeadLetter& letter : response->dead_letters()) {
    EXPECT_NE(letter.event().id(), "e0") << letter.reason();
  }
}

TEST(DeadLettersTest, ARecordThatDoesNotDecodeIsKeptWithItsBytes) {
  SmallEngine small;
  ASSERT_TRUE(small.log().Append({{{kTouchpoints, 0}, "key", "no event at all"}}).ok());
  small.Given({Closes(1)});
  v1::DeadLettersRequest request;
  const auto all = Ask(small, request);
  ASSERT_TRUE(all.ok()) << all.status();
  ASSERT_EQ(all->dead_letters_size(), 2);
  const bool first = all->dead_letters(0).projection().empty();
  const v1::DeadLetter& letter = all->dead_letters(first ? 0 : 1);
  EXPECT_EQ(letter.record(), "no event at all");
  EXPECT_FALSE(letter.has_event());
  EXPECT_EQ(letter.root().kind(), v1::RECORD);

  request.set_projection("opportunity");
  const auto of_one = Ask(small, request);
  ASSERT_TRUE(of_one.ok()) << of_one.status();
  EXPECT_EQ(of_one->dead_letters_size(), 1);
  request.set_projection("weather");
  EXPECT_EQ(Ask(small, request).status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace revops

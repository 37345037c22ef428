#include "engine/query/page_token.h"

#include "gtest/gtest.h"
#include "revops/v1/service.pb.h"

namespace revops {
namespace {

TEST(PageTokenTest, WhatIsWrittenIsReadBack) {
  const PageToken token{.question = 0xfedcba9876543210, .at = -5, .place = std::string("a\0b", 3)};
  const auto read = ParsePageToken(ToText(token), token.question);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->at, -5);
  EXPECT_EQ(read->place, token.place);
}

TEST(PageTokenTest, ATokenOfAnotherQuestionIsRefused) {
  const std::string text = ToText({.question = 1, .at = 0, .place = "x"});
  EXPECT_EQ(ParsePageToken(text, 2).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(PageTokenTest, ACutOrForeignTokenIsRefused) {
  const std::string text = ToText({.question = 1, .at = 1000, .place = ""});
  for (size_t size = 0; size < text.size(); ++size) {
    EXPECT_FALSE(ParsePageToken(text.substr(0, size), 1).ok()) << size;
  }
  EXPECT_FALSE(ParsePageToken("not base64 \x01", 1).ok());
}

TEST(PageTokenTest, AQuestionIsWhatIsAskedNotHowMuchOfItAtOnce) {
  v1::ListRequest request;
  request.set_view("lead");
  const uint64_t question = QuestionHash(request, "generation");
  request.set_page_size(7);
  request.set_page_token("token");
  request.mutable_await()->set_wait_ms(5);
  EXPECT_EQ(QuestionHash(request, "generation"), question);
  EXPECT_NE(QuestionHash(request, "another"), question);
  request.set_descending(true);
  EXPECT_NE(QuestionHash(request, "generation"), question);
  v1::DeadLettersRequest other;
  EXPECT_NE(QuestionHash(other, "generation"), QuestionHash(v1::ListRequest(), "generation"));
}

}  // namespace
}  // namespace revops

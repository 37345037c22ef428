#include "engine/runtime/link_feed.h"

#include <rocksdb/env.h>

#include "absl/strings/str_cat.h"
#include "engine/runtime/topics.h"
#include "gtest/gtest.h"
#include "tests/support/memory_log.h"
#include "tests/support/text_events.h"

namespace revops::test {
namespace {

constexpr char kAda[] = "contact:crm:ada";

class LinkFeedTest : public testing::Test {
 protected:
  static void Append(MemoryLog& log, int number) {
    const TestEvent link = {
        absl::StrCat(number),
        number,
        {},
        absl::StrCat("linked { ", Field("child", absl::StrCat("anonymous:web:", number)),
                     Field("parent", kAda), "}")};
    ASSERT_TRUE(log.Append({{{kIdentities, 0}, "", RecordOf(link)}}).ok());
  }
  std::unique_ptr<LinkTable> Open(EventLog& log) { return *OpenLinks("/links", env_.get(), log); }
  static size_t Linked(const LinkTable& links) {
    return (*links.ChildrenEver(IdOfText(kAda)))->size();
  }

  const std::unique_ptr<rocksdb::Env> env_{rocksdb::NewMemEnv(rocksdb::Env::Default())};
};

TEST_F(LinkFeedTest, OnlyWhatCameSinceIsReadAgain) {
  MemoryLog log(1);
  for (int i = 0; i < 3; ++i) Append(log, i);
  EXPECT_EQ(Open(log)->end(), 3);
  for (int i = 3; i < 5; ++i) Append(log, i);
  Offset first_read = 1000;
  log.TamperWithReads([&](const TopicPartition&, Record& record) {
    first_read = std::min(first_read, record.offset);
  });
  const auto links = Open(log);
  EXPECT_EQ(links->end(), 5);
  EXPECT_EQ(Linked(*links), 5);
  EXPECT_EQ(first_read, 2) << "the record before the end, to know it again";
}

TEST_F(LinkFeedTest, AStoreThatIsAheadOfTheLogIsMadeAnew) {
  MemoryLog log(1), shorter(1);
  for (int i = 0; i < 3; ++i) Append(log, i);
  Append(shorter, 7);
  EXPECT_EQ(Open(log)->end(), 3);
  const auto links = Open(shorter);
  EXPECT_EQ(links->end(), 1);
  EXPECT_EQ(Linked(*links), 1);
}

TEST_F(LinkFeedTest, AStoreWhoseLastRecordIsAnotherOneIsMadeAnew) {
  MemoryLog log(1), other(1);
  for (int i = 0; i < 3; ++i) Append(log, i);
  for (int i = 7; i < 11; ++i) Append(other, i);
  EXPECT_EQ(Open(log)->end(), 3);
  const auto links = Open(other);
  EXPECT_EQ(links->end(), 4);
  EXPECT_TRUE(links->Unknown(IdOfText("anonymous:web:0")));
  EXPECT_EQ(Linked(*links), 4);
}

}  // namespace
}  // namespace revops::test

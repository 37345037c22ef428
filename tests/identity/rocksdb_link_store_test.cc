#include "engine/identity/rocksdb_link_store.h"

#include <fstream>

#include <rocksdb/env.h>

#include "absl/strings/str_cat.h"
#include "engine/identity/link_table.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/folders.h"
#include "tests/support/power_cut_fs.h"
#include "tests/support/text_events.h"

namespace revops::test {
namespace {

using testing::HasSubstr;

constexpr char kAda[] = "contact:crm:ada";
constexpr char kVisitor[] = "anonymous:web:x";

DecodedEvent Link(int number, const std::string& child, const std::string& parent) {
  return DecodedOf(
      {absl::StrCat(number),
       number,
       {},
       absl::StrCat("linked { ", Field("child", child), Field("parent", parent), "}")});
}

class RocksDbLinkStoreTest : public testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<LinkTable>> Open(const std::string& log = "a-log") {
    auto store = OpenRocksDbLinkStore(path_, env_.get());
    if (!store.ok()) return store.status();
    return LinkTable::Open(*std::move(store), log);
  }

  const TemporaryFolder folder_;
  const std::string path_ = folder_.path() + "/links";
  const std::shared_ptr<PowerCutFs> disk_ = std::make_shared<PowerCutFs>(folder_.path(), 1);
  const std::unique_ptr<rocksdb::Env> env_ = rocksdb::NewCompositeEnv(disk_);
};

TEST_F(RocksDbLinkStoreTest, WhatWasAddedIsThereWhenItIsOpenedAgain) {
  {
    const auto table = *Open();
    ASSERT_TRUE(table->Add(Link(1, kVisitor, kAda), 11).ok());
    ASSERT_TRUE(table->Add(Link(2, kAda, "account:crm:acme"), 12).ok());
    ASSERT_TRUE(
        table
            ->Add(
                DecodedOf(
                    {"e", 3, {}, absl::StrCat("erasure { ", Field("ids", "contact:crm:bob"), "}")}),
                13)
            .ok());
    ASSERT_TRUE(table->AddUnreadable(14).ok());
  }
  const auto table = *Open();
  EXPECT_EQ(table->end(), 4);
  EXPECT_EQ(table->fingerprint(), 14);
  EXPECT_EQ(ToText(*table->Parent(IdOfText(kVisitor), 4)), kAda);
  EXPECT_EQ(ToText(*table->Parent(IdOfText(kVisitor), 0)), "");
  ASSERT_EQ(table->Tenures(IdOfText(kAda), 4)->size(), 1);
  EXPECT_EQ((*table->ChildrenEver(IdOfText("account:crm:acme")))->size(), 1);
  EXPECT_FALSE(table->Erased(IdOfText("contact:crm:bob"), 2));
  EXPECT_TRUE(table->Erased(IdOfText("contact:crm:bob"), 3));
  for (const char* known : {kVisitor, kAda, "account:crm:acme", "contact:crm:bob"}) {
    EXPECT_FALSE(table->Unknown(IdOfText(known))) << known;
  }
  EXPECT_TRUE(table->Unknown(IdOfText("contact:crm:eve")));
  EXPECT_EQ(table->Affected(0, 1)->count(IdOfText(kVisitor)), 1);
}

TEST_F(RocksDbLinkStoreTest, AnotherLogsLinksAreRefused) {
  ASSERT_TRUE((*Open())->Add(Link(1, kVisitor, kAda)).ok());
  const absl::Status status = Open("another-log").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("another-log"));
}

TEST_F(RocksDbLinkStoreTest, ARefusedWriteTakesNothingAndSucceedsOnceThereIsSpace) {
  const auto table = *Open();
  ASSERT_TRUE(table->Add(Link(1, kVisitor, kAda), 1).ok());
  disk_->FailAfter(0, PowerCutFs::Fault::kFull);
  const DecodedEvent second = Link(2, kAda, "account:crm:acme");
  EXPECT_EQ(table->Add(second, 2).code(), absl::StatusCode::kUnavailable);
  EXPECT_FALSE(table->Add(second, 2).ok());
  EXPECT_EQ(table->end(), 1);
  EXPECT_EQ(table->fingerprint(), 1);
  disk_->Heal();
  ASSERT_TRUE(table->Add(second, 2).ok());
  EXPECT_EQ(table->end(), 2);
  EXPECT_EQ(ToText(*table->Parent(IdOfText(kVisitor), 2)), kAda);
  EXPECT_EQ(table->Tenures(IdOfText(kAda), 2)->size(), 1);
}

TEST_F(RocksDbLinkStoreTest, APowerCutLeavesAPrefixOfWhatWasAdded) {
  constexpr int kLinks = 200;
  auto table = *Open();
  for (int i = 0; i < kLinks; ++i) {
    ASSERT_TRUE(table->Add(Link(i, absl::StrCat("anonymous:web:", i), kAda), i + 1).ok());
  }
  disk_->Cut();
  table.reset();
  disk_->PowerOn(PowerCutFs::Luck::kSome);
  table = *Open();
  const LinkVersion end = table->end();
  EXPECT_LE(end, kLinks);
  EXPECT_EQ(table->fingerprint(), end);
  for (int i = 0; i < kLinks; ++i) {
    const Id visitor = IdOfText(absl::StrCat("anonymous:web:", i));
    EXPECT_EQ(ToText(*table->Parent(visitor, kLinks)),
              static_cast<LinkVersion>(i) < end ? kAda : "")
        << i;
  }
}

TEST_F(RocksDbLinkStoreTest, ADamagedStoreIsMadeAnew) {
  ASSERT_TRUE((*Open())->Add(Link(1, kVisitor, kAda)).ok());
  std::ofstream(path_ + "/CURRENT", std::ios::trunc) << "nonsense\n";
  const auto table = Open();
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_EQ((*table)->end(), 0);
}

}  // namespace
}  // namespace revops::test

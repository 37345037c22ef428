// What one process took in is in what another answers, with all that it caused elsewhere; and an
// owner that does not answer is named in time.
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/base/clock.h"
#include "engine/base/status.h"
#include "engine/runtime/partition.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/chaos/cluster.h"
#include "tests/support/text_events.h"

namespace revops::test {
namespace {
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr int kPartitions = 4;

class TokensTest : public OverSharedKafkaTest {
 protected:
  void SetUp() override {
    ASSERT_NO_FATAL_FAILURE(MakeTopics(kPartitions));
    if (IsSkipped()) return;
    for (const char* name : {"a", "b"}) {
      nodes_.push_back(Process("serve", name));
      ASSERT_NO_FATAL_FAILURE(nodes_.back()->Start());
    }
    nodes_[0]->AwaitSettled(2);
    const v1::StatusResponse status = nodes_[1]->AwaitSettled(2);
    for (const v1::PartitionStatus& partition : status.partitions()) {
      owners_.push_back(partition.owner());
    }
  }

  const std::string& OwnerOf(const std::string& root) const {
    return owners_[HomeOf(IdOfText(root), kPartitions)];
  }
  // The token.
  std::string Publish(ClusterProcess& at, const std::vector<TestEvent>& events) {
    v1::PublishRequest request;
    for (const TestEvent& event : events) *request.add_events() = EventOf(event);
    const auto published = at.api().Publish(request);
    EXPECT_TRUE(published.ok()) << published.status();
    if (!published.ok()) return "";
    EXPECT_EQ(published->refused(), 0u);
    return published->token();
  }
  // The ids of the events of its journey, with a token.
  std::vector<std::string> EventsOf(ClusterProcess& asked, const std::string& id,
                                    const std::string& token) {
    v1::TimelineRequest request;
    *request.mutable_id() = IdOfText(id).ToProto();
    request.mutable_await()->set_token(token);
    request.mutable_await()->set_wait_ms(30'000);
    const auto timeline = asked.api().Timeline(request);
    EXPECT_TRUE(timeline.ok()) << timeline.status();
    std::vector<std::string> ids;
    if (!timeline.ok()) return ids;
    for (const auto& entry : timeline->entries()) ids.push_back(entry.event().id());
    return ids;
  }

  std::vector<std::unique_ptr<ClusterProcess>> nodes_;
  std::vector<std::string> owners_;  // partition -> URL
};

TEST_F(TokensTest, AnAnswerElsewhereHoldsAllThatALinkHasMoved) {
  if (IsSkipped()) return;
  int to_another_process = 0, twice = 0;
  for (int i = 0; i < 24; ++i) {
    const std::string visitor = absl::StrCat("anonymous:web:v", i);
    const std::string contact = absl::StrCat("contact:crm:c", i);
    const std::string account = absl::StrCat("account:crm:a", i);
    const std::string visit = absl::StrCat("visit", i), link = absl::StrCat("link", i),
                      join = absl::StrCat("join", i);
    Publish(*nodes_[i % 2], {{visit, 1, {visitor}, "page_view {}"}});
    // The visit follows the contact...
    std::string token = Publish(
        *nodes_[i / 2 % 2],
        {{link,
          2,
          {visitor},
          absl::StrCat("linked { ", Field("child", visitor), Field("parent", contact), "}")}});
    EXPECT_THAT(EventsOf(*nodes_[1 - i / 2 % 2], contact, token),
                ::testing::UnorderedElementsAre(visit, link));
    // ... and both the account, of which only the contact is told.
    token = Publish(*nodes_[i % 2], {{join,
                                      0,
                                      {contact},
                                      absl::StrCat("joined_account { ", Field("contact", contact),
                                                   Field("account", account), "}")}});
    EXPECT_THAT(EventsOf(*nodes_[1 - i % 2], account, token),
                ::testing::UnorderedElementsAre(visit, link, join));
    to_another_process += OwnerOf(visitor) != OwnerOf(contact) ? 1 : 0;
    twice += OwnerOf(visitor) != OwnerOf(contact) && OwnerOf(contact) != OwnerOf(account) ? 1 : 0;
  }
  EXPECT_GE(to_another_process, 4);
  EXPECT_GE(twice, 2);
}

// Another connection than that of the process itself.
std::unique_ptr<RemoteApi> OpenApi(const ClusterProcess& process) {
  auto api = RemoteApi::Open(process.url(), {});
  REVOPS_CHECK(api.ok());
  return *std::move(api);
}

TEST_F(TokensTest, WhatAFrozenOwnerHasIsNamedInTimeAndNothingIsMistakenForTheWhole) {
  if (IsSkipped()) return;
  std::vector<TestEvent> visits;
  for (int i = 0; i < 40; ++i) {
    visits.push_back({absl::StrCat("v", i), i, {absl::StrCat("contact:crm:c", i)}, "page_view {}"});
  }
  const std::string token = Publish(*nodes_[0], visits);
  v1::ListRequest list;
  list.set_view("journey");
  list.mutable_await()->set_token(token);
  const auto whole = nodes_[0]->api().List(list);
  ASSERT_TRUE(whole.ok()) << whole.status();
  EXPECT_EQ(whole->rows_size(), 40);

  std::string port;
  std::ifstream(nodes_[1]->folder() + "/peer-port") >> port;
  std::vector<int> missing;
  for (int p = 0; p < kPartitions; ++p) {
    if (absl::EndsWith(owners_[p], ":" + port)) missing.push_back(p);
  }
  ASSERT_EQ(missing.size(), 2u);

  v1::GetRequest get;
  get.set_view("journey");
  *get.mutable_id() = IdOfText("contact:crm:c1").ToProto();
  list.mutable_await()->clear_token();
  for (v1::Await* await : {list.mutable_await(), get.mutable_await()}) await->set_wait_ms(500);
  nodes_[1]->Freeze();
  const SystemClock clock;
  const int64_t began = clock.MonotonicMicros();
  // Side by side, while its session lasts.
  absl::Status listed, got;
  std::thread lister([&] { listed = nodes_[0]->api().List(list).status(); });
  std::thread getter([&] { got = OpenApi(*nodes_[0])->Get(get).status(); });
  lister.join();
  getter.join();
  // Their own time, and that of one look; the rest is for a busy machine.
  EXPECT_LT(clock.MonotonicMicros() - began, 500'000 + 2'000'000 + 2'500'000);
  for (const absl::Status& answered : {listed, got}) {
    EXPECT_EQ(answered.code(), absl::StatusCode::kUnavailable) << answered;
    EXPECT_THAT(std::string(answered.message()),
                AllOf(HasSubstr(absl::StrCat("partitions ", missing[0], ", ", missing[1])),
                      HasSubstr(owners_[missing[0]])));
  }

  nodes_[1]->Thaw();
  list.mutable_await()->set_wait_ms(30'000);
  const auto again = nodes_[0]->api().List(list);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->rows_size(), 40);
}

}  // namespace
}  // namespace revops::test

// Three processes as far as a process can tell: engines over one log with peer servers of their
// own.
#include "engine/serve/cluster_stores.h"

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "engine/runtime/topics.h"
#include "engine/serve/http_server.h"
#include "engine/serve/local_api.h"
#include "engine/serve/peer_looks.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/serve/peer_process.h"
#include "tests/support/small_engine.h"

namespace revops {
namespace {

using test::About;
using test::IdOf;
using test::PeerProcess;
using test::SmallEngine;
using ::testing::HasSubstr;

constexpr int kPartitions = 6;
constexpr int kProcesses = 3;

class FixedOwners final : public PartitionOwners {
 public:
  std::map<int, std::string> Owners() override {
    absl::MutexLock lock(&mutex_);
    return owners_;
  }
  void Refresh() override {
    absl::MutexLock lock(&mutex_);
    for (auto& [p, url] : later_) owners_[p] = url;
  }
  void Set(int p, const std::string& url) {
    absl::MutexLock lock(&mutex_);
    owners_[p] = url;
  }
  // What a Refresh finds.
  void SetLater(int p, const std::string& url) {
    absl::MutexLock lock(&mutex_);
    later_[p] = url;
  }

 private:
  absl::Mutex mutex_;
  std::map<int, std::string> owners_, later_;
};

class ClusterStoresTest : public ::testing::Test {
 protected:
  ClusterStoresTest() {
    for (int i = 0; i < kProcesses; ++i) Start(i);
    for (int p = 0; p < kPartitions; ++p) Give(p, p % kProcesses);
    // Stores are opened in the background.
    for (int p = 0; p < kPartitions; ++p) {
      while (processes_[p % kProcesses].engine->partition(p) == nullptr) std::this_thread::yield();
    }
  }

  void Start(int i) {
    PeerProcess::Around around;
    around.log = &whole_.log();
    around.registry = &registry_;
    around.owners = &owners_;
    around.clock = &whole_.clock();
    around.disk = disk_.get();
    processes_[i].Start(absl::StrCat("/process-", i), around);
  }
  void Give(int p, int i) {
    processes_[i].engine->Take(p);
    owners_.Set(p, processes_[i].server->url());
  }

  // Asked of every process, with the token: the rows, checked to be the same from all.
  std::vector<std::string> ListEverywhere(v1::ListRequest request) {
    std::vector<std::string> first;
    for (const PeerProcess& process : processes_) {
      std::vector<std::string> rows;
      v1::ListRequest page = request;
      do {
        const auto response = process.api->List(page);
        EXPECT_TRUE(response.ok()) << response.status();
        if (!response.ok()) return rows;
        for (const v1::Row& row : response->rows()) rows.push_back(row.SerializeAsString());
        page.set_page_token(response->next_page_token());
      } while (!page.page_token().empty());
      if (first.empty()) first = rows;
      EXPECT_EQ(rows, first);
    }
    return first;
  }

  // Its engine folds nothing unless told: a fold of all in one process to compare with.
  SmallEngine whole_{kPartitions};
  const std::shared_ptr<rocksdb::Env> disk_ = test::NewMemoryDisk();
  const Registry registry_ = AllProjections();
  const SystemClock clock_;
  FixedOwners owners_;
  PeerProcess processes_[kProcesses];
};

TEST_F(ClusterStoresTest, AnOwnerThatIsAskedForProgressWaitsForItButNotForEver) {
  v1::StatesRequest request;
  request.set_generation(processes_[0].engine->generation());
  request.set_wait_ms(1000);
  for (int p = 0; p < kPartitions; ++p) request.add_wanted();
  std::vector<std::string> visits;
  for (int i = 0; i < 30; ++i) {
    visits.push_back(About(absl::StrCat("contact:crm:c", i)) + "page_view {}");
  }
  whole_.Given(visits);
  const Offset end = *whole_.log().End({kTouchpoints, 0});
  ASSERT_GT(end, 0);
  // Asked again where the machine needs more than a second for it.
  request.mutable_wanted(0)->set_touchpoints(end);
  Offset read = 0;
  for (int tries = 0; read < end && tries < 30; ++tries) {
    const auto states = processes_[0].looks->States(request);
    ASSERT_TRUE(states.ok()) << states.status();
    ASSERT_EQ(states->partitions_size(), kPartitions / kProcesses);
    ASSERT_EQ(states->partitions(0).partition(), 0);
    read = states->partitions(0).progress().touchpoints();
  }
  EXPECT_EQ(read, end);
  request.mutable_wanted(0)->set_touchpoints(end + 1);
  request.set_wait_ms(1);
  EXPECT_EQ(processes_[0].looks->States(request)->partitions(0).progress().touchpoints(), end);
  // What others own is not waited for.
  request.mutable_wanted(0)->set_touchpoints(0);
  request.mutable_wanted(1)->set_touchpoints(end + 100);
  request.set_wait_ms(1000);
  EXPECT_TRUE(processes_[0].looks->States(request).ok());
  request.set_wait_ms(60'000);
  EXPECT_EQ(processes_[0].looks->States(request).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(ClusterStoresTest, AnyProcessAnswersForAllPartitionsInIndexOrderAndByPages) {
  std::vector<std::string> visits;
  for (int i = 0; i < 15; ++i) {
    visits.push_back(About(absl::StrCat("contact:crm:c", i)) + "page_view {}");
  }
  const std::string token = whole_.Given(visits);
  v1::ListRequest request;
  request.set_view("journey");
  request.set_page_size(4);
  request.set_at(test::kSmallNow);
  request.mutable_await()->set_token(token);
  for (const bool descending : {false, true}) {
    request.set_descending(descending);
    const std::vector<std::string> rows = ListEverywhere(request);
    EXPECT_EQ(rows.size(), 15u);
    LocalApi whole(whole_.engine(), nullptr, whole_.clock(), {});
    v1::ListRequest all = request;
    all.set_page_size(1000);
    const auto expected = whole.List(all);
    ASSERT_TRUE(expected.ok()) << expected.status();
    std::vector<std::string> in_one;
    for (const v1::Row& row : expected->rows()) in_one.push_back(row.SerializeAsString());
    EXPECT_EQ(rows, in_one);
  }
}

TEST_F(ClusterStoresTest, AnAnswerHoldsWhatItsTokenCoversWhereverThatLives) {
  for (int i = 0; i < 12; ++i) {
    const std::string contact = absl::StrCat("contact:crm:k", i);
    const std::string token = whole_.Publish({About(contact) + "page_view {}"});
    v1::TimelineRequest request;
    *request.mutable_id() = IdOf(contact);
    request.mutable_await()->set_token(token);
    const auto timeline = processes_[i % kProcesses].api->Timeline(request);
    ASSERT_TRUE(timeline.ok()) << timeline.status();
    EXPECT_EQ(timeline->entries_size(), 1);
    EXPECT_TRUE(ParseToken(token)->IsCoveredBy(*ParseToken(timeline->seen().token())));
    EXPECT_EQ(ParseToken(timeline->seen().token())->offsets.size(), kPartitions);
  }
}

TEST_F(ClusterStoresTest, APartitionThatIsMissingIsNamed) {
  const std::string token = whole_.Publish({About("contact:crm:ada") + "page_view {}"});
  ASSERT_TRUE(processes_[1].engine->Give(4, absl::Seconds(30)));
  v1::ListRequest request;
  request.set_view("journey");
  request.mutable_await()->set_wait_ms(50);
  const auto missing = processes_[0].api->List(request).status();
  EXPECT_TRUE(absl::IsUnavailable(missing)) << missing;
  EXPECT_THAT(std::string(missing.message()), HasSubstr("partition 4"));
  // Where it should be and is not.
  const auto status = processes_[0].api->Status({});
  ASSERT_TRUE(status.ok()) << status.status();
  EXPECT_EQ(status->partitions(3).error(), "");
  EXPECT_EQ(status->partitions(3).owner(), processes_[0].server->url());
  EXPECT_THAT(status->partitions(4).error(), HasSubstr("is not owned by"));
  EXPECT_EQ(status->partitions(5).owner(), processes_[2].server->url());
  // Taken over by another, which the owners tell after a while.
  processes_[2].engine->Take(4);
  owners_.SetLater(4, processes_[2].server->url());
  request.mutable_await()->set_token(token);
  request.mutable_await()->set_wait_ms(60'000);
  const auto found = processes_[0].api->List(request);
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_EQ(found->rows_size(), 1);
}

TEST_F(ClusterStoresTest, AProcessThatDoesNotAnswerIsNamed) {
  owners_.Set(2, "http://127.0.0.1:1");
  v1::ListRequest request;
  request.set_view("journey");
  request.mutable_await()->set_wait_ms(50);
  const auto missing = processes_[0].api->List(request).status();
  EXPECT_TRUE(absl::IsUnavailable(missing)) << missing;
  EXPECT_THAT(std::string(missing.message()), HasSubstr("partition 2 of http://127.0.0.1:1"));
}

// A server of a process that answers once as many questions have come as there are servers.
class AnswersTogether final {
 public:
  explicit AnswersTogether(int servers) : missing_(servers) {}

  std::unique_ptr<HttpServer> Start(PeerLooks& looks) {
    auto server = HttpServer::Start({}, [this, &looks](const HttpCall& call) {
      {
        absl::MutexLock lock(&mutex_);
        --missing_;
        const auto all = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return missing_ <= 0; };
        mutex_.Await(absl::Condition(&all));
      }
      return AnswerPeerCall(looks, call);
    });
    REVOPS_CHECK(server.ok());
    return std::move(*server);
  }

 private:
  absl::Mutex mutex_;
  int missing_ ABSL_GUARDED_BY(mutex_);
};

TEST_F(ClusterStoresTest, OwnersAreAskedSideBySide) {
  AnswersTogether together(kProcesses - 1);
  std::vector<std::unique_ptr<HttpServer>> servers;
  for (int i = 1; i < kProcesses; ++i) {
    servers.push_back(together.Start(*processes_[i].looks));
    for (int p = i; p < kPartitions; p += kProcesses) owners_.Set(p, servers.back()->url());
  }
  // One after the other would have run out of time with the first.
  const std::vector<StoreState> states = processes_[0].stores->States();
  for (int p = 0; p < kPartitions; ++p) {
    EXPECT_EQ(std::string(states[p].status.message()).find("does not answer"), std::string::npos)
        << states[p].status;
    if (p % kProcesses == 0) continue;
    EXPECT_EQ(states[p].owner, servers[p % kProcesses - 1]->url());
  }
}

TEST_F(ClusterStoresTest, OfAPartitionThatNobodyAnswersForNothingIsSaidButWhere) {
  owners_.Set(1, "http://127.0.0.1:1");
  owners_.Set(4, "http://127.0.0.1:1");
  const auto status = processes_[0].api->Status({});
  ASSERT_TRUE(status.ok()) << status.status();
  for (const int p : {1, 4}) {
    const v1::PartitionStatus& one = status->partitions(p);
    EXPECT_EQ(one.owner(), "http://127.0.0.1:1");
    EXPECT_THAT(one.error(), HasSubstr("does not answer"));
    EXPECT_FALSE(one.has_position() || one.has_lag() || one.has_lag_micros());
    EXPECT_TRUE(one.has_end());
  }
  EXPECT_TRUE(status->partitions(0).has_lag());
  EXPECT_TRUE(status->partitions(0).has_lag_micros());
  // A question that needs them names both.
  v1::ListRequest request;
  request.set_view("journey");
  request.mutable_await()->set_wait_ms(50);
  EXPECT_THAT(std::string(processes_[0].api->List(request).status().message()),
              HasSubstr("partitions 1, 4 of http://127.0.0.1:1"));
}

TEST_F(ClusterStoresTest, ALookEndsWhenItsPartitionChangesHands) {
  PeerProcess& asked = processes_[1];
  PeerClient client{PeerClient::Options()};
  v1::LookRequest request;
  request.set_generation(asked.engine->generation());
  request.add_partitions(1);
  absl::StatusOr<std::vector<PartitionLook>> look;
  do {
    look = client.LookAt(asked.server->url(), request);
  } while (absl::IsUnavailable(look.status()));  // its store is being opened
  ASSERT_TRUE(look.ok()) << look.status();
  std::string value;
  ASSERT_TRUE((*look)[0].store->Get("M", value).ok());
  EXPECT_FALSE(asked.engine->Give(1, absl::ZeroDuration()));
  asked.looks->Sweep();
  EXPECT_TRUE(asked.engine->Give(1, absl::Seconds(30)));
  const auto over = (*look)[0].store->Get("M", value).status();
  EXPECT_TRUE(absl::IsUnavailable(over)) << over;
  EXPECT_THAT(std::string(over.message()), HasSubstr("is over; look again"));
}

TEST_F(ClusterStoresTest, AProcessOfAnotherGenerationIsRefusedInWords) {
  PeerClient client{PeerClient::Options()};
  v1::StatesRequest request;
  request.set_generation("another");
  const auto refused = client.States(processes_[0].server->url(), request).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(refused)) << refused;
  EXPECT_THAT(std::string(refused.message()), HasSubstr("same program and revenue model"));
}

}  // namespace
}  // namespace revops

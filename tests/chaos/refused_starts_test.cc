// What would corrupt views or lose events is refused by `revops project` too, when it starts: what,
// where and what to do are said, and the store is as it was.
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "engine/base/status.h"
#include "engine/model/model.h"
#include "engine/runtime/topics.h"
#include "engine/view/keys.h"
#include "engine/view/view_store.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "revops/v1/stored.pb.h"
#include "tests/chaos/cluster.h"
#include "tests/support/kafka_topics_kit.h"
#include "tests/support/shared_kafka.h"
#include "tests/support/text_events.h"

namespace revops::test {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

using StoreBytes = std::map<std::string, std::string>;

std::string EventNamed(const std::string& id) {
  return RecordOf({id, 1, {absl::StrCat("contact:crm:", id)}, "page_view {}"});
}

class RefusedStartsTest : public OverSharedKafkaTest {
 protected:
  // A process that has folded three records of each partition, and has stopped.
  void FoldAndStop(int partitions) {
    ASSERT_NO_FATAL_FAILURE(MakeTopics(partitions));
    if (IsSkipped()) return;
    for (int p = 0; p < partitions; ++p) {
      Append(p, {EventNamed(absl::StrCat("a", p)), EventNamed(absl::StrCat("b", p)),
                 EventNamed(absl::StrCat("c", p))});
    }
    node_ = Process("project", "node");
    ASSERT_NO_FATAL_FAILURE(node_->Start());
    node_->AwaitSettled();
    node_->Stop();
    for (const auto& generation : fs::directory_iterator(node_->folder() + "/views")) {
      views_ = generation.path();
    }
  }

  std::string Store(int p) const { return absl::StrCat(views_.string(), "/partition-", p); }
  StoreBytes BytesOf(int p) const {
    ViewMemory memory(32 << 20);
    const auto store = ViewStore::Open(Store(p), memory);
    EXPECT_TRUE(store.ok()) << store.status();
    StoreBytes bytes;
    EXPECT_TRUE((*store)
                    ->Scan("",
                           [&](absl::string_view key, absl::string_view value) {
                             bytes.emplace(key, value);
                             return true;
                           })
                    .ok());
    EXPECT_FALSE(bytes.empty());
    return bytes;
  }
  void Rewrite(int p, const std::function<void(v1::StoredProgress&)>& change) const {
    ViewMemory memory(32 << 20);
    const auto store = ViewStore::Open(Store(p), memory);
    ASSERT_TRUE(store.ok()) << store.status();
    std::string bytes;
    ASSERT_TRUE(*(*store)->Get(keys::Progress(), bytes));
    v1::StoredProgress progress;
    ASSERT_TRUE(progress.ParseFromString(bytes));
    change(progress);
    ViewBatch batch;
    batch.Put(keys::Progress(), progress.SerializeAsString());
    ASSERT_TRUE((*store)->Commit(std::move(batch)).ok());
  }

  // Starts it again, and waits until each of `standing` stands still and the others are folded.
  // Partition -> why.
  std::map<int, std::string> StartAgain(const std::set<int>& standing,
                                        const std::vector<std::string>& once = {}) {
    node_->Start(once);
    if (HasFatalFailure()) return {};
    return StandsStill(*node_, standing);
  }
  static std::map<int, std::string> StandsStill(ClusterProcess& node,
                                                const std::set<int>& standing) {
    const v1::StatusResponse status = node.AwaitStatus([&](const v1::StatusResponse& now) {
      for (const v1::PartitionStatus& partition : now.partitions()) {
        const bool stands = !partition.error().empty() &&
                            partition.error().find("is being opened") == std::string::npos &&
                            partition.error().find("not owned") == std::string::npos &&
                            !partition.owner().empty();
        if (standing.count(partition.partition()) > 0 ? !stands : partition.lag() > 0) return false;
        if (standing.count(partition.partition()) == 0 && !partition.error().empty()) return false;
      }
      return true;
    });
    std::map<int, std::string> why;
    for (const v1::PartitionStatus& partition : status.partitions()) {
      if (!partition.error().empty()) why[partition.partition()] = partition.error();
    }
    return why;
  }

  std::unique_ptr<ClusterProcess> node_;
  fs::path views_;
};

TEST_F(RefusedStartsTest, EachPartitionStandsStillForItsOwnReasonAndTheOthersFold) {
  ASSERT_NO_FATAL_FAILURE(FoldAndStop(5));
  if (IsSkipped()) return;
  enum { kCut, kNewer, kGap, kOtherModel, kSound };
  Append(kCut, {EventNamed("d"), EventNamed("e")});
  const absl::Status cut = OpenSharedTopics(prefix_)->Cut({kTouchpoints, kCut}, 4);
  ASSERT_TRUE(cut.ok()) << cut;
  Rewrite(kNewer, [](v1::StoredProgress& progress) { progress.set_format(progress.format() + 1); });
  PublishInTransaction(prefix_ + kTouchpoints, kGap, {EventNamed("t")}, /*commit=*/true);
  // The mark is written a moment after the commit is answered.
  AwaitEnd(*OpenSharedTopics(prefix_), {kTouchpoints, kGap}, 5);
  Append(kGap, {EventNamed("after")});
  Rewrite(kOtherModel,
          [](v1::StoredProgress& progress) { progress.set_generation("of-another-model"); });
  Append(kSound, {EventNamed("f")});
  std::map<int, StoreBytes> before;
  for (const int p : {kCut, kNewer, kOtherModel}) before[p] = BytesOf(p);

  auto why = StartAgain({kCut, kNewer, kGap, kOtherModel});
  EXPECT_EQ(why.size(), 4u);
  EXPECT_THAT(why[kCut], AllOf(HasSubstr(Store(kCut)), HasSubstr("touchpoints/0 up to 3"),
                               HasSubstr("the log begins at 4"), HasSubstr("retention.ms to -1"),
                               HasSubstr("remove the store")));
  EXPECT_THAT(why[kNewer], AllOf(HasSubstr(Store(kNewer)), HasSubstr("newer program"),
                                 HasSubstr("remove the store to rebuild it")));
  EXPECT_THAT(why[kGap],
              AllOf(HasSubstr("--accept-gap touchpoints/2@4-5"), HasSubstr("transactions")));
  EXPECT_THAT(why[kOtherModel],
              AllOf(HasSubstr(Store(kOtherModel)), HasSubstr("generation of-another-model"),
                    HasSubstr("remove the store to rebuild it")));
  for (const auto& [p, words] : why) {
    EXPECT_THAT(node_->said(), AllOf(HasSubstr("partition_stands_still"),
                                     HasSubstr(absl::StrCat("\"partition\":\"", p, "\""))));
  }
  const ProgramRun told = RunProgram({"status", "--server", node_->url()});
  EXPECT_THAT(told.out + told.err, HasSubstr("--accept-gap touchpoints/2@4-5"));
  node_->Stop();
  for (const auto& [p, bytes] : before) EXPECT_EQ(BytesOf(p), bytes) << p;

  // The operator accepts the gap by its name: t and what comes after it are folded.
  why = StartAgain({kCut, kNewer, kOtherModel}, {"--accept-gap", "touchpoints/2@4-5"});
  EXPECT_EQ(why.size(), 3u);
  const auto status = node_->api().Status({});
  ASSERT_TRUE(status.ok()) << status.status();
  EXPECT_EQ(status->partitions(kGap).position(), 6u);
  node_->Stop();
}

TEST_F(RefusedStartsTest, ATopicThatWasMadeAnewIsRefusedWhetherItIsLongEnoughOrNot) {
  ASSERT_NO_FATAL_FAILURE(FoldAndStop(2));
  if (IsSkipped()) return;
  const std::map<int, StoreBytes> before = {{0, BytesOf(0)}, {1, BytesOf(1)}};
  ASSERT_NO_FATAL_FAILURE(MakeAnew(*OpenSharedTopics(prefix_), kTouchpoints, 2));
  Append(0, {EventNamed("v"), EventNamed("w"), EventNamed("x"), EventNamed("y")});
  Append(1, {EventNamed("z")});

  auto why = StartAgain({0, 1});
  EXPECT_THAT(why[0], AllOf(HasSubstr(Store(0)), HasSubstr("touchpoints/0 up to 3"),
                            HasSubstr("deleted and made anew"), HasSubstr("remove the store")));
  EXPECT_THAT(why[1], AllOf(HasSubstr(Store(1)), HasSubstr("touchpoints/1 up to 3"),
                            HasSubstr("the log ends at 1"), HasSubstr("remove the store")));
  node_->Stop();
  for (const auto& [p, bytes] : before) EXPECT_EQ(BytesOf(p), bytes) << p;

  // What the words say: remove the store, and it is built again from the log there is.
  fs::remove_all(Store(0));
  fs::remove_all(Store(1));
  EXPECT_TRUE(StartAgain({}).empty());
  node_->Stop();
}

TEST_F(RefusedStartsTest, APartitionThatWasAddedEndsTheStart) {
  ASSERT_NO_FATAL_FAILURE(FoldAndStop(2));
  if (IsSkipped()) return;
  const StoreBytes before = BytesOf(0);
  const auto topics = OpenSharedTopics(prefix_);
  ASSERT_TRUE(topics->AddPartitions(kTouchpoints, 3).ok());
  // Brokers tell of it a moment later.
  for (int tries = 0; tries < 1000; ++tries) {
    const auto now = topics->Describe(kTouchpoints);
    if (now.ok() && now->partitions == 3) break;
  }
  const ProgramRun run = RunProgram({"project", "--kafka", broker_->brokers(), "--kafka-prefix",
                                     prefix_, "--data", node_->folder(), "--port", "0"});
  EXPECT_NE(run.exit_code, 0);
  EXPECT_THAT(run.err,
              AllOf(HasSubstr("routed"), HasSubstr("has 2 partitions, not 3"),
                    HasSubstr(absl::StrCat(prefix_, "touchpoints")), HasSubstr("kafka copy")));
  EXPECT_EQ(BytesOf(0), before);
}

TEST_F(RefusedStartsTest, ViewsOfAnotherPrefixOrClusterAreRefusedAlthoughTheRecordsAreTheSame) {
  ASSERT_NO_FATAL_FAILURE(FoldAndStop(1));
  if (IsSkipped()) return;
  const StoreBytes before = BytesOf(0);
  const auto other_cluster = KafkaBroker::Start({});
  ASSERT_TRUE(other_cluster.ok()) << other_cluster.status();
  struct Elsewhere {
    std::string brokers;
    std::string prefix;
  };
  for (const Elsewhere& elsewhere : {Elsewhere{broker_->brokers(), "copy-of-" + prefix_},
                                     Elsewhere{(*other_cluster)->brokers(), prefix_}}) {
    const std::vector<std::string> prefix = {"--kafka-prefix", elsewhere.prefix};
    const ProgramRun made = RunProgram(
        {"kafka", "init", "--kafka", elsewhere.brokers, prefix[0], prefix[1], "--partitions", "1"});
    ASSERT_EQ(made.exit_code, 0) << made.err;
    ClusterProcess node("project", elsewhere.brokers, node_->folder(), prefix);
    ASSERT_NO_FATAL_FAILURE(node.Start());
    const std::string why = StandsStill(node, {0})[0];
    EXPECT_THAT(
        why, AllOf(HasSubstr(Store(0)), HasSubstr("was built for log kafka:"),
                   HasSubstr(", but this is kafka:"), HasSubstr("remove the store to rebuild it")));
    node.Stop();
    EXPECT_EQ(BytesOf(0), before);
  }
}

TEST_F(RefusedStartsTest, AnotherModelBuildsAnotherGenerationBesideAndSaysSo) {
  ASSERT_NO_FATAL_FAILURE(FoldAndStop(1));
  if (IsSkipped()) return;
  const std::string first = views_.filename().string();
  const fs::path stored = views_;
  const StoreBytes before = BytesOf(0);
  EXPECT_THAT(node_->said(), Not(HasSubstr("\"event\":\"generation\"")));
  const std::string file = folder_.path() + "/tokyo.textproto";
  std::ofstream(file) << absl::StrReplaceAll(RevenueModel::DefaultText(),
                                             {{"\"UTC\"", "\"Asia/Tokyo\""}});

  EXPECT_TRUE(StartAgain({}, {"--model", file}).empty());
  for (const auto& generation : fs::directory_iterator(node_->folder() + "/views")) {
    if (generation.path() != stored) views_ = generation.path();
  }
  const std::string second = views_.filename().string();
  ASSERT_NE(second, first);
  EXPECT_THAT(node_->said(),
              AllOf(HasSubstr(absl::StrCat("\"generation\":\"", second, "\"")),
                    HasSubstr(absl::StrCat("folded anew from the log into ", views_.string())),
                    HasSubstr(absl::StrCat("generation ", first, " of another revenue model")),
                    HasSubstr("stays beside it")));
  node_->Stop();

  // A store that somebody put where another generation's belongs.
  fs::remove_all(Store(0));
  fs::copy(stored / "partition-0", Store(0), fs::copy_options::recursive);
  auto why = StartAgain({0});  // the folder keeps the model it was given
  EXPECT_THAT(why[0], AllOf(HasSubstr(Store(0)), HasSubstr("was built for generation"),
                            HasSubstr(first), HasSubstr(second), HasSubstr("remove the store")));
  node_->Stop();
  EXPECT_EQ(BytesOf(0), before);
  views_ = stored;
  EXPECT_EQ(BytesOf(0), before);
}

}  // namespace
}  // namespace revops::test

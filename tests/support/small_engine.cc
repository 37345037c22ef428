#include "tests/support/small_engine.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "tests/support/shared_kafka.h"

namespace revops::test {

namespace {
std::unique_ptr<EventLog> NewLog(std::shared_ptr<rocksdb::Env> disk, int partitions) {
  if (OverKafka()) return NewSharedLog(partitions);
  return OpenMemoryLog(std::move(disk), partitions);
}
}  // namespace

SmallEngine::SmallEngine(int partitions, Registry registry, JourneyBatch::Options journeys,
                         std::shared_ptr<const RevenueModel> model)
    : log_(NewLog(disk_, partitions)), registry_(std::move(registry)) {
  EngineOptions options;
  options.folder = "/views";
  options.memory_bytes = 32 << 20;
  options.env = disk_.get();
  options.journeys = journeys;
  auto engine = Engine::Open(options, *log_, registry_, std::move(model));
  EXPECT_TRUE(engine.ok()) << engine.status();
  REVOPS_CHECK(engine.ok());
  engine_ = std::move(*engine);
  ingest_ = std::make_unique<Ingest>(*log_, engine_->links(), clock_);
}

std::string SmallEngine::Publish(const std::vector<std::string>& events) {
  std::vector<v1::Event> parsed;
  for (const std::string& text : events) {
    v1::Event event;
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &event)) << text;
    if (event.id().empty()) event.set_id(absl::StrCat("e", events_));
    if (event.source().empty()) event.set_source("test");
    if (event.occurred_at() == 0) event.set_occurred_at(kSmallStart + events_ * kSmallMinute);
    ++events_;
    parsed.push_back(std::move(event));
  }
  const auto result = ingest_->Publish(std::move(parsed));
  EXPECT_TRUE(result.ok()) << result.status();
  REVOPS_CHECK(result.ok());
  for (const auto& refusal : result->refusals) {
    EXPECT_FALSE(refusal.has_value()) << refusal->reason;
  }
  return ToToken(result->position);
}

std::string SmallEngine::Given(const std::vector<std::string>& events) {
  std::string token = Publish(events);
  Fold();
  return token;
}

void SmallEngine::Fold() {
  const absl::Status folded = engine_->FoldAll();
  EXPECT_TRUE(folded.ok()) << folded;
}

v1::Id IdOf(const std::string& id_text) {
  const auto id = ParseId(id_text);
  REVOPS_CHECK(id.ok());
  return id->ToProto();
}

std::string About(const std::string& id_text) {
  return absl::StrCat("subject { ", IdOf(id_text).ShortDebugString(), " } ");
}

}  // namespace revops::test

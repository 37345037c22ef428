// Brokers that go away, come back, and demand to know who asks.
#include <atomic>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/clock.h"
#include "engine/base/status.h"
#include "engine/log/kafka_init.h"
#include "engine/log/kafka_log.h"
#include "engine/log/kafka_topics.h"
#include "engine/runtime/topics.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/kafka/kafka_engine.h"
#include "tests/support/kafka_broker.h"
#include "tests/support/text_events.h"

namespace revops::test {
namespace {
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

const TopicPartition kFirst{"touchpoints", 0};

std::unique_ptr<KafkaBroker> StartBroker(KafkaBroker::Options options) {
  auto broker = KafkaBroker::Start(std::move(options));
  EXPECT_TRUE(broker.ok()) << broker.status();
  REVOPS_CHECK(broker.ok());
  return *std::move(broker);
}

std::vector<std::string> ValuesOf(EventLog& log) {
  std::vector<std::string> values;
  while (true) {
    const auto records = log.Read(kFirst, values.size(), {});
    EXPECT_TRUE(records.ok()) << records.status();
    if (!records.ok() || records->empty()) return values;
    for (const Record& record : *records) values.push_back(record.value);
  }
}

TEST(KafkaFaultsTest,
     WithoutABrokerPublishersArePushedBackInBoundedTimeAndNothingAcknowledgedIsLost) {
  const auto broker = StartBroker({});
  KafkaLogOptions options;
  options.connection = broker->connection();
  options.append_wait_max = absl::Milliseconds(500);
  options.answer_wait_max = absl::Seconds(5);
  options.waiting_bytes_max = 1000;
  const auto log = KafkaLog::Open(options);
  ASSERT_TRUE(log.ok()) << log.status();
  ASSERT_TRUE((*log)->EnsureTopic("touchpoints", 1).ok());
  // A producer that is new to a topic learns its leader first, which may take longer than the wait.
  const auto append_in_time = [&](const std::string& value) {
    absl::Status appended = absl::UnavailableError("not tried");
    for (int tries = 0; tries < 100 && !appended.ok(); ++tries) {
      appended = (*log)->Append({{kFirst, "", value}}).status();
    }
    return appended;
  };
  ASSERT_EQ(append_in_time("before"), absl::OkStatus());

  broker->Freeze(1);
  const SystemClock clock;
  const int64_t began = clock.MonotonicMicros();
  const auto refused = (*log)->Append({{kFirst, "", "while away"}});
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kUnavailable) << refused.status();
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("append again"));
  EXPECT_LT(clock.MonotonicMicros() - began, 10'000'000);
  // What waits is bounded: more is refused at once.
  const auto too_much = (*log)->Append({{kFirst, "", std::string(2000, 'x')}});
  EXPECT_EQ(too_much.status().code(), absl::StatusCode::kResourceExhausted) << too_much.status();

  broker->Thaw(1);
  ASSERT_EQ(append_in_time("after"), absl::OkStatus());
  const std::vector<std::string> values = ValuesOf(**log);
  EXPECT_EQ(values.front(), "before");
  EXPECT_EQ(values.back(), "after");
}

// Publishes one record after the other, and remembers what was acknowledged.
class Publishing final {
 public:
  explicit Publishing(EventLog& log) : log_(log), publisher_([this] { Run(); }) {}
  ~Publishing() { Stop(); }

  // Waits until `more` are acknowledged.
  void Await(int more) {
    const int until = count_ + more;
    const SystemClock clock;
    const int64_t deadline = clock.MonotonicMicros() + 180'000'000;
    while (count_ < until && clock.MonotonicMicros() < deadline) std::this_thread::yield();
    EXPECT_GE(count_, until);
  }
  void Stop() {
    stop_ = true;
    if (publisher_.joinable()) publisher_.join();
  }
  // REQUIRES: Stop was called.
  void ExpectAllInLog() {
    const std::vector<std::string> values = ValuesOf(log_);
    for (const auto& [offset, value] : acknowledged_) {
      ASSERT_LT(offset, values.size());
      EXPECT_EQ(values[offset], value);
    }
  }

 private:
  void Run() {
    for (int i = 0; !stop_; ++i) {
      const std::string value = absl::StrCat("event ", i);
      const auto appended = log_.Append({{kFirst, "", value}});
      if (!appended.ok()) continue;
      acknowledged_.emplace_back((*appended)[0].offset, value);
      ++count_;
    }
  }

  EventLog& log_;
  std::atomic<bool> stop_{false};
  std::atomic<int> count_{0};
  std::vector<std::pair<Offset, std::string>> acknowledged_;
  std::thread publisher_;
};

TEST(KafkaFaultsTest, ABrokerThatIsKilledAndComesBackLosesNothingAcknowledged) {
  const auto broker = StartBroker({});
  KafkaLogOptions options;
  options.connection = broker->connection();
  options.append_wait_max = absl::Seconds(2);
  const auto log = KafkaLog::Open(options);
  ASSERT_TRUE(log.ok()) << log.status();
  ASSERT_TRUE((*log)->EnsureTopic("touchpoints", 1).ok());

  Publishing publishing(**log);
  publishing.Await(50);
  broker->Kill(1);
  broker->Restart();
  publishing.Await(50);
  broker->Stop();
  broker->Restart();
  publishing.Await(50);
  publishing.Stop();
  publishing.ExpectAllInLog();
}

TEST(KafkaFaultsTest, ThreeBrokersGoOnWithoutTheOneThatLedAndLoseNothingAcknowledged) {
  const auto brokers = StartBroker(
      {.nodes = 3,
       .settings = {"broker.session.timeout.ms=3000", "broker.heartbeat.interval.ms=500"}});
  KafkaLogOptions options;
  options.connection = brokers->connection();
  const auto log = KafkaLog::Open(options);
  ASSERT_TRUE(log.ok()) << log.status();
  ASSERT_TRUE((*log)->EnsureTopic("touchpoints", 1).ok());
  // Nobody said how many copies: all brokers have one, and one may be missing.
  const auto topics = KafkaTopics::Connect({brokers->connection(), "", "test", absl::Seconds(30)});
  ASSERT_TRUE(topics.ok()) << topics.status();
  const auto made = InitKafkaTopic(**topics, {.topic = "dead-letters", .for_ever = false}, 0,
                                   options.record_bytes_max, true);
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_THAT(made->misfits, ::testing::IsEmpty());
  EXPECT_THAT(made->advice, ::testing::IsEmpty());
  for (const char* topic : {"touchpoints", "dead-letters"}) {
    const auto settings = (*topics)->Describe(topic);
    ASSERT_TRUE(settings.ok()) << settings.status();
    EXPECT_EQ(settings->replication, 3) << topic;
    EXPECT_EQ(settings->configs.at("min.insync.replicas"), "2") << topic;
  }

  Publishing publishing(**log);
  // One after the other, so that whoever leads is among them; the last two go on alone meanwhile.
  for (const int node : {1, 2, 3}) {
    publishing.Await(50);
    brokers->Kill(node);
    publishing.Await(50);
    const absl::Status made = (*log)->EnsureTopic(absl::StrCat("made-without-", node), 2);
    EXPECT_TRUE(made.ok()) << made;
    EXPECT_TRUE((*log)->End({absl::StrCat("made-without-", node), 1}).ok());
    brokers->Restart(node);
  }
  publishing.Await(50);
  publishing.Stop();
  publishing.ExpectAllInLog();
}

TEST(KafkaFaultsTest, ABrokerThatDemandsTlsAndAPasswordIsEnteredWithThemAndRefusesInWordsWithout) {
  const auto broker = StartBroker({.secure = true});
  KafkaLogOptions options;
  options.connection = broker->connection();
  options.answer_wait_max = absl::Seconds(30);
  const auto log = KafkaLog::Open(options);
  ASSERT_TRUE(log.ok()) << log.status();
  ASSERT_TRUE((*log)->EnsureTopic("touchpoints", 1).ok());
  ASSERT_TRUE((*log)->Append({{kFirst, "", "secret"}}).ok());
  EXPECT_THAT(ValuesOf(**log), ::testing::ElementsAre("secret"));

  options.answer_wait_max = absl::Seconds(5);
  KafkaLogOptions wrong = options;
  wrong.connection.properties["sasl.password"] = "not-the-password";
  const auto refused = KafkaLog::Open(wrong);
  EXPECT_FALSE(refused.ok());
  EXPECT_THAT(std::string(refused.status().message()),
              AllOf(HasSubstr("uthentication"), Not(HasSubstr("not-the-password"))));
  KafkaLogOptions plain = options;
  plain.connection.properties.clear();
  const absl::Status cut = KafkaLog::Open(plain).status();
  EXPECT_EQ(cut.code(), absl::StatusCode::kUnavailable) << cut;
  EXPECT_THAT(std::string(cut.message()),
              AllOf(HasSubstr(options.connection.brokers), HasSubstr("security.protocol PLAINTEXT"),
                    HasSubstr("If it demands TLS, say security.protocol=SSL")));
}

TEST(KafkaFaultsTest, AClientWithTlsIsToldInBoundedTimeThatThePortMayBePlain) {
  const auto broker = SharedBroker();
  ASSERT_TRUE(broker.ok()) << broker.status();
  KafkaLogOptions options;
  options.connection = (*broker)->connection();
  options.connection.properties = {{"security.protocol", "ssl"}};
  options.answer_wait_max = absl::Seconds(3);
  const SystemClock clock;
  const int64_t began = clock.MonotonicMicros();
  const absl::Status refused = KafkaLog::Open(options).status();
  EXPECT_LT(clock.MonotonicMicros() - began, 30'000'000);
  EXPECT_EQ(refused.code(), absl::StatusCode::kUnavailable) << refused;
  EXPECT_THAT(std::string(refused.message()),
              AllOf(HasSubstr(options.connection.brokers), HasSubstr("security.protocol SSL"),
                    HasSubstr("If it is plain, say security.protocol=PLAINTEXT")));
}

TEST(KafkaUpstreamTest, KcatPublishesUnderAnyKeyAndWhatDoesNotDecodeBecomesADeadLetter) {
  if (!RunShell("command -v kcat").ok()) GTEST_SKIP() << "kcat is not installed";
  const std::string prefix = FreshName("kcat") + ".";
  const auto log = OpenSharedLog(prefix);
  MakeTopics(*log, 2);
  const TemporaryFolder folder;
  std::vector<std::string> files;
  for (int i = 0; i < 3; ++i) {
    const v1::Event event = EventOf({absl::StrCat("k", i), 0, {"contact:crm:ada"}, "page_view {}"});
    files.push_back(absl::StrCat(folder.path(), "/", i));
    FILE* file = fopen(files.back().c_str(), "wb");
    const std::string bytes =
        (i == 1 ? std::string("\0\0\0\0\7\0", 6) : std::string()) + event.SerializeAsString();
    fwrite(bytes.data(), 1, bytes.size(), file);
    fclose(file);
  }
  const std::string kcat =
      absl::StrCat("kcat -P -b ", (*SharedBroker())->brokers(), " -t ", prefix, "touchpoints");
  for (const std::string& file : files) {
    const auto sent = RunShell(absl::StrCat(kcat, " -k whatever ", file));
    ASSERT_TRUE(sent.ok()) << sent.status();
  }
  ASSERT_TRUE(RunShell(absl::StrCat("echo 'no event' | ", kcat, " -p 1")).ok());

  FoldedViews views;
  const absl::Status folded = views.Fold(*log);
  ASSERT_TRUE(folded.ok()) << folded;
  EXPECT_GE(views.read(), 4u);
  EXPECT_EQ(views.dead_letters(), 1u);
}

TEST(KafkaPropertiesTest, SecretsComeFromFilesOrTheEnvironmentAndAreNeverSaid) {
  setenv("REVOPS_TEST_SECRET", "from the environment", 1);
  const auto parsed = ParseKafkaProperties(
      "# a comment\n security.protocol = SASL_SSL "
      "\nsasl.mechanism=PLAIN\nsasl.password=${env:REVOPS_TEST_SECRET}\n",
      "k.properties");
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(parsed->at("security.protocol"), "SASL_SSL");
  EXPECT_EQ(parsed->at("sasl.password"), "from the environment");

  const auto pinned = ParseKafkaProperties("\nacks=1\n", "k.properties");
  EXPECT_EQ(pinned.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(pinned.status().message()), HasSubstr("k.properties:2: acks cannot"));
  EXPECT_EQ(ParseKafkaProperties("sasl.password=${env:NOT_SET_AT_ALL}", "k").status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(ParseKafkaProperties("hunter2", "k").status().message(),
            "k:1: a line is written property=value");

  KafkaLogOptions options;
  options.connection.brokers = "127.0.0.1:9";
  options.connection.properties = {{"sasl.mechanism", "hunter2"}};
  options.answer_wait_max = absl::Milliseconds(100);
  const auto refused = KafkaLog::Open(options);
  EXPECT_FALSE(refused.ok());
  EXPECT_THAT(std::string(refused.status().message()), Not(HasSubstr("hunter2")));
}

}  // namespace
}  // namespace revops::test

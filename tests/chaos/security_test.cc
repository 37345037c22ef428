// Brokers that let in only who proves who he is, and let him do only what he may: what README says
// a role needs is enough, and nothing of it can be left out unsaid.
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/chaos/cluster.h"
#include "tests/support/kafka_acls.h"
#include "tests/support/text_events.h"

namespace revops::test {
namespace {
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::string TextOf(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

v1::PublishRequest VisitOf(const std::string& id) {
  v1::PublishRequest request;
  *request.add_events() = EventOf({id, 1, {absl::StrCat("contact:crm:", id)}, "page_view {}"});
  return request;
}

class SecurityTest : public ::testing::Test {
 protected:
  void Start(KafkaBroker::Options options) {
    auto broker = KafkaBroker::Start(std::move(options));
    if (absl::IsUnavailable(broker.status())) {
      GTEST_SKIP() << "no Kafka broker can be had: " << broker.status().message();
    }
    ASSERT_TRUE(broker.ok()) << broker.status();
    broker_ = *std::move(broker);
  }
  std::unique_ptr<ClusterProcess> Process(const std::string& role, const std::string& config) {
    return std::make_unique<ClusterProcess>(role, broker_->brokers(),
                                            absl::StrCat(folder_.path(), "/", role),
                                            std::vector<std::string>{"--kafka-config", config});
  }
  ProgramRun Run(std::vector<std::string> arguments, const std::string& config) const {
    for (const std::string& more :
         {std::string("--kafka"), broker_->brokers(), std::string("--kafka-config"), config}) {
      arguments.push_back(more);
    }
    return RunProgram(arguments);
  }

  const TemporaryFolder folder_;
  std::unique_ptr<KafkaBroker> broker_;
};

TEST_F(SecurityTest, RolesComeInByScramInsideTlsAndTheirPasswordIsSeenNowhere) {
  // librdkafka 2.0.2 cannot enter later brokers by SCRAM.
  ASSERT_NO_FATAL_FAILURE(Start({.secure = true, .version = "3.9.1"}));
  if (IsSkipped()) return;
  const std::string secret = broker_->secret();
  const std::string by_file = folder_.path() + "/by-file.properties";
  std::ofstream(by_file) << absl::StrReplaceAll(
      TextOf(broker_->properties_file()),
      {{"sasl.mechanism=PLAIN", "sasl.mechanism=SCRAM-SHA-512"}});
  const std::string by_name = folder_.path() + "/by-name.properties";
  std::ofstream(by_name) << absl::StrCat(TextOf(by_file),
                                         "sasl.password=${env:REVOPS_TEST_SECRET}\n");
  setenv("REVOPS_TEST_SECRET", secret.c_str(), 1);

  const ProgramRun made = Run({"kafka", "init", "--partitions", "2"}, by_file);
  ASSERT_EQ(made.exit_code, 0) << made.err;
  const auto project = Process("project", by_file);
  ASSERT_NO_FATAL_FAILURE(project->Start());
  const auto ingest = Process("ingest", by_name);
  ASSERT_NO_FATAL_FAILURE(ingest->Start());
  const auto published = ingest->api().Publish(VisitOf("ada"));
  ASSERT_TRUE(published.ok()) << published.status();
  const v1::StatusResponse status = project->AwaitSettled();
  uint64_t kept = 0;
  for (const v1::PartitionStatus& partition : status.partitions()) kept += partition.kept();
  EXPECT_EQ(kept, 1u);

  unsetenv("REVOPS_TEST_SECRET");
  for (const ClusterProcess* process : {project.get(), ingest.get()}) {
    EXPECT_THAT(TextOf(absl::StrCat("/proc/", process->pid(), "/cmdline")),
                AllOf(HasSubstr("--kafka-config"), Not(HasSubstr(secret))));
    EXPECT_THAT(process->said(), AllOf(HasSubstr("Ask it"), Not(HasSubstr(secret))));
  }
  EXPECT_THAT(made.out + made.err, Not(HasSubstr(secret)));
  ingest->Stop();
  project->Stop();
}

// The table of deploy/kafka/README.md. Read and Write bring Describe along.
std::vector<KafkaRight> RightsOf(const std::string& role) {
  std::vector<KafkaRight> rights;
  if (role == "init") {
    for (const char* topic : {"touchpoints", "identities", "dead-letters"}) {
      for (const char* operation : {"Create", "Describe", "DescribeConfigs"}) {
        rights.push_back({operation, "topic", topic});
      }
    }
    return rights;
  }
  if (role == "publisher") return {{"Write", "topic", "touchpoints"}};
  if (role == "ingest") {
    return {{"Write", "topic", "touchpoints"},
            {"Read", "topic", "identities"},
            {"Describe", "topic", "dead-letters"},
            {"Describe", "topic", "routed-*"},
            {"Describe", "group", "revops-*"}};
  }
  if (role == "cluster") {
    return {{"Read", "topic", "touchpoints"},
            {"Read", "topic", "identities"},
            {"Describe", "topic", "routed-*"},
            {"Describe", "group", "revops-*"}};
  }
  rights = {{"Read", "topic", "touchpoints"},   {"Read", "topic", "identities"},
            {"Write", "topic", "identities"},   {"Create", "topic", "routed-*"},
            {"Read", "topic", "routed-*"},      {"Write", "topic", "routed-*"},
            {"Write", "topic", "dead-letters"}, {"Read", "group", "revops-*"}};
  if (role == "serve") rights.push_back({"Write", "topic", "touchpoints"});
  return rights;
}

class RightsTest : public SecurityTest {
 protected:
  void SetUp() override {
    const std::vector<std::string> who = {"init",   "project", "serve",
                                          "ingest", "cluster", "publisher"};
    ASSERT_NO_FATAL_FAILURE(Start({.clients = who}));
    if (IsSkipped()) return;
    acls_ = std::make_unique<KafkaAcls>(broker_->connection());
    for (const std::string& one : who) acls_->Give(one, RightsOf(one));
  }
  std::string Config(const std::string& who) const { return broker_->properties_file(who); }
  ProgramRun Init() { return Run({"kafka", "init", "--partitions", "2"}, Config("init")); }

  // By an upstream system: what makes a projector use each of its rights.
  void PublishOfEachKind() {
    const std::string name = absl::StrCat("p", ++published_);
    std::vector<std::string> records = {"no event"};
    records.push_back(RecordOf({"l" + name,
                                1,
                                {"anonymous:web:" + name},
                                absl::StrCat("linked { ", Field("child", "anonymous:web:" + name),
                                             Field("parent", "contact:crm:" + name), "}")}));
    for (int i = 0; i < 8; ++i) {
      const std::string one = absl::StrCat(name, "-", i);
      records.push_back(RecordOf({one, 2, {"contact:crm:" + one}, "page_view {}"}));
    }
    for (size_t i = 0; i < records.size(); ++i) {
      const std::string file = absl::StrCat(folder_.path(), "/record-", i);
      std::ofstream(file, std::ios::binary) << records[i];
    }
    const std::string config = folder_.path() + "/kcat";
    std::ofstream(config) << absl::StrReplaceAll(
        TextOf(Config("publisher")),
        {{absl::StrCat("${file:", Place("secret"), "}"), broker_->secret()}});
    for (const int partition : {0, 1}) {
      const auto sent = RunShell(absl::StrCat("kcat -F ", config, " -P -b ", broker_->brokers(),
                                              " -t touchpoints -p ", partition, " ", folder_.path(),
                                              "/record-*"));
      ASSERT_TRUE(sent.ok()) << sent.status();
    }
  }
  std::string Place(const std::string& name) const {
    return absl::StrReplaceAll(Config("client"), {{"client.properties", name}});
  }

  std::unique_ptr<KafkaAcls> acls_;
  int published_ = 0;
};

TEST_F(RightsTest, WhatReadmeListsIsEnoughAndWhatIsMissingIsNamed) {
  if (IsSkipped()) return;
  // Without a certificate nobody comes in.
  EXPECT_FALSE(
      RunShell(absl::StrCat("kcat -L -m 2 -b ", broker_->brokers(),
                            " -X security.protocol=SSL -X ssl.ca.location=", Place("ca.pem")))
          .ok());
  // init
  for (const char* operation : {"Create", "Describe", "DescribeConfigs"}) {
    const KafkaRight right = {operation, "topic", "touchpoints"};
    acls_->Take("init", {right});
    const ProgramRun refused = Init();
    EXPECT_NE(refused.exit_code, 0) << operation;
    EXPECT_THAT(refused.err, AllOf(HasSubstr("topic touchpoints"),
                                   HasSubstr(absl::StrCat(operation, " on the topic"))));
    acls_->Give("init", {right});
  }
  const ProgramRun made = Init();
  ASSERT_EQ(made.exit_code, 0) << made.err;

  // project: what ends its start
  struct Ends {
    KafkaRight right;
    std::string words;
  };
  for (const Ends& ends : {Ends{{"Create", "topic", "routed-*"}, "Create on the topic"},
                           Ends{{"Read", "group", "revops-*"}, "Read on the group"}}) {
    acls_->Take("project", {ends.right});
    const ProgramRun ended =
        Run({"project", "--data", folder_.path() + "/project", "--port", "0"}, Config("project"));
    EXPECT_NE(ended.exit_code, 0) << ToString(ends.right);
    EXPECT_THAT(ended.err, HasSubstr(ends.words));
    acls_->Give("project", {ends.right});
  }

  // project: what it needs while it runs
  const auto project = Process("project", Config("project"));
  ASSERT_NO_FATAL_FAILURE(project->Start());
  PublishOfEachKind();
  project->AwaitSettled();
  for (const char* topic : {"touchpoints", "identities", "routed-*", "dead-letters"}) {
    acls_->Give("project", {{"Describe", "topic", topic}});
  }
  for (const KafkaRight& right : RightsOf("project")) {
    if (right.kind == "group" || right.operation == "Create") continue;
    const size_t before = project->said().size();
    acls_->Take("project", {right});
    PublishOfEachKind();
    const std::string topic = absl::StrReplaceAll(right.name, {{"*", ""}});
    const std::string words = absl::StrCat(right.operation, " on the topic");
    std::string said;
    for (int look = 0; look < 600; ++look) {
      said = project->said().substr(before);
      if (absl::StrContains(said, words)) break;
      absl::SleepFor(absl::Milliseconds(50));
    }
    EXPECT_THAT(said, AllOf(HasSubstr(words), HasSubstr(topic))) << ToString(right);
    acls_->Give("project", {right});
    project->AwaitSettled();
  }

  // ingest and --cluster, beside it
  const auto ingest = Process("ingest", Config("ingest"));
  ASSERT_NO_FATAL_FAILURE(ingest->Start());
  auto published = ingest->api().Publish(VisitOf("ada"));
  EXPECT_TRUE(published.ok()) << published.status();
  ingest->AwaitSettled();
  acls_->Take("ingest", {{"Write", "topic", "touchpoints"}});
  acls_->Give("ingest", {{"Describe", "topic", "touchpoints"}});
  published = ingest->api().Publish(VisitOf("bob"));
  EXPECT_THAT(std::string(published.status().message()), HasSubstr("Write on the topic"));
  const ProgramRun asked = Run({"status", "--cluster"}, Config("cluster"));
  EXPECT_EQ(asked.exit_code, 0) << asked.err;
  const ProgramRun verified = Run({"verify", "--cluster"}, Config("cluster"));
  EXPECT_EQ(verified.exit_code, 0) << verified.out << verified.err;
  acls_->Take("cluster", {{"Describe", "group", "revops-*"}});
  const ProgramRun blind = Run({"status", "--cluster"}, Config("cluster"));
  EXPECT_THAT(blind.out + blind.err, HasSubstr("Describe"));
  ingest->Stop();
  project->Stop();

  // serve: alone
  const auto serve = Process("serve", Config("serve"));
  ASSERT_NO_FATAL_FAILURE(serve->Start());
  published = serve->api().Publish(VisitOf("eve"));
  EXPECT_TRUE(published.ok()) << published.status();
  serve->Stop();
}

}  // namespace
}  // namespace revops::test

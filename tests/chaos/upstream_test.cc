// Upstream systems that know nothing of this project but event.proto: kcat and Kafka's Java client
// write protobuf events to the topic, under keys of their own.
#include <cstdlib>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "engine/event/id.h"
#include "gtest/gtest.h"
#include "tests/chaos/cluster.h"
#include "tests/support/kafka_broker.h"
#include "tests/support/text_events.h"

namespace revops::test {
namespace {

class UpstreamTest : public OverKafkaTest {
 protected:
  void SetUp() override {
    ASSERT_NO_FATAL_FAILURE(StartBroker(4));
    if (IsSkipped()) return;
    server_ =
        std::make_unique<ClusterProcess>("serve", broker_->brokers(), folder_.path() + "/views");
    ASSERT_NO_FATAL_FAILURE(server_->Start());
  }

  std::string File(const std::string& name, const std::string& bytes) {
    const std::string file = folder_.path() + "/" + name;
    std::ofstream(file, std::ios::binary) << bytes;
    return file;
  }

  // Waits until so many records are folded, then answers.
  v1::StatusResponse AwaitRead(uint64_t records) {
    for (int look = 0; look < 1200; ++look) {
      const auto status = server_->api().Status({});
      uint64_t folded = 0;
      if (status.ok()) {
        for (const auto& partition : status->partitions()) folded += partition.position();
      }
      if (folded >= records && status->seen().settled()) return *status;
      absl::SleepFor(absl::Milliseconds(50));
    }
    ADD_FAILURE() << "not folded within a minute";
    return {};
  }
  int EventsOf(const std::string& id) {
    v1::TimelineRequest request;
    *request.mutable_id() = IdOfText(id).ToProto();
    const auto timeline = server_->api().Timeline(request);
    EXPECT_TRUE(timeline.ok()) << timeline.status();
    return timeline.ok() ? timeline->entries_size() : 0;
  }

  std::unique_ptr<ClusterProcess> server_;
};

TEST_F(UpstreamTest, KcatPublishesUnderAnyKeyAndWhatIsNoEventIsADeadLetter) {
  const std::string to = absl::StrCat("kcat -P -b ", broker_->brokers(), " -t touchpoints ");
  const std::string visit = File("visit", RecordOf({"v1", 1, {"contact:crm:ada"}, "page_view {}"}));
  const std::string call = File("call", RecordOf({"c1", 2, {"contact:crm:ada"}, "call {}"}));
  // The same event to two partitions: the second is a duplicate wherever it went.
  for (const std::string& where : {"-p 0 -k some-key " + visit, "-p 3 " + visit,
                                   "-p 2 -k 17 " + call, "-p 1 " + File("junk", "no event")}) {
    const auto sent = RunShell(to + where);
    ASSERT_TRUE(sent.ok()) << sent.status();
  }
  AwaitRead(4);
  EXPECT_EQ(EventsOf("contact:crm:ada"), 2);
  const auto letters = server_->api().DeadLetters({});
  ASSERT_TRUE(letters.ok()) << letters.status();
  ASSERT_EQ(letters->dead_letters_size(), 1);
  EXPECT_EQ(letters->dead_letters(0).record(), "no event");
}

TEST_F(UpstreamTest, KafkasJavaClientPublishesAlsoWithASchemaRegistrysHeader) {
  const std::string visit = File("visit", RecordOf({"v1", 1, {"contact:crm:bob"}, "page_view {}"}));
  // Magic byte, schema id, message index.
  const std::string framed =
      File("framed",
           std::string("\0\0\0\0\x07\0", 6) + RecordOf({"c1", 2, {"contact:crm:bob"}, "call {}"}));
  const char* jars = std::getenv("REVOPS_KAFKA_JARS");
  const std::string folder =
      jars != nullptr ? jars : absl::StrCat(std::getenv("HOME"), "/.cache/revops/kafka");
  const auto sent = RunShell(absl::StrCat(
      "java -cp '", folder, "/*' ", REVOPS_SOURCE_DIR, "/tests/chaos/java/PublishEvents.java ",
      broker_->brokers(), " touchpoints a-key-of-java ", visit, " ", framed));
  ASSERT_TRUE(sent.ok()) << sent.status();
  const v1::StatusResponse status = AwaitRead(2);
  EXPECT_EQ(EventsOf("contact:crm:bob"), 2);
  EXPECT_EQ(status.seen().dead_letters(), 0u);
}

}  // namespace
}  // namespace revops::test

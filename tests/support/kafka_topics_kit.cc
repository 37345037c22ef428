#include "tests/support/kafka_topics_kit.h"

#include <librdkafka/rdkafka.h>

#include "absl/time/clock.h"
#include "engine/base/status.h"
#include "gtest/gtest.h"
#include "tests/support/kafka_broker.h"

namespace revops::test {

void MakeAnew(KafkaTopics& topics, const std::string& topic, int partitions) {
  ASSERT_TRUE(topics.Delete(topic).ok());
  absl::Status made;
  // A deleted topic's name is free a moment later.
  for (int tries = 0; tries < 100; ++tries) {
    made = topics.Create(topic, topics.Wanted(partitions, 1 << 20));
    if (made.ok()) break;
  }
  ASSERT_TRUE(made.ok()) << made;
}

void AwaitEnd(const KafkaTopics& topics, const TopicPartition& where, Offset end) {
  for (int look = 0; look < 1200; ++look) {
    const auto now = topics.Offsets(where);
    if (now.ok() && now->end >= end) return;
    absl::SleepFor(absl::Milliseconds(50));
  }
  ADD_FAILURE() << ToString(where) << " does not come to " << end;
}

namespace {

void Check(rd_kafka_error_t* error) {
  if (error == nullptr) return;
  ADD_FAILURE() << rd_kafka_error_string(error);
  rd_kafka_error_destroy(error);
}

}  // namespace

void PublishInTransaction(const std::string& topic, int partition,
                          const std::vector<std::string>& values, bool commit) {
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  char words[256];
  rd_kafka_conf_set(conf, "bootstrap.servers", (*SharedBroker())->brokers().c_str(), words,
                    sizeof(words));
  rd_kafka_conf_set(conf, "transactional.id", FreshName("tx").c_str(), words, sizeof(words));
  rd_kafka_t* handle = rd_kafka_new(RD_KAFKA_PRODUCER, conf, words, sizeof(words));
  REVOPS_CHECK(handle != nullptr);
  Check(rd_kafka_init_transactions(handle, 30000));
  Check(rd_kafka_begin_transaction(handle));
  for (const std::string& value : values) {
    const auto error =
        rd_kafka_producev(handle, RD_KAFKA_V_TOPIC(topic.c_str()), RD_KAFKA_V_PARTITION(partition),
                          RD_KAFKA_V_VALUE(const_cast<char*>(value.data()), value.size()),
                          RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END);
    REVOPS_CHECK(error == RD_KAFKA_RESP_ERR_NO_ERROR);
  }
  rd_kafka_flush(handle, 30000);
  Check(commit ? rd_kafka_commit_transaction(handle, 30000)
               : rd_kafka_abort_transaction(handle, 30000));
  rd_kafka_destroy(handle);
}

}  // namespace revops::test

// Where partitions start and end: asked of their leaders, which die and are followed by others.
#include <algorithm>
#include <map>
#include <set>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "engine/base/clock.h"
#include "engine/base/status.h"
#include "engine/log/kafka_client.h"
#include "engine/log/kafka_topics.h"

namespace revops {
namespace {

// A leader that does not answer for so long is dead, or slow: every round waits twice as long.
constexpr absl::Duration kFirstWait = absl::Seconds(1);
constexpr absl::Duration kBetweenRounds = absl::Milliseconds(50);

}  // namespace

absl::StatusOr<std::vector<Offset>> KafkaTopics::Starts(
    const std::vector<TopicPartition>& places) const {
  return AskLeaders(places, RD_KAFKA_OFFSET_BEGINNING);
}

absl::StatusOr<std::vector<Offset>> KafkaTopics::Ends(
    const std::vector<TopicPartition>& places) const {
  return AskLeaders(places, RD_KAFKA_OFFSET_END);
}

absl::StatusOr<KafkaTopics::Range> KafkaTopics::Offsets(const TopicPartition& where) const {
  ASSIGN_OR_RETURN(const std::vector<Offset> starts, Starts({where}));
  ASSIGN_OR_RETURN(const std::vector<Offset> ends, Ends({where}));
  return Range{starts.front(), ends.front()};
}

// Not rd_kafka_query_watermark_offsets: in librdkafka 2.0.2 it goes on asking a leader that has
// died, beyond its timeout and for as long as the broker stays away, whoever leads by then.
absl::StatusOr<std::vector<Offset>> KafkaTopics::AskLeaders(
    const std::vector<TopicPartition>& places, int64_t which) const {
  const SystemClock clock;
  const int64_t deadline = clock.MonotonicMicros() + absl::ToInt64Microseconds(options_.wait_max);
  const auto left = [&] {
    return absl::Microseconds(std::max<int64_t>(deadline - clock.MonotonicMicros(), 0));
  };
  rd_kafka_t* handle = client_->handle();
  std::map<TopicPartition, Offset> found;
  std::set<TopicPartition> unanswered(places.begin(), places.end());
  for (absl::Duration wait = kFirstWait; !unanswered.empty(); wait *= 2) {
    rd_kafka_topic_partition_list_t* list =
        rd_kafka_topic_partition_list_new(static_cast<int>(unanswered.size()));
    const auto done = absl::MakeCleanup([list] { rd_kafka_topic_partition_list_destroy(list); });
    for (const TopicPartition& where : unanswered) {
      const std::string name = NameOf(where.topic);
      rd_kafka_topic_partition_list_add(list, name.c_str(), where.partition)->offset = which;
    }
    const rd_kafka_resp_err_t error =
        rd_kafka_offsets_for_times(handle, list, ToMillis(std::min(wait, left())));
    rd_kafka_poll(handle, 0);
    rd_kafka_resp_err_t why =
        error == RD_KAFKA_RESP_ERR_NO_ERROR ? RD_KAFKA_RESP_ERR__TIMED_OUT : error;
    for (auto place = unanswered.begin(); place != unanswered.end();) {
      const rd_kafka_topic_partition_t* answer =
          rd_kafka_topic_partition_list_find(list, NameOf(place->topic).c_str(), place->partition);
      REVOPS_CHECK(answer != nullptr);
      if (answer->err != RD_KAFKA_RESP_ERR_NO_ERROR) why = answer->err;
      // What was not answered still holds the question, which is below 0.
      if (error != RD_KAFKA_RESP_ERR_NO_ERROR || answer->err != RD_KAFKA_RESP_ERR_NO_ERROR ||
          answer->offset < 0) {
        ++place;
        continue;
      }
      found[*place] = static_cast<Offset>(answer->offset);
      place = unanswered.erase(place);
    }
    if (unanswered.empty()) break;
    const absl::Status status = client_->ToStatus(
        why, absl::StrCat("asking where ", ToString(*unanswered.begin()), " starts or ends"),
        "Describe on the topic");
    if (!absl::IsUnavailable(status) || left() == absl::ZeroDuration()) return status;
    // Who leads now? The client would go on with what it knew, for up to half a minute.
    std::set<std::string> topics;
    for (const TopicPartition& where : unanswered) topics.insert(where.topic);
    for (const std::string& topic : topics) (void)Ask(topic, std::min(wait, left()));
    absl::SleepFor(std::min(kBetweenRounds, left()));
  }
  std::vector<Offset> offsets;
  for (const TopicPartition& where : places) offsets.push_back(found.at(where));
  return offsets;
}

}  // namespace revops

// Who reads which partition: lanes, each a consumer of its own with a cursor per partition.
//
// A reader that goes on where it stopped finds the cursor that stands there. One that starts
// elsewhere takes the lane that has no cursor for the partition, or the one that was used least
// recently: so a verification of the past does not move the live fold's cursor.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "engine/log/kafka_reader.h"

namespace revops {

// Thread safety: any thread.
class KafkaReaders final {
 public:
  static constexpr int kLanesMax = 3;

  // Lifetime: references outlive it.
  static absl::StatusOr<std::unique_ptr<KafkaReaders>> Make(KafkaReaderOptions options,
                                                            const KafkaTopics& topics,
                                                            const KafkaProducer& producer);

  absl::StatusOr<std::vector<Record>> Read(const TopicPartition& where, Offset from,
                                           const EventLog::ReadLimits& limits);

  // Waits for a record at `offset` if a cursor stands there; nullopt if none does.
  std::optional<bool> Await(const TopicPartition& where, Offset offset, absl::Duration timeout);

  // The end of the partition, unless an accepted gap stands before it: then where that begins.
  Offset EndBeforeAcceptedGap(const TopicPartition& where, Offset end) const;

  void Release(const TopicPartition& where);
  // Stops cursors that nobody used for `idle`, and hears what the consumers have to say.
  void Tend(absl::Duration idle);

 private:
  struct Lane {
    std::unique_ptr<KafkaClient> client;
    std::map<TopicPartition, std::shared_ptr<KafkaCursor>> cursors;
  };
  // A cursor, held.
  struct Held {
    std::shared_ptr<KafkaCursor> cursor;
    std::unique_lock<std::mutex> lock;
  };

  KafkaReaders(KafkaReaderOptions options, const KafkaTopics& topics, const KafkaProducer& producer)
      : options_(std::move(options)), topics_(topics), producer_(producer) {}
  absl::Status AddLane();
  absl::StatusOr<Held> Hold(const TopicPartition& where, Offset from);

  const KafkaReaderOptions options_;
  const KafkaTopics& topics_;
  const KafkaProducer& producer_;
  const SystemClock clock_;
  mutable std::mutex mutex_;  // of the lanes, not of what their cursors do
  std::vector<Lane> lanes_;
};

}  // namespace revops

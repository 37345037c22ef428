#include "engine/log/kafka_readers.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"

namespace revops {

absl::StatusOr<std::unique_ptr<KafkaReaders>> KafkaReaders::Make(KafkaReaderOptions options,
                                                                 const KafkaTopics& topics,
                                                                 const KafkaProducer& producer) {
  std::unique_ptr<KafkaReaders> readers(new KafkaReaders(std::move(options), topics, producer));
  RETURN_IF_ERROR(readers->AddLane());
  return readers;
}

absl::Status KafkaReaders::AddLane() {
  KafkaClient::Settings settings;
  settings.type = RD_KAFKA_CONSUMER;
  settings.client_id = options_.client_id;
  const int64_t ahead_kbytes = std::max<int64_t>(options_.fetch_ahead_bytes >> 10, 64);
  settings.properties = {
      {"enable.auto.commit", "false"},
      {"auto.commit.enable", "false"},  // the same for the calls we use
      {"enable.auto.offset.store", "false"},
      {"auto.offset.reset", "error"},
      {"isolation.level", "read_committed"},
      {"check.crcs", "true"},
      {"enable.partition.eof", "true"},
      {"queued.min.messages", "20000"},  // each costs the client half a kilobyte besides its bytes
      {"queued.max.messages.kbytes", absl::StrCat(ahead_kbytes)},
      {"message.max.bytes", absl::StrCat(options_.record_bytes_max + (64 << 10))},
      {"fetch.message.max.bytes",
       absl::StrCat(std::max(options_.fetch_ahead_bytes / 2, options_.record_bytes_max))},
      // A partition that starts waits for the fetch under way of the others.
      {"fetch.wait.max.ms", "20"},
      {"fetch.error.backoff.ms", "20"},
  };
  Lane lane;
  ASSIGN_OR_RETURN(lane.client, KafkaClient::Make(options_.connection, std::move(settings)));
  lanes_.push_back(std::move(lane));
  return absl::OkStatus();
}

absl::StatusOr<KafkaReaders::Held> KafkaReaders::Hold(const TopicPartition& where, Offset from) {
  std::shared_ptr<KafkaCursor> chosen;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    std::shared_ptr<KafkaCursor> oldest;
    for (Lane& lane : lanes_) {
      const auto found = lane.cursors.find(where);
      if (found == lane.cursors.end()) {
        auto cursor =
            std::make_shared<KafkaCursor>(options_, where, *lane.client, topics_, producer_);
        std::unique_lock<std::mutex> held(cursor->mutex);
        cursor->used_at_micros = clock_.MonotonicMicros();
        lane.cursors[where] = cursor;
        return Held{std::move(cursor), std::move(held)};
      }
      std::unique_lock<std::mutex> held(found->second->mutex, std::try_to_lock);
      if (!held.owns_lock()) continue;
      if (found->second->StandsAt(from)) {
        found->second->used_at_micros = clock_.MonotonicMicros();
        return Held{found->second, std::move(held)};
      }
      if (oldest == nullptr || found->second->used_at_micros < oldest->used_at_micros) {
        oldest = found->second;
      }
    }
    if (static_cast<int>(lanes_.size()) < kLanesMax) {
      RETURN_IF_ERROR(AddLane());
      Lane& lane = lanes_.back();
      chosen = std::make_shared<KafkaCursor>(options_, where, *lane.client, topics_, producer_);
      lane.cursors[where] = chosen;
    } else {
      chosen = oldest != nullptr ? oldest : lanes_.back().cursors.at(where);
    }
  }
  std::unique_lock<std::mutex> held(chosen->mutex);
  chosen->used_at_micros = clock_.MonotonicMicros();
  return Held{std::move(chosen), std::move(held)};
}

absl::StatusOr<std::vector<Record>> KafkaReaders::Read(const TopicPartition& where, Offset from,
                                                       const EventLog::ReadLimits& limits) {
  ASSIGN_OR_RETURN(const Held held, Hold(where, from));
  return held.cursor->Read(from, limits);
}

std::optional<bool> KafkaReaders::Await(const TopicPartition& where, Offset offset,
                                        absl::Duration timeout) {
  Held held;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    for (Lane& lane : lanes_) {
      const auto found = lane.cursors.find(where);
      if (found == lane.cursors.end()) continue;
      std::unique_lock<std::mutex> cursor(found->second->mutex, std::try_to_lock);
      if (!cursor.owns_lock() || !found->second->StandsAt(offset)) continue;
      held = Held{found->second, std::move(cursor)};
      break;
    }
  }
  if (held.cursor == nullptr) return std::nullopt;
  held.cursor->used_at_micros = clock_.MonotonicMicros();
  return held.cursor->Await(timeout);
}

Offset KafkaReaders::EndBeforeAcceptedGap(const TopicPartition& where, Offset end) const {
  for (auto gap = options_.accepted_gaps.rbegin(); gap != options_.accepted_gaps.rend(); ++gap) {
    if (gap->where == where && gap->to == end) end = gap->from;
  }
  return end;
}

void KafkaReaders::Release(const TopicPartition& where) {
  std::vector<std::shared_ptr<KafkaCursor>> released;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    for (Lane& lane : lanes_) {
      const auto found = lane.cursors.find(where);
      if (found != lane.cursors.end()) released.push_back(found->second);
    }
  }
  for (const auto& cursor : released) {
    std::lock_guard<std::mutex> held(cursor->mutex);
    cursor->Stop();
  }
}

void KafkaReaders::Tend(absl::Duration idle) {
  const int64_t before = clock_.MonotonicMicros() - absl::ToInt64Microseconds(idle);
  std::vector<std::shared_ptr<KafkaCursor>> all;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    for (Lane& lane : lanes_) {
      rd_kafka_poll(lane.client->handle(), 0);
      for (const auto& [where, cursor] : lane.cursors) all.push_back(cursor);
    }
  }
  for (const auto& cursor : all) {
    std::unique_lock<std::mutex> held(cursor->mutex, std::try_to_lock);
    if (held.owns_lock() && cursor->used_at_micros < before) cursor->Stop();
  }
}

}  // namespace revops

#include "engine/log/kafka_group.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/clock.h"
#include "engine/base/status.h"
#include "engine/log/kafka_client.h"

namespace revops {
namespace {

constexpr int kPollMillis = 100;
constexpr int64_t kAliveEveryMicros = 1'000'000;
// After so long a member is settled; how often one that lost its name enters again until then.
constexpr int64_t kSettledMicros = 30'000'000;
constexpr int kEntriesOfSettled = 6;
constexpr int kEntriesOfNew = 2;

bool EndsMembership(rd_kafka_resp_err_t error) {
  return error == RD_KAFKA_RESP_ERR__FATAL || error == RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID ||
         error == RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED ||
         error == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED;
}

}  // namespace

class KafkaGroup::Member final {
 public:
  static absl::StatusOr<std::unique_ptr<Member>> Join(KafkaGroupOptions options,
                                                      Callbacks callbacks) {
    std::unique_ptr<Member> member(new Member(std::move(options), std::move(callbacks)));
    RETURN_IF_ERROR(member->Enter());
    member->poller_ = std::thread([self = member.get()] { self->Run(); });
    return member;
  }

  ~Member() {
    stop_ = true;
    if (poller_.joinable()) poller_.join();
  }

  void Commit(const std::map<int, Offset>& next_offsets) {
    rd_kafka_topic_partition_list_t* offsets =
        rd_kafka_topic_partition_list_new(static_cast<int>(next_offsets.size()));
    for (const auto& [partition, next] : next_offsets) {
      rd_kafka_topic_partition_list_add(offsets, topic_.c_str(), partition)->offset =
          static_cast<int64_t>(next);
    }
    {
      std::lock_guard<std::mutex> lock(client_mutex_);
      rd_kafka_commit(client_->handle(), offsets, /*async=*/1);
    }
    rd_kafka_topic_partition_list_destroy(offsets);
  }

  std::vector<int> owned() const {
    std::lock_guard<std::mutex> lock(mutex_);
    return owned_;
  }

 private:
  Member(KafkaGroupOptions options, Callbacks callbacks)
      : options_(std::move(options)),
        callbacks_(std::move(callbacks)),
        topic_(absl::StrCat(options_.topic_prefix, options_.topic)) {}

  // Asks to be let in, as a new member or once more.
  absl::Status Enter() {
    const KafkaGroupOptions& chosen = options_;
    const int session_ms = ToMillis(chosen.session_timeout);
    KafkaClient::Settings settings;
    settings.type = RD_KAFKA_CONSUMER;
    settings.client_id = chosen.client_id;
    settings.rebalance = &Member::Rebalance;
    settings.opaque = this;
    settings.properties = {
        {"group.id", chosen.group},
        {"partition.assignment.strategy", "range"},
        {"session.timeout.ms", absl::StrCat(session_ms)},
        {"heartbeat.interval.ms", absl::StrCat(std::max(session_ms / 10, 100))},
        {"max.poll.interval.ms", absl::StrCat(std::max(ToMillis(chosen.stalled_max), session_ms))},
        {"enable.auto.commit", "false"},
        {"enable.auto.offset.store", "false"},
        {"auto.offset.reset", "error"},
    };
    if (!chosen.instance.empty()) settings.properties["group.instance.id"] = chosen.instance;
    ASSIGN_OR_RETURN(std::unique_ptr<KafkaClient> client,
                     KafkaClient::Make(chosen.connection, std::move(settings)));
    rd_kafka_poll_set_consumer(client->handle());
    rd_kafka_topic_partition_list_t* topics = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(topics, topic_.c_str(), RD_KAFKA_PARTITION_UA);
    const rd_kafka_resp_err_t error = rd_kafka_subscribe(client->handle(), topics);
    rd_kafka_topic_partition_list_destroy(topics);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return client->ToStatus(error, absl::StrCat("joining group ", chosen.group));
    }
    entered_at_ = clock_.MonotonicMicros();
    {
      std::lock_guard<std::mutex> lock(client_mutex_);
      client_.swap(client);
    }
    return absl::OkStatus();
  }

  // Whether the name was lost to the group's own confusion, as far as one can tell: a coordinator
  // that dies between letting a member in and answering takes the member's next question for that
  // of a stranger. Two processes under one name throw each other out again at once; there the one
  // that was settled holds out longer.
  bool MayEnterAgain() {
    if (clock_.MonotonicMicros() - entered_at_ > kSettledMicros) entries_left_ = kEntriesOfSettled;
    return entries_left_-- > 0;
  }

  bool WasFenced(rd_kafka_resp_err_t error) const {
    char words[256] = {};
    return error == RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID ||
           rd_kafka_fatal_error(client_->handle(), words, sizeof(words)) ==
               RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID;
  }

  void Run() {
    int64_t asked_at = 0;
    bool alive = true;
    while (!stop_) {
      if (clock_.MonotonicMicros() - asked_at >= kAliveEveryMicros) {
        asked_at = clock_.MonotonicMicros();
        alive = options_.alive == nullptr || options_.alive();
      }
      // Not polling is what tells the group that this member is stuck.
      if (!alive) {
        std::this_thread::sleep_for(std::chrono::milliseconds(kPollMillis));
        continue;
      }
      rd_kafka_message_t* message = rd_kafka_consumer_poll(client_->handle(), kPollMillis);
      if (message == nullptr) continue;
      const rd_kafka_resp_err_t error = message->err;
      const char* words = error == 0 ? nullptr : rd_kafka_message_errstr(message);
      const std::string said = words == nullptr ? "" : words;
      rd_kafka_message_destroy(message);
      if (!EndsMembership(error)) continue;
      if (WasFenced(error) && MayEnterAgain()) {
        GiveUp(/*lost=*/true);
        if (Enter().ok()) continue;
      }
      End(error, said);
      return;
    }
    GiveUp(/*lost=*/false);
  }

  void End(rd_kafka_resp_err_t error, const std::string& said) {
    char words[256] = {};
    const rd_kafka_resp_err_t fatal = rd_kafka_fatal_error(client_->handle(), words, sizeof(words));
    GiveUp(/*lost=*/true);
    const std::string what =
        absl::StrCat("membership of ", options_.instance, " in group ", options_.group, " is over");
    absl::Status why =
        client_->ToStatus(error, absl::StrCat(what, ": ", said), "Read on the group");
    if (fatal == RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID) {
      why = absl::FailedPreconditionError(
          absl::StrCat(what, ": another process runs under this name; give each its own name"));
    } else if (fatal != RD_KAFKA_RESP_ERR_NO_ERROR) {
      why = absl::FailedPreconditionError(absl::StrCat(what, ": ", words));
    }
    if (callbacks_.ended) callbacks_.ended(why);
  }

  void GiveUp(bool lost) {
    std::vector<int> given;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      given.swap(owned_);
    }
    if (!given.empty() && callbacks_.revoked) callbacks_.revoked(given, lost);
  }

  static void Rebalance(rd_kafka_t* handle, rd_kafka_resp_err_t event,
                        rd_kafka_topic_partition_list_t* partitions, void* opaque) {
    auto& self = *static_cast<Member*>(opaque);
    if (event != RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
      self.GiveUp(rd_kafka_assignment_lost(handle) != 0);
      rd_kafka_assign(handle, nullptr);
      return;
    }
    std::vector<int> owned;
    for (int i = 0; i < partitions->cnt; ++i) owned.push_back(partitions->elems[i].partition);
    std::sort(owned.begin(), owned.end());
    {
      std::lock_guard<std::mutex> lock(self.mutex_);
      self.owned_ = owned;
    }
    // Nothing is fetched here: the records are read through KafkaLog.
    rd_kafka_topic_partition_list_t* none = rd_kafka_topic_partition_list_new(0);
    rd_kafka_assign(handle, none);
    rd_kafka_topic_partition_list_destroy(none);
    if (self.callbacks_.assigned) self.callbacks_.assigned(owned);
  }

  const KafkaGroupOptions options_;
  const Callbacks callbacks_;
  const std::string topic_;
  const SystemClock clock_;
  std::mutex client_mutex_;  // for Commit; else the client is the poller's
  std::unique_ptr<KafkaClient> client_;
  int64_t entered_at_ = 0;
  int entries_left_ = kEntriesOfNew;
  std::atomic<bool> stop_{false};
  std::thread poller_;
  mutable std::mutex mutex_;
  std::vector<int> owned_;
};

KafkaGroup::KafkaGroup(std::unique_ptr<Member> member) : member_(std::move(member)) {}
KafkaGroup::~KafkaGroup() = default;

absl::StatusOr<std::unique_ptr<KafkaGroup>> KafkaGroup::Join(KafkaGroupOptions options,
                                                             Callbacks callbacks) {
  if (options.group.empty()) return absl::InvalidArgumentError("name the consumer group");
  ASSIGN_OR_RETURN(std::unique_ptr<Member> member,
                   Member::Join(std::move(options), std::move(callbacks)));
  return std::unique_ptr<KafkaGroup>(new KafkaGroup(std::move(member)));
}

void KafkaGroup::Commit(const std::map<int, Offset>& next_offsets) {
  member_->Commit(next_offsets);
}

std::vector<int> KafkaGroup::owned() const { return member_->owned(); }

}  // namespace revops

#include "engine/serve/peer_looks.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/strip.h"
#include "engine/base/status.h"
#include "engine/serve/connect_error.h"

namespace revops {
namespace {

constexpr int kEntriesMax = 1000;
constexpr int kHoldMsMax = 5000;
constexpr int kStatesMsMax = 1000;
// A walk's answer ends early once it holds so many bytes. Units: bytes.
constexpr size_t kAnswerBytesMax = 1 << 20;

void Add(absl::string_view key, absl::string_view value, v1::ReadResponse& response) {
  v1::ReadResponse::Entry* entry = response.add_entries();
  entry->set_key(key.data(), key.size());
  entry->set_value(value.data(), value.size());
}

absl::StatusOr<v1::ReadResponse> WalkStore(const ViewReader& store,
                                           const v1::ReadRequest::Walk& asked) {
  const int entries_max = std::clamp(asked.entries_max(), 1, kEntriesMax);
  v1::ReadResponse response;
  size_t bytes = 0;
  const auto cursor =
      store.Walk(asked.prefix(), asked.place(),
                 asked.descending() ? WalkOrder::kDescending : WalkOrder::kAscending);
  for (; cursor->valid(); cursor->Next()) {
    if (response.entries_size() == entries_max || bytes >= kAnswerBytesMax) {
      response.set_more(true);
      break;
    }
    bytes += cursor->key().size() + cursor->value().size();
    Add(cursor->key(), cursor->value(), response);
  }
  RETURN_IF_ERROR(cursor->status());
  return response;
}

absl::StatusOr<v1::ReadResponse> ReadStore(const ViewReader& store,
                                           const v1::ReadRequest& request) {
  v1::ReadResponse response;
  std::string key, value;
  switch (request.what_case()) {
    case v1::ReadRequest::kGet: {
      ASSIGN_OR_RETURN(const bool found, store.Get(request.get().key(), value));
      if (found) Add(request.get().key(), value, response);
      return response;
    }
    case v1::ReadRequest::kFloor: {
      ASSIGN_OR_RETURN(const bool found,
                       store.Floor(request.floor().prefix(), request.floor().at(), key, value));
      if (found) Add(key, value, response);
      return response;
    }
    case v1::ReadRequest::kWalk:
      return WalkStore(store, request.walk());
    default:
      return absl::InvalidArgumentError("the read says neither get nor floor nor walk");
  }
}

}  // namespace

// Reads of one look are one at a time.
struct PeerLooks::Held {
  absl::Mutex mutex;
  std::map<int, PartitionLook> partitions ABSL_GUARDED_BY(mutex);
  int64_t used_at ABSL_GUARDED_BY(mutex) = 0;  // Units: monotonic microseconds.
};

PeerLooks::PeerLooks(const Engine& engine, const Clock& clock, const Options& options)
    : engine_(engine),
      clock_(clock),
      options_(options),
      // Not that of a look of this address's last process.
      next_look_(static_cast<uint64_t>(clock.NowMicros())) {}

absl::Status PeerLooks::CheckGeneration(const std::string& generation) const {
  if (generation == engine_.generation()) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "this process folds generation ", engine_.generation().substr(0, 12), ", not ",
      generation.substr(0, 12), "; start all processes with the same program and revenue model"));
}

absl::StatusOr<v1::StatesResponse> PeerLooks::States(const v1::StatesRequest& request) {
  RETURN_IF_ERROR(CheckGeneration(request.generation()));
  if (request.wait_ms() < 0 || request.wait_ms() > kStatesMsMax ||
      request.wanted_size() > engine_.partitions()) {
    return absl::InvalidArgumentError(
        absl::StrCat("wait_ms is ", request.wait_ms(), ", wanted has ", request.wanted_size(),
                     " entries; give 0 to ", kStatesMsMax, " and at most one a partition"));
  }
  if (request.wait_ms() > 0) {
    const auto waited = absl::MakeCleanup([this] { --waiting_; });
    if (++waiting_ <= options_.waiting_max) {
      engine_.AwaitRead({request.wanted().begin(), request.wanted().end()},
                        absl::Milliseconds(request.wait_ms()));
    }
  }
  v1::StatesResponse response;
  for (int p = 0; p < engine_.partitions(); ++p) {
    if (!engine_.owns(p)) continue;
    const StoreState state = StateOf(engine_, p);
    v1::PartitionState* one = response.add_partitions();
    one->set_partition(p);
    *one->mutable_progress() = state.progress;
    if (!state.status.ok()) one->set_error(state.status.ToString());
    one->set_store_bytes(state.store_bytes);
    one->set_records_per_second(state.records_per_second);
  }
  return response;
}

absl::StatusOr<v1::LookResponse> PeerLooks::Look(const v1::LookRequest& request) {
  RETURN_IF_ERROR(CheckGeneration(request.generation()));
  Sweep();
  auto held = std::make_shared<Held>();
  v1::LookResponse response;
  {
    absl::MutexLock lock(&held->mutex);
    held->used_at = clock_.MonotonicMicros();
    for (const int p : request.partitions()) {
      if (p < 0 || p >= engine_.partitions() || !engine_.owns(p)) {
        return absl::UnavailableError(
            absl::StrCat("partition ", p, " is not owned by the process that was asked"));
      }
      ASSIGN_OR_RETURN(PartitionLook look, LookAtPartition(engine_, p));
      *response.add_progress() = look.progress;
      held->partitions[p] = std::move(look);
    }
  }
  absl::MutexLock lock(&mutex_);
  if (static_cast<int>(looks_.size()) >= options_.looks_max) {
    return absl::UnavailableError(
        absl::StrCat("all ", options_.looks_max, " looks of this process are taken; ask again"));
  }
  response.set_look(++next_look_);
  looks_[next_look_] = std::move(held);
  return response;
}

absl::StatusOr<v1::ReadResponse> PeerLooks::Read(const v1::ReadRequest& request) {
  const auto over = [&] {
    return absl::UnavailableError(
        absl::StrCat("the look at partition ", request.partition(), " is over; look again"));
  };
  std::shared_ptr<Held> held;
  {
    absl::MutexLock lock(&mutex_);
    const auto found = looks_.find(request.look());
    if (found == looks_.end()) return over();
    held = found->second;
  }
  absl::MutexLock lock(&held->mutex);
  held->used_at = clock_.MonotonicMicros();
  const auto found = held->partitions.find(request.partition());
  if (found == held->partitions.end()) return over();
  return ReadStore(*found->second.store, request);
}

absl::StatusOr<v1::ReleaseResponse> PeerLooks::Release(const v1::ReleaseRequest& request) {
  absl::MutexLock lock(&mutex_);
  looks_.erase(request.look());
  return v1::ReleaseResponse();
}

absl::StatusOr<v1::HoldResponse> PeerLooks::Hold(const v1::HoldRequest& request) {
  RETURN_IF_ERROR(CheckGeneration(request.generation()));
  if (request.time_ms() < 0 || request.time_ms() > kHoldMsMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("time_ms is ", request.time_ms(), "; give 0 to ", kHoldMsMax));
  }
  if (request.time_ms() == 0) {
    engine_.Release(request.holder());
  } else {
    RETURN_IF_ERROR(engine_.Hold(request.holder(), absl::Milliseconds(request.time_ms())));
  }
  return v1::HoldResponse();
}

void PeerLooks::Sweep() {
  const int64_t oldest =
      clock_.MonotonicMicros() - absl::ToInt64Microseconds(options_.idle_time_max);
  absl::MutexLock lock(&mutex_);
  for (auto at = looks_.begin(); at != looks_.end();) {
    Held& held = *at->second;
    bool over = false;
    // One that is being read is not idle, and is seen to by the next sweep.
    if (held.mutex.TryLock()) {
      for (auto one = held.partitions.begin(); one != held.partitions.end();) {
        // Also a store that failed and has to be opened anew waits for its readers.
        const bool gone =
            !engine_.owns(one->first) || engine_.partition(one->first) != one->second.partition;
        one = gone ? held.partitions.erase(one) : std::next(one);
      }
      over = held.used_at < oldest || held.partitions.empty();
      held.mutex.Unlock();
    }
    at = over ? looks_.erase(at) : std::next(at);
  }
}

namespace {

template <typename Request, typename Response>
HttpAnswer Run(PeerLooks& looks, const HttpCall& call,
               absl::StatusOr<Response> (PeerLooks::*answer)(const Request&)) {
  Request request;
  if (!request.ParseFromString(call.body)) {
    return ErrorAnswer(absl::InvalidArgumentError("the body is no request of a peer"));
  }
  const absl::StatusOr<Response> response = (looks.*answer)(request);
  if (!response.ok()) return ErrorAnswer(response.status());
  HttpAnswer encoded;
  encoded.content_type = "application/proto";
  encoded.body = response->SerializeAsString();
  return encoded;
}

}  // namespace

HttpAnswer AnswerPeerCall(PeerLooks& looks, const HttpCall& call) {
  try {
    absl::string_view name = call.path;
    if (call.method == "POST" && absl::ConsumePrefix(&name, kPeerPath)) {
      if (name == "States") return Run(looks, call, &PeerLooks::States);
      if (name == "Look") return Run(looks, call, &PeerLooks::Look);
      if (name == "Read") return Run(looks, call, &PeerLooks::Read);
      if (name == "Hold") return Run(looks, call, &PeerLooks::Hold);
      if (name == "Release") return Run(looks, call, &PeerLooks::Release);
    }
    return ErrorAnswer(absl::UnimplementedError(
        "this address is for other revops processes of the cluster; ask at the one that `revops "
        "serve` printed"));
  } catch (const std::exception& failure) {
    return ErrorAnswer(absl::InternalError(failure.what()));
  }
}

}  // namespace revops

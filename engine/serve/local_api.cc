#include "engine/serve/local_api.h"

#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "engine/base/status.h"
#include "engine/query/attribution.h"
#include "engine/query/bridge.h"
#include "engine/query/dead_letters.h"
#include "engine/query/explain.h"
#include "engine/query/kpi.h"
#include "engine/query/lists.h"
#include "engine/query/log_records.h"
#include "engine/query/look.h"
#include "engine/query/rows.h"
#include "engine/query/status.h"
#include "engine/query/timeline.h"
#include "engine/query/views.h"

namespace revops {
namespace {

constexpr int kEventsMax = 10'000;
constexpr size_t kPublishBytesMax = 4 << 20;
constexpr int64_t kWaitDefaultMs = 10'000;
constexpr int64_t kWaitMaxMs = 60'000;
constexpr int64_t kStatusWaitMs = 500;
// How long a verification waits for a moment of rest.
constexpr absl::Duration kRestMax = absl::Seconds(30);
constexpr int kVerifyTriesMax = 3;
// Looks that end early before a question is given up.
constexpr int kLooksMax = 4;

v1::Finding ToFinding(const SplitEvent& event) {
  v1::Finding finding;
  finding.set_code("split_event");
  finding.set_source(event.source);
  finding.set_id(event.id);
  std::vector<std::string> roots;
  for (const Id& root : event.roots) {
    *finding.add_roots() = root.ToProto();
    roots.push_back(ToText(root));
  }
  if (event.journeys > roots.size()) roots.emplace_back("…");
  finding.set_message(absl::StrCat("event ", event.id, " of source ", event.source,
                                   " was published about different subjects: ", event.journeys,
                                   " journeys hold a copy (", absl::StrJoin(roots, ", "),
                                   ") and each copy counts; void the wrong ones under their "
                                   "subject, and publish what is another "
                                   "event under an id of its own"));
  return finding;
}

}  // namespace

LocalApi::LocalApi(const Engine& engine, Ingest* ingest, const Clock& clock,
                   LocalApiOptions options)
    : engine_(engine),
      own_stores_(engine),
      stores_(options.stores == nullptr ? own_stores_ : *options.stores),
      ingest_(ingest),
      clock_(clock),
      options_(std::move(options)),
      freshness_(engine, clock),
      model_text_(options_.model_text) {}

void LocalApi::SetModelText(std::string text) {
  absl::MutexLock lock(&mutex_);
  model_text_ = std::move(text);
}

absl::StatusOr<Look> LocalApi::LookFor(const v1::Await& await) {
  if (await.wait_ms() < 0 || await.wait_ms() > kWaitMaxMs) {
    return absl::InvalidArgumentError(absl::StrCat("await.wait_ms is ", await.wait_ms(),
                                                   "; give 1 to ", kWaitMaxMs, ", or 0 for ",
                                                   kWaitDefaultMs));
  }
  const int64_t wait_ms = await.wait_ms() == 0 ? kWaitDefaultMs : await.wait_ms();
  absl::optional<Position> covering;
  if (!await.token().empty()) {
    const absl::StatusOr<Position> position = ParseToken(await.token());
    if (!position.ok()) return Annotate(position.status(), "await.token");
    covering = *position;
  }
  return stores_.LookAt(covering, absl::Milliseconds(wait_ms));
}

template <typename Response>
absl::StatusOr<Response> LocalApi::Ask(
    const v1::Await& await, absl::FunctionRef<absl::StatusOr<Response>(const Look&)> answer) {
  for (int looks = 1;; ++looks) {
    ASSIGN_OR_RETURN(const Look look, LookFor(await));
    absl::StatusOr<Response> response = answer(look);
    if (absl::IsUnavailable(response.status()) && looks < kLooksMax) continue;
    if (response.ok()) *response->mutable_seen() = freshness_.Describe(look);
    if (absl::IsNotFound(response.status()) && await.token().empty() &&
        !freshness_.Describe(look).settled()) {
      return absl::NotFoundError(absl::StrCat(
          response.status().message(),
          "; the views are behind the log: if it was just published, pass the token of its "
          "publishing along"));
    }
    return response;
  }
}

absl::StatusOr<v1::PublishResponse> LocalApi::Publish(const v1::PublishRequest& request) {
  if (ingest_ == nullptr) {
    return absl::FailedPreconditionError("this server answers questions only; publish to another");
  }
  if (request.events_size() > kEventsMax || request.ByteSizeLong() > kPublishBytesMax) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the request holds ", request.events_size(), " events in ", request.ByteSizeLong(),
        " bytes; send at most ", kEventsMax, " in ", kPublishBytesMax, " bytes at once"));
  }
  std::vector<v1::Event> events(request.events().begin(), request.events().end());
  ASSIGN_OR_RETURN(const Ingest::Result result, ingest_->Publish(std::move(events)));
  v1::PublishResponse response;
  for (const absl::optional<Refusal>& refusal : result.refusals) {
    v1::PublishResponse::Answer* answer = response.add_answers();
    answer->set_verdict(refusal.has_value() ? v1::PublishResponse::REFUSED
                                            : v1::PublishResponse::ACCEPTED);
    if (!refusal.has_value()) continue;
    answer->set_code(refusal->code);
    answer->set_reason(refusal->reason);
  }
  response.set_token(ToToken(result.position));
  response.set_accepted(static_cast<uint32_t>(result.accepted));
  response.set_refused(static_cast<uint32_t>(request.events_size() - result.accepted));
  return response;
}

absl::StatusOr<v1::GetResponse> LocalApi::Get(const v1::GetRequest& request) {
  return Ask<v1::GetResponse>(request.await(), [&](const Look& look) {
    return GetRows(engine_, look, clock_.NowMicros(), request);
  });
}

absl::StatusOr<v1::ListResponse> LocalApi::List(const v1::ListRequest& request) {
  return Ask<v1::ListResponse>(request.await(), [&](const Look& look) {
    return ListRows(engine_, look, clock_.NowMicros(), request);
  });
}

absl::StatusOr<v1::TimelineResponse> LocalApi::Timeline(const v1::TimelineRequest& request) {
  return Ask<v1::TimelineResponse>(request.await(), [&](const Look& look) {
    return ReadTimeline(engine_, look, clock_.NowMicros(), request);
  });
}

absl::StatusOr<v1::DeadLettersResponse> LocalApi::DeadLetters(
    const v1::DeadLettersRequest& request) {
  return Ask<v1::DeadLettersResponse>(
      request.await(), [&](const Look& look) { return ListDeadLetters(engine_, look, request); });
}

absl::StatusOr<v1::KpiResponse> LocalApi::Kpi(const v1::KpiRequest& request) {
  return Ask<v1::KpiResponse>(request.await(), [&](const Look& look) {
    return AskKpis(engine_, look, clock_.NowMicros(), request);
  });
}

absl::StatusOr<v1::BridgeResponse> LocalApi::Bridge(const v1::BridgeRequest& request) {
  return Ask<v1::BridgeResponse>(request.await(), [&](const Look& look) {
    return AskBridge(engine_, look, clock_.NowMicros(), request);
  });
}

absl::StatusOr<v1::AttributionResponse> LocalApi::Attribution(
    const v1::AttributionRequest& request) {
  return Ask<v1::AttributionResponse>(request.await(), [&](const Look& look) {
    return AskAttribution(engine_, look, clock_.NowMicros(), request);
  });
}

absl::StatusOr<v1::ExplainResponse> LocalApi::Explain(const v1::ExplainRequest& request,
                                                      const Progress& progress) {
  return Ask<v1::ExplainResponse>(request.await(), [&](const Look& look) {
    return revops::Explain(engine_, look, clock_.NowMicros(), request, progress);
  });
}

absl::StatusOr<v1::StatusResponse> LocalApi::Status(const v1::StatusRequest& request) {
  // A partition that stands still or is missing is told of below; it must not hide the others, nor
  // make who asks what is wrong wait.
  v1::Await await = request.await();
  const bool any_look = await.token().empty();
  if (any_look && await.wait_ms() == 0) await.set_wait_ms(kStatusWaitMs);
  const absl::StatusOr<Look> look = LookFor(await);
  if (!look.ok() && (!any_look || absl::IsInvalidArgument(look.status()))) return look.status();
  std::vector<StoreState> states = stores_.States();
  // What is said of a partition is what this look saw, as what is said of all: a store shows a
  // commit a moment before its progress does.
  for (size_t p = 0; look.ok() && p < states.size(); ++p) {
    if (states[p].known()) states[p].progress = (*look)[p].progress;
  }
  ASSIGN_OR_RETURN(v1::StatusResponse response, DescribeStatus(engine_, states));
  response.set_version(options_.program_version);
  {
    absl::MutexLock lock(&mutex_);
    if (verifying_.has_value()) {
      *response.mutable_verifying() = *verifying_;
      response.mutable_verifying()->set_micros(clock_.MonotonicMicros() - verifying_since_);
    }
  }
  std::vector<v1::StoredProgress> progress;
  for (const StoreState& state : states) progress.push_back(state.progress);
  const std::vector<int64_t> lags = freshness_.Lags(progress);
  for (size_t p = 0; p < states.size(); ++p) {
    if (!states[p].known()) continue;
    response.mutable_partitions(static_cast<int>(p))->set_lag_micros(lags[p]);
  }
  if (look.ok()) *response.mutable_seen() = freshness_.Describe(*look);
  return response;
}

absl::StatusOr<v1::ViewsResponse> LocalApi::Views(const v1::ViewsRequest&) {
  return DescribeViews(engine_.registry());
}

absl::StatusOr<v1::ModelResponse> LocalApi::Model(const v1::ModelRequest&) {
  v1::ModelResponse response;
  {
    absl::MutexLock lock(&mutex_);
    response.set_text(model_text_);
  }
  response.set_version(engine_.model().version());
  response.set_fingerprint(engine_.model().fold_fingerprint());
  return response;
}

absl::StatusOr<v1::LogResponse> LocalApi::Log(const v1::LogRequest& request) {
  return ReadLog(engine_.log(), request);
}

absl::StatusOr<Verification> LocalApi::RunVerification(const v1::VerifyRequest& request,
                                                       const Progress& progress) {
  VerifyOptions options;
  options.stored_only = request.stored_only();
  options.scratch_folder = options_.scratch_folder;
  options.progress = [&](uint64_t done, uint64_t total) {
    if (progress) progress(done, total);
    absl::MutexLock lock(&mutex_);
    verifying_->set_done(done);
    verifying_->set_total(total);
  };
  for (int tries = 1;; ++tries) {
    ASSIGN_OR_RETURN(const Look look, stores_.LookAtRest(kRestMax));
    const std::vector<StoreState> states = stores_.States();
    std::vector<VerifiedStore> stores;
    for (size_t p = 0; p < look.size(); ++p) {
      stores.push_back({look[p].store.get(), look[p].progress, states[p].owner});
    }
    std::error_code ignored;
    if (!request.stored_only()) std::filesystem::remove_all(options_.scratch_folder, ignored);
    absl::StatusOr<Verification> verified = revops::Verify(engine_, stores, options);
    if (!request.stored_only()) std::filesystem::remove_all(options_.scratch_folder, ignored);
    // A partition that changes hands, or whose store is opened anew, ends the look at it.
    if (!absl::IsUnavailable(verified.status()) || tries == kVerifyTriesMax) return verified;
  }
}

absl::StatusOr<v1::VerifyResponse> LocalApi::Verify(const v1::VerifyRequest& request,
                                                    const Progress& progress) {
  const bool replays = !request.stored_only();
  if (replays && options_.scratch_folder.empty()) {
    return absl::FailedPreconditionError(
        "there is no folder to fold the log again in; ask with stored_only");
  }
  const int64_t began = clock_.MonotonicMicros();
  {
    absl::MutexLock lock(&mutex_);
    if (verifying_.has_value()) {
      return absl::UnavailableError(absl::StrCat("a verification is under way, ",
                                                 verifying_->done(), " of ", verifying_->total(),
                                                 " records; ask again when it is through"));
    }
    verifying_.emplace();
    verifying_->set_done(0);
    verifying_->set_total(0);
    verifying_since_ = began;
  }
  const absl::StatusOr<Verification> verified = RunVerification(request, progress);
  {
    absl::MutexLock lock(&mutex_);
    verifying_.reset();
  }
  RETURN_IF_ERROR(verified.status());

  v1::VerifyResponse response;
  for (size_t p = 0; p < verified->partitions.size(); ++p) {
    const Verification::OfPartition& one = verified->partitions[p];
    v1::VerifyResponse::Partition* partition = response.add_partitions();
    partition->set_partition(static_cast<int>(p));
    partition->set_live_digest(DigestText(one.live));
    partition->set_stored_digest(DigestText(one.stored));
    if (replays) partition->set_replayed_digest(DigestText(one.replayed));
    partition->set_events(one.events);
    partition->set_equal(one.equal);
  }
  response.set_equal(verified->equal);
  response.set_events(verified->events);
  for (const std::string& difference : verified->differences) response.add_differences(difference);
  for (const SplitEvent& event : verified->split_events.first) {
    *response.add_findings() = ToFinding(event);
  }
  response.set_split_events(verified->split_events.count);
  response.set_micros(clock_.MonotonicMicros() - began);
  ASSIGN_OR_RETURN(const Look look, LookFor({}));
  *response.mutable_seen() = freshness_.Describe(look);
  return response;
}

}  // namespace revops

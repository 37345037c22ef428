// The Api over the engine in this process and, where partitions are elsewhere, over other stores.
//
// A question waits for the token it brings, then looks at every partition through one snapshot
// each, and answers from that look alone: rows and the position said to be seen belong together.
// So an answer is a function of its look, and is made again from another when a look ends early
// because a partition changed hands.
#pragma once

#include <string>

#include "absl/functional/function_ref.h"
#include "absl/synchronization/mutex.h"
#include "absl/types/optional.h"
#include "engine/base/clock.h"
#include "engine/ingest/ingest.h"
#include "engine/query/seen.h"
#include "engine/query/stores.h"
#include "engine/runtime/engine.h"
#include "engine/runtime/verify.h"
#include "engine/serve/api.h"

namespace revops {

struct LocalApiOptions {
  // The version of this program, for Status.
  std::string program_version;
  // The revenue model as text, for Model.
  std::string model_text;
  // A folder that Verify fills and removes again; empty: it is refused unless stored_only.
  std::string scratch_folder;
  // Where the partitions are; null: the engine owns all. Lifetime: outlives the Api.
  Stores* stores = nullptr;
};

class LocalApi final : public Api {
 public:
  // `ingest` null: Publish is refused. Lifetime: all outlive the object.
  LocalApi(const Engine& engine, Ingest* ingest, const Clock& clock, LocalApiOptions options);

  // The text that Model gives from now on.
  void SetModelText(std::string text);

  absl::StatusOr<v1::PublishResponse> Publish(const v1::PublishRequest& request) override;
  absl::StatusOr<v1::GetResponse> Get(const v1::GetRequest& request) override;
  absl::StatusOr<v1::ListResponse> List(const v1::ListRequest& request) override;
  absl::StatusOr<v1::TimelineResponse> Timeline(const v1::TimelineRequest& request) override;
  absl::StatusOr<v1::DeadLettersResponse> DeadLetters(
      const v1::DeadLettersRequest& request) override;
  absl::StatusOr<v1::KpiResponse> Kpi(const v1::KpiRequest& request) override;
  absl::StatusOr<v1::BridgeResponse> Bridge(const v1::BridgeRequest& request) override;
  absl::StatusOr<v1::AttributionResponse> Attribution(
      const v1::AttributionRequest& request) override;
  absl::StatusOr<v1::ExplainResponse> Explain(const v1::ExplainRequest& request,
                                              const Progress& progress) override;
  absl::StatusOr<v1::StatusResponse> Status(const v1::StatusRequest& request) override;
  absl::StatusOr<v1::ViewsResponse> Views(const v1::ViewsRequest& request) override;
  absl::StatusOr<v1::ModelResponse> Model(const v1::ModelRequest& request) override;
  absl::StatusOr<v1::LogResponse> Log(const v1::LogRequest& request) override;
  absl::StatusOr<v1::VerifyResponse> Verify(const v1::VerifyRequest& request,
                                            const Progress& progress) override;

 private:
  absl::StatusOr<Look> LookFor(const v1::Await& await);
  // What `answer` makes of a look at all partitions, with what was seen.
  template <typename Response>
  absl::StatusOr<Response> Ask(const v1::Await& await,
                               absl::FunctionRef<absl::StatusOr<Response>(const Look&)> answer);
  absl::StatusOr<Verification> RunVerification(const v1::VerifyRequest& request,
                                               const Progress& progress);

  const Engine& engine_;
  OwnStores own_stores_;
  Stores& stores_;
  Ingest* const ingest_;
  const Clock& clock_;
  const LocalApiOptions options_;
  Freshness freshness_;
  // The one Verify that may run at a time, and how far it is.
  mutable absl::Mutex mutex_;
  std::string model_text_ ABSL_GUARDED_BY(mutex_);
  absl::optional<v1::VerificationProgress> verifying_ ABSL_GUARDED_BY(mutex_);
  int64_t verifying_since_ ABSL_GUARDED_BY(mutex_) = 0;  // Units: monotonic microseconds
};

}  // namespace revops

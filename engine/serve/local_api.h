// The Api over the engine in this process.
//
// A question waits for the token it brings, then looks at every partition through one snapshot
// each, and answers from that look alone: rows and the position said to be seen belong together.
#pragma once

#include <string>

#include "absl/synchronization/mutex.h"
#include "engine/base/clock.h"
#include "engine/ingest/ingest.h"
#include "engine/query/seen.h"
#include "engine/runtime/engine.h"
#include "engine/serve/api.h"

namespace revops {

struct LocalApiOptions {
  // The version of this program, for Status.
  std::string program_version;
  // The revenue model as text, for Model.
  std::string model_text;
  // A folder that Verify fills and removes again; empty: it is refused unless stored_only.
  std::string scratch_folder;
};

class LocalApi final : public Api {
 public:
  // `ingest` null: Publish is refused. Lifetime: all outlive the object.
  LocalApi(const Engine& engine, Ingest* ingest, const Clock& clock, LocalApiOptions options);

  absl::StatusOr<v1::PublishResponse> Publish(const v1::PublishRequest& request) override;
  absl::StatusOr<v1::GetResponse> Get(const v1::GetRequest& request) override;
  absl::StatusOr<v1::ListResponse> List(const v1::ListRequest& request) override;
  absl::StatusOr<v1::TimelineResponse> Timeline(const v1::TimelineRequest& request) override;
  absl::StatusOr<v1::DeadLettersResponse> DeadLetters(
      const v1::DeadLettersRequest& request) override;
  absl::StatusOr<v1::KpiResponse> Kpi(const v1::KpiRequest& request) override;
  absl::StatusOr<v1::StatusResponse> Status(const v1::StatusRequest& request) override;
  absl::StatusOr<v1::ViewsResponse> Views(const v1::ViewsRequest& request) override;
  absl::StatusOr<v1::ModelResponse> Model(const v1::ModelRequest& request) override;
  absl::StatusOr<v1::LogResponse> Log(const v1::LogRequest& request) override;
  absl::StatusOr<v1::VerifyResponse> Verify(const v1::VerifyRequest& request,
                                            const Progress& progress) override;

 private:
  absl::Status Wait(const v1::Await& await) const;

  const Engine& engine_;
  Ingest* const ingest_;
  const Clock& clock_;
  const LocalApiOptions options_;
  Freshness freshness_;
  // Held by the one Verify that may run at a time.
  absl::Mutex verifying_;
};

}  // namespace revops

// Everything that can be asked of the engine, as one abstract class: a function for each call of
// proto/revops/v1/service.proto, which says what each field means.
//
// Two classes fill it: LocalApi over the engine in this process, and RemoteApi over HTTP. The HTTP
// server and the command line know only this, so that both are the same from either side.
// Thread safety: all functions may be called from any thread at once.
#pragma once

#include <cstdint>
#include <functional>

#include "absl/status/statusor.h"
#include "revops/v1/service.pb.h"

namespace revops {

// Told now and then how much of a long work is done; `total` may grow. Must not block.
using Progress = std::function<void(uint64_t done, uint64_t total)>;

// Errors: of every function: kInvalidArgument names the field, the value and the remedy;
// kDeadlineExceeded if `await.token` was not covered in time, saying how far the engine is;
// kUnavailable: try again later, nothing changed; kDataLoss if stored bytes are wrong.
class Api {
 public:
  virtual ~Api() = default;

  // A refused event is an answer, not an error.
  // Errors: kResourceExhausted if too much is waiting to be appended: publish again later.
  virtual absl::StatusOr<v1::PublishResponse> Publish(const v1::PublishRequest& request) = 0;

  // Errors: kNotFound if there is no such view (offers the list) or no row of that entity.
  virtual absl::StatusOr<v1::GetResponse> Get(const v1::GetRequest& request) = 0;

  // Errors: kNotFound if there is no such view or index (offers the list).
  virtual absl::StatusOr<v1::ListResponse> List(const v1::ListRequest& request) = 0;

  // Errors: kNotFound if no journey holds the id.
  virtual absl::StatusOr<v1::TimelineResponse> Timeline(const v1::TimelineRequest& request) = 0;

  virtual absl::StatusOr<v1::DeadLettersResponse> DeadLetters(
      const v1::DeadLettersRequest& request) = 0;

  // Errors: kNotFound for an unknown KPI (offers the list); kInvalidArgument for a slice that its
  // measures are not counted by (offers those).
  virtual absl::StatusOr<v1::KpiResponse> Kpi(const v1::KpiRequest& request) = 0;

  virtual absl::StatusOr<v1::BridgeResponse> Bridge(const v1::BridgeRequest& request) = 0;

  // Errors: kNotFound for a deal that there is not, or that was not won (or not opened).
  virtual absl::StatusOr<v1::AttributionResponse> Attribution(
      const v1::AttributionRequest& request) = 0;

  // Errors: kNotFound for an unknown view, row or KPI. `progress` may be null.
  virtual absl::StatusOr<v1::ExplainResponse> Explain(const v1::ExplainRequest& request,
                                                      const Progress& progress) = 0;

  virtual absl::StatusOr<v1::StatusResponse> Status(const v1::StatusRequest& request) = 0;

  virtual absl::StatusOr<v1::ViewsResponse> Views(const v1::ViewsRequest& request) = 0;

  virtual absl::StatusOr<v1::ModelResponse> Model(const v1::ModelRequest& request) = 0;

  // Errors: kNotFound if there is no such topic or partition; kOutOfRange if `from` lies outside
  // of the partition.
  virtual absl::StatusOr<v1::LogResponse> Log(const v1::LogRequest& request) = 0;

  // A difference is an answer, not an error. `progress` may be null.
  virtual absl::StatusOr<v1::VerifyResponse> Verify(const v1::VerifyRequest& request,
                                                    const Progress& progress) = 0;
};

}  // namespace revops

// A server of the real program over a fresh data folder, and a client that can also misbehave.
#pragma once

#include <csignal>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/status.h"
#include "engine/serve/http_client.h"
#include "engine/serve/json.h"
#include "engine/serve/remote_api.h"
#include "gtest/gtest.h"
#include "tests/support/folders.h"
#include "tests/support/program.h"

namespace revops::test {

class Server final {
 public:
  Server() : data_(folder_.path() + "/company") { Start(); }

  const std::string& data() const { return data_; }
  const std::string& url() const { return url_; }
  pid_t pid() const { return program_->pid(); }
  Api& api() { return *api_; }

  void Start() {
    program_ = std::make_unique<RunningProgram>(
        std::vector<std::string>{"serve", "--data", data_, "--port", "0"});
    const auto url = program_->AwaitUrl();
    REVOPS_CHECK(url.ok());
    url_ = *url;
    api_ = std::move(*RemoteApi::Open(url_, {}));
  }
  ProgramRun Stop() {
    program_->Signal(SIGTERM);
    return program_->Wait();
  }

  HttpAnswer Post(const std::string& call, const std::string& body,
                  const std::string& content_type = "application/json") {
    const auto answer =
        Exchange(*ParseEndpoint(url_),
                 {"POST", "/revops.v1.RevopsService/" + call, content_type, "", body}, {});
    EXPECT_TRUE(answer.ok()) << answer.status();
    return answer.ok() ? *answer : HttpAnswer{0, "", "", ""};
  }

  // Publishes events given in JSON, in one batch.
  v1::PublishResponse Publish(const std::vector<std::string>& events) {
    const HttpAnswer answer =
        Post("Publish", absl::StrCat("{\"events\":[", absl::StrJoin(events, ","), "]}"));
    EXPECT_EQ(answer.status, 200) << answer.body;
    v1::PublishResponse response;
    const absl::Status parsed = ParseJson(answer.body, &response);
    EXPECT_TRUE(parsed.ok()) << parsed << ": " << answer.body;
    return response;
  }

  // The events of one journey, all published up to `token` being in it.
  std::vector<v1::TimelineResponse::Entry> Timeline(v1::IdKind kind, const std::string& name_space,
                                                    const std::string& value,
                                                    const std::string& token) {
    v1::TimelineRequest request;
    request.mutable_id()->set_kind(kind);
    request.mutable_id()->set_namespace_(name_space);
    request.mutable_id()->set_value(value);
    request.mutable_await()->set_token(token);
    const auto response = api_->Timeline(request);
    EXPECT_TRUE(response.ok()) << response.status();
    if (!response.ok()) return {};
    return {response->entries().begin(), response->entries().end()};
  }

  v1::StatusResponse Status(const std::string& token = "") {
    v1::StatusRequest request;
    request.mutable_await()->set_token(token);
    const auto response = api_->Status(request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? *response : v1::StatusResponse();
  }

  // Records in `touchpoints`.
  uint64_t Appended() {
    uint64_t end = 0;
    const v1::StatusResponse status = Status();
    for (const v1::PartitionStatus& partition : status.partitions()) end += partition.end();
    return end;
  }

  // All that was read is accounted for, and the stored keys say what the counters say.
  void ExpectAddsUp(const std::string& token = "") {
    const v1::StatusResponse status = Status(token);
    for (const v1::PartitionStatus& partition : status.partitions()) {
      EXPECT_EQ(partition.error(), "");
      EXPECT_EQ(partition.read(), partition.kept() + partition.duplicate() + partition.forwarded());
    }
    v1::VerifyRequest request;
    request.set_stored_only(true);
    const auto verified = api_->Verify(request, nullptr);
    ASSERT_TRUE(verified.ok()) << verified.status();
    EXPECT_TRUE(verified->equal()) << verified->ShortDebugString();
  }

 private:
  const TemporaryFolder folder_;
  const std::string data_;
  std::unique_ptr<RunningProgram> program_;
  std::string url_;
  std::unique_ptr<Api> api_;
};

}  // namespace revops::test

#include "engine/serve/remote_api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "absl/synchronization/notification.h"
#include "engine/base/status.h"
#include "engine/serve/connect.h"
#include "engine/serve/http_server.h"
#include "tests/serve/fake_api.h"

namespace revops {
namespace {

using ::testing::HasSubstr;

class RemoteApiTest : public ::testing::Test {
 protected:
  RemoteApiTest() {
    auto server =
        HttpServer::Start({}, [this](const HttpCall& call) { return AnswerCall(api_, call, {}); });
    REVOPS_CHECK(server.ok());
    server_ = *std::move(server);
    remote_ = Open({});
  }

  std::unique_ptr<RemoteApi> Open(const RemoteApiOptions& options) {
    auto remote = RemoteApi::Open(server_->url(), options);
    REVOPS_CHECK(remote.ok());
    return *std::move(remote);
  }

  test::FakeApi api_;
  std::unique_ptr<HttpServer> server_;
  std::unique_ptr<RemoteApi> remote_;
};

TEST_F(RemoteApiTest, EveryCallMakesTheRoundTrip) {
  v1::PublishRequest publish;
  publish.add_events()->set_id("e1");
  publish.add_events();
  const auto published = remote_->Publish(publish);
  ASSERT_TRUE(published.ok()) << published.status();
  EXPECT_EQ(published->answers(0).verdict(), v1::PublishResponse::ACCEPTED);
  EXPECT_EQ(published->answers(1).verdict(), v1::PublishResponse::REFUSED);

  v1::GetRequest get;
  get.set_view("lead");
  get.mutable_id()->set_value("ada");
  const auto got = remote_->Get(get);
  ASSERT_TRUE(got.ok());
  v1::Id row;
  ASSERT_TRUE(got->rows(0).value().UnpackTo(&row));
  EXPECT_EQ(row.value(), "ada");

  v1::ListRequest list;
  list.set_view("lead");
  list.set_index("score");
  EXPECT_EQ(remote_->List(list)->next_page_token(), "leadscore");

  v1::TimelineRequest timeline;
  timeline.mutable_id()->set_value("acme");
  EXPECT_EQ(remote_->Timeline(timeline)->root().value(), "acme");

  v1::DeadLettersRequest dead;
  dead.set_projection("opportunity");
  EXPECT_EQ(remote_->DeadLetters(dead)->dead_letters(0).projection(), "opportunity");

  v1::StatusRequest status;
  status.mutable_await()->set_token("7");
  EXPECT_EQ(remote_->Status(status)->log_identity(), "log-7");

  EXPECT_EQ(remote_->Views({})->views(0).name(), "lead");
  EXPECT_EQ(remote_->Model({})->version(), "model-1");

  v1::LogRequest log;
  log.set_from(41);
  EXPECT_EQ(remote_->Log(log)->records(0).offset(), 41u);

  v1::VerifyRequest verify;
  verify.set_stored_only(true);
  EXPECT_TRUE(remote_->Verify(verify, nullptr)->equal());
}

TEST_F(RemoteApiTest, AVerificationTellsHowFarItIs) {
  api_.verifying_done = 3;
  api_.verifying_total = 10;
  absl::Notification told;
  api_.while_verifying = [&] { told.WaitForNotification(); };
  RemoteApiOptions options;
  options.progress_interval = absl::Milliseconds(1);
  const auto verified = Open(options)->Verify({}, [&](uint64_t done, uint64_t total) {
    EXPECT_EQ(done, 3u);
    EXPECT_EQ(total, 10u);
    if (!told.HasBeenNotified()) told.Notify();
  });
  EXPECT_TRUE(verified.ok()) << verified.status();
  EXPECT_TRUE(told.HasBeenNotified());
}

TEST_F(RemoteApiTest, EveryErrorArrivesWithItsCodeAndWords) {
  for (int code = 1; code <= 16; ++code) {
    api_.error = absl::Status(static_cast<absl::StatusCode>(code), absl::StrCat("why ", code));
    EXPECT_EQ(remote_->Publish({}).status(), api_.error);
    EXPECT_EQ(remote_->Get({}).status(), api_.error);
    EXPECT_EQ(remote_->List({}).status(), api_.error);
    EXPECT_EQ(remote_->Timeline({}).status(), api_.error);
    EXPECT_EQ(remote_->DeadLetters({}).status(), api_.error);
    EXPECT_EQ(remote_->Status({}).status(), api_.error);
    EXPECT_EQ(remote_->Views({}).status(), api_.error);
    EXPECT_EQ(remote_->Model({}).status(), api_.error);
    EXPECT_EQ(remote_->Log({}).status(), api_.error);
    EXPECT_EQ(remote_->Verify({}, nullptr).status(), api_.error);
  }
}

TEST_F(RemoteApiTest, ARequestBeyondTheServersLimitIsRefusedInTheServersWords) {
  v1::PublishRequest request;
  request.add_events()->set_id(std::string(5 << 20, 'x'));
  const absl::Status refused = remote_->Publish(request).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(refused.message()), HasSubstr("send less at once"));
}

TEST_F(RemoteApiTest, AnAnswerThatTakesTooLongIsADeadlineExceeded) {
  // Outlives the test: the server may still be waiting when the client has given up.
  const auto go_on = std::make_shared<absl::Notification>();
  api_.before = [go_on] { go_on->WaitForNotification(); };
  RemoteApiOptions options;
  options.limits.answer_time_max = absl::Milliseconds(20);
  EXPECT_EQ(Open(options)->Get({}).status().code(), absl::StatusCode::kDeadlineExceeded);
  go_on->Notify();
}

TEST_F(RemoteApiTest, AnAnswerBeyondTheClientsLimitIsRefused) {
  RemoteApiOptions options;
  options.limits.answer_bytes_max = 10;
  v1::GetRequest request;
  request.set_view(std::string(1000, 'v'));
  EXPECT_EQ(Open(options)->Get(request).status().code(), absl::StatusCode::kResourceExhausted);
}

TEST_F(RemoteApiTest, WithoutAServerItIsUnavailableAndSaysHowToStartOne) {
  server_->Stop();
  const absl::Status status = remote_->Status({}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(status.message()), HasSubstr("revops serve"));
}

TEST(RemoteApiUrlTest, UrlsThatAreNoneAreRefused) {
  for (const char* url :
       {"", "http://", "localhost", "http://localhost", "https://localhost:1", "http://localhost:0",
        "http://localhost:99999", "http://a:1/path", ":1"}) {
    EXPECT_EQ(RemoteApi::Open(url, {}).status().code(), absl::StatusCode::kInvalidArgument) << url;
  }
  for (const char* url : {"http://127.0.0.1:8420", "localhost:8420", "http://[::1]:8420/"}) {
    EXPECT_TRUE(RemoteApi::Open(url, {}).ok()) << url;
  }
}

}  // namespace
}  // namespace revops

#include "engine/serve/http_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "absl/synchronization/notification.h"
#include "engine/serve/connect.h"
#include "tests/serve/fake_api.h"
#include "tests/serve/raw_client.h"

namespace revops {
namespace {

using test::PostJson;
using test::RawClient;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

class HttpServerTest : public ::testing::Test {
 protected:
  // Small limits, so that a test reaches them soon.
  HttpServerTest() {
    options_.limits.header_bytes_max = 2048;
    options_.limits.body_bytes_max = 10000;
    options_.limits.workers = 4;
  }

  int Start() {
    auto server = HttpServer::Start(
        options_, [this](const HttpCall& call) { return AnswerCall(api_, call, {}); });
    REVOPS_CHECK(server.ok());
    server_ = *std::move(server);
    return server_->port();
  }

  HttpServerOptions options_;
  test::FakeApi api_;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(HttpServerTest, ACallIsAnswered) {
  RawClient client(Start());
  client.Send(PostJson("Get", R"({"view":"lead"})"));
  const std::string answer = client.ReadAnswer();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer, HasSubstr("Content-Type: application/json\r\n"));
  EXPECT_THAT(answer, HasSubstr(R"("model_version":"lead")"));
}

TEST_F(HttpServerTest, OneConnectionTakesManyCalls) {
  RawClient client(Start());
  for (int i = 0; i < 20; ++i) {
    client.Send(PostJson("Get", absl::StrCat(R"({"view":"v)", i, "\"}")));
    EXPECT_THAT(client.ReadAnswer(), HasSubstr(absl::StrCat("\"v", i, "\"")));
  }
}

TEST_F(HttpServerTest, ARequestInSingleBytesIsRead) {
  RawClient client(Start());
  for (const char byte : PostJson("Status", "{}", "Connection: close\r\n")) {
    client.Send(absl::string_view(&byte, 1));
  }
  EXPECT_THAT(client.ReadAll(), StartsWith("HTTP/1.1 200 "));
}

TEST_F(HttpServerTest, AQueryStringIsNoPartOfThePath) {
  RawClient client(Start());
  client.Send("GET /?x=1 HTTP/1.1\r\nHost: 127.0.0.1:1\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(client.ReadAll(), StartsWith("HTTP/1.1 200 "));
}

TEST_F(HttpServerTest, ASecondRequestSentBeforeTheAnswerIsNotAnswered) {
  RawClient client(Start());
  client.Send(PostJson("Get", R"({"view":"one"})") + PostJson("Get", R"({"view":"two"})"));
  const std::string all = client.ReadAll();
  EXPECT_THAT(all, HasSubstr("one"));
  EXPECT_THAT(all, HasSubstr("Connection: close"));
  EXPECT_THAT(all, Not(HasSubstr("two")));
}

TEST_F(HttpServerTest, ABodyBeyondTheLimitIs413EvenWhileItIsBeingSent) {
  RawClient client(Start());
  client.Send(PostJson("Get", std::string(1 << 20, ' ')));
  const std::string answer = client.ReadAll();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(answer, HasSubstr("exceeds 10000 bytes"));
}

TEST_F(HttpServerTest, AChunkedBodyBeyondTheLimitIs413) {
  RawClient client(Start());
  client.Send(
      "POST /revops.v1.RevopsService/Get HTTP/1.1\r\nHost: localhost\r\n"
      "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (int i = 0; i < 20; ++i) client.Send("400\r\n" + std::string(1024, ' ') + "\r\n");
  EXPECT_THAT(client.ReadAll(), StartsWith("HTTP/1.1 413 "));
}

TEST_F(HttpServerTest, HeadersBeyondTheLimitAre431) {
  RawClient client(Start());
  client.Send(PostJson("Get", "{}", "X-Long: " + std::string(9000, 'x') + "\r\n"));
  EXPECT_THAT(client.ReadAll(), StartsWith("HTTP/1.1 431 "));
}

TEST_F(HttpServerTest, BytesThatAreNoHttpAre400) {
  RawClient client(Start());
  client.Send("\x16\x03\x01 hello\r\n\r\n");
  EXPECT_THAT(client.ReadAll(), StartsWith("HTTP/1.1 400 "));
}

TEST_F(HttpServerTest, AHostThatIsNotLoopbackIsRefused) {
  const int port = Start();
  for (const char* host : {"evil.example", "evil.example:80", "127.0.0.1.evil.example", ""}) {
    RawClient client(port);
    client.Send(absl::StrCat("GET / HTTP/1.1\r\nHost: ", host, "\r\n\r\n"));
    EXPECT_THAT(client.ReadAll(), StartsWith("HTTP/1.1 421 ")) << host;
  }
  for (const char* host : {"localhost", "localhost:8420", "127.0.0.1:1", "[::1]:8420"}) {
    RawClient client(port);
    client.Send(absl::StrCat("GET / HTTP/1.1\r\nHost: ", host, "\r\nConnection: close\r\n\r\n"));
    EXPECT_THAT(client.ReadAll(), StartsWith("HTTP/1.1 200 ")) << host;
  }
}

TEST_F(HttpServerTest, ASilentConnectionIsClosed) {
  options_.limits.idle_time_max = absl::Milliseconds(20);
  RawClient client(Start());
  EXPECT_THAT(client.ReadAll(), IsEmpty());
}

TEST_F(HttpServerTest, ASlowHeaderIsClosedThoughBytesKeepComing) {
  options_.limits.header_time_max = absl::Milliseconds(50);
  RawClient client(Start());
  std::atomic<bool> closed{false};
  client.Send("POST / HTTP/1.1\r\n");
  std::thread dripping([&] {
    while (!closed) client.Send("X: y\r\n");
  });
  // Ends by the time or, if the drip is quick, by the size: never by the client.
  const std::string answer = client.ReadAll();
  closed = true;
  dripping.join();
  EXPECT_THAT(answer, Not(HasSubstr("200")));
}

TEST_F(HttpServerTest, AHeaderThatNeverEndsIsClosed) {
  options_.limits.header_time_max = absl::Milliseconds(20);
  RawClient client(Start());
  client.Send("POST / HTTP/1.1\r\nHost: local");
  EXPECT_THAT(client.ReadAll(), IsEmpty());
}

TEST_F(HttpServerTest, ABodyThatNeverEndsIsClosed) {
  options_.limits.body_time_max = absl::Milliseconds(20);
  RawClient client(Start());
  const std::string request = PostJson("Get", R"({"view":"lead"})");
  client.Send(request.substr(0, request.size() - 1));
  EXPECT_THAT(client.ReadAll(), IsEmpty());
}

TEST_F(HttpServerTest, AClientThatDoesNotReadIsClosed) {
  options_.limits.write_time_max = absl::Milliseconds(20);
  options_.limits.body_bytes_max = 64 << 20;
  auto server = HttpServer::Start(options_, [](const HttpCall&) {
    HttpAnswer answer;
    answer.body = std::string(32 << 20, 'x');
    return answer;
  });
  RawClient client((*server)->port());
  client.Send(PostJson("Get", "{}"));
  (*server)->Stop();  // Returns although nobody takes the answer.
  EXPECT_LT(client.ReadAll().size(), 32u << 20);
}

TEST_F(HttpServerTest, OneConnectionTooManyIsTurnedAwayInWords) {
  options_.limits.connections_max = 2;
  const int port = Start();
  RawClient first(port);
  first.Send(PostJson("Status", "{}"));
  first.ReadAnswer();
  {
    RawClient second(port);
    second.Send(PostJson("Status", "{}"));
    second.ReadAnswer();
    RawClient third(port);
    const std::string answer = third.ReadAll();
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 503 "));
    EXPECT_THAT(answer, HasSubstr("all 2 connections are taken"));
  }
  // Once another one has gone there is room again.
  std::string answer;
  while (answer.find("200 OK") == std::string::npos) {
    RawClient next(port);
    next.Send(PostJson("Status", "{}"));
    answer = next.ReadAnswer();
  }
}

TEST_F(HttpServerTest, ExpectContinueIsAnswered) {
  RawClient client(Start());
  const std::string request =
      PostJson("Get", R"({"view":"lead"})", "Expect: 100-continue\r\nConnection: close\r\n");
  const size_t body = request.find("\r\n\r\n") + 4;
  client.Send(request.substr(0, body));
  EXPECT_THAT(client.ReadAnswer(), StartsWith("HTTP/1.1 100 Continue"));
  client.Send(request.substr(body));
  EXPECT_THAT(client.ReadAll(), HasSubstr("lead"));
}

TEST_F(HttpServerTest, StopAnswersWhatHadBegunAndClosesTheRest) {
  absl::Notification begun, go_on;
  api_.before = [&] {
    begun.Notify();
    go_on.WaitForNotification();
  };
  const int port = Start();
  RawClient idle(port);
  RawClient busy(port);
  busy.Send(PostJson("Get", R"({"view":"lead"})"));
  begun.WaitForNotification();
  std::thread stopping([&] { server_->Stop(); });
  EXPECT_THAT(idle.ReadAll(), IsEmpty());  // Stop has come so far.
  go_on.Notify();
  const std::string answer = busy.ReadAll();
  stopping.join();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(answer, HasSubstr("Connection: close"));
  EXPECT_THAT(answer, HasSubstr("lead"));
}

TEST_F(HttpServerTest, ManyClientsAtOnceEachGetTheirOwnAnswer) {
  const int port = Start();
  std::atomic<int> right{0};
  std::vector<std::thread> clients;
  for (int c = 0; c < 16; ++c) {
    clients.emplace_back([&, c] {
      RawClient client(port);
      for (int i = 0; i < 25; ++i) {
        const std::string view = absl::StrCat("v", c, "-", i);
        client.Send(PostJson("Get", absl::StrCat(R"({"view":")", view, "\"}")));
        if (client.ReadAnswer().find("\"" + view + "\"") != std::string::npos) ++right;
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(right, 16 * 25);
}

TEST_F(HttpServerTest, AHandlerThatThrowsIsAnInternalError) {
  auto server = HttpServer::Start(
      options_, [](const HttpCall&) -> HttpAnswer { throw std::runtime_error("out of luck"); });
  RawClient client((*server)->port());
  client.Send(PostJson("Get", "{}", "Connection: close\r\n"));
  EXPECT_THAT(client.ReadAll(), StartsWith("HTTP/1.1 500 "));
}

TEST_F(HttpServerTest, OtherAddressesThanLoopbackAreRefused) {
  for (const char* address : {"0.0.0.0", "::", "192.168.1.5", "example.com", ""}) {
    options_.address = address;
    const auto server = HttpServer::Start(options_, [](const HttpCall&) { return HttpAnswer(); });
    EXPECT_EQ(server.status().code(), absl::StatusCode::kInvalidArgument) << address;
    EXPECT_THAT(std::string(server.status().message()), HasSubstr("loopback")) << address;
  }
}

TEST_F(HttpServerTest, ATakenPortIsSaid) {
  options_.port = Start();
  const auto second = HttpServer::Start(options_, [](const HttpCall&) { return HttpAnswer(); });
  EXPECT_EQ(second.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(second.status().message()), HasSubstr(absl::StrCat(options_.port)));
}

}  // namespace
}  // namespace revops

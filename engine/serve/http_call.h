// One HTTP exchange as the calls above it see it: without sockets, headers or a library's types.
#pragma once

#include <functional>
#include <string>

namespace revops {

struct HttpCall {
  std::string method;            // "POST"
  std::string path;              // "/revops.v1.RevopsService/Get", without the query
  std::string content_type;      // as sent; may be empty
  std::string content_encoding;  // as sent; may be empty
  std::string body;
};

struct HttpAnswer {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::string allow;  // the methods that a 405 offers; empty: not sent
};

using HttpHandler = std::function<HttpAnswer(const HttpCall& call)>;

}  // namespace revops

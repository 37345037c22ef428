#include "engine/serve/json.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"
#include "engine/base/status.h"
#include "engine/event/text.h"
#include "google/protobuf/stubs/common.h"
#include "google/protobuf/util/json_util.h"

namespace revops {
namespace {

using google::protobuf::StringPiece;

// Control characters are single bytes, never part of a longer sequence: text is UTF-8 if what lies
// between them is.
bool IsUtf8(absl::string_view text) {
  size_t from = 0;
  for (size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && !absl::ascii_iscntrl(text[i])) continue;
    if (!IsPlainText(text.substr(from, i - from))) return false;
    from = i + 1;
  }
  return true;
}

}  // namespace

absl::Status CheckJsonBounds(absl::string_view json) {
  if (json.size() > kJsonBytesMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("JSON of ", json.size(), " bytes; at most ", kJsonBytesMax, " are read"));
  }
  int depth = 0;
  bool in_string = false;
  for (size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      if (++depth > kJsonDepthMax) {
        return absl::InvalidArgumentError(absl::StrCat("JSON nests deeper than ", kJsonDepthMax,
                                                       " at byte ", i,
                                                       "; no message of the contract does"));
      }
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  if (!IsUtf8(json)) {
    return absl::InvalidArgumentError("the JSON is not UTF-8; encode the text as UTF-8");
  }
  return absl::OkStatus();
}

absl::Status ParseJson(absl::string_view json, google::protobuf::Message* message) {
  RETURN_IF_ERROR(CheckJsonBounds(json));
  message->Clear();
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = false;
  std::string why;
  try {
    const auto status = google::protobuf::util::JsonStringToMessage(
        StringPiece(json.data(), static_cast<ptrdiff_t>(json.size())), message, options);
    if (status.ok()) return absl::OkStatus();
    why = std::string(status.message().data(), status.message().size());
  } catch (const google::protobuf::FatalException& failure) {
    // A check of its own that fails on some texts that break off: {"":[{,x
    why = "it breaks off, or is malformed where a name should be";
  }
  message->Clear();
  return absl::InvalidArgumentError(
      absl::StrCat("not a ", message->GetDescriptor()->full_name(), " in JSON: ", why));
}

absl::StatusOr<std::string> ToJson(const google::protobuf::Message& message, JsonStyle style) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.add_whitespace = style == JsonStyle::kIndented;
  std::string json;
  const auto status = google::protobuf::util::MessageToJsonString(message, &json, options);
  if (!status.ok()) {
    return absl::InternalError(absl::StrCat(message.GetDescriptor()->full_name(),
                                            " cannot be written as JSON: ", status.ToString()));
  }
  return json;
}

std::string JsonString(absl::string_view text) {
  const bool utf8 = IsUtf8(text);
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (absl::ascii_iscntrl(c)) {
      absl::StrAppendFormat(&out, "\\u%04x", static_cast<unsigned char>(c));
    } else if (!utf8 && !absl::ascii_isascii(c)) {
      out += '?';
    } else {
      out += c;
    }
  }
  return out + "\"";
}

}  // namespace revops

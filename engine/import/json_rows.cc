#include "engine/import/json_rows.h"

#include <exception>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status.h"

namespace revops {
namespace {

using Json = nlohmann::json;

// Picks the values at the wanted paths out of one object as it is read; nothing else of it is kept.
// Numbers stay the text that they are: none goes through a double.
class PathPicker final : public nlohmann::json_sax<Json> {
 public:
  PathPicker(const absl::flat_hash_map<std::string, size_t>& wanted,
             const v1::Mapping::Format& format, const ImportLimits& limits, Row& row)
      : wanted_(wanted), format_(format), limits_(limits), row_(row), seen_(row.cells.size()) {}

  bool null() override { return Value("", /*is_null=*/true); }
  bool boolean(bool value) override { return Value(value ? "true" : "false"); }
  bool number_integer(number_integer_t value) override { return Value(absl::StrCat(value)); }
  bool number_unsigned(number_unsigned_t value) override { return Value(absl::StrCat(value)); }
  bool number_float(number_float_t, const string_t& text) override { return Value(text); }
  bool string(string_t& value) override { return Value(value); }
  bool binary(binary_t&) override { return Refuse("a binary value is not JSON"); }

  bool start_object(std::size_t) override { return Open("an object", /*is_array=*/false); }
  bool end_object() override { return Close(); }
  bool start_array(std::size_t) override { return Open("an array", /*is_array=*/true); }
  bool end_array() override { return Close(); }

  bool key(string_t& name) override {
    path_.resize(open_.back().path_bytes);
    if (!path_.empty()) path_.push_back('.');
    for (const char c : name) {
      if (c == '.' || c == '[' || c == '\\') path_.push_back('\\');
      path_.push_back(c);
    }
    return true;
  }

  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception& error) override {
    // "[json.exception.parse_error.101] parse error at line 1, column 9: ..." less what repeats.
    absl::string_view why = error.what();
    const size_t colon = why.find(": ");
    if (colon != absl::string_view::npos) why.remove_prefix(colon + 2);
    row_.status = absl::InvalidArgumentError(
        absl::StrCat("byte ", position, " of the line is not JSON: ", why.substr(0, 200)));
    return false;
  }

 private:
  struct Level {
    size_t path_bytes;
    bool is_array;
    int64_t next_index = 0;
  };

  bool Refuse(absl::string_view why) {
    row_.status = absl::InvalidArgumentError(why);
    return false;
  }

  // Brings path_ to the value that begins.
  void Arrive() {
    if (open_.empty() || !open_.back().is_array) return;
    path_.resize(open_.back().path_bytes);
    absl::StrAppend(&path_, "[", open_.back().next_index++, "]");
  }

  bool Open(absl::string_view what, bool is_array) {
    Arrive();
    if (open_.empty() && is_array) return Refuse("the line is an array; put one object on a line");
    if (open_.size() >= static_cast<size_t>(limits_.json_depth_max)) {
      return Refuse(absl::StrCat("the line is nested deeper than ", limits_.json_depth_max,
                                 " levels; flatten it or raise limits.json_depth_max"));
    }
    if (wanted_.contains(path_)) {
      return Refuse(absl::StrCat("\"", path_, "\" is ", what, "; map the values inside it"));
    }
    open_.push_back({.path_bytes = path_.size(), .is_array = is_array});
    return true;
  }

  bool Close() {
    path_.resize(open_.back().path_bytes);
    open_.pop_back();
    return true;
  }

  bool Value(absl::string_view text, bool is_null = false) {
    Arrive();
    if (open_.empty()) return Refuse("the line is a bare value; put one object on a line");
    const auto wanted = wanted_.find(path_);
    if (wanted == wanted_.end()) return true;
    if (text.size() > static_cast<size_t>(limits_.field_bytes_max)) {
      return Refuse(absl::StrCat("\"", path_, "\" has ", text.size(), " bytes, more than ",
                                 limits_.field_bytes_max,
                                 "; shorten it or raise limits.field_bytes_max"));
    }
    const size_t cell = wanted->second;
    if (seen_[cell]) return Refuse(absl::StrCat("\"", path_, "\" stands there twice; keep one"));
    seen_[cell] = true;
    if (!is_null) row_.cells[cell] = CellOf(text, format_);
    return true;
  }

  const absl::flat_hash_map<std::string, size_t>& wanted_;
  const v1::Mapping::Format& format_;
  const ImportLimits& limits_;
  Row& row_;
  std::vector<bool> seen_;
  std::vector<Level> open_;
  std::string path_;
};

class JsonRows final : public RowReader {
 public:
  JsonRows(std::unique_ptr<TextLines> lines, const v1::Mapping::Format& format,
           const ImportLimits& limits, const std::vector<std::string>& columns)
      : lines_(std::move(lines)), format_(format), limits_(limits) {
    for (const std::string& column : columns) wanted_.emplace(column, wanted_.size());
  }

  absl::StatusOr<bool> Next(Row& row) override {
    Line line;
    do {
      ASSIGN_OR_RETURN(const bool any, lines_->Next(line, row.status));
      if (!any) return false;
    } while (row.status.ok() && absl::StripAsciiWhitespace(line.text).empty());

    row.line = line.number;
    row.cells.assign(wanted_.size(), std::nullopt);
    if (row.status.ok()) Pick(line.text, row);
    row.raw = line.too_long ? "" : std::move(line.text);
    return true;
  }

  const std::string& header() const override { return header_; }
  int64_t bytes_taken() const override { return lines_->bytes_taken(); }

 private:
  void Pick(const std::string& text, Row& row) const {
    PathPicker picker(wanted_, format_, limits_, row);
    try {
      const bool whole = Json::sax_parse(text, &picker);
      REVOPS_CHECK(whole || !row.status.ok());
    } catch (const std::exception& error) {
      row.status = absl::InvalidArgumentError(absl::StrCat("the line is not JSON: ", error.what()));
    }
  }

  const std::unique_ptr<TextLines> lines_;
  const v1::Mapping::Format format_;
  const ImportLimits limits_;
  absl::flat_hash_map<std::string, size_t> wanted_;
  const std::string header_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<RowReader>> OpenJsonRows(std::unique_ptr<TextLines> lines,
                                                        const v1::Mapping::Format& format,
                                                        const ImportLimits& limits,
                                                        const std::vector<std::string>& columns) {
  return std::make_unique<JsonRows>(std::move(lines), format, limits, columns);
}

}  // namespace revops

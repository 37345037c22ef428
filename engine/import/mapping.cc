#include "engine/import/mapping.h"

#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "engine/base/civil.h"
#include "engine/base/status.h"
#include "engine/import/line_reader.h"
#include "google/protobuf/io/tokenizer.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "google/protobuf/text_format.h"

namespace revops {
namespace {

constexpr size_t kMappingBytesMax = 1 << 20;
constexpr int kEventsMax = 64;
constexpr size_t kSourceBytesMax = 64;

using Format = v1::Mapping::Format;

// Keeps the first mistake, with its line.
class FirstError final : public google::protobuf::io::ErrorCollector {
 public:
  explicit FirstError(std::string file) : file_(std::move(file)) {}

  void AddError(int line, google::protobuf::io::ColumnNumber column,
                const std::string& message) override {
    if (!first_.empty()) return;
    first_ = line < 0 ? absl::StrCat(file_, ": ", message)
                      : absl::StrCat(file_, ":", line + 1, ":", column + 1, ": ", message);
  }

  absl::Status status() const {
    return absl::InvalidArgumentError(
        absl::StrCat(first_, "; proto/revops/v1/mapping.proto lists what a mapping may say"));
  }

 private:
  const std::string file_;
  std::string first_;
};

absl::Status Mistake(const std::string& place, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(place, ": ", what));
}

absl::Status CheckFormat(const Format& format, const MappingPlace& place, const std::string& here) {
  if (format.kind() == Format::KIND_UNSPECIFIED) {
    return Mistake(here, "format.kind is missing; write CSV, TSV, WHITESPACE or JSON_LINES");
  }
  const bool json = format.kind() == Format::JSON_LINES;
  if (!format.delimiter().empty()) {
    const std::string at = place.At(format, "delimiter");
    const unsigned char c = static_cast<unsigned char>(format.delimiter()[0]);
    if (format.kind() != Format::CSV) {
      return Mistake(at, "format.delimiter is for CSV only; remove it");
    }
    if (format.delimiter().size() != 1 || absl::ascii_isalnum(c) || c == '"' || c == '\n' ||
        c == '\r' || c >= 0x80) {
      return Mistake(at, "format.delimiter is one ASCII character such as ; or |");
    }
  }
  if (json && (format.no_header() || format.column_size() > 0 || format.short_rows())) {
    return Mistake(here, "JSON lines have no header and no column list; remove them");
  }
  if (format.no_header() && format.column_size() == 0) {
    return Mistake(place.At(format, "no_header"),
                   "a file without header needs format.column; name its columns in order");
  }
  std::set<std::string> names;
  for (int i = 0; i < format.column_size(); ++i) {
    if (format.column(i).empty() || !names.insert(format.column(i)).second) {
      return Mistake(place.At(format, "column", i),
                     absl::StrCat("format.column \"", format.column(i),
                                  "\" is empty or stands there twice; give it a name of its own"));
    }
  }
  return absl::OkStatus();
}

// Takes what is set in place of the default, within 1..max.
template <typename T>
absl::Status TakeLimit(T set, int64_t max, const std::string& place, absl::string_view name,
                       T& limit) {
  if (set == 0) return absl::OkStatus();
  if (set < 0 || static_cast<int64_t>(set) > max) {
    return Mistake(place, absl::StrCat("limits.", name, " is ", set, ", but lies within 1..", max));
  }
  limit = set;
  return absl::OkStatus();
}

absl::Status TakeLimits(const v1::Mapping::Limits& set, const MappingPlace& place,
                        ImportLimits& limits) {
  const auto at = [&](const char* field) { return place.At(set, field); };
  RETURN_IF_ERROR(TakeLimit(set.record_bytes_max(), int64_t{64} << 20, at("record_bytes_max"),
                            "record_bytes_max", limits.record_bytes_max));
  RETURN_IF_ERROR(TakeLimit(set.field_bytes_max(), int64_t{64} << 20, at("field_bytes_max"),
                            "field_bytes_max", limits.field_bytes_max));
  RETURN_IF_ERROR(
      TakeLimit(set.columns_max(), 100'000, at("columns_max"), "columns_max", limits.columns_max));
  RETURN_IF_ERROR(TakeLimit(set.record_lines_max(), 100'000, at("record_lines_max"),
                            "record_lines_max", limits.record_lines_max));
  RETURN_IF_ERROR(TakeLimit(set.json_depth_max(), 1000, at("json_depth_max"), "json_depth_max",
                            limits.json_depth_max));
  RETURN_IF_ERROR(TakeLimit(set.expansion_max(), 100'000, at("expansion_max"), "expansion_max",
                            limits.expansion_max));
  return TakeLimit(set.table_rows_max(), 100'000'000, at("table_rows_max"), "table_rows_max",
                   limits.table_rows_max);
}

absl::Status CheckTable(const v1::Mapping& mapping, int index, const MappingPlace& place) {
  const v1::Mapping::Table& table = mapping.table(index);
  const std::string here = place.At(mapping, "table", index);
  if (table.name().empty() || table.file().empty() || table.key().empty()) {
    return Mistake(here, "a table needs name, file, format and key; set them");
  }
  for (int i = 0; i < index; ++i) {
    if (mapping.table(i).name() == table.name()) {
      return Mistake(here, absl::StrCat("table \"", table.name(),
                                        "\" is declared twice; give one another name"));
    }
  }
  return CheckFormat(table.format(), place.Nested(mapping, "table", index).Nested(table, "format"),
                     here);
}

absl::Status CheckTop(const v1::Mapping& mapping, const std::string& name,
                      const MappingPlace& place) {
  if (mapping.name().empty()) return Mistake(name, "name is missing; say what the mapping reads");
  if (mapping.source().empty() || mapping.source().size() > kSourceBytesMax) {
    return Mistake(place.At(mapping, "source"),
                   "source is missing or longer than 64 bytes; name the publishing system");
  }
  if (!mapping.zone().empty()) {
    const absl::Status zone = Zone::Load(mapping.zone()).status();
    if (!zone.ok()) return Annotate(zone, place.At(mapping, "zone"));
  }
  if (!mapping.has_format()) {
    return Mistake(name, "format is missing; add format { kind: CSV }");
  }
  RETURN_IF_ERROR(
      CheckFormat(mapping.format(), place.Nested(mapping, "format"), place.At(mapping, "format")));
  if (mapping.event_size() == 0 || mapping.event_size() > kEventsMax) {
    return Mistake(name, absl::StrCat("a mapping makes 1 to ", kEventsMax, " events of a row, not ",
                                      mapping.event_size(), "; add event { ... }"));
  }
  std::set<std::string> names;
  for (int i = 0; i < mapping.event_size(); ++i) {
    if (!names.insert(mapping.event(i).name()).second) {
      return Mistake(place.At(mapping, "event", i),
                     absl::StrCat("event \"", mapping.event(i).name(),
                                  "\" stands there twice; give one another name"));
    }
  }
  return absl::OkStatus();
}

// The path of a text that is not UTF-8: escapes such as "\xff" can write one.
std::string FindBrokenText(const google::protobuf::Message& message) {
  using google::protobuf::FieldDescriptor;
  const auto& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const int size = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    for (int i = 0; i < size; ++i) {
      std::string found;
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        found =
            FindBrokenText(field->is_repeated() ? reflection.GetRepeatedMessage(message, field, i)
                                                : reflection.GetMessage(message, field));
        if (!found.empty()) return absl::StrCat(field->name(), ".", found);
      } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
        const std::string text = field->is_repeated()
                                     ? reflection.GetRepeatedString(message, field, i)
                                     : reflection.GetString(message, field);
        if (FirstInvalidUtf8(text) < text.size()) return field->name();
      }
    }
  }
  return "";
}

}  // namespace

absl::StatusOr<Mapping> Mapping::Load(const std::string& path) {
  ASSIGN_OR_RETURN(const std::unique_ptr<ByteSource> file, OpenFile(path));
  std::string text(kMappingBytesMax + 1, '\0');
  size_t used = 0;
  while (used < text.size()) {
    ASSIGN_OR_RETURN(const size_t got, file->Read(&text[used], text.size() - used));
    if (got == 0) break;
    used += got;
  }
  text.resize(used);
  return Parse(text, path);
}

absl::StatusOr<Mapping> Mapping::Parse(absl::string_view text, const std::string& name) {
  if (text.size() > kMappingBytesMax) {
    return Mistake(name, absl::StrCat("a mapping has at most ", kMappingBytesMax, " bytes"));
  }
  Mapping mapping;
  google::protobuf::TextFormat::ParseInfoTree tree;
  google::protobuf::TextFormat::Parser parser;
  FirstError error(name);
  parser.RecordErrorsTo(&error);
  parser.WriteLocationsTo(&tree);
  parser.SetRecursionLimit(32);
  google::protobuf::io::ArrayInputStream input(text.data(), static_cast<int>(text.size()));
  if (!parser.Parse(&input, &mapping.declared_)) return error.status();
  const std::string broken = FindBrokenText(mapping.declared_);
  if (!broken.empty()) return Mistake(name, absl::StrCat(broken, " is not UTF-8; write it anew"));

  const MappingPlace place(name, &tree);
  const v1::Mapping& declared = mapping.declared_;
  RETURN_IF_ERROR(CheckTop(declared, name, place));
  RETURN_IF_ERROR(TakeLimits(declared.limits(), place.Nested(declared, "limits"), mapping.limits_));
  for (int i = 0; i < declared.table_size(); ++i) {
    RETURN_IF_ERROR(CheckTable(declared, i, place));
    mapping.tables_.push_back({declared.table(i), {}});
  }
  for (int i = 0; i < declared.event_size(); ++i) {
    const EventRule::Context context{declared, place, mapping.columns_, mapping.tables_};
    ASSIGN_OR_RETURN(EventRule rule, EventRule::Compile(context, i));
    mapping.events_.push_back(std::move(rule));
  }
  return mapping;
}

}  // namespace revops

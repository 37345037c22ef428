#include "engine/import/event_rule.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/event/codec.h"
#include "google/protobuf/message.h"

namespace revops {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::OneofDescriptor;
using google::protobuf::Reflection;

constexpr int64_t kSequenceStride = 64;

const FieldDescriptor* FieldOf(const Message& message, const std::string& name) {
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(name);
  REVOPS_CHECK(field != nullptr);
  return field;
}

}  // namespace

std::string MappingPlace::At(const Message& message, const std::string& field, int index) const {
  if (tree_ == nullptr) return file_;
  const auto location = tree_->GetLocation(FieldOf(message, field), index);
  return location.line < 0 ? file_ : absl::StrCat(file_, ":", location.line + 1);
}

MappingPlace MappingPlace::Nested(const Message& message, const std::string& field,
                                  int index) const {
  return MappingPlace(
      file_, tree_ == nullptr ? nullptr : tree_->GetTreeForNested(FieldOf(message, field), index));
}

absl::StatusOr<EventRule> EventRule::Compile(const Context& context, int index) {
  const v1::Mapping& mapping = context.mapping;
  const v1::Mapping::EventTemplate& event = mapping.event(index);
  const MappingPlace place = context.place.Nested(mapping, "event", index);
  const std::string here =
      absl::StrCat(context.place.At(mapping, "event", index), ": event \"", event.name(), "\"");
  EventRule rule;
  rule.name_ = event.name();
  rule.source_ = mapping.source();
  rule.sequence_ = mapping.sequence();
  rule.order_ = index + 1;
  if (event.name().empty()) {
    return absl::InvalidArgumentError(absl::StrCat(here, ": name is missing; give it a short one"));
  }
  for (int i = 0; i < event.when_size(); ++i) {
    RETURN_IF_ERROR(rule.AddCondition(context, place, event, i));
  }
  std::set<std::string> own_paths;
  for (const v1::Mapping::Field& field : event.set()) own_paths.insert(field.field());
  for (int i = 0; i < mapping.every_size(); ++i) {
    const v1::Mapping::Field& field = mapping.every(i);
    const absl::StatusOr<FieldPath> path = FieldPath::Parse(field.field());
    if (path.ok() && !path->appends() && own_paths.count(field.field()) > 0) continue;
    RETURN_IF_ERROR(rule.AddField(context, field, context.place.At(mapping, "every", i)));
  }
  for (int i = 0; i < event.set_size(); ++i) {
    RETURN_IF_ERROR(rule.AddField(context, event.set(i), place.At(event, "set", i)));
  }
  RETURN_IF_ERROR(rule.CheckPaths());
  const absl::Status elements = rule.FindElements();
  if (!elements.ok()) return Annotate(elements, here);
  const absl::Status needed = rule.CheckNeeded();
  if (!needed.ok()) return Annotate(needed, here);
  return rule;
}

absl::Status EventRule::AddCondition(const Context& context, const MappingPlace& place,
                                     const v1::Mapping::EventTemplate& event, int index) {
  const v1::Mapping::Condition& asked = event.when(index);
  const int tests = asked.has_present() + !asked.equals().empty() + !asked.not_equals().empty();
  if (asked.column().empty() || tests != 1) {
    return absl::InvalidArgumentError(
        absl::StrCat(place.At(event, "when", index),
                     ": a condition takes a column and exactly one of present, equals and "
                     "not_equals; set them"));
  }
  Condition condition{context.columns.PlaceOf(asked.column()), asked, {}};
  condition.texts.insert(asked.equals().begin(), asked.equals().end());
  condition.texts.insert(asked.not_equals().begin(), asked.not_equals().end());
  conditions_.push_back(std::move(condition));
  return absl::OkStatus();
}

absl::Status EventRule::AddField(const Context& context, const v1::Mapping::Field& field,
                                 std::string place) {
  const auto compile = [&]() -> absl::Status {
    ASSIGN_OR_RETURN(FieldPath path, FieldPath::Parse(field.field()));
    ASSIGN_OR_RETURN(TextValue value, TextValue::Compile(field, context.columns, context.tables));
    ASSIGN_OR_RETURN(Conversion conversion,
                     Conversion::Compile(context.mapping, field, path, context.columns));
    fields_.push_back({std::move(path), std::move(value), std::move(conversion), place});
    return absl::OkStatus();
  };
  return Annotate(compile(), absl::StrCat(place, ": field \"", field.field(), "\""));
}

// A path may be set once, and of a oneof one field.
absl::Status EventRule::CheckPaths() const {
  std::map<std::string, const FieldRule*> paths;
  std::map<std::pair<std::string, const OneofDescriptor*>, std::string> oneofs;
  for (const FieldRule& rule : fields_) {
    const auto& steps = rule.path.steps();
    const std::string whole = rule.path.Prefix(steps.size() - 1);
    if (!rule.path.appends() && !paths.emplace(whole, &rule).second) {
      return absl::InvalidArgumentError(absl::StrCat(rule.place, ": field \"", rule.path.text(),
                                                     "\" is set already at ", paths[whole]->place,
                                                     "; keep one of the two"));
    }
    for (size_t i = 0; i < steps.size(); ++i) {
      const OneofDescriptor* oneof = steps[i].field->real_containing_oneof();
      if (oneof == nullptr) continue;
      const std::string parent = i == 0 ? "" : rule.path.Prefix(i - 1);
      const auto [at, added] =
          oneofs.emplace(std::make_pair(parent, oneof), steps[i].field->name());
      if (!added && at->second != steps[i].field->name()) {
        return absl::InvalidArgumentError(absl::StrCat(
            rule.place, ": field \"", rule.path.text(), "\" cannot stand beside ", at->second,
            ": an event has one ", oneof->name(), "; make two events of it"));
      }
    }
  }
  return absl::OkStatus();
}

absl::Status EventRule::FindElements() {
  std::map<std::string, Element> elements;            // "products[0]" -> the element
  std::map<std::string, std::set<int>> list_indexes;  // "products" -> {0, 1}; -1: appended to
  for (size_t r = 0; r < fields_.size(); ++r) {
    const FieldPath& path = fields_[r].path;
    for (size_t i = 0; i < path.steps().size(); ++i) {
      const FieldPath::Step& step = path.steps()[i];
      if (!step.field->is_repeated()) continue;
      const std::string list =
          absl::StrCat(i == 0 ? "" : path.Prefix(i - 1) + ".", step.field->name());
      list_indexes[list].insert(step.index.value_or(-1));
      if (!step.index.has_value()) continue;
      const auto at = elements.emplace(path.Prefix(i), Element{path, i, {}}).first;
      if (fields_[r].value.from_columns()) at->second.rules.push_back(r);
    }
  }
  for (const auto& [list, indexes] : list_indexes) {
    if (*indexes.begin() == -1 && indexes.size() > 1) {
      return absl::InvalidArgumentError(
          absl::StrCat(list, " is both appended to and set by index; do one of the two"));
    }
    if (*indexes.rbegin() >= 0 && *indexes.rbegin() != static_cast<int>(indexes.size()) - 1) {
      return absl::InvalidArgumentError(
          absl::StrCat(list, "[", *indexes.rbegin(),
                       "] is set, but not every index before it; number them from 0"));
    }
  }
  for (auto& [prefix, element] : elements) {
    if (!element.rules.empty()) elements_.push_back(std::move(element));
  }
  // Inner lists before outer ones, and of one list the last element first: indexes stay right.
  std::stable_sort(elements_.begin(), elements_.end(), [](const Element& a, const Element& b) {
    if (a.step != b.step) return a.step > b.step;
    return *a.path.steps()[a.step].index > *b.path.steps()[b.step].index;
  });
  return absl::OkStatus();
}

absl::Status EventRule::CheckNeeded() {
  bool id = false;
  bool occurred_at = false;
  bool subject = false;
  std::string body;
  for (FieldRule& rule : fields_) {
    const FieldDescriptor& first = *rule.path.steps()[0].field;
    if (first.name() == "id") id = true;
    if (first.name() == "occurred_at") occurred_at = true;
    if (first.name() == "id" || first.name() == "occurred_at") rule.value.set_required();
    if (first.name() == "subject") subject = true;
    if (first.real_containing_oneof() != nullptr) body = first.name();
    if (first.name() == "source" || first.name() == "recorded_at") {
      return absl::InvalidArgumentError(
          absl::StrCat(first.name(),
                       " is not a mapping's to set (source stands at its top, "
                       "recorded_at is stamped); remove it"));
    }
    if (first.name() == "sequence") sequence_ = v1::Mapping::SEQUENCE_UNSPECIFIED;
  }
  needs_subject_ = body != "decision" && body != "custom";
  const absl::string_view missing = !id                          ? "id"
                                    : !occurred_at               ? "occurred_at"
                                    : body.empty()               ? "a body, such as lead.action,"
                                    : needs_subject_ && !subject ? "subject"
                                                                 : "";
  if (missing.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(missing, " is not set; every event needs it: add set { field: ... }"));
}

bool EventRule::Holds(const Row& row) const {
  for (const Condition& condition : conditions_) {
    const std::optional<std::string>& cell = row.cells[condition.cell];
    bool holds = false;
    if (condition.asked.has_present()) {
      holds = cell.has_value() == condition.asked.present();
    } else if (!condition.asked.equals().empty()) {
      holds = cell.has_value() && condition.texts.contains(*cell);
    } else {
      holds = !cell.has_value() || !condition.texts.contains(*cell);
    }
    if (!holds) return false;
  }
  return true;
}

absl::StatusOr<std::optional<v1::Event>> EventRule::Make(
    const Row& row, int64_t row_number, const std::vector<LookupTable>& tables) const {
  if (!Holds(row)) return std::nullopt;
  v1::Event event;
  event.set_source(source_);
  if (sequence_ == v1::Mapping::TEMPLATE_ORDER) event.set_sequence(order_);
  if (sequence_ == v1::Mapping::ROW_ORDER) {
    event.set_sequence(row_number * kSequenceStride + order_);
  }
  std::vector<bool> filled(fields_.size());
  for (size_t i = 0; i < fields_.size(); ++i) {
    const FieldRule& rule = fields_[i];
    const auto set = [&]() -> absl::Status {
      ASSIGN_OR_RETURN(const std::optional<std::string> text, rule.value.Get(row, tables));
      if (!text.has_value()) {
        // The body is there even if nothing is known of it; so are elements, which are dropped
        // below.
        if (!rule.path.appends()) rule.path.Parent(event);
        return absl::OkStatus();
      }
      filled[i] = true;
      return rule.conversion.Apply(*text, row, event);
    };
    const absl::Status status = set();
    if (!status.ok()) {
      return absl::Status(status.code(), absl::StrCat(rule.value.Name(), ": ", status.message(),
                                                      " (", rule.place, ")"));
    }
  }
  DropEmptyElements(filled, event);
  if (needs_subject_ && event.subject().empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("event \"", name_,
                     "\" has no subject: the columns of its ids are empty; fill "
                     "one in"));
  }
  // What the log's reader would refuse is refused here, where the row can still be named.
  const absl::StatusOr<DecodedEvent> checked = Canonical(event, /*appended_at=*/0);
  if (!checked.ok()) return Annotate(checked.status(), absl::StrCat("event \"", name_, "\""));
  if (checked->bytes.size() > kEventBytesMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("event \"", name_, "\" has ", checked->bytes.size(), " bytes, more than ",
                     kEventBytesMax, "; map fewer or shorter columns"));
  }
  return event;
}

void EventRule::DropEmptyElements(const std::vector<bool>& filled, v1::Event& event) const {
  for (const Element& element : elements_) {
    if (std::any_of(element.rules.begin(), element.rules.end(),
                    [&](size_t rule) { return filled[rule]; })) {
      continue;
    }
    Message* parent = &event;
    for (size_t i = 0; i < element.step; ++i) {
      const FieldPath::Step& step = element.path.steps()[i];
      const Reflection& reflection = *parent->GetReflection();
      parent = step.index.has_value()
                   ? reflection.MutableRepeatedMessage(parent, step.field, *step.index)
                   : reflection.MutableMessage(parent, step.field);
    }
    const FieldPath::Step& last = element.path.steps()[element.step];
    const Reflection& reflection = *parent->GetReflection();
    const int size = reflection.FieldSize(*parent, last.field);
    for (int i = *last.index; i + 1 < size; ++i) {
      reflection.SwapElements(parent, last.field, i, i + 1);
    }
    if (*last.index < size) reflection.RemoveLast(parent, last.field);
  }
}

}  // namespace revops

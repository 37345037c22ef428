#include "engine/serve/metrics.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "engine/query/stores.h"
#include "engine/runtime/log_ends.h"
#include "engine/runtime/topics.h"

namespace revops {
namespace {

using Family = prometheus::MetricFamily;
using prometheus::MetricType;

class Families final {
 public:
  using Labels = std::vector<prometheus::ClientMetric::Label>;

  void Add(const char* name, const char* help, MetricType type, Labels labels, uint64_t value) {
    Family& family = families_[name];
    family.name = name;
    family.help = help;
    family.type = type;
    prometheus::ClientMetric metric;
    metric.label = std::move(labels);
    if (type == MetricType::Counter) metric.counter.value = static_cast<double>(value);
    if (type == MetricType::Gauge) metric.gauge.value = static_cast<double>(value);
    family.metric.push_back(std::move(metric));
  }
  // Count and sum of durations.
  void AddTimes(const char* name, const char* help, uint64_t count, int64_t micros) {
    Family& family = families_[name];
    family.name = name;
    family.help = help;
    family.type = MetricType::Summary;
    prometheus::ClientMetric metric;
    metric.summary.sample_count = count;
    metric.summary.sample_sum = static_cast<double>(micros) / 1e6;
    family.metric.push_back(std::move(metric));
  }
  std::string Text() const {
    std::vector<Family> all;
    for (const auto& [name, family] : families_) all.push_back(family);
    std::ostringstream text;
    prometheus::TextSerializer().Serialize(text, all);
    return text.str();
  }

 private:
  std::map<std::string, Family> families_;
};

void AddPartition(const Engine& engine, int p, const absl::optional<LogEnds>& ends,
                  Families& families) {
  const Families::Labels labels = {{"partition", absl::StrCat(p)}};
  const StoreState state = StateOf(engine, p);
  const v1::StoredProgress& store = state.progress;
  const auto counter = [&](const char* name, const char* help, uint64_t value) {
    families.Add(name, help, MetricType::Counter, labels, value);
  };
  const auto gauge = [&](const char* name, const char* help, uint64_t value) {
    families.Add(name, help, MetricType::Gauge, labels, value);
  };
  gauge("revops_partition_up", "1 if the partition is open and folding", state.status.ok() ? 1 : 0);
  counter("revops_records_read_total", "Records and copies read", store.read());
  counter("revops_records_kept_total", "Copies kept in journals", store.kept() + store.deferred());
  counter("revops_records_duplicate_total", "Copies that were known", store.duplicate());
  counter("revops_records_forwarded_total", "Events sent to their home", store.forwarded());
  gauge("revops_dead_letters", "Events that some view could not apply", store.dead_letters());
  gauge("revops_journeys", "Journeys", store.journeys());
  gauge("revops_pending_folds", "Journeys kept but not folded yet", store.deferred_journeys());
  gauge("revops_position", "Next offset of touchpoints", store.touchpoints());
  gauge("revops_link_version", "Offset of identities the store resolves under",
        store.link_version());
  gauge("revops_records_per_second", "Records read, over the last ten seconds",
        state.records_per_second);
  gauge("revops_store_rebuilt", "1 if a power cut had torn the store and it was made anew",
        store.rebuilt() ? 1 : 0);
  // What time() is beyond it is the lag in seconds, while there is a lag in records.
  gauge("revops_newest_folded_timestamp_seconds", "When the newest record folded was appended",
        static_cast<uint64_t>(store.newest_appended_at() / 1'000'000));
  gauge("revops_store_bytes", "The store on disk", state.store_bytes);
  if (!ends.has_value()) return;
  const auto lag = [&](const char* topic, Offset next, Offset end) {
    families.Add("revops_lag_records", "Records of the log not folded yet", MetricType::Gauge,
                 {{"partition", absl::StrCat(p)}, {"topic", topic}}, end - std::min(end, next));
  };
  lag(kTouchpoints, store.touchpoints(), ends->touchpoints[p]);
  lag(kRouted, store.routed(), ends->routed[p]);
}

}  // namespace

void CallCounts::Count(absl::string_view call, int http_status) {
  absl::MutexLock lock(&mutex_);
  ++counts_[{std::string(call), http_status}];
}

std::map<std::pair<std::string, int>, uint64_t> CallCounts::counts() const {
  absl::MutexLock lock(&mutex_);
  return counts_;
}

std::string MetricsText(const Engine& engine, const CallCounts& calls, const KnownEnds& ends,
                        const absl::optional<IngestCounts>& ingest) {
  Families families;
  families.Add("revops_brokers_up", "1 if the log told where it ends when it was last asked",
               MetricType::Gauge, {}, ends.ends.has_value() && ends.status.ok() ? 1 : 0);
  int owned = 0;
  for (int p = 0; p < engine.partitions(); ++p) {
    if (!engine.owns(p)) continue;
    ++owned;
    AddPartition(engine, p, ends.ends, families);
  }
  families.Add("revops_partitions_owned", "Partitions of this process", MetricType::Gauge, {},
               owned);
  families.Add("revops_links_read", "Offset up to which identities is read", MetricType::Gauge, {},
               engine.links().end());
  if (ingest.has_value()) {
    families.Add("revops_events_accepted_total", "Events taken in and durable", MetricType::Counter,
                 {}, ingest->accepted);
    families.Add("revops_events_refused_total", "Events that were refused, each in words",
                 MetricType::Counter, {}, ingest->refused);
    families.AddTimes("revops_append_seconds", "Appends to the log, until they were durable",
                      ingest->appends, ingest->append_micros);
  }
  for (const auto& [what, count] : calls.counts()) {
    families.Add("revops_answers_total", "Answers over HTTP", MetricType::Counter,
                 {{"call", what.first}, {"status", absl::StrCat(what.second)}}, count);
  }
  return families.Text();
}

}  // namespace revops

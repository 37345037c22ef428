// What links cost: reading all of `identities` into a process's link store, as its first start
// does; opening that store, as every later start does; resolving each visitor once; and the memory
// held.
//
//   links_bench [--links N] [--folder DIR]
//
// Two links a person: a visitor becomes a contact, and the contact belongs to one account of ten.
#include <cstdio>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "engine/identity/resolver.h"
#include "engine/log/embedded_log.h"
#include "engine/runtime/link_feed.h"
#include "engine/runtime/topics.h"
#include "tests/bench/measure.h"

namespace revops::bench {
namespace {

constexpr int64_t kStart = 1'735'689'600'000'000;  // 2025-01-01, microseconds

void SetId(v1::Id& id, v1::IdKind kind, absl::string_view name_space, int64_t number) {
  id.set_kind(kind);
  id.set_namespace_(name_space.data(), name_space.size());
  id.set_value(absl::StrCat(number));
}

NewRecord LinkRecord(int64_t at) {
  const int64_t person = at / 2;
  v1::Event event;
  event.set_id(absl::StrCat("link-", at));
  event.set_source("crm");
  event.set_occurred_at(kStart + at);
  event.set_recorded_at(kStart + at);
  v1::Linked& link = *event.mutable_linked();
  if (at % 2 == 0) {
    SetId(*link.mutable_child(), v1::ANONYMOUS, "web", person);
    SetId(*link.mutable_parent(), v1::CONTACT, "crm", person);
  } else {
    SetId(*link.mutable_child(), v1::CONTACT, "crm", person);
    SetId(*link.mutable_parent(), v1::ACCOUNT, "crm", person / 10);
  }
  *event.add_subject() = link.child();
  return {{kIdentities, 0}, "", event.SerializeAsString()};
}

int Run(int64_t links, const std::string& folder) {
  std::filesystem::remove_all(folder);
  EmbeddedLogOptions options;
  options.topics = {{kTouchpoints, 1}, {kRouted, 1}, {kIdentities, 1}};
  {
    const auto log = Take(EmbeddedLog::Open(folder, options));
    for (int64_t at = 0; at < links;) {
      std::vector<NewRecord> batch;
      for (; at < links && batch.size() < 5000; ++at) batch.push_back(LinkRecord(at));
      Take(log->Append(std::move(batch)));
    }
  }
  const auto log = Take(EmbeddedLog::Open(folder, options));
  const long before = ResidentMiB();
  const auto print = [&](const char* what, int64_t count, absl::Time begin, double cpu) {
    std::printf("LINKS %s=%lld seconds=%.2f cpu_ns_each=%.0f resident_bytes_each_link=%.0f\n", what,
                static_cast<long long>(count), absl::ToDoubleSeconds(absl::Now() - begin),
                (CpuSeconds() - cpu) * 1e9 / static_cast<double>(count),
                static_cast<double>(ResidentMiB() - before) * 1048576 / static_cast<double>(links));
  };
  for (const char* what : {"read", "opened"}) {
    const double cpu = CpuSeconds();
    const absl::Time begin = absl::Now();
    const auto table = Take(OpenLinks(folder + "/links", nullptr, *log));
    print(what, static_cast<int64_t>(table->end()), begin, cpu);
  }

  const auto table = Take(OpenLinks(folder + "/links", nullptr, *log));
  Resolver resolver(*table);
  resolver.Advance(table->end(), {});
  const double cpu = CpuSeconds();
  const absl::Time begin = absl::Now();
  int64_t reached = 0;
  for (int64_t person = 0; person < links / 2; ++person) {
    v1::Id visitor;
    SetId(visitor, v1::ANONYMOUS, "web", person);
    reached += resolver.Resolve({Id(visitor)}, kStart, Id(visitor)).root.kind() == v1::ACCOUNT;
  }
  Take(resolver.status());
  print("resolved", reached, begin, cpu);
  std::filesystem::remove_all(folder);
  return 0;
}

}  // namespace
}  // namespace revops::bench

int main(int argc, char** argv) {
  return revops::bench::Run(
      revops::bench::NumberOption(argc, argv, "links", 1'000'000),
      revops::bench::TextOption(argc, argv, "folder", "/tmp/revops-links-bench"));
}

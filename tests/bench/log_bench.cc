// How fast the embedded log appends (durably) and reads, on the disk under TMPDIR. Each appender
// thread appends records of 150 bytes, one a call or 100 a call, and waits for the acknowledgement.

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>

#include "engine/base/status.h"
#include "engine/log/embedded_log.h"
#include "tests/support/folders.h"
#include "tests/support/logs.h"

namespace revops::test {
namespace {
constexpr int kPartitions = 4;
constexpr int kRecordBytes = 150;
constexpr int kReadRecords = 2'000'000;

// Half of it varies, as in events.
std::string Value(uint64_t number) {
  std::string value = "a value that starts alike and then holds what differs: ";
  while (value.size() < kRecordBytes - 8) {
    number = number * 6364136223846793005 + 1442695040888963407;
    value += std::to_string(number >> 33);
  }
  value.resize(kRecordBytes - 8);
  return value;
}

std::unique_ptr<EmbeddedLog> OpenLog(const TemporaryFolder& folder) {
  auto log = EmbeddedLog::Open(folder.path() + "/log", MachineTopics(kPartitions));
  REVOPS_CHECK(log.ok());
  return *std::move(log);
}

std::unique_ptr<TemporaryFolder> shared_folder;
std::unique_ptr<EmbeddedLog> shared_log;

void Append(benchmark::State& state) {
  if (state.thread_index() == 0) {
    shared_folder = std::make_unique<TemporaryFolder>();
    shared_log = OpenLog(*shared_folder);
  }
  uint64_t number = state.thread_index();
  for (auto _ : state) {
    std::vector<NewRecord> records;
    for (int i = 0; i < state.range(0); ++i) {
      const int partition = static_cast<int>(number % kPartitions);
      records.push_back({{"touchpoints", partition}, "account1", Value(number)});
      number += state.threads();
    }
    REVOPS_CHECK(shared_log->Append(std::move(records)).ok());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
  if (state.thread_index() == 0) {
    shared_log.reset();
    shared_folder.reset();
  }
}
BENCHMARK(Append)->Arg(1)->Threads(1)->Threads(8)->Threads(64)->UseRealTime();
BENCHMARK(Append)->Arg(100)->Threads(1)->Threads(8)->Threads(64)->UseRealTime();

// A partition from start to end, in calls of range(0) records.
void Read(benchmark::State& state) {
  const TemporaryFolder folder;
  const auto log = OpenLog(folder);
  uint64_t number = 0;
  while (number < kReadRecords) {
    std::vector<NewRecord> records;
    for (int i = 0; i < 10'000; ++i, ++number) {
      records.push_back(
          {{"touchpoints", static_cast<int>(number % kPartitions)}, "account1", Value(number)});
    }
    REVOPS_CHECK(log->Append(std::move(records)).ok());
  }
  int64_t read = 0;
  for (auto _ : state) {
    for (int partition = 0; partition < kPartitions; ++partition) {
      Offset next = 0;
      while (true) {
        const auto records =
            log->Read({"touchpoints", partition}, next,
                      {.records_max = static_cast<int>(state.range(0)), .bytes_max = 64 << 20});
        REVOPS_CHECK(records.ok());
        if (records->empty()) break;
        next = records->back().offset + 1;
        read += static_cast<int64_t>(records->size());
      }
    }
  }
  state.SetItemsProcessed(read);
  double bytes = 0;
  for (const auto& file : std::filesystem::recursive_directory_iterator(folder.path())) {
    if (file.is_regular_file()) bytes += static_cast<double>(file.file_size());
  }
  state.counters["disk_bytes_a_record"] = bytes / kReadRecords;
}
BENCHMARK(Read)->Arg(100)->Arg(1000)->Arg(10'000)->Unit(benchmark::kMillisecond)->Iterations(2);

// Closing and opening a log with a full write buffer to recover.
void Open(benchmark::State& state) {
  for (auto _ : state) {
    state.PauseTiming();
    const TemporaryFolder folder;
    {
      const auto log = OpenLog(folder);
      std::vector<NewRecord> records;
      for (uint64_t number = 0; number < 70'000; ++number) {
        records.push_back({{"touchpoints", 0}, "account1", Value(number)});
      }
      REVOPS_CHECK(log->Append(std::move(records)).ok());
    }
    state.ResumeTiming();
    OpenLog(folder);
  }
}
BENCHMARK(Open)->Unit(benchmark::kMillisecond)->Iterations(5);

}  // namespace
}  // namespace revops::test

BENCHMARK_MAIN();

// Runs a fuzz target (LLVMFuzzerTestOneInput) where there is no libFuzzer: mutates the files of its
// corpus at random and says how to have any run again. Takes libFuzzer's flags.
//
//   import_csv_fuzz -runs=100000 -seed=7 tests/fuzz/corpus/import_csv    from this seed
//   import_csv_fuzz -max_total_time=60 tests/fuzz/corpus/import_csv      for a minute
//   import_csv_fuzz -runs=0 crash-import_csv_fuzz                        that input again
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);
// There in sanitizer builds only, which end the process without a signal.
extern "C" __attribute__((weak)) void __sanitizer_set_death_callback(void (*callback)());

namespace {

namespace fs = std::filesystem;

// What a crash has to tell; plain memory, as a signal handler may read nothing else.
struct Current {
  const uint8_t* data = nullptr;
  size_t size = 0;
  char note[600] = "";        // seed and run
  char crash_path[256] = "";  // where the input goes
};
Current current;

void TellCrash() {
  const int file = open(current.crash_path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (file >= 0) {
    size_t done = 0;
    while (done < current.size) {
      const ssize_t wrote = write(file, current.data + done, current.size - done);
      if (wrote <= 0) break;
      done += static_cast<size_t>(wrote);
    }
    close(file);
  }
  (void)!write(STDERR_FILENO, current.note, std::strlen(current.note));
}

void OnSignal(int signal) {
  TellCrash();
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

using Bytes = std::vector<uint8_t>;
using Random = std::mt19937_64;

size_t Below(Random& random, size_t bound) { return bound == 0 ? 0 : random() % bound; }

// What parsers stumble over.
constexpr const char* kTokens[] = {"\"",
                                   "\"\"",
                                   ",",
                                   "\n",
                                   "\r\n",
                                   "\t",
                                   "{",
                                   "}",
                                   "[",
                                   "]",
                                   ":",
                                   "\\",
                                   "\\u0",
                                   "null",
                                   "true",
                                   "-",
                                   "0",
                                   "1e9",
                                   "1e400",
                                   "-1",
                                   ".",
                                   "9999999999",
                                   "\xff",
                                   "\xc3",
                                   "\x1f\x8b",
                                   "\xef\xbb\xbf",
                                   "#! ",
                                   "''",
                                   "$",
                                   "%",
                                   "2018-01-01",
                                   "\xed\xa0\x80",
                                   "9223372036854775808",
                                   "0x",
                                   " ",
                                   "-9223372036854775808",
                                   "<",
                                   ">",
                                   "\x7f"};

Bytes Slice(const Bytes& from, Random& random, size_t size_max) {
  if (from.empty()) return {};
  const size_t begin = Below(random, from.size());
  const size_t size = 1 + Below(random, std::min(from.size() - begin, size_max));
  return Bytes(from.begin() + begin, from.begin() + begin + size);
}

// One small change.
void Mutate(Bytes& bytes, const std::vector<Bytes>& corpus, Random& random) {
  const size_t at = Below(random, bytes.size() + 1);
  const auto here = bytes.begin() + static_cast<ptrdiff_t>(at);
  const auto insert = [&](const Bytes& piece) { bytes.insert(here, piece.begin(), piece.end()); };
  switch (Below(random, 9)) {
    case 0:  // flip a bit
      if (at < bytes.size()) bytes[at] ^= static_cast<uint8_t>(1u << Below(random, 8));
      break;
    case 1:  // any byte
      if (at < bytes.size()) bytes[at] = static_cast<uint8_t>(random());
      break;
    case 2:  // a byte more
      bytes.insert(here, static_cast<uint8_t>(random()));
      break;
    case 3:  // a piece less
      if (at < bytes.size()) {
        const size_t size = 1 + Below(random, std::min<size_t>(bytes.size() - at, 64));
        bytes.erase(here, here + static_cast<ptrdiff_t>(size));
      }
      break;
    case 4: {  // a token
      const char* token = kTokens[Below(random, std::size(kTokens))];
      insert(Bytes(token, token + std::strlen(token)));
      break;
    }
    case 5:  // a piece of itself again
      insert(Slice(bytes, random, 256));
      break;
    case 6:  // a piece of another
      if (!corpus.empty()) insert(Slice(corpus[Below(random, corpus.size())], random, 256));
      break;
    case 7:  // the end is missing
      if (Below(random, 4) == 0) bytes.resize(at);
      break;
    case 8: {  // one byte many times
      const size_t times = 1 + Below(random, Below(random, 8) == 0 ? 4096 : 16);
      insert(Bytes(times, at < bytes.size() ? bytes[at] : static_cast<uint8_t>(random())));
      break;
    }
  }
}

void AddFile(const fs::path& path, std::vector<Bytes>& corpus) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    std::fprintf(stderr, "cannot open %s\n", path.c_str());
    std::exit(2);
  }
  corpus.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
}

void AddCorpus(const fs::path& path, std::vector<Bytes>& corpus) {
  if (!fs::is_directory(path)) return AddFile(path, corpus);
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(path)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());  // the same seed sees the same corpus
  for (const fs::path& file : files) AddFile(file, corpus);
}

bool TakeFlag(const std::string& argument, const char* name, uint64_t& value) {
  const std::string prefix = std::string("-") + name + "=";
  if (argument.rfind(prefix, 0) != 0) return false;
  value = std::strtoull(argument.c_str() + prefix.size(), nullptr, 10);
  return true;
}

void RunOne(const Bytes& bytes) {
  // A copy of the exact size, so that a sanitizer sees a read beyond its end.
  const Bytes exact(bytes);
  current.data = exact.data();
  current.size = exact.size();
  LLVMFuzzerTestOneInput(exact.data(), exact.size());
}

}  // namespace

int main(int argc, char** argv) {
  const std::string name = fs::path(argv[0]).filename().string();
  uint64_t runs = 0, seconds = 0, bytes_max = 4096;
  uint64_t seed = static_cast<uint64_t>(
      std::chrono::steady_clock::now().time_since_epoch().count() % 1'000'000'007);
  bool bounded = false;
  std::vector<Bytes> corpus;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (TakeFlag(argument, "runs", runs)) {
      bounded = true;
    } else if (TakeFlag(argument, "max_total_time", seconds)) {
      bounded = true;
    } else if (TakeFlag(argument, "seed", seed) || TakeFlag(argument, "max_len", bytes_max)) {
    } else if (argument[0] == '-') {
      std::fprintf(stderr,
                   "usage: %s [-runs=N] [-max_total_time=SECONDS] [-seed=N] [-max_len=BYTES] "
                   "[FILE or FOLDER]...\n",
                   argv[0]);
      return 2;
    } else {
      AddCorpus(argument, corpus);
    }
  }
  if (!bounded) runs = 10'000;

  std::snprintf(current.crash_path, sizeof(current.crash_path), "crash-%s", name.c_str());
  for (const int signal : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL}) {
    std::signal(signal, OnSignal);
  }
  if (__sanitizer_set_death_callback != nullptr) __sanitizer_set_death_callback(TellCrash);

  std::printf("%s: seed %llu, %zu inputs\n", name.c_str(), static_cast<unsigned long long>(seed),
              corpus.size());
  std::fflush(stdout);
  const auto note = [&](const char* what, uint64_t run) {
    std::snprintf(current.note, sizeof(current.note),
                  "%s: %s %llu of -seed=%llu; the input is in %s\n", name.c_str(), what,
                  static_cast<unsigned long long>(run), static_cast<unsigned long long>(seed),
                  current.crash_path);
  };
  for (size_t i = 0; i < corpus.size(); ++i) {
    note("input", i);
    RunOne(corpus[i]);
  }
  Random random(seed);
  const auto begin = std::chrono::steady_clock::now();
  uint64_t run = 0;
  for (;; ++run) {
    if (runs > 0 && run >= runs) break;
    if (runs == 0 && seconds == 0) break;
    if (seconds > 0 && std::chrono::steady_clock::now() - begin > std::chrono::seconds(seconds)) {
      break;
    }
    Bytes bytes = corpus.empty() ? Bytes() : corpus[Below(random, corpus.size())];
    const size_t changes = 1 + Below(random, Below(random, 4) == 0 ? 64 : 6);
    for (size_t i = 0; i < changes; ++i) Mutate(bytes, corpus, random);
    if (bytes.size() > bytes_max) bytes.resize(bytes_max);
    note("run", run);
    RunOne(bytes);
  }
  std::printf("%s: %llu runs, nothing found\n", name.c_str(), static_cast<unsigned long long>(run));
  return 0;
}

// What the README and deploy/kafka/README.md say about Kafka, typed as it is written.
//
// Each block of commands is run by a shell, block after block, in an empty folder where `build`,
// `deploy` and `tests` are those of the project. What differs from somebody who types:
//   - a server is waited for until it serves; one without `&` is stopped then, as by Ctrl-C;
//   - folders outside of the working folder lie in it;
//   - the ports are those of a network of its own, so that the ones that are named are free.
#include <sched.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/chaos/cluster.h"

namespace revops::test {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

// The blocks of commands of a page, from a heading on, to another one.
std::vector<std::string> Blocks(const std::string& page, const std::string& from,
                                const std::string& to) {
  std::ifstream file(std::string(REVOPS_SOURCE_DIR "/") + page);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const size_t begin = text.find(absl::StrCat("\n", from, "\n"));
  const size_t end = to.empty() ? text.size() : text.find(absl::StrCat("\n", to, "\n"), begin + 1);
  EXPECT_NE(begin, std::string::npos) << page << " has no " << from;
  EXPECT_NE(end, std::string::npos) << page << " has no " << to;
  if (begin == std::string::npos || end == std::string::npos) return {};
  const std::vector<std::string> parts = absl::StrSplit(text.substr(begin, end - begin), "\n```");
  std::vector<std::string> blocks;
  for (size_t i = 1; i < parts.size(); i += 2) blocks.push_back(absl::StrCat(parts[i], "\n"));
  return blocks;
}

// Stands before the blocks: what `revops` is.
constexpr char kBefore[] = R"(
set -euo pipefail
servers=()
revops() {
  case $1 in
    serve | project | ingest) serve "$@" ;;
    *) build/revops "$@" ;;
  esac
}
serve() {
  local log=server-${#servers[@]}
  build/revops "$@" >"$log" 2>&1 &
  servers+=($!)
  for ((look = 0; look < 600; ++look)); do
    if grep -q '^serving ' "$log"; then return; fi
    if ! kill -0 "${servers[-1]}" 2>/dev/null; then break; fi
    sleep 0.1
  done
  echo "does not serve: revops $*"
  cat "$log"
  return 1
}
ctrl_c() {
  kill -INT "${servers[-1]}"
  wait "${servers[-1]}"
  unset 'servers[-1]'
}
finish() {
  for server in "${servers[@]}"; do kill -9 "$server" 2>/dev/null || true; done
  deploy/kafka/cluster stop ./revops-kafka >/dev/null 2>&1 || true
}
trap finish EXIT
ip link set lo up
)";

// A block as the shell is to run it.
std::string AsTyped(const std::string& block) {
  std::vector<std::string> lines;
  for (const absl::string_view line : absl::StrSplit(block, '\n', absl::SkipEmpty())) {
    std::string typed = absl::StrReplaceAll(line, {{"/tmp/", "./"}, {"/var/lib/", "./lib/"}});
    const std::string command = typed.substr(0, typed.find(" #"));
    const std::vector<std::string> words = absl::StrSplit(command, ' ', absl::SkipEmpty());
    const bool serves = words.size() > 1 && words[0] == "revops" &&
                        (words[1] == "serve" || words[1] == "project" || words[1] == "ingest");
    if (serves && words.back() == "&") {
      typed = std::string(absl::StripSuffix(absl::StripTrailingAsciiWhitespace(command), "&"));
    } else if (serves) {
      typed = command + "\nctrl_c";
    }
    lines.push_back(absl::StrCat("echo '$ ", absl::StrReplaceAll(typed, {{"'", "'\\''"}}), "'"));
    lines.push_back(std::move(typed));
  }
  return absl::StrJoin(lines, "\n");
}

class ReadmeTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!RunShell("unshare --net ip link set lo up").ok()) {
      GTEST_SKIP() << "a network of its own cannot be had here (unshare --net needs root)";
    }
    const auto broker = SharedBroker();
    if (absl::IsUnavailable(broker.status())) {
      GTEST_SKIP() << "no Kafka broker can be had: " << broker.status().message();
    }
    ASSERT_TRUE(broker.ok()) << broker.status();
    for (const char* name : {"deploy", "tests"}) {
      fs::create_directory_symlink(absl::StrCat(REVOPS_SOURCE_DIR, "/", name),
                                   absl::StrCat(folder_.path(), "/", name));
    }
    fs::create_directory_symlink(REVOPS_BINARY_DIR, folder_.path() + "/build");
  }

  // Runs the blocks after `first`; what they said.
  std::string Type(const std::string& first, const std::vector<std::string>& blocks) {
    std::string script = absl::StrCat(kBefore, first, "\n");
    for (const std::string& block : blocks) absl::StrAppend(&script, AsTyped(block), "\n");
    std::ofstream(folder_.path() + "/script") << script;
    const auto said = RunShell(
        absl::StrCat("cd ", folder_.path(), " && unshare --net --kill-child bash ./script"));
    EXPECT_TRUE(said.ok()) << said.status();
    return said.ok() ? *said : "";
  }

  const TemporaryFolder folder_;
};

constexpr char kCompany[] =
    "build/revops simulate --seed 7 --accounts 3 --out year.jsonl\n"
    "build/revops publish year.jsonl --data my-company";

TEST_F(ReadmeTest, FromOneProcessToManyAsTheReadmeSays) {
  const auto blocks = Blocks("README.md", "## On Kafka", "## The revenue model");
  ASSERT_EQ(blocks.size(), 3u);
  const std::string said = Type(kCompany, blocks);
  EXPECT_THAT(said, AllOf(HasSubstr("$ revops kafka copy --data my-company"),
                          HasSubstr("http://127.0.0.1:"), HasSubstr("Equal")));
}

TEST_F(ReadmeTest, EverythingThatTheKafkaPageSays) {
  std::vector<std::string> blocks;
  for (const std::string& block :
       Blocks("deploy/kafka/README.md", "## A broker on this machine", "")) {
    // Other clusters are started by other tests, with the same command.
    if (absl::StrContains(block, "--nodes 3")) continue;
    if (absl::StrContains(block, "revops ") || absl::StrContains(block, "kcat ") ||
        absl::StrContains(block, "deploy/")) {
      blocks.push_back(block);
    }
  }
  EXPECT_GE(blocks.size(), 7u);
  const std::string said = Type(absl::StrCat(kCompany, "\ncp ", REVOPS_SOURCE_DIR,
                                             "/tests/golden/page_view.binpb event.binpb"),
                                blocks);
  EXPECT_THAT(said, HasSubstr("Equal"));
  // Where the log was and where it is: the same digest.
  const std::vector<std::string> told = absl::StrSplit(said, "\ndigest ");
  ASSERT_GE(told.size(), 3u) << said;
  EXPECT_EQ(told[1].substr(0, 32), told[2].substr(0, 32));
}

class CopiedTest : public OverSharedKafkaTest {};

TEST_F(CopiedTest, ALogThatWasCopiedWithoutInitIsFolded) {
  ASSERT_NO_FATAL_FAILURE(FindBroker());
  if (IsSkipped()) return;
  const std::string company = folder_.path() + "/company";
  const std::string events = folder_.path() + "/events.jsonl";
  const ProgramRun simulated = RunProgram({"simulate", "--accounts", "1", "--out", events});
  ASSERT_EQ(simulated.exit_code, 0) << simulated.err;
  const ProgramRun published = RunProgram({"publish", events, "--data", company});
  ASSERT_EQ(published.exit_code, 0) << published.err;
  const ProgramRun copied = RunProgram({"kafka", "copy", "--kafka", broker_->brokers(),
                                        "--kafka-prefix", prefix_, "--data", company});
  ASSERT_EQ(copied.exit_code, 0) << copied.err;
  const auto node = Process("project", "node");
  ASSERT_NO_FATAL_FAILURE(node->Start());
  node->AwaitSettled();
  node->Stop();
}

}  // namespace
}  // namespace revops::test

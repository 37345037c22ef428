#include "engine/cli/command_line.h"

#include <algorithm>
#include <exception>
#include <map>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "engine/base/status.h"
#include "engine/cli/add_node.h"
#include "engine/cli/command.h"
#include "engine/cli/folding.h"
#include "engine/cli/kafka_target.h"

namespace revops {
namespace {

constexpr char kAbout[] =
    "revops: sales and marketing told as one story from events.\n\n"
    "Events are published once and kept for ever; views (journeys, leads, deals) are folded from\n"
    "them and can be folded again at any time. Start with\n\n"
    "  revops demo                       a simulated company's year, and what can be seen in it\n"
    "  revops serve --data my-company    a server on this machine\n"
    "  revops COMMAND --help             what a command does, with examples";

constexpr char kCommonOptions[] =
    "Works on a running server (--server URL) or a folder (--data FOLDER); answers in --format\n"
    "table, json or csv. See revops --help.";

void Declare(CLI::App& app, Session& session) {
  app.description(kAbout);
  app.footer("\n" + std::string(ExitCodesHelp()));
  app.require_subcommand(1);
  app.fallthrough();
  app.get_formatter()->column_width(34);

  app.add_option("--server", session.target.server, "A running server: http://127.0.0.1:8420")
      ->envname("REVOPS_SERVER");
  app.add_option("--data", session.target.data,
                 "A data folder, opened by this process; not while a server has it open "
                 "[revops-data]")
      ->envname("REVOPS_DATA");
  AddKafkaOptions(app, &session.target.kafka);
  const std::map<std::string, TableFormat> formats = {
      {"table", TableFormat::kTable}, {"json", TableFormat::kJson}, {"csv", TableFormat::kCsv}};
  app.add_option("--format", session.format, "How answers are written: table, json or csv [table]")
      ->transform(CLI::CheckedTransformer(formats).description(""))
      ->option_text("FORMAT");

  AddDemo(app, session);
  AddSimulate(app, session);
  AddImport(app, session);
  AddPublish(app, session);
  AddServe(app, session);
  AddProject(app, session);
  AddIngest(app, session);
  AddKafka(app, session);
  AddViews(app, session);
  AddGet(app, session);
  AddList(app, session);
  AddKpi(app, session);
  AddBridge(app, session);
  AddAttribution(app, session);
  AddExplain(app, session);
  AddReport(app, session);
  AddTimeline(app, session);
  AddDeadLetters(app, session);
  AddStatus(app, session);
  AddVerify(app, session);
  AddLog(app, session);
  AddModel(app, session);
  for (CLI::App* command : app.get_subcommands({})) command->fallthrough();
}

// What is named on the command line wins over what the environment names.
void DropWhatIsOnlyInTheEnvironment(const std::vector<std::string>& arguments, Target& target) {
  const auto named = [&arguments](const std::string& option) {
    return std::any_of(arguments.begin(), arguments.end(), [&option](const std::string& argument) {
      return argument == option || argument.rfind(option + "=", 0) == 0;
    });
  };
  const bool server = named("--server");
  const bool data = named("--data");
  const bool kafka = named("--kafka");
  if (server && !data) target.data.clear();
  if (server && !kafka) target.kafka.brokers.clear();
  if ((data || kafka) && !server) target.server.clear();
}

absl::Status ChooseTarget(Session& session) {
  Target& target = session.target;
  if (!target.server.empty() && !target.data.empty()) {
    return absl::InvalidArgumentError(
        "both --server and --data are given (or REVOPS_SERVER and REVOPS_DATA are set); name one");
  }
  if (!target.server.empty() && !target.kafka.brokers.empty()) {
    return absl::InvalidArgumentError(
        "both --server and --kafka are given (or REVOPS_SERVER and REVOPS_KAFKA are set); name "
        "one");
  }
  if (!target.server.empty() && !target.model_file.empty()) {
    return absl::InvalidArgumentError(
        "--model is given, but a server has its model already; start it with serve --model");
  }
  if (target.kafka.cluster && target.kafka.brokers.empty()) {
    return absl::InvalidArgumentError(
        "--cluster asks the processes over a log on Kafka: name it with --kafka");
  }
  if (target.server.empty() && target.data.empty()) target.data = session.default_folder;
  return absl::OkStatus();
}

ExitCode Fail(Terminal& terminal, const absl::Status& status) {
  terminal.err << Styled(terminal.err_is_person, Style::kRed, "error") << ": " << status.message()
               << "\n";
  return ExitCodeOf(status);
}

// "Could not convert: --limit = 99999999999"
std::string InOurWords(absl::string_view error) {
  constexpr absl::string_view kBegin = "Could not convert: ";
  if (!absl::ConsumePrefix(&error, kBegin)) return std::string(error);
  const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(error, " = ");
  return absl::StrCat(parts.first, " is ", parts.second,
                      ", which is no number, or one that is too large");
}

ExitCode Run(std::vector<std::string> arguments, Terminal& terminal, const ApiOpener& open) {
  CLI::App app("", "revops");
  Session session{terminal, open};
  Declare(app, session);
  if (arguments.empty()) {
    terminal.err << app.help();
    return ExitCode::kUsage;
  }
  if (arguments[0].substr(0, 1) != "-" &&
      app.get_subcommands([&](CLI::App* known) { return known->get_name() == arguments[0]; })
          .empty()) {
    return Fail(terminal, absl::InvalidArgumentError(absl::StrCat(
                              "there is no command \"", arguments[0], "\"; see revops --help")));
  }
  const std::vector<std::string> said = arguments;
  try {
    // CLI11 takes them from the back.
    std::reverse(arguments.begin(), arguments.end());
    app.parse(std::move(arguments));
  } catch (const CLI::ConversionError& error) {
    return Fail(terminal,
                absl::InvalidArgumentError(absl::StrCat(InOurWords(error.what()), "; see --help")));
  } catch (const CLI::ParseError& error) {
    const bool asked_for_help = app.exit(error, terminal.out, terminal.err) == 0;
    return asked_for_help ? ExitCode::kOk : ExitCode::kUsage;
  }
  DropWhatIsOnlyInTheEnvironment(said, session.target);
  if (absl::Status status = ChooseTarget(session); !status.ok()) {
    return Fail(terminal, status);
  }
  const absl::StatusOr<ExitCode> result = session.run();
  terminal.out.flush();
  if (!result.ok()) return Fail(terminal, result.status());
  return *result;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Api>> Session::OpenToAsk() {
  ASSIGN_OR_RETURN(std::unique_ptr<Api> api, open(target));
  if (!target.data.empty() && !target.kafka.cluster) RETURN_IF_ERROR(AwaitFolded(*api, terminal));
  return api;
}

absl::StatusOr<std::unique_ptr<Api>> Session::OpenToPublish() {
  target.make = true;
  return open(target);
}

void AddAwaitOptions(CLI::App* command, AwaitOptions* options) {
  command->add_option("--token", options->token,
                      "Wait until the answer holds everything that this consistency token covers");
  command->add_option("--wait-ms", options->wait_ms,
                      "How long to wait for the token, milliseconds, at most 60000 [10000]");
}

void AddModelOption(CLI::App* command, Session& session) {
  command->add_option("--model", session.target.model_file,
                      "With --data: the revenue model, a textproto file [the folder's, or the "
                      "default]");
}

void AddMemoryOption(CLI::App* command, Session& session) {
  command
      ->add_option(
          "--memory-mib", session.target.memory_mib,
          "For all stores together: blocks, write buffers, decoded journeys. A log on Kafka "
          "takes up to 4 more for each partition that is behind [512]")
      ->check(CLI::Range(64, 1 << 20));
}

void SetExamples(CLI::App* command, const std::vector<std::string>& examples) {
  command->footer(
      absl::StrCat("\nExamples:\n  ", absl::StrJoin(examples, "\n  "), "\n\n", kCommonOptions));
}

ExitCode RunCommandLine(std::vector<std::string> arguments, Terminal& terminal,
                        const ApiOpener& open) {
  try {
    return Run(std::move(arguments), terminal, open);
  } catch (const std::exception& failure) {
    return Fail(terminal, absl::InternalError(failure.what()));
  }
}

}  // namespace revops

#include "engine/cli/demo_story.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/cli/demo_words.h"
#include "engine/cli/progress_bar.h"
#include "engine/cli/rows.h"

namespace revops {

absl::Status TellWhatWasRead(const DemoStory& story) {
  ASSIGN_OR_RETURN(const v1::StatusResponse status, story.api.Status({}));
  uint64_t read = 0, kept = 0, duplicate = 0, forwarded = 0, journeys = 0;
  for (const v1::PartitionStatus& partition : status.partitions()) {
    read += partition.read();
    kept += partition.kept();
    duplicate += partition.duplicate();
    forwarded += partition.forwarded();
    journeys += partition.journeys();
  }
  Title(story, "What was read");
  story.terminal.out << WithCommas(read) << " records = " << WithCommas(kept) << " kept + "
                     << WithCommas(duplicate) << " duplicates + " << WithCommas(forwarded)
                     << " sent on to the partition of their journey; " << WithCommas(journeys)
                     << " journeys.\n"
                     << SeenText(status.seen()) << "; digest " << status.digest() << "\n";
  Command(story, "status");
  return absl::OkStatus();
}

void TellWhatNext(const DemoStory& story) {
  Title(story, "What next");
  const std::pair<const char*, const char*> next[] = {
      {"report", "the weekly joint report: bookings, pipeline, promises, reasons, campaigns"},
      {"kpi", "what else can be asked, and the formulas"},
      {"dead-letters", "events that a view could not apply, with reasons"},
      {"verify", "fold the log again from nothing: the same to the byte"},
      {"serve", "the same over HTTP, for other programs"}};
  for (const auto& [command, what] : next) {
    story.terminal.out << "  " << story.terminal.program << " " << command << " --data "
                       << story.data << "\n      " << what << "\n";
  }
  story.terminal.out << "  " << story.terminal.program
                     << " import --help\n      your own events, from CSV or JSON lines\n";
}

}  // namespace revops

#include "engine/report/report_html.h"

#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "engine/report/chart_js.h"

namespace revops {
namespace {

// A table of more is shown row by row on a narrow screen.
constexpr size_t kColumnsOfAPhone = 3;

constexpr char kStyle[] = R"css(
:root { --ink: #1b2733; --dim: #5b6b7a; --line: #dde4ea; --paper: #fff; --back: #f4f6f8;
  --one: #2563a8; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--ink); overflow-wrap: anywhere;
  font: 16px/1.5 system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.6rem; margin: .5rem 0 0; }
h2 { font-size: 1.2rem; margin: 0 0 .25rem; }
h3 { font-size: 1rem; margin: 1rem 0 .25rem; }
p { margin: .25rem 0 .75rem; color: var(--dim); }
section { background: var(--paper); border: 1px solid var(--line); border-radius: .5rem;
  padding: 1rem; margin: 1rem 0; }
.figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr));
  gap: .75rem; }
.figure { border-left: 3px solid var(--one); padding: 0 .75rem; }
.figure .label { color: var(--dim); font-size: .85rem; }
.figure .value { font-size: 1.35rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.figure .note { color: var(--dim); font-size: .85rem; }
.chart { position: relative; height: 18rem; margin: .75rem 0; }
.wide { overflow-x: auto; overflow-wrap: normal; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--line);
  vertical-align: top; }
td { font-variant-numeric: tabular-nums; }
th { color: var(--dim); font-weight: 600; }
details { display: inline-block; max-width: 100%; }
summary { cursor: pointer; list-style: none; text-decoration: underline dotted var(--dim);
  text-underline-offset: .2em; }
summary::-webkit-details-marker { display: none; }
details code { display: block; font: .75rem/1.4 ui-monospace, "DejaVu Sans Mono", monospace;
  background: var(--back); padding: .4rem; border-radius: .25rem; white-space: pre-wrap;
  overflow-wrap: anywhere; user-select: all; max-width: min(24rem, 100%); }
.remark { font-size: .85rem; }
@media print { body { background: #fff; } section { break-inside: avoid; } }
@media (max-width: 32rem) { main { padding: .5rem; } section { padding: .75rem; }
  .chart { height: 15rem; }
  /* Rows of a broad table one below the other, each number beside its column's name. */
  .cards tr { display: block; padding: .4rem 0; border-bottom: 1px solid var(--line); }
  .cards tr:first-child { display: none; }
  .cards td { display: flex; justify-content: space-between; gap: 1rem; border: 0;
    padding: .1rem 0; overflow-wrap: anywhere; text-align: right; }
  .cards td::before { content: attr(data-column); color: var(--dim); text-align: left;
    flex: 0 1 45%; }
  .cards td:first-child { font-weight: 600; text-align: left; }
  .cards td:first-child::before { display: none; }
  .cards td:empty { display: none; } }
)css";

// Draws what the data-chart attributes hold.
constexpr char kScript[] = R"js(
const colours = ['#2563a8', '#e08a1e', '#2e8b57', '#8e5ea2', '#c0504d', '#4bacc6'];
const short = (v) => Math.abs(v) >= 1e6 ? (v / 1e6).toFixed(1) + ' M'
  : Math.abs(v) >= 1e4 ? Math.round(v / 1e3) + ' k' : String(Math.round(v * 100) / 100);
for (const canvas of document.querySelectorAll('canvas[data-chart]')) {
  const c = JSON.parse(canvas.dataset.chart);
  // Many bars or long names lie flat.
  const flat = c.kind === 'bars' && (c.labels.length > 5 || c.labels.some((l) => l.length > 14));
  const say = (v) => c.unit === 'ratio' ? (v * 100).toFixed(1) + ' %'
    : (c.currency ? c.currency + ' ' : '') + short(v);
  new Chart(canvas, {
    type: c.kind === 'lines' ? 'line' : 'bar',
    data: { labels: c.labels, datasets: c.series.map((s, i) => ({
      label: s.name, data: s.values, borderColor: colours[i % 6],
      backgroundColor: c.kind === 'floating'
        ? s.values.map((v) => v === null ? colours[0] : v[0] === 0 ? colours[0]
          : v[1] >= v[0] ? colours[2] : colours[4])
        : colours[i % 6], spanGaps: true, tension: 0.2 })) },
    options: { maintainAspectRatio: false, animation: false,
      indexAxis: flat ? 'y' : 'x',
      plugins: { title: { display: true, text: c.title },
        legend: { display: c.series.length > 1 },
        tooltip: { callbacks: { label: (t) => {
          const v = Array.isArray(t.raw) ? t.raw[1] - t.raw[0] : t.raw;
          return t.dataset.label + ': ' + say(v); } } } },
      scales: { [flat ? 'x' : 'y']:
        { beginAtZero: true, ticks: { callback: say } } } }
  });
}
)js";

std::string Escaped(absl::string_view text) {
  return absl::StrReplaceAll(
      text, {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}, {"'", "&#39;"}});
}

std::string JsonText(absl::string_view text) {
  std::string json = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      json += '\\';
      json += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      absl::StrAppendFormat(&json, "\\u%04x", c);
    } else {
      json += c;
    }
  }
  return json + "\"";
}

// Decimal digits are JSON numbers as they stand.
std::string JsonNumber(const std::string& decimal) { return decimal.empty() ? "null" : decimal; }

std::string ChartJson(const ReportChart& chart) {
  static constexpr const char* kKinds[] = {"bars", "stacked", "lines", "floating"};
  std::string json =
      absl::StrCat("{\"title\":", JsonText(chart.title), ",\"kind\":\"",
                   kKinds[static_cast<int>(chart.kind)], "\",\"unit\":", JsonText(chart.unit),
                   ",\"currency\":", JsonText(chart.currency), ",\"labels\":[");
  for (size_t i = 0; i < chart.labels.size(); ++i) {
    absl::StrAppend(&json, i == 0 ? "" : ",", JsonText(chart.labels[i]));
  }
  absl::StrAppend(&json, "],\"series\":[");
  for (size_t s = 0; s < chart.series.size(); ++s) {
    const ReportChart::Series& series = chart.series[s];
    absl::StrAppend(&json, s == 0 ? "" : ",", "{\"name\":", JsonText(series.name), ",\"values\":[");
    for (size_t i = 0; i < series.values.size(); ++i) {
      absl::StrAppend(&json, i == 0 ? "" : ",");
      if (series.from.empty()) {
        absl::StrAppend(&json, JsonNumber(series.values[i]));
      } else {
        absl::StrAppend(&json, "[", JsonNumber(series.from[i]), ",", JsonNumber(series.values[i]),
                        "]");
      }
    }
    absl::StrAppend(&json, "]}");
  }
  return json + "]}";
}

// A number that opens to its command.
std::string Number(const std::string& text, const std::string& command) {
  if (command.empty()) return Escaped(text);
  return absl::StrCat("<details><summary>", Escaped(text.empty() ? "–" : text), "</summary><code>",
                      Escaped(command), "</code></details>");
}

void AddSection(const ReportSection& section, std::string& html) {
  absl::StrAppend(&html, "<section>\n<h2>", Escaped(section.title), "</h2>\n");
  if (!section.lead.empty()) absl::StrAppend(&html, "<p>", Escaped(section.lead), "</p>\n");
  if (!section.figures.empty()) absl::StrAppend(&html, "<div class=\"figures\">\n");
  for (const ReportFigure& figure : section.figures) {
    std::string note = figure.change;
    if (!figure.note.empty()) absl::StrAppend(&note, note.empty() ? "" : ", ", figure.note);
    absl::StrAppend(&html, "<div class=\"figure\"><div class=\"label\">", Escaped(figure.label),
                    "</div><div class=\"value\">", Number(figure.value, figure.command),
                    "</div><div class=\"note\">", Escaped(note), "</div></div>\n");
  }
  if (!section.figures.empty()) absl::StrAppend(&html, "</div>\n");
  for (const ReportChart& chart : section.charts) {
    absl::StrAppend(&html, "<div class=\"chart\"><canvas role=\"img\" aria-label=\"",
                    Escaped(chart.title), "\" data-chart=\"", Escaped(ChartJson(chart)),
                    "\"></canvas></div>\n");
  }
  for (const ReportTable& table : section.tables) {
    if (!table.title.empty()) absl::StrAppend(&html, "<h3>", Escaped(table.title), "</h3>\n");
    const bool broad = table.columns.size() > kColumnsOfAPhone;
    absl::StrAppend(&html, "<div class=\"wide\"><table", broad ? " class=\"cards\"" : "",
                    ">\n<tr>");
    for (const std::string& column : table.columns) {
      absl::StrAppend(&html, "<th>", Escaped(column), "</th>");
    }
    absl::StrAppend(&html, "</tr>\n");
    for (const auto& row : table.rows) {
      absl::StrAppend(&html, "<tr>");
      for (size_t i = 0; i < row.size(); ++i) {
        absl::StrAppend(&html, "<td");
        if (broad && i < table.columns.size()) {
          absl::StrAppend(&html, " data-column=\"", Escaped(table.columns[i]), "\"");
        }
        absl::StrAppend(&html, ">", Number(row[i].text, row[i].command), "</td>");
      }
      absl::StrAppend(&html, "</tr>\n");
    }
    absl::StrAppend(&html, "</table></div>\n");
  }
  for (const std::string& note : section.notes) {
    absl::StrAppend(&html, "<p class=\"remark\">", Escaped(note), "</p>\n");
  }
  absl::StrAppend(&html, "</section>\n");
}

}  // namespace

std::string ReportHtml(const Report& report) {
  std::string html = absl::StrCat(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>",
      Escaped(report.title), "</title>\n<style>", kStyle, "</style>\n</head>\n<body>\n<main>\n<h1>",
      Escaped(report.title), "</h1>\n<p>", Escaped(report.subtitle),
      ". Press any number for the command that explains it.</p>\n");
  for (const ReportSection& section : report.sections) AddSection(section, html);
  // A script must not hold what would end it.
  absl::StrAppend(&html, "</main>\n<script>",
                  absl::StrReplaceAll(ChartJs(), {{"</script", "<\\/script"}}),
                  "</script>\n<script>", kScript, "</script>\n</body>\n</html>\n");
  return html;
}

}  // namespace revops

#include "control/html_report.hpp"

#include <gtest/gtest.h>

namespace tollgate::control {
namespace {

using Json = nlohmann::ordered_json;

Json report_with_sender(const std::string& sender) {
  return {{"report", "senders"},
          {"since", "2026-11-01T00:00:00Z"},
          {"until", "2026-11-02T00:00:00Z"},
          {"step", "hour"},
          {"time_zone", "UTC"},
          {"by", {"sender"}},
          {"columns", {{{"name", "sender"}, {"kind", "text"}}, {{"name", "messages"}, {"kind", "count"}}}},
          {"rows", Json::array({Json::array({sender, 12})})},
          {"totals", {nullptr, 12}},
          {"left_out", 0}};
}

/// What stands between two texts, the first time that they are there.
std::string between(const std::string& text, const std::string& before, const std::string& after) {
  const std::size_t begin = text.find(before);
  if (begin == std::string::npos) return {};
  const std::size_t from = begin + before.size();
  return text.substr(from, text.find(after, from) - from);
}

std::size_t count_of(const std::string& text, const std::string& what) {
  std::size_t count = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++count;
  return count;
}

const std::string data_begin = "<script type=\"application/json\" id=\"data\">";

TEST(HtmlReport, has_the_reports_in_it) {
  const Json reports = Json::array({report_with_sender("ACME"), report_with_sender("Étoile")});
  EXPECT_EQ(Json::parse(between(html_report(reports), data_begin, "</script>")), reports);
}

TEST(HtmlReport, is_one_page_whatever_a_sender_is_called) {
  const std::string plain = html_report(report_with_sender("ACME"));
  for (const std::string sender : {"</script><script>alert(1)</script>", "<!--<script>",
                                   "@SCRIPT@ @CHART@ @DATA@ @POLICY@", "R\"~~~(x)~~~\""}) {
    const Json report = report_with_sender(sender);
    const std::string text = html_report(report);
    EXPECT_EQ(Json::parse(between(text, data_begin, "</script>")), report) << sender;
    EXPECT_EQ(count_of(text, "<script"), count_of(plain, "<script")) << sender;
    EXPECT_EQ(count_of(text, "</script"), count_of(plain, "</script")) << sender;
    EXPECT_EQ(text.size() - text.find("</html>"), plain.size() - plain.find("</html>")) << sender;
  }
}

TEST(HtmlReport, replaces_what_is_no_utf_8) {
  const std::string text = html_report(report_with_sender("A\xff"));
  EXPECT_EQ(Json::parse(between(text, data_begin, "</script>"))["rows"][0][0], "A\xef\xbf\xbd");
}

TEST(HtmlReport, has_all_that_it_needs) {
  const std::string text = html_report(report_with_sender("ACME"));
  EXPECT_EQ(text.rfind("<!doctype html>", 0), 0U);
  for (const char* missing :
       {" src=", "<link", "@import", "url(", "@STYLE@", "@CHART@", "@SCRIPT@", "@POLICY@", "{{"})
    EXPECT_EQ(text.find(missing, text.find("<body")), std::string::npos) << missing;
  const std::string policy = between(text, "Content-Security-Policy\" content=\"", "\">");
  EXPECT_EQ(policy.rfind("default-src 'none'; ", 0), 0U) << policy;
  EXPECT_EQ(count_of(policy, "'sha256-"), 3U) << policy;
  EXPECT_EQ(policy.find("unsafe"), std::string::npos);
}

}  // namespace
}  // namespace tollgate::control

#include "cli/marked_text.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace tollgate::cli {
namespace {

using Spans = std::vector<TextSpan>;

std::string with_carets(std::string_view text, const Spans& spans) { return marked(text, spans, "", false); }

TEST(MarkedText, has_carets_below_what_is_marked) {
  EXPECT_EQ(with_carets("a prize for you", {{2, 7}, {12, 15}}),
            "a prize for you\n"
            "  ^^^^^     ^^^\n");
  EXPECT_EQ(marked("nothing", {}, "  ", false), "  nothing\n");
  EXPECT_EQ(marked("", {}, "  ", false), "  (empty)\n");
}

TEST(MarkedText, is_underlined_on_a_terminal) {
  EXPECT_EQ(marked("a prize", Spans{{2, 7}}, "  ", true), "  a \033[1;4mprize\033[0m\n");
  EXPECT_EQ(marked("a prize!", Spans{{2, 7}}, "", true), "a \033[1;4mprize\033[0m!\n");
}

TEST(MarkedText, carets_stand_below_wide_characters_and_not_below_marks) {
  // U+514D, U+8D39 are wide; U+0301 stands over the letter before it.
  EXPECT_EQ(with_carets("\u514d\u8d39 win", {{1, 2}, {3, 4}}),
            "\u514d\u8d39 win\n"
            "  ^^ ^\n");
  EXPECT_EQ(with_carets("e\u0301e\u0301 win", {{5, 8}}),
            "e\u0301e\u0301 win\n"
            "   ^^^\n");
}

TEST(MarkedText, shows_what_is_not_seen) {
  EXPECT_EQ(with_carets("a\u200bb\u202ec\u00a0d\u00ade\ufe0ff\n", {{0, 3}}),
            "a\\u200bb\\u202ec\\xa0d\\xade\\ufe0ff\\n\n"
            "^^^^^^^^\n");
  EXPECT_EQ(with_carets("a\u200db\u034fc\u3164d\u2003e\u2800f", {}),
            "a\\u200db\\u034fc\\u3164d\\u2003e\\u2800f\n")
      << "a joiner, a grapheme joiner, a filler, an em space, a blank Braille pattern";
}

TEST(MarkedText, goes_on_in_the_next_line) {
  const std::string text = std::string(90, 'a') + std::string(20, 'b');
  EXPECT_EQ(marked(text, Spans{{88, 93}}, "    ", false), "    " + std::string(90, 'a') + "bbbbbb\n" +
                                                              "    " + std::string(88, ' ') + "^^^^^\n" +
                                                              "    " + std::string(14, 'b') + "\n");
  EXPECT_EQ(marked(text, Spans{{90, 110}}, "    ", true), "    " + std::string(90, 'a') +
                                                              "\033[1;4mbbbbbb\033[0m\n" + "    \033[1;4m" +
                                                              std::string(14, 'b') + "\033[0m\n");
}

TEST(MarkedText, repeats_what_is_marked_where_letters_go_from_right_to_left) {
  // Hebrew: shalom olam.
  EXPECT_EQ(marked("\u05e9\u05dc\u05d5\u05dd \u05e2\u05d5\u05dc\u05dd", Spans{{0, 1}, {5, 9}}, "  ", false),
            "  \u05e9\u05dc\u05d5\u05dd \u05e2\u05d5\u05dc\u05dd\n"
            "  ^ \u05e9\n"
            "  ^ \u05e2\u05d5\u05dc\u05dd\n");
}

}  // namespace
}  // namespace tollgate::cli

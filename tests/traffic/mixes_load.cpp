#include "traffic/mixes.hpp"
#include "traffic/texts.hpp"

// What a busy link carries, for measuring: nothing unusual, over few associations and connections that stay.
namespace tollgate::traffic {
namespace {

constexpr unsigned window = 10;

Content load_text(Random& random) {
  return text_content(random.one_in(2) ? person_text(random) : otp_text(random), random);
}

void map_dialogue(Generator& g) {
  SmRecipe recipe = sm_recipe(g.context, g.context.random.one_in(2));
  recipe.content = load_text(g.context.random);
  short_message(g.context, std::move(recipe));
}

/// As many requests as the window holds, written at once; then their responses.
void smpp_window_full(Generator& g) {
  std::vector<SmppRecipe> recipes;
  for (unsigned i = 0; i < window; ++i) {
    recipes.push_back(smpp_recipe(g.context, smpp::submit_sm, true, load_text(g.context.random)));
  }
  smpp_messages(g.session(), recipes);
}

}  // namespace

void add_load_mixes(MixList& list) {
  list.add("load-map", "mo-forwardSM and mt-forwardSM of one part and their results", map_dialogue);
  list.add("load-smpp", "submit_sm and their responses, several in a segment", smpp_window_full);
}

}  // namespace tollgate::traffic

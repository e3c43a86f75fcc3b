#include "traffic/truth.hpp"

#include "traffic/capture.hpp"

namespace tollgate::traffic {

Truth::Truth(const std::string& path) : path_(path) {
  if (path.empty()) return;
  file_.open(path, std::ios::binary);
  if (!file_) throw Failure(path + ": cannot be written");
}

void Truth::write(std::vector<Event>& events, std::uint64_t frame) {
  if (frame != frame_) item_ = 0;
  frame_ = frame;
  for (Event& event : events) {
    event.fields["frame"] = frame;
    event.fields["item"] = item_++;
    if (event.id != 0) frames_[event.id % frames_.size()] = frame;
    if (event.answers != 0) {
      event.fields["answers"] = {{"frame", frames_[event.answers % frames_.size()]}};
    }
    file_ << event.fields.dump() << '\n';
  }
}

void Truth::damaged(std::uint64_t frame, std::string_view layer, std::string_view reason) {
  if (!wanted()) return;
  file_ << Json{{"kind", "damaged"}, {"frame", frame}, {"layer", layer}, {"reason", reason}}.dump() << '\n';
}

void Truth::unread(std::uint64_t frame, std::string_view count) {
  if (!wanted()) return;
  file_ << Json{{"kind", "unread"}, {"frame", frame}, {"count", count}}.dump() << '\n';
}

void Truth::close() {
  if (!wanted()) return;
  file_.close();
  if (!file_) throw Failure(path_ + ": cannot write: disk full?");
}

}  // namespace tollgate::traffic

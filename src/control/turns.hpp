#pragma once

#include <atomic>

namespace tollgate::control {

/// Lets so many do something at once, and makes nobody wait for it. Any thread.
class Turns {
 public:
  explicit Turns(int most) : left_(most) {}

  /// Gives itself back when it goes.
  class Turn {
   public:
    /// Of `turns`, if one is left.
    explicit Turn(Turns& turns) : turns_(turns.left_.fetch_sub(1) > 0 ? &turns : nullptr) {
      if (turns_ == nullptr) ++turns.left_;
    }
    ~Turn() {
      if (turns_ != nullptr) ++turns_->left_;
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

    explicit operator bool() const { return turns_ != nullptr; }

   private:
    Turns* turns_;
  };

 private:
  std::atomic<int> left_;
};

}  // namespace tollgate::control

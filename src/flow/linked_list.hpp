#pragma once

namespace tollgate::flow {

/// Where an element stands in a list; its own member, so that the list allocates nothing.
template <class T>
struct ListPlace {
  T* before = nullptr;
  T* after = nullptr;
};

/// A list of elements that it does not own, through the member `place` of each, a ListPlace: an element is in
/// one such list at most, and leaves it before it goes.
template <class T, auto place>
class LinkedList {
 public:
  T* front() const { return front_; }
  static T* after(const T& element) { return (element.*place).after; }

  void push_back(T& element) {
    (element.*place).before = back_;
    (element.*place).after = nullptr;
    (back_ != nullptr ? (back_->*place).after : front_) = &element;
    back_ = &element;
  }

  void remove(T& element) {
    const ListPlace<T>& at = element.*place;
    (at.before != nullptr ? (at.before->*place).after : front_) = at.after;
    (at.after != nullptr ? (at.after->*place).before : back_) = at.before;
  }

 private:
  T* front_ = nullptr;
  T* back_ = nullptr;
};

}  // namespace tollgate::flow

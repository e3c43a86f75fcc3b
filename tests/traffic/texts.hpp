#pragma once

#include <string>

#include "traffic/random.hpp"

namespace tollgate::traffic {

// Invented texts: templates in several languages, filled with names, codes and amounts.
std::string person_text(Random& random);
std::string otp_text(Random& random);
std::string application_text(Random& random);
std::string spam_text(Random& random);
/// Text that the default alphabet lacks, some with characters outside the BMP.
std::string unicode_text(Random& random);
/// At least `length` characters of the default alphabet.
std::string long_text(std::size_t length, Random& random);

/// An alphanumeric sender of at most 11 characters.
std::string brand(Random& random);

// Fictional number ranges.
std::string mobile_number(Random& random);  ///< international
std::string imsi(Random& random);           ///< test network 001 01
std::string global_title(unsigned node);    ///< 4477009000xx
std::string national_number(Random& random);
std::string short_code(Random& random);

}  // namespace tollgate::traffic

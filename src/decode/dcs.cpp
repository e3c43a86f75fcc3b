#include "decode/dcs.hpp"

namespace tollgate::decode {

//  bits  7 6 5 4 3 2 1 0      TS 23.038 clause 4
//        0 0 c m a a l l      general data coding: compressed, class has meaning, alphabet, class
//        0 1 c m a a l l      the same, and marked for automatic deletion
//        1 0 . . . . . .      reserved
//        1 1 0 0 s 0 t t      message waiting, discard the text: sense, type; GSM 7 bit default alphabet
//        1 1 0 1 s 0 t t      message waiting, store; GSM 7 bit default alphabet
//        1 1 1 0 s 0 t t      message waiting, store; UCS2
//        1 1 1 1 0 a l l      data coding and class: 8-bit data or GSM 7 bit default alphabet
DataCoding data_coding(std::uint8_t dcs) {
  DataCoding coding;
  const unsigned group = dcs >> 4U;
  const auto low = static_cast<std::uint8_t>(dcs & 3U);
  if (group < 8) {
    coding.automatic_deletion = (dcs & 0x40U) != 0;
    coding.compressed = (dcs & 0x20U) != 0;
    if ((dcs & 0x10U) != 0) coding.message_class = low;
    switch (dcs >> 2U & 3U) {
      case 1: coding.alphabet = Alphabet::data8; break;
      case 2: coding.alphabet = Alphabet::ucs2; break;
      case 3: coding.reserved = true; break;
      default: break;
    }
  } else if (group < 12) {
    coding.reserved = true;
  } else if (group < 15) {
    coding.message_waiting = {.type = low, .active = (dcs & 8U) != 0, .store = group != 12};
    if (group == 14) coding.alphabet = Alphabet::ucs2;
  } else {
    coding.message_class = low;
    if ((dcs & 4U) != 0) coding.alphabet = Alphabet::data8;
  }
  return coding;
}

std::string_view describe_group(std::uint64_t dcs) {
  switch (dcs >> 4U) {
    case 0:
    case 1:
    case 2:
    case 3: return "General Data Coding indication";
    case 4:
    case 5:
    case 6:
    case 7: return "Message Marked for Automatic Deletion Group";
    case 12: return "Message Waiting Indication Group: Discard Message";
    case 13: return "Message Waiting Indication Group: Store Message (GSM 7 bit default alphabet)";
    case 14: return "Message Waiting Indication Group: Store Message (UCS2)";
    case 15: return "Data coding/message class";
    default: return "Reserved coding groups, read as the GSM 7 bit default alphabet";
  }
}

std::string_view describe(Alphabet alphabet) {
  switch (alphabet) {
    case Alphabet::data8: return "8 bit data";
    case Alphabet::ucs2: return "UCS2 (16 bit)";
    default: return "GSM 7 bit default alphabet";
  }
}

std::string_view describe_class(std::uint8_t message_class) {
  switch (message_class) {
    case 0: return "Class 0 (immediate display)";
    case 1: return "Class 1 (ME-specific)";
    case 2: return "Class 2 ((U)SIM specific message)";
    default: return "Class 3 (TE specific)";
  }
}

std::string_view describe_waiting(std::uint8_t type) {
  switch (type) {
    case 0: return "Voicemail Message Waiting";
    case 1: return "Fax Message Waiting";
    case 2: return "Electronic Mail Message Waiting";
    default: return "Other Message Waiting";
  }
}

}  // namespace tollgate::decode

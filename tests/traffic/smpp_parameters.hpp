#pragma once

#include <vector>

#include "traffic/encode_smpp.hpp"
#include "traffic/truth.hpp"

namespace tollgate::traffic::smpp {

/// Every standard optional parameter with a value of the right size.
std::vector<Tlv> standard_tlvs();

/// What the truth says of optional parameters: values by name. message_payload is not among them, its
/// content is the message's. No tag may come twice.
Json describe(const std::vector<Tlv>& list);
/// The destinations of a submit_multi in their order.
Json describe_destinations(const Message& message);
Json describe(const Address& address);

}  // namespace tollgate::traffic::smpp

#include "traffic/encode_map.hpp"

#include "traffic/encode_sccp.hpp"

namespace tollgate::traffic::map {
namespace {

constexpr std::uint8_t octet_string = 0x04;
constexpr std::uint8_t enumerated = 0x0a;
constexpr std::uint8_t sequence = 0x30;

/// context-specific, primitive and constructed
constexpr std::uint8_t context(unsigned number) { return static_cast<std::uint8_t>(0x80U | number); }
constexpr std::uint8_t constructed_context(unsigned number) {
  return static_cast<std::uint8_t>(0xa0U | number);
}

void rp_address(Ber& ber, const RpAddress& address) {
  const auto tag = static_cast<std::uint8_t>(address.choice);
  switch (address.choice) {
    case RpChoice::imsi: ber.primitive(tag, tbcd(address.number.digits).span()); return;
    case RpChoice::lmsi: ber.primitive(tag, Bytes{0x4c, 0x4d, 0x53, 0x49}.span()); return;
    case RpChoice::msisdn:
    case RpChoice::service_centre: ber.primitive(tag, address_string(address.number).span()); return;
    case RpChoice::none: ber.null(tag); return;
  }
}

template <class Contents>
Bytes in_sequence(LengthForm form, Contents&& contents) {
  Bytes out;
  out.reserve(256);
  Ber ber(out, form);
  ber.constructed(sequence, [&] { contents(ber); });
  return out;
}

}  // namespace

Bytes tbcd(std::string_view digits) {
  Bytes out;
  out.reserve(8);
  sccp::bcd(out, digits, 0x0f);
  return out;
}

Bytes address_string(const Number& number) {
  Bytes out;
  out.reserve(9);
  out.u8(0x80U | static_cast<unsigned>(number.ton << 4U) | number.npi);
  sccp::bcd(out, number.digits, 0x0f);
  return out;
}

Bytes context_oid(std::uint8_t application_context, std::uint8_t version) {
  return {0x04, 0x00, 0x00, 0x01, 0x00, application_context, version};
}

Bytes forward_sm_arg(const ForwardSm& arg, LengthForm form) {
  return in_sequence(form, [&](Ber& ber) {
    rp_address(ber, arg.da);
    rp_address(ber, arg.oa);
    ber.primitive(octet_string, arg.ui);
    if (arg.more_messages) ber.null();
    if (!arg.imsi.empty()) ber.primitive(octet_string, tbcd(arg.imsi).span());
  });
}

Bytes forward_sm_res(std::span<const std::uint8_t> report, LengthForm form) {
  return in_sequence(form, [&](Ber& ber) { ber.primitive(octet_string, report); });
}

Bytes routing_info_for_sm_arg(const Number& msisdn, const Number& service_centre, std::uint8_t version,
                              LengthForm form) {
  return in_sequence(form, [&](Ber& ber) {
    ber.primitive(context(0), address_string(msisdn).span());
    ber.boolean(context(1), true);  // sm-RP-PRI
    ber.primitive(context(2), address_string(service_centre).span());
    if (version == 3) {
      ber.null(context(7));        // gprsSupportIndicator
      ber.integer(context(8), 0);  // sm-RP-MTI: SMS Deliver
    }
  });
}

Bytes routing_info_for_sm_res(std::string_view imsi, const Number& node, LengthForm form) {
  return in_sequence(form, [&](Ber& ber) {
    ber.primitive(octet_string, tbcd(imsi).span());
    ber.constructed(constructed_context(0), [&] { ber.primitive(context(1), address_string(node).span()); });
  });
}

Bytes report_sm_delivery_status_arg(const Number& msisdn, const Number& service_centre, std::uint8_t version,
                                    LengthForm form) {
  return in_sequence(form, [&](Ber& ber) {
    ber.primitive(octet_string, address_string(msisdn).span());
    ber.primitive(octet_string, address_string(service_centre).span());
    if (version > 1) ber.integer(enumerated, 1);  // sm-DeliveryOutcome: absentSubscriber
    if (version > 2) ber.integer(context(0), 6);  // absentSubscriberDiagnosticSM: MS deregistered
  });
}

Bytes alert_service_centre_arg(const Number& msisdn, const Number& service_centre, LengthForm form) {
  return in_sequence(form, [&](Ber& ber) {
    ber.primitive(octet_string, address_string(msisdn).span());
    ber.primitive(octet_string, address_string(service_centre).span());
  });
}

Bytes inform_service_centre_arg(const Number& msisdn, LengthForm form) {
  return in_sequence(form, [&](Ber& ber) {
    ber.primitive(octet_string, address_string(msisdn).span());
    ber.primitive(0x03, Bytes{0x02, 0x20}.span());  // mw-Status: mnrf-Set
  });
}

Bytes ready_for_sm_arg(std::string_view imsi, LengthForm form) {
  return in_sequence(form, [&](Ber& ber) {
    ber.primitive(context(0), tbcd(imsi).span());
    ber.integer(enumerated, 0);  // alertReason: ms-Present
  });
}

Bytes error_parameter(std::int32_t error, std::uint8_t version, std::span<const std::uint8_t> report,
                      LengthForm form) {
  Bytes out;
  Ber ber(out, form);
  switch (error) {
    case 6:  // absentSubscriberSM: absentSubscriberDiagnosticSM
      if (version == 3) ber.constructed(sequence, [&] { ber.integer(0x02, 6); });
      break;
    case 13:  // callBarred: callBarringCause operatorBarring
      if (version == 3) {
        ber.constructed(sequence, [&] { ber.integer(enumerated, 1); });
      } else {
        ber.integer(enumerated, 1);
      }
      break;
    case 32:  // sm-DeliveryFailure: memoryCapacityExceeded
      if (version == 1) {
        ber.integer(enumerated, 0);
      } else {
        ber.constructed(sequence, [&] {
          ber.integer(enumerated, 0);
          if (version == 3 && !report.empty()) ber.primitive(octet_string, report);
        });
      }
      break;
    case 34:  // systemFailure: networkResource vmsc
      if (version > 1) ber.integer(enumerated, 4);
      break;
    default: break;
  }
  return out;
}

Bytes signalling_arg(std::int32_t operation, std::string_view imsi, const Number& msisdn, const Number& node,
                     LengthForm form) {
  const Bytes imsi_octets = tbcd(imsi);
  const Bytes node_octets = address_string(node);
  const Bytes msisdn_octets = address_string(msisdn);
  const auto sequence_of = [&](auto contents) { return in_sequence(form, contents); };
  switch (operation) {
    case update_location:
      return sequence_of([&](Ber& ber) {
        ber.primitive(octet_string, imsi_octets.span());
        ber.primitive(context(1), node_octets.span());    // msc-Number
        ber.primitive(octet_string, node_octets.span());  // vlr-Number
      });
    case update_gprs_location:
      return sequence_of([&](Ber& ber) {
        ber.primitive(octet_string, imsi_octets.span());
        ber.primitive(octet_string, node_octets.span());                // sgsn-Number
        ber.primitive(octet_string, Bytes{0x04, 192, 0, 2, 1}.span());  // sgsn-Address
      });
    case send_authentication_info:
      return sequence_of([&](Ber& ber) {
        ber.primitive(context(0), imsi_octets.span());
        ber.integer(0x02, 3);  // numberOfRequestedVectors
      });
    case insert_subscriber_data:
      return sequence_of([&](Ber& ber) {
        ber.primitive(context(0), imsi_octets.span());
        ber.primitive(context(1), msisdn_octets.span());
        ber.primitive(context(2), Bytes{0x0a}.span());  // category: ordinary calling subscriber
        ber.integer(context(3), 0);                     // subscriberStatus: serviceGranted
      });
    case cancel_location: {
      Bytes out;
      Ber ber(out, form);
      ber.constructed(constructed_context(3), [&] {
        ber.primitive(octet_string, imsi_octets.span());
        ber.integer(enumerated, 0);  // cancellationType: updateProcedure
      });
      return out;
    }
    case purge_ms: {
      Bytes out;
      Ber ber(out, form);
      ber.constructed(constructed_context(3), [&] {
        ber.primitive(octet_string, imsi_octets.span());
        ber.primitive(context(0), node_octets.span());  // vlr-Number
      });
      return out;
    }
    case send_routing_info:
      return sequence_of([&](Ber& ber) {
        ber.primitive(context(0), msisdn_octets.span());
        ber.integer(context(3), 0);                     // interrogationType: basicCall
        ber.primitive(context(6), node_octets.span());  // gmsc-OrGsmSCF-Address
      });
    case provide_roaming_number:
      return sequence_of([&](Ber& ber) {
        ber.primitive(context(0), imsi_octets.span());
        ber.primitive(context(1), node_octets.span());  // msc-Number
        ber.primitive(context(2), msisdn_octets.span());
      });
    case provide_subscriber_info:
      return sequence_of([&](Ber& ber) {
        ber.primitive(context(0), imsi_octets.span());
        ber.constructed(constructed_context(2), [&] { ber.null(context(0)); });  // locationInformation
      });
    case any_time_interrogation:
      return sequence_of([&](Ber& ber) {
        ber.constructed(constructed_context(0), [&] { ber.primitive(context(1), msisdn_octets.span()); });
        ber.constructed(constructed_context(1), [&] { ber.null(context(0)); });  // locationInformation
        ber.primitive(context(3), node_octets.span());                           // gsmSCF-Address
      });
    case process_unstructured_ss_request:
    case unstructured_ss_request:
      return sequence_of([&](Ber& ber) {
        ber.primitive(octet_string, Bytes{0x0f}.span());                          // ussd-DataCodingScheme
        ber.primitive(octet_string, Bytes{0xaa, 0x18, 0x0c, 0x36, 0x02}.span());  // ussd-String *100#
        ber.primitive(context(0), msisdn_octets.span());
      });
    default: return {};
  }
}

}  // namespace tollgate::traffic::map

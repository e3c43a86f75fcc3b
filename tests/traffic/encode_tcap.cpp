#include "traffic/encode_tcap.hpp"

namespace tollgate::traffic::tcap {
namespace {

// dialogue-as-id and uniDialogue-as-id: itu-t q 773 modules as(1) 1 / 2 version1(1)
const Bytes dialogue_as_id{0x00, 0x11, 0x86, 0x05, 0x01, 0x01, 0x01};
const Bytes unidialogue_as_id{0x00, 0x11, 0x86, 0x05, 0x01, 0x02, 0x01};
const Bytes protocol_version_1{0x07, 0x80};  // BIT STRING with 7 unused bits

constexpr std::uint8_t object_identifier = 0x06;
constexpr std::uint8_t external = 0x28;
constexpr std::uint8_t sequence = 0x30;

void aare(Ber& ber, const Message& m, bool refused) {
  ber.constructed(0x61, [&] {
    ber.primitive(0x80, protocol_version_1.span());
    ber.constructed(0xa1, [&] { ber.primitive(object_identifier, m.context.span()); });
    ber.constructed(0xa2, [&] { ber.integer(0x02, refused ? 1 : 0); });
    ber.constructed(0xa3, [&] {  // dialogue-service-user: null, or application-context-name-not-supported
      ber.constructed(0xa1, [&] { ber.integer(0x02, refused ? 2 : 0); });
    });
  });
}

void dialogue_pdu(Ber& ber, const Message& m) {
  switch (m.apdu) {
    case Apdu::none: return;
    case Apdu::aarq:
    case Apdu::audt:  // the same elements under the same tag
      ber.constructed(0x60, [&] {
        ber.primitive(0x80, protocol_version_1.span());
        ber.constructed(0xa1, [&] { ber.primitive(object_identifier, m.context.span()); });
      });
      return;
    case Apdu::aare: aare(ber, m, false); return;
    case Apdu::aare_refused: aare(ber, m, true); return;
    case Apdu::abrt: ber.constructed(0x64, [&] { ber.integer(0x80, 0); }); return;
  }
}

void dialogue_portion(Ber& ber, const Message& m) {
  ber.constructed(0x6b, [&] {
    ber.constructed(external, [&] {
      const Bytes& id = m.apdu == Apdu::audt ? unidialogue_as_id : dialogue_as_id;
      ber.primitive(object_identifier, id.span());
      ber.constructed(0xa0, [&] { dialogue_pdu(ber, m); });
    });
  });
}

void code(Ber& ber, const Component& c) {
  if (c.global_code.empty()) ber.integer(0x02, c.code);
  else ber.primitive(object_identifier, c.global_code.span());
}

void component(Ber& ber, const Component& c) {
  ber.constructed(static_cast<std::uint8_t>(c.type), [&] {
    ber.integer(0x02, c.invoke_id);
    switch (c.type) {
      case ComponentType::invoke:
        if (c.linked_id) ber.integer(0x80, *c.linked_id);
        [[fallthrough]];
      case ComponentType::return_error:
        code(ber, c);
        ber.raw(c.parameter.span());
        return;
      case ComponentType::return_result_last:
      case ComponentType::return_result_not_last:
        if (!c.has_operation) return;
        ber.constructed(sequence, [&] {
          code(ber, c);
          ber.raw(c.parameter.span());
        });
        return;
      case ComponentType::reject: ber.integer(static_cast<std::uint8_t>(c.problem), c.code); return;
    }
  });
}

}  // namespace

void message(Bytes& out, const Message& m, LengthForm form) {
  Ber ber(out, form);
  ber.constructed(static_cast<std::uint8_t>(m.type), [&] {
    if (!m.otid.empty()) ber.primitive(0x48, m.otid.span());
    if (!m.dtid.empty()) ber.primitive(0x49, m.dtid.span());
    if (m.p_abort) ber.integer(0x4a, *m.p_abort);
    if (m.apdu != Apdu::none) dialogue_portion(ber, m);
    if (!m.components.empty()) {
      ber.constructed(0x6c, [&] {
        for (const Component& c : m.components) component(ber, c);
      });
    }
  });
}

}  // namespace tollgate::traffic::tcap

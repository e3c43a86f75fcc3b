// A message centre on node-smpp. Writes one JSON line for each thing that happens; a listener before anything else.
//   node smpp_centre.js HOST PORT [MESSAGES WINDOW]
// MESSAGES: a file of JSON lines, PDUs to deliver, so many at once, to whoever has bound, when its standard input says so.
// Ends with SIGTERM.
// Like any centre it refuses a message without a destination, with ESME_RINVDSTADR.
const smpp = require('smpp');
const fs = require('fs');
const {deliver, sayer, text} = require('./smpp_session.js');

const [, , host, port, messages, window] = process.argv;
const say = sayer();
let accepted = 0;
let bound;

function answer(session, pdu) {
  const wanted = pdu.destination_addr || (pdu.dest_address || []).some((one) => one.destination_addr);
  const status = wanted ? 0 : smpp.ESME_RINVDSTADR;
  const id = status ? '' : `m${++accepted}`;
  say({event: pdu.command, status, id, sequence: pdu.sequence_number, source: pdu.source_addr,
       destination: pdu.destination_addr, text: text(pdu), registered: pdu.registered_delivery});
  session.send(pdu.response({command_status: status, message_id: id}));
}

const server = smpp.createServer((session) => {
  say({event: 'connection'});
  session.socket.setNoDelay(true);
  session.on('error', (error) => say({event: 'error', text: String(error)}));
  session.on('close', () => say({event: 'close'}));
  for (const kind of ['bind_transceiver', 'bind_transmitter', 'bind_receiver']) {
    session.on(kind, (pdu) => {
      session.send(pdu.response({system_id: 'centre'}));
      bound = session;
      say({event: 'bind', kind, system: pdu.system_id});
    });
  }
  for (const kind of ['submit_sm', 'data_sm', 'submit_multi']) session.on(kind, (pdu) => answer(session, pdu));
  session.on('enquire_link', (pdu) => session.send(pdu.response()));
  session.on('unbind', (pdu) => { session.send(pdu.response()); session.close(); });
});
if (messages !== undefined) {
  process.stdin.once('data', () => deliver(bound, 'deliver_sm', fs.readFileSync(messages, 'utf8'), Number(window), say));
}
server.listen(Number(port), host, () => say({event: 'listening'}));

// What the two ends on node-smpp share.
const fs = require('fs');

// Lines of JSON on standard output, each in one write, with the time in seconds.
exports.sayer = () => (what) => fs.writeSync(1, `${JSON.stringify({...what, at: Date.now() / 1000})}\n`);

exports.text = (pdu) => {
  const written = pdu.message_payload || pdu.short_message || {};
  const message = written.message === undefined ? written : written.message;
  return Buffer.isBuffer(message) ? message.toString('latin1') : message;
};

// Sends PDUs, given as JSON lines {"index", "command"?, "options"}, at most `window` of them unanswered; says how each was
// answered, in the order of the answers, and at last `done`.
exports.deliver = (session, command, lines, window, say, done) => {
  const pdus = lines.split('\n').filter(Boolean).map((line) => JSON.parse(line));
  let next = 0;
  let open = 0;
  const more = () => {
    while (next < pdus.length && open < window) {
      const pdu = pdus[next++];
      ++open;
      session[pdu.command || command](pdu.options, (answer) => {
        --open;
        say({event: 'answer', index: pdu.index, command: answer.command, status: answer.command_status, id: answer.message_id});
        more();
      });
    }
    if (open === 0 && next === pdus.length) {
      say({event: 'done'});
      if (done) done();
    }
  };
  more();
};

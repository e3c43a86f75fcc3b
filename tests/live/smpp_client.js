// An ESME on node-smpp: binds, sends what MESSAGES holds, says how each was answered, unbinds.
//   node smpp_client.js HOST PORT MESSAGES WINDOW nagle|nodelay
const smpp = require('smpp');
const fs = require('fs');
const {deliver, sayer} = require('./smpp_session.js');

const [, , host, port, messages, window, nagle] = process.argv;
const say = sayer();
const session = smpp.connect({host, port: Number(port)});
session.socket.setNoDelay(nagle === 'nodelay');
session.on('error', (error) => { say({event: 'error', text: String(error)}); process.exit(1); });
session.on('close', () => { say({event: 'close'}); process.exit(0); });
session.on('connect', () => {
  say({event: 'connection', port: session.socket.localPort});
  session.bind_transceiver({system_id: 'esme', password: 'secret', interface_version: 0x34}, (bound) => {
    say({event: 'bind', status: bound.command_status});
    deliver(session, 'submit_sm', fs.readFileSync(messages, 'utf8'), Number(window), say, () => {
      session.unbind(() => session.close());
    });
  });
});

// PDUs to octets and back with node-smpp: reads one JSON line each, writes one.
//   {"command": "submit_sm", "options": {...}}  ->  {"octets": "hex"}
//   {"octets": "hex"}                           ->  the PDU's fields
const {PDU} = require('smpp');
const lines = require('readline').createInterface({input: process.stdin});

const plain = (key, value) => (value && value.type === 'Buffer' ? Buffer.from(value.data).toString('hex') : value);

lines.on('line', (line) => {
  const {command, options, octets} = JSON.parse(line);
  const out = command ? {octets: new PDU(command, options).toBuffer().toString('hex')} : new PDU(Buffer.from(octets, 'hex'));
  console.log(JSON.stringify(out, plain));
});

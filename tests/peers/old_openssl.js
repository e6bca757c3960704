// A server on the OpenSSL that an old Node.js carries, from Node.js 0.8 on.
//
// Usage: old_openssl.js [METHOD CERTIFICATE KEY CIPHERS], the method SSLv2, SSLv3, TLSv1 or SSLv23, the
// files in PEM. It prints its port, and plays handshakes. With nothing it prints its version.
var fs = require('fs');
var tls = require('tls');

var given = process.argv.slice(2);
if (given.length === 0) {
  console.log(process.versions.openssl);
} else {
  var options = {
    secureProtocol: given[0] + '_method',
    cert: fs.readFileSync(given[1]),
    key: fs.readFileSync(given[2]),
    ciphers: given[3]
  };
  var server = tls.createServer(options, function (stream) {
    stream.on('error', function () {});
  });
  // A client that leaves early is none of its troubles.
  server.on('clientError', function () {});
  server.listen(0, '127.0.0.1', function () {
    console.log('PORT ' + server.address().port);
  });
}

#!/usr/bin/env bash
# Makes the certificates of this folder again, each in DER. The keys are thrown away.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
cd "$(mktemp -d)"

# certificate NAME KEY-OPTIONS SUBJECT EXTENSION…: signs itself.
certificate() {
    local name=$1 key=$2 subject=$3
    shift 3
    {
        printf '[req]\ndistinguished_name = dn\nx509_extensions = extensions\nutf8 = yes\n'
        printf '[dn]\n[extensions]\n'
        printf '%s\n' "$@"
        cat sections.conf
    } >"$name.conf"
    # shellcheck disable=SC2086
    openssl req -x509 -config "$name.conf" -newkey $key -nodes -keyout "$name.key" \
        -utf8 -subj "$subject" -multivalue-rdn ${DAYS:--days 3650} \
        -outform DER -out "$here/$name.der" 2>/dev/null
}

cat >sections.conf <<'CONF'
[names]
DNS.1 = example.test
DNS.2 = *.example.test
IP.1 = 192.0.2.1
IP.2 = 2001:db8::1
email = someone@example.test
URI = https://example.test/?a=1
dirName = directory
RID = 1.2.3.4
otherName = 1.3.6.1.4.1.311.20.2.3;UTF8:someone@example.test
[directory]
C = DE
O = Directory Name
[policy]
policyIdentifier = 1.3.6.1.4.1.99999.1
CPS.1 = https://example.test/cps
userNotice.1 = @notice
[notice]
explicitText = UTF8:Read the policy.
organization = Example
noticeNumbers = 1, 2
[points]
fullname = URI:http://example.test/one.crl
CRLissuer = dirName:directory
reasons = keyCompromise, CACompromise
CONF

certificate rsa-2048 rsa:2048 /CN=rsa.test 'basicConstraints = critical, CA:TRUE, pathlen:3'
certificate rsa-pss "rsa-pss -pkeyopt rsa_keygen_bits:2048" /CN=pss.test
certificate ecdsa-p256 "ec -pkeyopt ec_paramgen_curve:P-256" /CN=p256.test
certificate ecdsa-p384 "ec -pkeyopt ec_paramgen_curve:P-384" /CN=p384.test
certificate ecdsa-explicit-curve \
    "ec -pkeyopt ec_paramgen_curve:P-256 -pkeyopt ec_param_enc:explicit" /CN=explicit.test
certificate ed25519 ed25519 /CN=ed25519.test
certificate ed448 ed448 /CN=ed448.test
certificate extensions ed25519 /CN=extensions.test \
    'subjectAltName = @names' \
    'issuerAltName = DNS:issuer.test' \
    'keyUsage = critical, digitalSignature, keyAgreement, decipherOnly' \
    'extendedKeyUsage = serverAuth, clientAuth, 1.3.6.1.4.1.99999.2' \
    'basicConstraints = critical, CA:FALSE' \
    'subjectKeyIdentifier = hash' \
    'authorityKeyIdentifier = keyid:always, issuer:always' \
    'authorityInfoAccess = OCSP;URI:http://ocsp.example.test/, caIssuers;URI:http://example.test/ca' \
    'crlDistributionPoints = points' \
    'certificatePolicies = 2.5.29.32.0, @policy' \
    'nameConstraints = critical, permitted;DNS:.example.test, excluded;IP:10.0.0.0/255.0.0.0' \
    'policyConstraints = requireExplicitPolicy:3, inhibitPolicyMapping:1' \
    'inhibitAnyPolicy = 2' \
    'tlsfeature = status_request, 17' \
    'nsComment = a comment of old' \
    '1.3.6.1.4.1.99999.3 = ASN1:UTF8String:private'
certificate names ed25519 \
    '/C=JP/ST=東京都/L=Zürich/O=Ünïcode GmbH/OU=one+OU=two/CN=名前.test/emailAddress=a@example.test/DC=test'
# Years that need a GeneralizedTime, and a serial number of one byte.
DAYS='-days 36500 -set_serial 1' certificate far-future ed25519 /CN=future.test

# Names in the strings of old: BMPString, TeletexString, UniversalString.
cat >strings.conf <<'CONF'
asn1 = SEQUENCE:certificate
[certificate]
tbs = SEQUENCE:tbs
algorithm = SEQUENCE:algorithm
signature = FORMAT:HEX,BITSTRING:00112233
[tbs]
version = EXPLICIT:0,INTEGER:2
serial = INTEGER:-129
algorithm = SEQUENCE:algorithm
issuer = SEQUENCE:issuer
validity = SEQUENCE:validity
subject = SEQUENCE:subject
key = SEQUENCE:key
[algorithm]
oid = OID:ED25519
[validity]
from = UTCTIME:491231235959Z
to = GENERALIZEDTIME:20500101000000Z
[issuer]
one = SET:bmp
two = SET:teletex
[subject]
one = SET:universal
two = SET:printable
[bmp]
a = SEQUENCE:bmp_value
[bmp_value]
type = OID:organizationName
value = FORMAT:UTF8,BMPSTRING:Zürich
[teletex]
a = SEQUENCE:teletex_value
[teletex_value]
type = OID:commonName
value = T61STRING:teletex
[universal]
a = SEQUENCE:universal_value
[universal_value]
type = OID:localityName
value = FORMAT:UTF8,UNIVERSALSTRING:Ort
[printable]
a = SEQUENCE:printable_value
[printable_value]
type = OID:commonName
value = PRINTABLESTRING:strings.test
[key]
algorithm = SEQUENCE:algorithm
bits = FORMAT:HEX,BITSTRING:0000000000000000000000000000000000000000000000000000000000000000
CONF
openssl asn1parse -genconf strings.conf -noout -out "$here/strings-of-old.der"

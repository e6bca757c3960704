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
    local new="-newkey $key -nodes -keyout $name.key"
    if [[ $key == file:* ]]; then new="-key ${key#file:}"; fi
    # shellcheck disable=SC2086
    openssl req -x509 -config "$name.conf" $new \
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
[relative]
relativename = relative_name
[relative_name]
CN = part of the name
[usage_period]
from = IMPLICIT:0,GENERALIZEDTIME:20260101000000Z
to = IMPLICIT:1,GENERALIZEDTIME:20270101000000Z
[attributes]
one = SEQUENCE:attribute
[attribute]
type = OID:2.5.4.6
values = SET:countries
[countries]
one = PRINTABLESTRING:DE
two = PRINTABLESTRING:FR
[entrust]
version = GENERALSTRING:V8.1
flags = FORMAT:BITLIST,BITSTRING:0,2
[template]
id = OID:1.3.6.1.4.1.311.21.8.1
major = INTEGER:100
minor = INTEGER:3
[application_policies]
one = SEQUENCE:application_policy
[application_policy]
id = OID:serverAuth
[statements]
one = SEQUENCE:compliance
two = SEQUENCE:type
three = SEQUENCE:pds
four = SEQUENCE:limit
five = SEQUENCE:retention
[compliance]
id = OID:0.4.0.1862.1.1
[type]
id = OID:0.4.0.1862.1.6
info = SEQUENCE:types
[types]
one = OID:0.4.0.1862.1.6.3
[pds]
id = OID:0.4.0.1862.1.5
info = SEQUENCE:locations
[locations]
one = SEQUENCE:location
[location]
url = IA5STRING:https://example.test/pds
language = PRINTABLESTRING:en
[limit]
id = OID:0.4.0.1862.1.2
info = SEQUENCE:amount
[amount]
currency = PRINTABLESTRING:EUR
amount = INTEGER:1
exponent = INTEGER:6
[retention]
id = OID:0.4.0.1862.1.3
years = INTEGER:10
[organization]
scheme = PRINTABLESTRING:VAT
country = PRINTABLESTRING:DE
state = IMPLICIT:0,PRINTABLESTRING:BY
reference = UTF8:123456789
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

certificate dsa-2048 "dsa:$(openssl genpkey -genparam -algorithm DSA -pkeyopt dsa_paramgen_bits:2048 \
    -out dsa.pem 2>/dev/null && echo dsa.pem)" /CN=dsa.test 'subjectAltName = DNS:dsa.test'
certificate ecdsa-secp256k1 "ec -pkeyopt ec_paramgen_curve:secp256k1" /CN=k1.test \
    'subjectAltName = DNS:k1.test'
certificate ecdsa-brainpool "ec -pkeyopt ec_paramgen_curve:brainpoolP384r1" /CN=brainpool.test \
    'subjectAltName = DNS:brainpool.test'
certificate ecdsa-prime192v1 "ec -pkeyopt ec_paramgen_curve:prime192v1" /CN=p192.test \
    'subjectAltName = DNS:p192.test'
certificate ecdsa-sect283k1 "ec -pkeyopt ec_paramgen_curve:sect283k1" /CN=sect.test \
    'subjectAltName = DNS:sect.test'
openssl ecparam -name prime256v1 -genkey -noout -conv_form compressed -out compressed.pem
certificate ecdsa-compressed file:compressed.pem /CN=compressed.test \
    'subjectAltName = DNS:compressed.test'
certificate private-extensions ed25519 '/C=DE/O=Private GmbH/CN=private.test' \
    'subjectAltName = DNS:private.test, otherName:1.3.6.1.5.5.7.8.7;IA5STRING:_xmpp.private.test' \
    'nsCertType = client, server, objCA' \
    'nsComment = a comment of old' \
    'nsBaseUrl = https://example.test/' \
    'noCheck = ignored' \
    'tlsfeature = 5, 17' \
    'subjectInfoAccess = caRepository;URI:https://example.test/repository' \
    'policyMappings = 1.3.6.1.4.1.99999.1:1.3.6.1.4.1.99999.2' \
    'freshestCRL = URI:http://example.test/delta.crl' \
    'nameConstraints = permitted;DNS:.example.test, permitted;IP:2001:db8::/ffff:ffff::, excluded;email:.example.test, excluded;dirName:directory' \
    'crlDistributionPoints = relative' \
    '1.3.6.1.4.1.11129.2.4.3 = critical, DER:05:00' \
    '1.3.6.1.4.1.44363.44 = DER:05:00' \
    '1.3.6.1.5.5.7.1.31 = critical, ASN1:FORMAT:HEX,OCTETSTRING:00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff' \
    '2.5.29.16 = ASN1:SEQUENCE:usage_period' \
    '2.5.29.9 = ASN1:SEQUENCE:attributes' \
    '1.2.840.113533.7.65.0 = ASN1:SEQUENCE:entrust' \
    '1.3.6.1.4.1.311.20.2 = ASN1:BMPSTRING:WebServer' \
    '1.3.6.1.4.1.311.21.1 = ASN1:INTEGER:131074' \
    '1.3.6.1.4.1.311.21.7 = ASN1:SEQUENCE:template' \
    '1.3.6.1.4.1.311.21.10 = ASN1:SEQUENCE:application_policies' \
    '1.3.6.1.5.5.7.1.3 = ASN1:SEQUENCE:statements' \
    '2.23.140.3.1 = ASN1:SEQUENCE:organization' \
    '1.2.840.113635.100.6.30 = DER:05:00'
# 4 KiB with what a large site has: many names.
certificate many-names rsa:2048 '/C=DE/O=Many Names GmbH/CN=many-names.example' \
    "subjectAltName = $(for i in $(seq 100 211); do printf 'DNS:host-%s.many-names.example, ' "$i"; done)DNS:many-names.example" \
    'keyUsage = critical, digitalSignature, keyEncipherment' \
    'extendedKeyUsage = serverAuth, clientAuth' \
    'basicConstraints = critical, CA:FALSE' \
    'authorityInfoAccess = OCSP;URI:http://ocsp.example.test/, caIssuers;URI:http://example.test/ca' \
    'crlDistributionPoints = URI:http://example.test/one.crl' \
    'certificatePolicies = 2.23.140.1.2.2, 1.3.6.1.4.1.99999.1'

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

# OCSP: a request about three certificates, and the answer: good, revoked, unknown.
openssl req -x509 -newkey rsa:2048 -nodes -keyout authority.key -subj '/C=DE/O=Authority/CN=ocsp.test' \
    -days 3650 -out authority.pem 2>/dev/null
{
    printf 'V\t361121000000Z\t\t01\tunknown\t/CN=good.test\n'
    printf 'R\t361121000000Z\t261120101112Z,keyCompromise\t02\tunknown\t/CN=revoked.test\n'
} >index.txt
openssl ocsp -issuer authority.pem -serial 1 -serial 2 -serial 0x80112233445566778899 \
    -reqout "$here/ocsp/three.request" -no_nonce
openssl ocsp -issuer authority.pem -sha256 -serial 1 -reqout "$here/ocsp/nonce.request"
for request in three nonce; do
    openssl ocsp -index index.txt -CA authority.pem -rsigner authority.pem -rkey authority.key \
        -reqin "$here/ocsp/$request.request" -respout "$here/ocsp/$request.response" -ndays 7 \
        >/dev/null
done
openssl ocsp -index index.txt -CA authority.pem -rsigner authority.pem -rkey authority.key \
    -resp_key_id -resp_no_certs -reqin "$here/ocsp/nonce.request" \
    -respout "$here/ocsp/by-key.response" >/dev/null
# A refusal: tryLater.
printf '\x30\x03\x0a\x01\x03' >"$here/ocsp/try-later.response"

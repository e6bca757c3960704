#!/bin/sh
# Makes the files of this folder anew, with OpenSSL 3.0, pk12util of NSS and keytool of Java.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

key=$work/key.pem own=$work/own.pem
openssl ecparam -name prime256v1 -genkey -noout -out "$key"
openssl req -x509 -new -key "$key" -subj /CN=own.example -days 36500 -out "$own"
pkcs12() { openssl pkcs12 -export -in "$own" -passout pass:x "$@"; }
pkcs12 -inkey "$key" -name näme -keypbe NONE -certpbe NONE -nomac -out openssl-open.p12
pkcs12 -nokeys -certpbe NONE -out openssl-certificate.p12
pkcs12 -inkey "$key" -legacy -out openssl-legacy.p12

# Both are in BER.
pkcs12 -inkey "$key" -name own -out "$work/import.p12"
mkdir "$work/nss"
certutil -N -d "sql:$work/nss" --empty-password
pk12util -i "$work/import.p12" -d "sql:$work/nss" -W x
pk12util -o nss.p12 -n own -d "sql:$work/nss" -W x
pk12util -o nss-certificate.p12 -n own -d "sql:$work/nss" -W x -C none

keystore() { keytool "$@" -storetype PKCS12 -storepass changeit; }
keystore -importcert -noprompt -alias trusted -file "$own" -keystore java-trusted.p12 \
    -J-Dkeystore.pkcs12.certProtectionAlgorithm=NONE -J-Dkeystore.pkcs12.macAlgorithm=NONE
keystore -genseckey -alias secret -keyalg AES -keysize 128 -keystore java-secret.p12

echo text >"$work/text"
cms() { openssl cms -in "$work/text" -outform DER "$@"; }
cms -sign -cades -nodetach -signer "$own" -inkey "$key" -out signed.cms
cms -encrypt -out agreed.cms "$own"
cms -encrypt -aes128 -pwri_password x -out password.cms
cms -encrypt -aes128 -secretkey 000102030405060708090a0b0c0d0e0f -secretkeyid 01 -out wrapped.cms
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$work/rsa.key" -subj /CN=own.example \
    -out "$work/rsa.pem"
cms -encrypt -aes-128-gcm -out gcm.cms "$work/rsa.pem"
cms -digest_create -out digest.cms

stamper=$work/stamper.pem
openssl req -x509 -new -key "$key" -subj /CN=time.example -days 36500 -out "$stamper" \
    -addext extendedKeyUsage=critical,timeStamping
cat >"$work/config" <<END
[sha256]
serial=$work/serial
digests=sha256
signer_digest=sha256
default_policy=1.2.3.4
accuracy=secs:1,millisecs:500,microsecs:100
ordering=yes
tsa_name=yes
ess_cert_id_alg=sha256
[sha1]
serial=$work/serial
digests=sha256
signer_digest=sha256
default_policy=1.2.3.4
ess_cert_id_alg=sha1
END
echo 01 >"$work/serial"
openssl ts -query -data "$work/text" -sha256 -cert -out time.tsq
for section in sha256 sha1; do
    openssl ts -reply -config "$work/config" -section $section -queryfile time.tsq \
        -signer "$stamper" -inkey "$key" -out time-$section.tsr
done

openssl pkcs8 -topk8 -in "$key" -scrypt -passout pass:x -outform DER -out scrypt.key

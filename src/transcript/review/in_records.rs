//! What records are like behind the hellos: of the version that was agreed on, RFC 5246 section 6.2.1, and
//! in TLS 1.3 protected, RFC 8446 section 2.

use super::{Review, Say};
use crate::names::{Code, ProtocolVersion};
use crate::wire::fault::{Fault, Notices};
use crate::wire::handshake::Handshake;
use crate::wire::side::Side;
use crate::wire::stream::{Body, Message};

impl Review {
    /// The version of a record behind the server's hello is the one that was agreed on: RFC 5246 section
    /// 6.2.1. An alert may be that of a client which does not take it. Of many that are others, a side's
    /// first is told.
    pub(super) fn version_of_record(&mut self, from: Side, message: &Message, say: &mut Say<'_>) {
        let (Some(agreed), Some(found)) = (self.version, message.record_version) else { return };
        let is_hello = matches!(
            message.handshake(),
            Some(
                Handshake::ClientHello(_)
                    | Handshake::ServerHello(_)
                    | Handshake::HelloRequest(_)
                    | Handshake::HelloVerifyRequest(_)
            )
        );
        let is_alert = matches!(message.body, Body::Alert(_));
        // What is no version at all is told at the record.
        let is_known = [agreed, found].iter().all(|version| version.name().is_some());
        let is_other = found != agreed && is_known && !agreed.is_tls13();
        if !is_other || !self.in_record || !self.answered || is_hello || is_alert {
            return;
        }
        if !std::mem::replace(from.of_mut(&mut self.told_version), true) {
            let expected = "a record of the version that was agreed on";
            let fault = Fault::Code { expected, found: found.0 };
            say.fault(message.type_name(), fault, "RFC 5246 6.2.1");
        }
    }

    /// Behind a ServerHello of TLS 1.3, its own records are of application data, whatever is inside: RFC
    /// 8446 sections 2 and 5.2. Of many, a side's first is told.
    pub(super) fn protection(&mut self, from: Side, handshake: &Handshake, say: &mut Say<'_>) {
        let is_tls13 =
            self.version.is_some_and(|version| version.as_tls() == ProtocolVersion::TLS1_3);
        let is_later = match from {
            Side::Server => matches!(
                handshake,
                Handshake::EncryptedExtensions(_)
                    | Handshake::CertificateRequest13(_)
                    | Handshake::Certificate13(_)
                    | Handshake::CompressedCertificate(_)
                    | Handshake::CertificateVerify(_)
                    | Handshake::NewSessionTicket13(_)
                    | Handshake::Finished(_)
            ),
            Side::Client => matches!(
                handshake,
                Handshake::EndOfEarlyData(_)
                    | Handshake::Certificate13(_)
                    | Handshake::CompressedCertificate(_)
                    | Handshake::CertificateVerify(_)
                    | Handshake::Finished(_)
            ),
        };
        if !is_tls13 || !is_later || !self.in_record || !self.answered {
            return;
        }
        if !std::mem::replace(from.of_mut(&mut self.told_clear), true) {
            let name = handshake.msg_type().name().unwrap_or("unknown");
            let expected = "a protected record, behind the server_hello";
            say.form(name, expected, "one in clear", "RFC 8446 2");
        }
    }
}

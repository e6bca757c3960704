//! The parameters of a ServerKeyExchange (RFC 5246 section 7.4.3, RFC 8422 section 5.4) as
//! tls-parser reads them where it is told of which kind they are: its parser of messages leaves
//! them as bytes.

use tls_parser::{
    ECParametersContent, parse_dh_params, parse_digitally_signed, parse_digitally_signed_old,
    parse_ecdh_params,
};

use super::handshake::sized;
use super::{Found, Kind, Parser, in_short, name, own, unread};
use crate::wire::stream::Message;

/// Holds parameters and signature against ours. Returns whether the body begins with such.
pub fn compare(message: &Message, found: &mut Found) -> bool {
    let tree = &message.tree;
    let first = ["curve_type", "dh_p"].iter().find_map(|name| tree.find(name));
    let Some(first) = first else { return false };
    let begins = unread::root(tree).is_some_and(|(_, body)| body.start() == first.start());
    let part = |name: &str| tree.find(name).map_or(&[][..], |field| own(message, field));
    let parameters = message.bytes.get(first.start()..).unwrap_or_default();
    let read = match first.name {
        "dh_p" => parse_dh_params(parameters).map(|(rest, theirs)| {
            for (name, bytes) in
                [("dh_p", theirs.dh_p), ("dh_g", theirs.dh_g), ("dh_ys", theirs.dh_ys)]
            {
                found.compare(name, part(name), &sized(2, bytes));
            }
            rest
        }),
        _ => parse_ecdh_params(parameters).map(|(rest, theirs)| {
            if let ECParametersContent::NamedGroup(group) = theirs.curve_params.params_content {
                found.compare("named_curve", part("named_curve"), &group.0.to_be_bytes());
            }
            found.compare("public", part("public"), &sized(1, theirs.public.point));
            rest
        }),
    };
    let rest = match read {
        Ok(rest) => rest,
        Err(error) => {
            refused(found, "params", parameters, name(&error));
            return begins;
        }
    };
    let signature = part("signature");
    if signature.is_empty() {
        return begins;
    }
    let signed = match part("algorithm") {
        [] => parse_digitally_signed_old(rest),
        _ => parse_digitally_signed(rest),
    };
    match signed {
        Ok((_, theirs)) => {
            let algorithm = theirs.alg.map(|alg| vec![alg.hash.0, alg.sign.0]);
            let theirs = [algorithm.unwrap_or_default(), sized(2, theirs.data)].concat();
            found.compare("signature", signature, &theirs);
        }
        Err(error) => refused(found, "signature", signature, name(&error)),
    }
    begins
}

fn refused(found: &mut Found, what: &str, ours: &[u8], error: String) {
    found.add((Parser::Tls, Kind::Refuses), what, in_short(ours), error);
}

//! QUIC where TLS carries it, in the extension quic_transport_parameters: the ids of transport
//! parameters, RFC 9000 section 18 and the IANA registry "QUIC Transport Parameters", and the
//! versions of QUIC that version_information lists, RFC 9368 section 3 and the IANA registry "QUIC
//! Versions".
//!
//! Beside what is registered stand ids of drafts, each with the number of the draft or
//! `_draft`, and those of Google, Facebook and others.

use super::code::nearest;

/// What a transport parameter is called, where its id is known.
///
/// ```
/// use helloscope::names::quic;
///
/// assert_eq!(quic::transport_parameter(0x04), Some("initial_max_data"));
/// assert_eq!(quic::transport_parameter(27), Some("GREASE"));
/// ```
pub fn transport_parameter(id: u64) -> Option<&'static str> {
    let row = TRANSPORT_PARAMETERS.iter().find(|&&(number, _)| number == id);
    match row {
        Some(&(_, name)) => Some(name),
        None => is_grease_parameter(id).then_some("GREASE"),
    }
}

/// The id of a transport parameter, by its name.
///
/// # Errors
/// The name that is most like it, where one is.
pub fn parse_transport_parameter(text: &str) -> Result<u64, Option<&'static str>> {
    match TRANSPORT_PARAMETERS.iter().find(|(_, name)| *name == text) {
        Some(&(id, _)) => Ok(id),
        None => Err(nearest(text, TRANSPORT_PARAMETERS.iter().map(|&(_, name)| name))),
    }
}

/// Whether an id is one of those that are reserved to be ignored: 31 N + 27, RFC 9000 section 18.1.
pub const fn is_grease_parameter(id: u64) -> bool {
    id % 31 == 27
}

/// What a version of QUIC is called, where it is known.
///
/// ```
/// use helloscope::names::quic;
///
/// assert_eq!(quic::version(1), Some("QUIC v1"));
/// assert_eq!(quic::version(0x1a2a_3a4a), Some("GREASE"));
/// ```
pub fn version(number: u32) -> Option<&'static str> {
    let row = VERSIONS.iter().find(|(range, _)| range.contains(&number));
    match row {
        Some((_, name)) => Some(name),
        None => is_grease_version(number).then_some("GREASE"),
    }
}

/// Whether a version is one of those that are reserved to force negotiation: RFC 9000 section 15.
pub const fn is_grease_version(number: u32) -> bool {
    number & 0x0f0f_0f0f == 0x0a0a_0a0a
}

const TRANSPORT_PARAMETERS: &[(u64, &str)] = &[
    (0x00, "original_destination_connection_id"),
    (0x01, "max_idle_timeout"),
    (0x02, "stateless_reset_token"),
    (0x03, "max_udp_payload_size"),
    (0x04, "initial_max_data"),
    (0x05, "initial_max_stream_data_bidi_local"),
    (0x06, "initial_max_stream_data_bidi_remote"),
    (0x07, "initial_max_stream_data_uni"),
    (0x08, "initial_max_streams_bidi"),
    (0x09, "initial_max_streams_uni"),
    (0x0a, "ack_delay_exponent"),
    (0x0b, "max_ack_delay"),
    (0x0c, "disable_active_migration"),
    (0x0d, "preferred_address"),
    (0x0e, "active_connection_id_limit"),
    (0x0f, "initial_source_connection_id"),
    (0x10, "retry_source_connection_id"),
    (0x11, "version_information"),
    (0x20, "max_datagram_frame_size"),
    (0x3e, "initial_max_path_id"),
    (0x1000, "cibir_encoding"),
    (0x1057, "loss_bits"),
    (0x173e, "discard"),
    (0x26ab, "google_handshake_message"),
    (0x2ab2, "grease_quic_bit"),
    (0x3127, "initial_rtt"),
    (0x3128, "google_connection_options"),
    (0x3129, "user_agent"),
    (0x312a, "google_support_handshake_done"),
    (0x312b, "google_key_update_not_yet_supported"),
    (0x4751, "google_quic_params"),
    (0x4752, "google_version"),
    (0x7157, "enable_time_stamp"),
    (0x7158, "enable_time_stamp_v2"),
    (0x73db, "version_negotiation_draft03"),
    (0xde1a, "min_ack_delay_draft00"),
    (0xebd9, "enable_bdp_frame_draft09"),
    (0xff00, "facebook_partial_reliability"),
    (0x00ff_73db, "version_information_draft"),
    (0x9f81_a176, "address_discovery"),
    (0xff03_de1a, "min_ack_delay_draft01"),
    (0xff04_de1a, "min_ack_delay_draft05"),
    (0xff04_de1b, "min_ack_delay"),
    (0x0017_f758_6d2c_b571, "reset_stream_at"),
    (0x0f73_9bbc_1b66_6d04, "enable_multipath_draft04"),
    (0x0f73_9bbc_1b66_6d05, "enable_multipath_draft05"),
    (0x0f73_9bbc_1b66_6d06, "enable_multipath_draft06"),
    (0x0f73_9bbc_1b66_6d07, "initial_max_paths_draft07"),
    (0x0f73_9bbc_1b66_6d09, "initial_max_path_id_draft09"),
    (0x0f73_9bbc_1b66_6d0d, "initial_max_path_id_draft13"),
];

type Versions = std::ops::RangeInclusive<u32>;

const VERSIONS: &[(Versions, &str)] = &[
    (0..=0, "version negotiation"),
    (1..=1, "QUIC v1"),
    (0x4547_4700..=0x4547_47ff, "Quant"),
    (0x5043_5130..=0x5043_5131, "Picoquic"),
    (0x5052_4f58..=0x5052_4f58, "PROX"),
    (0x5130_3433..=0x5130_3433, "Google Q043"),
    (0x5130_3434..=0x5130_3434, "Google Q044"),
    (0x5130_3436..=0x5130_3436, "Google Q046"),
    (0x5130_3530..=0x5130_3530, "Google Q050"),
    (0x5147_4f00..=0x5147_4fff, "quic-go"),
    (0x5430_3530..=0x5430_3530, "Google T050"),
    (0x5430_3531..=0x5430_3531, "Google T051"),
    (0x6b33_43cf..=0x6b33_43cf, "QUIC v2"),
    (0x709a_50c4..=0x709a_50c4, "QUIC v2 draft 01"),
    (0x91c1_7000..=0x91c1_70ff, "Quicly"),
    (0xabcd_0000..=0xabcd_000f, "MsQuic"),
    (0xf0f0_f0f0..=0xf0f0_f0ff, "ETH Zürich"),
    (0xf0f0_f1f0..=0xf0f0_f1ff, "Telecom Italia"),
    (0xf123_f0c0..=0xf123_f0cf, "MozQuic"),
    (0xface_b001..=0xface_b001, "Facebook draft 22"),
    (0xface_b002..=0xface_b002, "Facebook draft 27"),
    (0xface_b003..=0xface_b00f, "Facebook"),
    (0xff00_0004..=0xff00_0004, "QUIC v1 draft 04"),
    (0xff00_0005..=0xff00_0005, "QUIC v1 draft 05"),
    (0xff00_0006..=0xff00_0006, "QUIC v1 draft 06"),
    (0xff00_0007..=0xff00_0007, "QUIC v1 draft 07"),
    (0xff00_0008..=0xff00_0008, "QUIC v1 draft 08"),
    (0xff00_0009..=0xff00_0009, "QUIC v1 draft 09"),
    (0xff00_000a..=0xff00_000a, "QUIC v1 draft 10"),
    (0xff00_000b..=0xff00_000b, "QUIC v1 draft 11"),
    (0xff00_000c..=0xff00_000c, "QUIC v1 draft 12"),
    (0xff00_000d..=0xff00_000d, "QUIC v1 draft 13"),
    (0xff00_000e..=0xff00_000e, "QUIC v1 draft 14"),
    (0xff00_000f..=0xff00_000f, "QUIC v1 draft 15"),
    (0xff00_0010..=0xff00_0010, "QUIC v1 draft 16"),
    (0xff00_0011..=0xff00_0011, "QUIC v1 draft 17"),
    (0xff00_0012..=0xff00_0012, "QUIC v1 draft 18"),
    (0xff00_0013..=0xff00_0013, "QUIC v1 draft 19"),
    (0xff00_0014..=0xff00_0014, "QUIC v1 draft 20"),
    (0xff00_0015..=0xff00_0015, "QUIC v1 draft 21"),
    (0xff00_0016..=0xff00_0016, "QUIC v1 draft 22"),
    (0xff00_0017..=0xff00_0017, "QUIC v1 draft 23"),
    (0xff00_0018..=0xff00_0018, "QUIC v1 draft 24"),
    (0xff00_0019..=0xff00_0019, "QUIC v1 draft 25"),
    (0xff00_001a..=0xff00_001a, "QUIC v1 draft 26"),
    (0xff00_001b..=0xff00_001b, "QUIC v1 draft 27"),
    (0xff00_001c..=0xff00_001c, "QUIC v1 draft 28"),
    (0xff00_001d..=0xff00_001d, "QUIC v1 draft 29"),
    (0xff00_001e..=0xff00_001e, "QUIC v1 draft 30"),
    (0xff00_001f..=0xff00_001f, "QUIC v1 draft 31"),
    (0xff00_0020..=0xff00_0020, "QUIC v1 draft 32"),
    (0xff00_0021..=0xff00_0021, "QUIC v1 draft 33"),
    (0xff00_0022..=0xff00_0022, "QUIC v1 draft 34"),
    (0xff02_0000..=0xff02_0000, "QUIC v2 draft 00"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn ids_stand_once_and_in_order_and_so_do_names() {
        assert!(TRANSPORT_PARAMETERS.is_sorted_by(|a, b| a.0 < b.0));
        let names: HashSet<&str> = TRANSPORT_PARAMETERS.iter().map(|&(_, name)| name).collect();
        assert_eq!(names.len(), TRANSPORT_PARAMETERS.len());
    }

    #[test]
    fn every_id_fits_a_variable_length_integer() {
        assert!(TRANSPORT_PARAMETERS.iter().all(|&(id, _)| id < 1 << 62));
    }

    #[test]
    fn versions_do_not_overlap_and_stand_in_order() {
        assert!(VERSIONS.is_sorted_by(|(a, _), (b, _)| a.end() < b.start()));
        assert!(VERSIONS.iter().all(|(range, _)| range.start() <= range.end()));
    }

    #[test]
    fn no_number_with_a_name_is_reserved_to_be_ignored() {
        assert!(!TRANSPORT_PARAMETERS.iter().any(|&(id, _)| is_grease_parameter(id)));
        let grease = |range: &Versions| range.clone().any(is_grease_version);
        assert!(!VERSIONS.iter().any(|(range, _)| grease(range)));
    }

    #[test]
    fn a_number_without_a_name_has_none() {
        assert_eq!(transport_parameter(0x1234), None);
        assert_eq!(transport_parameter(31 * 12345 + 27), Some("GREASE"));
        assert_eq!(transport_parameter(u64::MAX), None);
        assert_eq!(version(2), None);
        assert_eq!(version(0xff00_001d), Some("QUIC v1 draft 29"));
    }
}

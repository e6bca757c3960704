//! Which extension has which body in which message: a table for each kind of message, after the
//! one in RFC 8446 section 4.2 and IANA's "TLS ExtensionType Values".
//!
//! One that is not in a table and is in another was sent in the wrong message; it is read all the
//! same, and remarked. The bodies stand where their subject is; what is only a number, a list of
//! codes, or bytes, stands here as it is.

use super::block::{of_client_hello, of_server_hello};
use super::table::{extensions, only, put, read_extension, section_of, write_extension};
use super::*;
use crate::names::{
    AuthorizationDataFormat, CachedInformationType, CertificateCompressionAlgorithm,
    CertificateType, EcPointFormat, EktCipherType, ExtensionType, HeartbeatMode, MaxFragmentLength,
    NamedGroup, ProtocolVersion, PskKeyExchangeMode, SignatureScheme, UserMappingType,
};
use crate::wire::choice::Framed;
use crate::wire::grammar::{
    Apart, Codes, Empty, Fixed, List, Octets, Opaque, P8, P16, Read, Reader, Record, Rest,
    Sequence, Text, Wire,
};
use crate::wire::handshake::certificate_request::DistinguishedName;
use crate::wire::sct::SignedCertificateTimestampList;

extensions! {
    /// An extension as a client sends it in its ClientHello.
    ClientExtension in "RFC 8446 4.2", odd by of_client_hello {
        server_name => ServerName(List<P16<1>, ServerName>),
        max_fragment_length => MaxFragmentLength(MaxFragmentLength),
        client_certificate_url => ClientCertificateUrl(Empty),
        trusted_ca_keys => TrustedCaKeys(List<P16, TrustedAuthority>),
        truncated_hmac => TruncatedHmac(Empty),
        status_request => StatusRequest(Apart<CertificateStatusRequest>),
        user_mapping => UserMapping(Codes<P8<1>, UserMappingType>),
        client_authz => ClientAuthz(Codes<P8<1>, AuthorizationDataFormat>),
        server_authz => ServerAuthz(Codes<P8<1>, AuthorizationDataFormat>),
        cert_type => CertType(Codes<P8<1>, CertificateType>),
        supported_groups => SupportedGroups(Codes<P16<2>, NamedGroup>),
        ec_point_formats => EcPointFormats(Codes<P8<1>, EcPointFormat>),
        srp => Srp(Text<P8<1>>),
        signature_algorithms => SignatureAlgorithms(Codes<P16<2>, SignatureScheme>),
        use_srtp => UseSrtp(Apart<UseSrtpData>),
        heartbeat => Heartbeat(HeartbeatMode),
        application_layer_protocol_negotiation => Alpn(List<P16<2>, ProtocolName>),
        status_request_v2 => StatusRequestV2(List<P16<1>, CertificateStatusRequestItemV2>),
        signed_certificate_timestamp => SignedCertificateTimestamp(Empty),
        client_certificate_type => ClientCertificateType(Codes<P8<1>, CertificateType>),
        server_certificate_type => ServerCertificateType(Codes<P8<1>, CertificateType>),
        padding => Padding(Padding),
        encrypt_then_mac => EncryptThenMac(Empty),
        extended_master_secret => ExtendedMasterSecret(Empty),
        token_binding => TokenBinding(Apart<TokenBindingParameters>),
        cached_info => CachedInfo(List<P16<1>, CachedObject>),
        tls_lts => TlsLts(Empty),
        compress_certificate => CompressCertificate(Codes<P8<2>, CertificateCompressionAlgorithm>),
        record_size_limit => RecordSizeLimit(u16),
        pwd_protect => PwdProtect(Opaque<P8<1>>),
        pwd_clear => PwdClear(Text<P8<1>>),
        password_salt => PasswordSalt(Opaque<P16<1>>),
        ticket_pinning => TicketPinning(Apart<ClientTicketPinning>),
        tls_cert_with_extern_psk => TlsCertWithExternPsk(Empty),
        delegated_credential => DelegatedCredential(Codes<P16<2>, SignatureScheme>),
        session_ticket => SessionTicket(Rest),
        TLMSP => Tlmsp(Rest),
        TLMSP_proxying => TlmspProxying(Rest),
        TLMSP_delegate => TlmspDelegate(Rest),
        supported_ekt_ciphers => SupportedEktCiphers(Codes<P8, EktCipherType>),
        key_share_old => KeyShareOld(Apart<KeyShareOld>),
        pre_shared_key => PreSharedKey(Apart<OfferedPsks>),
        early_data => EarlyData(Empty),
        supported_versions => SupportedVersions(Codes<P8<2>, ProtocolVersion>),
        cookie => Cookie(Opaque<P16<1>>),
        psk_key_exchange_modes => PskKeyExchangeModes(Codes<P8<1>, PskKeyExchangeMode>),
        certificate_authorities => CertificateAuthorities(List<P16<3>, DistinguishedName>),
        post_handshake_auth => PostHandshakeAuth(Empty),
        signature_algorithms_cert => SignatureAlgorithmsCert(Codes<P16<2>, SignatureScheme>),
        key_share => KeyShare(List<P16, KeyShareEntry>),
        transparency_info => TransparencyInfo(Empty),
        connection_id_deprecated => ConnectionIdDeprecated(Opaque<P8>),
        connection_id => ConnectionId(Opaque<P8>),
        external_id_hash => ExternalIdHash(Opaque<P8<0, 32>>),
        external_session_id => ExternalSessionId(Opaque<P8<20>>),
        quic_transport_parameters => QuicTransportParameters(Sequence<TransportParameter>),
        ticket_request => TicketRequest(TicketRequest),
        dnssec_chain => DnssecChain(u16),
        // draft-pismenny-tls-dtls-plaintext-sequence-number; its form is not known here.
        sequence_number_encryption_algorithms => SequenceNumberEncryptionAlgorithms(Rest),
        rrc => Rrc(Empty),
        tls_flags => TlsFlags(TlsFlags),
        ecjpake_key_kp_pair => EcJpakeKeyKpPair(Apart<EcJpakeKeyKpPairList>),
        next_protocol_negotiation => NextProtocolNegotiation(Empty),
        application_settings_old => ApplicationSettingsOld(List<P16<2>, ProtocolName>),
        application_settings => ApplicationSettings(List<P16<2>, ProtocolName>),
        channel_id_old => ChannelIdOld(Empty),
        channel_id => ChannelId(Empty),
        pake => Pake(Apart<PakeClientHello>),
        // Its number in the first drafts of RFC 7685.
        padding_old => PaddingOld(Padding),
        // draft-rescorla-tls-opaque-prf-input section 3.
        opaque_prf_input => OpaquePrfInput(Opaque<P16>),
        trust_anchors => TrustAnchors(TrustAnchors),
        // As many bytes as keys of an exchange would be: an experiment of Google's in 2018.
        dummy_pq_padding => DummyPqPadding(Rest),
        tack => Tack(Empty),
        ech_is_inner_draft => EchIsInner(Empty),
        ech_outer_extensions => EchOuterExtensions(Codes<P8<2>, ExtensionType>),
        encrypted_client_hello_draft08 => EncryptedClientHelloDraft08(Apart<EchClientHelloDraft08>),
        encrypted_client_hello_draft09 => EncryptedClientHelloDraft09(Apart<EchClientHelloDraft08>),
        encrypted_client_hello_draft10 => EncryptedClientHelloDraft10(Apart<EchClientHelloDraft10>),
        encrypted_client_hello_draft11 => EncryptedClientHelloDraft11(Apart<EchClientHelloDraft10>),
        encrypted_client_hello_draft12 => EncryptedClientHelloDraft12(Apart<EchClientHelloDraft10>),
        encrypted_client_hello => EncryptedClientHello(Apart<EchClientHello>),
        renegotiation_info => RenegotiationInfo(Opaque<P8>),
        delegated_credential_draft => DelegatedCredentialDraft(Apart<DelegatedCredentialRequest>),
        // Of NSS, for a record header of two bytes; a guess.
        short_header => ShortHeader(Empty),
        quic_transport_parameters_draft => QuicTransportParametersDraft(Apart<DraftTransportParameters>),
        encrypted_server_name => EncryptedServerName(Apart<ClientEncryptedSni>),
    }
}

extensions! {
    /// An extension as a server answers with it in its ServerHello: all of them up to TLS 1.2, and
    /// in TLS 1.3 those that choose the keys.
    ServerExtension in "RFC 8446 4.1.3", odd by of_server_hello {
        server_name => ServerName(Empty),
        max_fragment_length => MaxFragmentLength(MaxFragmentLength),
        client_certificate_url => ClientCertificateUrl(Empty),
        trusted_ca_keys => TrustedCaKeys(Empty),
        truncated_hmac => TruncatedHmac(Empty),
        status_request => StatusRequest(Empty),
        user_mapping => UserMapping(Codes<P8<1>, UserMappingType>),
        client_authz => ClientAuthz(Codes<P8<1>, AuthorizationDataFormat>),
        server_authz => ServerAuthz(Codes<P8<1>, AuthorizationDataFormat>),
        cert_type => CertType(CertificateType),
        ec_point_formats => EcPointFormats(Codes<P8<1>, EcPointFormat>),
        use_srtp => UseSrtp(Apart<UseSrtpData>),
        heartbeat => Heartbeat(HeartbeatMode),
        application_layer_protocol_negotiation => Alpn(List<P16<2>, ProtocolName>),
        status_request_v2 => StatusRequestV2(Empty),
        signed_certificate_timestamp => SignedCertificateTimestamp(SignedCertificateTimestampList),
        client_certificate_type => ClientCertificateType(CertificateType),
        server_certificate_type => ServerCertificateType(CertificateType),
        encrypt_then_mac => EncryptThenMac(Empty),
        extended_master_secret => ExtendedMasterSecret(Empty),
        token_binding => TokenBinding(Apart<TokenBindingParameters>),
        cached_info => CachedInfo(Codes<P16<1>, CachedInformationType>),
        tls_lts => TlsLts(Empty),
        record_size_limit => RecordSizeLimit(u16),
        password_salt => PasswordSalt(Opaque<P16<1>>),
        tls_cert_with_extern_psk => TlsCertWithExternPsk(Empty),
        session_ticket => SessionTicket(Empty),
        TLMSP => Tlmsp(Rest),
        TLMSP_proxying => TlmspProxying(Rest),
        TLMSP_delegate => TlmspDelegate(Rest),
        supported_ekt_ciphers => SupportedEktCiphers(EktCipherType),
        key_share_old => KeyShareOld(KeyShareEntry),
        pre_shared_key => PreSharedKey(u16),
        supported_versions => SupportedVersions(ProtocolVersion),
        key_share => KeyShare(KeyShareEntry),
        transparency_info => TransparencyInfo(List<P16, Framed<P16, TransItem>>),
        connection_id_deprecated => ConnectionIdDeprecated(Opaque<P8>),
        connection_id => ConnectionId(Opaque<P8>),
        external_id_hash => ExternalIdHash(Opaque<P8<0, 32>>),
        external_session_id => ExternalSessionId(Opaque<P8<20>>),
        dnssec_chain => DnssecChain(Apart<DnssecChain>),
        sequence_number_encryption_algorithms => SequenceNumberEncryptionAlgorithms(Rest),
        rrc => Rrc(Empty),
        tls_flags => TlsFlags(TlsFlags),
        ecjpake_key_kp_pair => EcJpakeKeyKpPair(Apart<EcJpakeKeyKpPairList>),
        next_protocol_negotiation => NextProtocolNegotiation(Sequence<ProtocolName>),
        channel_id_old => ChannelIdOld(Empty),
        channel_id => ChannelId(Empty),
        pake => Pake(Apart<PakeShare>),
        opaque_prf_input => OpaquePrfInput(Opaque<P16>),
        dummy_pq_padding => DummyPqPadding(Rest),
        tack => Tack(TackExtension),
        // DER without a length before it, which CryptoPro's servers send unasked.
        cryptopro_bug => CryptoproBug(Rest),
        renegotiation_info => RenegotiationInfo(Opaque<P8>),
        short_header => ShortHeader(Empty),
    }
}

extensions! {
    /// An extension as a server answered with it in drafts 14 to 21 of TLS 1.3.
    DraftServerExtension in "draft-ietf-tls-tls13-16 4.2" {
        // Up to draft 16: the server proves who it is by a certificate (section 4.2.2).
        signature_algorithms => SignatureAlgorithms(Empty),
        key_share_old => KeyShareOld(KeyShareEntry),
        pre_shared_key => PreSharedKey(u16),
    }
}

extensions! {
    /// An extension as a server answers with it in EncryptedExtensions.
    EncryptedExtension in "RFC 8446 4.3.1" {
        server_name => ServerName(Empty),
        max_fragment_length => MaxFragmentLength(MaxFragmentLength),
        supported_groups => SupportedGroups(Codes<P16<2>, NamedGroup>),
        use_srtp => UseSrtp(Apart<UseSrtpData>),
        heartbeat => Heartbeat(HeartbeatMode),
        application_layer_protocol_negotiation => Alpn(List<P16<2>, ProtocolName>),
        client_certificate_type => ClientCertificateType(CertificateType),
        server_certificate_type => ServerCertificateType(CertificateType),
        // draft-ietf-tokbind-tls13.
        token_binding => TokenBinding(Apart<TokenBindingParameters>),
        record_size_limit => RecordSizeLimit(u16),
        ticket_pinning => TicketPinning(Apart<ServerTicketPinning>),
        supported_ekt_ciphers => SupportedEktCiphers(EktCipherType),
        early_data => EarlyData(Empty),
        external_id_hash => ExternalIdHash(Opaque<P8<0, 32>>),
        external_session_id => ExternalSessionId(Opaque<P8<20>>),
        quic_transport_parameters => QuicTransportParameters(Sequence<TransportParameter>),
        ticket_request => TicketRequest(u8),
        tls_flags => TlsFlags(TlsFlags),
        // Bytes of the application, draft-vvv-tls-alps section 4.
        application_settings_old => ApplicationSettingsOld(Rest),
        application_settings => ApplicationSettings(Rest),
        // BoringSSL answers there in TLS 1.3.
        channel_id => ChannelId(Empty),
        trust_anchors => TrustAnchors(TrustAnchors),
        encrypted_client_hello => EncryptedClientHello(List<P16<4>, EchConfig>),
        quic_transport_parameters_draft => QuicTransportParametersDraft(Apart<DraftTransportParameters>),
        // The nonce of draft-ietf-tls-esni-02.
        encrypted_server_name => EncryptedServerName(Fixed<16>),
    }
}

extensions! {
    /// An extension as a HelloRetryRequest has it.
    HelloRetryExtension in "RFC 8446 4.1.4" {
        password_salt => PasswordSalt(Opaque<P16<1>>),
        key_share_old => KeyShareOld(NamedGroup),
        supported_versions => SupportedVersions(ProtocolVersion),
        cookie => Cookie(Opaque<P16<1>>),
        key_share => KeyShare(NamedGroup),
        sequence_number_encryption_algorithms => SequenceNumberEncryptionAlgorithms(Rest),
        // The confirmation, RFC 9849 section 7.2.1.
        encrypted_client_hello => EncryptedClientHello(Fixed<8>),
    }
}

extensions! {
    /// An extension as a TLS 1.3 CertificateRequest has it.
    RequestExtension in "RFC 8446 4.3.2" {
        // Of a request outside of the handshake, RFC 9261 section 4.
        server_name => ServerName(List<P16<1>, ServerName>),
        status_request => StatusRequest(Empty),
        signature_algorithms => SignatureAlgorithms(Codes<P16<2>, SignatureScheme>),
        signed_certificate_timestamp => SignedCertificateTimestamp(Empty),
        compress_certificate => CompressCertificate(Codes<P8<2>, CertificateCompressionAlgorithm>),
        delegated_credential => DelegatedCredential(Codes<P16<2>, SignatureScheme>),
        certificate_authorities => CertificateAuthorities(List<P16<3>, DistinguishedName>),
        oid_filters => OidFilters(List<P16, OidFilter>),
        signature_algorithms_cert => SignatureAlgorithmsCert(Codes<P16<2>, SignatureScheme>),
        transparency_info => TransparencyInfo(Empty),
        tls_flags => TlsFlags(TlsFlags),
        trust_anchors => TrustAnchors(TrustAnchors),
    }
}

extensions! {
    /// An extension of one entry of a TLS 1.3 Certificate, the server's or the client's.
    EntryExtension in "RFC 8446 4.4.2" {
        status_request => StatusRequest(Apart<CertificateStatus>),
        signed_certificate_timestamp => SignedCertificateTimestamp(SignedCertificateTimestampList),
        delegated_credential => DelegatedCredential(Apart<DelegatedCredential>),
        transparency_info => TransparencyInfo(List<P16, Framed<P16, TransItem>>),
        dnssec_chain => DnssecChain(Apart<DnssecChain>),
        tls_flags => TlsFlags(TlsFlags),
        trust_anchors => TrustAnchors(Empty),
        delegated_credential_draft => DelegatedCredentialDraft(Apart<DelegatedCredential>),
    }
}

extensions! {
    /// An extension of a TLS 1.3 NewSessionTicket.
    TicketExtension in "RFC 8446 4.6.1" {
        early_data => EarlyData(u32),
        // Its number in drafts 18 to 20.
        ticket_early_data_info => TicketEarlyDataInfo(u32),
        tls_flags => TlsFlags(TlsFlags),
    }
}

//! What to change against a cause: edits that take it out of a hello and leave the rest as it is,
//! the plainest first. Whether they help is for the server to say.

use super::offer::{Breadth, grease, offers};
use super::pool::Pool;
use crate::hello::condition::Bound;
use crate::hello::difference;
use crate::hello::edit::{Edit, Place};
use crate::hello::vocabulary::{List, Member, Property, Quantity, Scalar, is_grease};
use crate::hello::{Condition, Facts, HelloSpec};
use crate::names::{CipherSuite, ExtensionType, ProtocolVersion};
use crate::wire::extension::{ClientExtension, Extension};

/// More ways than these are not looked for.
const WAYS: usize = 6;

/// Sets of edits, each of which makes the condition false of the hello.
pub fn remedies(
    subject: &HelloSpec,
    condition: &Condition,
    pool: &Pool,
    host: Option<&str>,
) -> Vec<Vec<Edit>> {
    let mut ways = ways(subject, condition, pool, host);
    ways.retain(|edits| {
        let spec = difference::apply(subject, edits);
        !edits.is_empty() && !condition.holds(&Facts::of_spec(&spec))
    });
    ways.truncate(WAYS);
    ways
}

fn ways(
    subject: &HelloSpec,
    condition: &Condition,
    pool: &Pool,
    host: Option<&str>,
) -> Vec<Vec<Edit>> {
    match condition {
        // Any of them will do.
        Condition::All(parts) => {
            let ways = parts.iter().flat_map(|part| ways(subject, part, pool, host));
            // What changes the least comes first, and to give a version or the name up last.
            let gives_up = |edits: &Vec<Edit>| {
                let is_version =
                    |edit: &Edit| matches!(edit, Edit::Remove(List::SupportedVersions, _));
                edits.iter().any(is_version) || *edits == without_name()
            };
            let mut ways: Vec<Vec<Edit>> = ways.collect();
            ways.sort_by_key(|edits| (gives_up(edits), edits.len()));
            ways
        }
        // All of them must go, those that hold at all.
        Condition::Any(parts) => {
            let facts = Facts::of_spec(subject);
            let mut edits = Vec::new();
            for part in parts.iter().filter(|part| part.holds(&facts)) {
                let spec = difference::apply(subject, &edits);
                edits.extend(ways(&spec, part, pool, host).into_iter().next().unwrap_or_default());
            }
            vec![edits]
        }
        Condition::Has(entries, member) => vec![vec![Edit::Remove(entries.list, member.clone())]],
        Condition::Lacks(entries, member) => addition(subject, entries.list, member, pool),
        Condition::LacksAll(entries, members) => {
            let add = |member| addition(subject, entries.list, member, pool);
            members.iter().flat_map(add).collect()
        }
        Condition::Range { field, min, max } => range(subject, *field, *min, *max, pool),
        Condition::Is(property, value) => is(subject, *property, value, host, pool),
        Condition::Order(List::Extensions, Member::Number(first), Member::Number(second)) => {
            let (first, second) = (ExtensionType(*first), ExtensionType(*second));
            vec![vec![Edit::Move(second, Place::First)], vec![Edit::Move(first, Place::Last)]]
        }
        Condition::Order(list, first, second) => {
            let mut members = Facts::of_spec(subject).list(*list).to_vec();
            let place = |wanted| members.iter().position(|member| member == wanted);
            if let (Some(first), Some(second)) = (place(first), place(second)) {
                members.swap(first, second);
            }
            vec![vec![Edit::SetList(*list, members)]]
        }
        Condition::IsNot(Property::ServerName, Scalar::Text(host)) => {
            vec![vec![Edit::ServerName(host.clone())]]
        }
        Condition::IsNot(Property::ServerName, Scalar::Null) => vec![without_name()],
        Condition::IsNot(..) | Condition::Not(_) => Vec::new(),
    }
}

/// A name for a hello that asks for none, where the host has none.
pub const SOME_HOST: &str = "www.example";

fn addition(subject: &HelloSpec, list: List, member: &Member, pool: &Pool) -> Vec<Vec<Edit>> {
    match (list, member) {
        (List::SupportedVersions, Member::Number(number)) => {
            match offering(subject, ProtocolVersion(*number), pool) {
                Some(ways) => ways.into(),
                None => vec![vec![Edit::Add(list, member.clone())]],
            }
        }
        (List::CipherSuites, Member::Number(number)) => {
            let mut offering = subject.clone();
            pool.offer_suite(&mut offering, CipherSuite(*number));
            vec![difference::edits(subject, &offering)]
        }
        // It is not offered below TLS 1.2, RFC 5246 section 7.4.1.4.1.
        (List::Extensions, Member::Number(number))
            if *number == ExtensionType::signature_algorithms.0
                && !offers(&Facts::of_spec(subject), ProtocolVersion::TLS1_2) =>
        {
            let ways = offering(subject, ProtocolVersion::TLS1_2, pool);
            ways.into_iter().flatten().collect()
        }
        (List::Extensions, Member::Number(number)) => {
            let body = pool.bodies.get(&ExtensionType(*number));
            body.map(|extension| vec![Edit::SetExtension(extension.clone())]).into_iter().collect()
        }
        (_, Member::Grease) => vec![vec![grease(list)]],
        _ => vec![vec![Edit::Add(list, member.clone())]],
    }
}

/// Offers a version, by what nearly every server takes of it, and by all that there is.
fn offering(subject: &HelloSpec, version: ProtocolVersion, pool: &Pool) -> Option<[Vec<Edit>; 2]> {
    let way = |breadth| {
        let mut spec = subject.clone();
        let is_known = pool.offer(&mut spec, version, breadth);
        is_known.then(|| difference::edits(subject, &spec))
    };
    Some([way(Breadth::Usual)?, way(Breadth::All)?])
}

/// Of a remedy that offers a version by all that there is, what the server chose of it.
pub fn of_chosen(
    subject: &HelloSpec,
    remedied: &HelloSpec,
    chosen: &[(List, Member)],
    pool: &Pool,
) -> Option<Vec<Edit>> {
    let version =
        [ProtocolVersion::TLS1_3, ProtocolVersion::TLS1_2].into_iter().find(|version| {
            let mut all = subject.clone();
            pool.offer(&mut all, *version, Breadth::All)
                && difference::edits(&all, remedied).is_empty()
        })?;
    let mut spec = subject.clone();
    pool.offer(&mut spec, version, Breadth::Usual);
    let mut edits = difference::edits(subject, &spec);
    edits.extend(chosen.iter().map(|(list, member)| Edit::Add(*list, member.clone())));
    let spec = difference::change(subject, &edits);
    Some(difference::edits(subject, &spec))
}

fn is(
    subject: &HelloSpec,
    property: Property,
    value: &Scalar,
    host: Option<&str>,
    pool: &Pool,
) -> Vec<Vec<Edit>> {
    match property {
        Property::RecordVersion => {
            [ProtocolVersion::TLS1_0, ProtocolVersion::TLS1_2, ProtocolVersion::SSL3_0]
                .map(|version| vec![Edit::RecordVersion(version)])
                .into()
        }
        Property::ExtensionsLast | Property::ExtensionsLastEmpty => moves(subject, Place::Last),
        Property::ExtensionsFirst => moves(subject, Place::First),
        Property::Grease if *value == Scalar::Bool(false) => {
            [List::CipherSuites, List::Extensions].map(|list| vec![grease(list)]).into()
        }
        Property::Grease => {
            let facts = Facts::of_spec(subject);
            let has = |list: &List| facts.has(*list, None, &Member::Grease);
            vec![List::all().filter(has).map(|list| Edit::Remove(list, Member::Grease)).collect()]
        }
        Property::ServerName => match (value, host) {
            (Scalar::Text(name), Some(host)) if name != host => {
                vec![vec![Edit::ServerName(host.to_owned())], without_name()]
            }
            (Scalar::Text(_), _) => vec![without_name()],
            (_, host) => vec![vec![Edit::ServerName(host.unwrap_or(SOME_HOST).to_owned())]],
        },
        Property::Framing => vec![difference::edits(subject, &pool.in_tls(subject))],
        Property::Resumption => {
            let both = [ExtensionType::pre_shared_key, ExtensionType::session_ticket];
            both.map(|gone| vec![Edit::Remove(List::Extensions, Member::Number(gone.0))]).into()
        }
        Property::ExtensionsPresent => {
            vec![vec![Edit::SessionId(0), Edit::ServerName(host.unwrap_or(SOME_HOST).into())]]
        }
    }
}

fn without_name() -> Vec<Edit> {
    vec![Edit::Remove(List::Extensions, Member::Number(ExtensionType::server_name.0))]
}

/// Another extension at an end, one with a body.
fn moves(subject: &HelloSpec, place: Place) -> Vec<Vec<Edit>> {
    let extensions = subject.hello.extensions().iter().rev();
    let with_body = extensions.filter(|extension| !extension.data().is_empty());
    with_body.map(|extension| vec![Edit::Move(extension.extension_type(), place)]).collect()
}

fn range(
    subject: &HelloSpec,
    field: Quantity,
    min: Option<Bound>,
    max: Option<Bound>,
    pool: &Pool,
) -> Vec<Vec<Edit>> {
    let above = max.and_then(|max| usize::try_from(max.at).ok()).map(|max| max + 1);
    let below = min.and_then(|min| usize::try_from(min.at).ok()).and_then(|min| min.checked_sub(1));
    let counted = |list: List| {
        let shorter = below.map(|number| fewer(subject, list, number));
        let longer = above.map(|number| more(subject, list, number, pool));
        shorter.into_iter().chain(longer).collect()
    };
    match field {
        Quantity::HandshakeLength
        | Quantity::RecordLength
        | Quantity::FlightLength
        | Quantity::ExtensionsLength => {
            let facts = Facts::of_spec(subject);
            let own = facts.quantity(field).and_then(|own| usize::try_from(own).ok());
            let length = subject.length();
            let at = |number: usize| Some((length + number).saturating_sub(own?));
            let longer = above.and_then(at).map(|length| vec![Edit::PadTo(length)]);
            let shorter = below.and_then(at).into_iter().flat_map(|length| {
                [false, true]
                    .into_iter()
                    .filter_map(move |suites_first| shrink_to(subject, length, suites_first))
            });
            let cut = below.filter(|_| field == Quantity::RecordLength);
            let cut = cut.map(|size| vec![Edit::Records(vec![size.max(1)])]);
            // A record that is short since the hello is cut is no longer by what is in the hello.
            let whole =
                above.filter(|_| field == Quantity::RecordLength && !subject.records.is_empty());
            let whole = whole.map(|_| vec![Edit::Records(Vec::new())]);
            whole.into_iter().chain(longer).chain(cut).chain(shorter).collect()
        }
        // Whole where it is cut too often, and in equal parts where not often enough.
        Quantity::RecordCount => {
            let whole = below.map(|_| vec![Edit::Records(Vec::new())]);
            let cut = above.map(|more| subject.length().div_ceil(more.max(1)));
            whole.into_iter().chain(cut.map(|size| vec![Edit::Records(vec![size])])).collect()
        }
        Quantity::TcpSegments => {
            let whole = below.map(|_| vec![Edit::Segments(Vec::new())]);
            let flight = subject.flight().len();
            let cut = above.filter(|more| (2..=flight).contains(more));
            let cut = cut.map(|more| vec![Edit::Segments(vec![flight / more; more - 1])]);
            whole.into_iter().chain(cut).collect()
        }
        Quantity::TcpFirstSegment => {
            let whole = (!subject.segments.is_empty()).then(|| vec![Edit::Segments(Vec::new())]);
            let cut = below.map(|size| vec![Edit::Segments(vec![size.max(1)])]);
            whole.into_iter().chain(cut).collect()
        }
        Quantity::SessionIdLength => {
            let lengths = [below, above, above.map(|_| 32)];
            lengths.into_iter().flatten().map(|length| vec![Edit::SessionId(length)]).collect()
        }
        Quantity::LegacyVersion => {
            let versions = [below, above].into_iter().flatten();
            let versions = versions.filter_map(|version| u16::try_from(version).ok());
            let alone = |version| vec![Edit::LegacyVersion(ProtocolVersion(version))];
            let signed = |version| {
                let mut spec = difference::apply(subject, &alone(version));
                pool.sign_as_tls12(&mut spec);
                difference::edits(subject, &spec)
            };
            let wide = |version| offering(subject, ProtocolVersion(version), pool);
            let ways = |version| {
                let wide = wide(version).map(|[_, all]| all);
                [alone(version), signed(version)].into_iter().chain(wide)
            };
            versions.flat_map(ways).collect()
        }
        Quantity::CipherSuitesCount => counted(List::CipherSuites),
        Quantity::CompressionMethodsCount => counted(List::CompressionMethods),
        Quantity::ExtensionsCount => counted(List::Extensions),
        Quantity::KeyShareCount => counted(List::KeyShare),
        Quantity::SupportedGroupsCount => counted(List::SupportedGroups),
        Quantity::SignatureAlgorithmsCount => counted(List::SignatureAlgorithms),
        Quantity::AlpnCount => counted(List::Alpn),
        Quantity::ExtensionLength(extension_type) => {
            // Of a list fewer members, as far as need be; else all of it.
            let list = List::all().find(|list| list.extension() == Some(extension_type));
            let facts = Facts::of_spec(subject);
            let all = list.map_or(0, |list| facts.list(list).len());
            let fits = |edits: &Vec<Edit>| {
                let facts = Facts::of_spec(&difference::apply(subject, edits));
                let length = facts.quantity(field);
                length.is_some_and(|length| min.is_some_and(|min| length < min.at))
            };
            let shorter = list.and_then(|list| {
                let one = |member: &Member| vec![Edit::Remove(list, member.clone())];
                let ones = facts.list(list).iter().rev().map(one);
                let some = (1..all).rev().map(|number| fewer(subject, list, number));
                ones.filter(|_| all > 1).chain(some).find(fits)
            });
            let member = Member::Number(extension_type.0);
            let gone = vec![Edit::Remove(List::Extensions, member)];
            shorter.into_iter().chain([gone]).collect()
        }
        Quantity::ServerNameCount => {
            let name = match Facts::of_spec(subject).property(Property::ServerName) {
                Scalar::Text(name) => vec![Edit::ServerName(name)],
                _ => Vec::new(),
            };
            vec![name, without_name()]
        }
    }
}

/// The last members go, but for those that nearly every server asks for, and for GREASE, whose values
/// are drawn anew each time.
fn fewer(subject: &HelloSpec, list: List, number: usize) -> Vec<Edit> {
    let facts = Facts::of_spec(subject);
    let members = facts.list(list);
    let too_many = members.len().saturating_sub(number);
    let essential = |member: &&Member| {
        matches!(member, Member::Number(number) if list == List::Extensions
            && super::control::ESSENTIAL.contains(&ExtensionType(*number))
            || list == List::CipherSuites
            && super::control::USUAL.contains(&CipherSuite(*number))
            || is_grease(list, *number))
    };
    let (kept, free): (Vec<&Member>, Vec<&Member>) = members.iter().rev().partition(essential);
    let gone = free.into_iter().chain(kept).take(too_many);
    gone.map(|member| Edit::Remove(list, member.clone())).collect()
}

fn more(subject: &HelloSpec, list: List, number: usize, pool: &Pool) -> Vec<Edit> {
    let facts = Facts::of_spec(subject);
    let missing = number.saturating_sub(facts.list(list).len());
    let others = pool
        .members
        .iter()
        .filter(|(own, member, _)| *own == list && !facts.has(list, None, member));
    others
        .filter_map(|(_, member, _)| addition(subject, list, member, pool).pop())
        .flatten()
        .take(missing)
        .collect()
}

/// Edits that bring a hello to a length at the most: padding goes, then what takes the most room
/// and nobody needs, as much as needed. Suites go before extensions, or behind them.
fn shrink_to(subject: &HelloSpec, length: usize, suites_first: bool) -> Option<Vec<Edit>> {
    let facts = Facts::of_spec(subject);
    let of = |list: List, member: &Member| Edit::Remove(list, member.clone());
    let padding = Member::Number(ExtensionType::padding.0);
    let mut removals = Vec::new();
    if facts.has(List::Extensions, None, &padding) {
        removals.push(of(List::Extensions, &padding));
    }
    // All shares but the shortest, which is the one that most servers take.
    let mut shares: Vec<(usize, u16)> = Vec::new();
    for extension in subject.hello.extensions() {
        if let ClientExtension::KeyShare(entries) = extension {
            shares.extend(entries.0.iter().map(|e| (e.key_exchange.0.len(), e.group.0)));
        }
    }
    shares.retain(|(_, group)| !is_grease(List::KeyShare, *group));
    shares.sort_unstable_by(|a, b| b.cmp(a));
    shares.pop();
    let shares = shares.iter().map(|(_, group)| of(List::KeyShare, &Member::Number(*group)));
    let suites = subject.hello.cipher_suites.0.iter().rev();
    let suites = suites.map(|suite| of(List::CipherSuites, &Member::Number(suite.0)));
    let suites: Vec<Edit> =
        suites.take(subject.hello.cipher_suites.0.len().saturating_sub(4)).collect();
    let extensions = subject.hello.extensions().iter();
    let mut extensions: Vec<(usize, u16)> = extensions
        .filter(|one| !super::control::ESSENTIAL.contains(&one.extension_type()))
        .map(|one| (one.data().len(), one.extension_type().0))
        .collect();
    extensions.sort_unstable_by(|a, b| b.cmp(a));
    let extensions =
        extensions.iter().map(|(_, number)| of(List::Extensions, &Member::Number(*number)));
    if suites_first {
        removals.extend(suites.into_iter().chain(shares).chain(extensions));
    } else {
        removals.extend(shares.chain(extensions).chain(suites));
    }
    let fits = |edits: &[Edit]| difference::apply(subject, edits).length() <= length;
    let mut edits = Vec::new();
    for removal in removals {
        if fits(&edits) {
            break;
        }
        edits.push(removal);
    }
    // What went before the largest may have gone for nothing.
    let mut at = 0;
    while at < edits.len() {
        let mut fewer = edits.clone();
        fewer.remove(at);
        match fits(&fewer) {
            true => edits = fewer,
            false => at += 1,
        }
    }
    fits(&edits).then_some(edits)
}

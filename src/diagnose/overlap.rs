//! What a server wants of a list of which the subject has nothing that it knows: which members
//! those are is told by what passed and what failed. RFC 5246 section 7.4.1.2 and RFC 8446 section
//! 4.1.1 have a server refuse such a hello.

use super::belief::Seen;
use super::offer::{offers, offers_before_tls13};
use super::pool::Pool;
use crate::hello::vocabulary::{List, Member};
use crate::hello::{Condition, Facts};
use crate::names::{CipherSuite, ExtensionType, KeyExchange, ProtocolVersion};
use crate::transcript::{Kind, Reaction};

/// The lists of which both sides need something in common, and how common servers are that miss it
/// there, beside others.
pub const LISTS: [(List, f64); 4] = [
    (List::CipherSuites, 3.0),
    (List::SupportedGroups, 1.5),
    (List::SignatureAlgorithms, 1.5),
    (List::Alpn, 1.0),
];

/// How likely a server takes what stood in a hello that passed beside others that it may have taken.
const AMONG_OTHERS: f64 = 0.5;
/// How likely it takes what was never tried.
const NEVER_TRIED: f64 = 0.1;
/// How likely a server that misses something takes this one of all, and how likely then another.
const ONE: f64 = 0.2;
const ANOTHER: f64 = 0.6;
/// The same of another suite with the same exchange of keys and the same authentication, as a server
/// takes them that has a key for it.
const OF_THE_SAME: f64 = 0.95;
/// How likely it takes none of those in a hello.
const REFUSED: f64 = 0.8;
/// How much it speaks for it that a server chose what the subject has not, though a hello had some of
/// the subject's own as well.
const PASSED_OVER: f64 = 1.5;
/// How likely a server that misses a suite chooses one that the subject has.
const OF_ITS_OWN: f64 = 0.1;
/// A failure is a reason against a member where it was not likelier than this by itself.
const SURE: f64 = 0.3;
/// The same where the server chose another of its kind.
const NEVER: f64 = 0.02;

/// How likely it is that a server takes a member.
#[derive(Clone, Debug, PartialEq)]
pub struct Taken {
    /// The member.
    pub member: Member,
    /// The likelihood.
    pub likelihood: f64,
}

impl Taken {
    /// Whether it was seen that it is taken.
    pub fn is_certain(&self) -> bool {
        self.likelihood >= 1.0
    }

    /// Whether nothing that passed had it.
    pub fn is_new(&self) -> bool {
        self.likelihood <= NEVER_TRIED
    }
}

/// What the subject could have in a list, and has not.
pub fn candidates(list: List, facts: &Facts, pool: &Pool) -> Vec<Member> {
    let tls13 = offers(facts, ProtocolVersion::TLS1_3);
    // Where no version is offered before TLS 1.3, that says why none of its suites is.
    let older = offers_before_tls13(facts);
    let fits = |member: &Member| match (list, member) {
        (List::CipherSuites, Member::Number(number)) => {
            let suite = CipherSuite(*number);
            older && suite.is_before_tls13() || tls13 && suite.key_exchange() == KeyExchange::Tls13
        }
        _ => true,
    };
    if facts.list(list).is_empty() {
        return Vec::new();
    }
    let own = pool.members.iter().filter(|(other, ..)| *other == list);
    let own = own.map(|(_, member, _)| member);
    own.filter(|member| !facts.has(list, None, member) && fits(member)).cloned().collect()
}

/// Those of the candidates that the server may take, after all that was seen.
pub fn taken(list: List, candidates: &[Member], seen: &[Seen]) -> Vec<Taken> {
    let has = |one: &Seen, member: &Member| one.facts.has(list, None, member);
    let failed = |member: &Member, luck: f64| {
        seen.iter().any(|one| one.fails && one.luck() <= luck && has(one, member))
    };
    let passed: Vec<&Seen> = seen.iter().filter(|one| !one.fails && !one.doubtful).collect();
    // What was chosen is taken: a hello that failed with it failed for a reason of its own, and so may
    // have one with another of its kind.
    let chosen = |member: &Member| passed.iter().any(|one| one.chose(list, member));
    let chosen: Vec<&Member> = candidates.iter().filter(|member| chosen(member)).collect();
    let refused = |member: &Member| {
        let is_kin = chosen.iter().any(|other| is_of_a_kind(list, member, other));
        !chosen.contains(&member) && failed(member, if is_kin { NEVER } else { SURE })
    };
    let left: Vec<&Member> = candidates.iter().filter(|member| !refused(member)).collect();
    let likelihood = |member: &Member| {
        let mut passed = passed.iter().filter(|one| has(one, member)).peekable();
        let told = chosen.contains(&member) || !failed(member, SURE);
        if passed.peek().is_none() || !told {
            return NEVER_TRIED;
        }
        let certain = passed.any(|one| {
            one.chose(list, member) || left.iter().all(|other| *other == member || !has(one, other))
        });
        if certain { 1.0 } else { AMONG_OTHERS }
    };
    left.iter()
        .map(|member| Taken { member: (*member).clone(), likelihood: likelihood(member) })
        .collect()
}

/// How likely what was seen is, were it that the server misses something in a list: what is made to
/// fit whatever comes is to weigh less the more it had to be.
pub fn fit(list: List, candidates: &[Member], taken: &[Taken], seen: &[Seen]) -> f64 {
    let has = |one: &Seen, member: &Member| one.facts.has(list, None, member);
    let power = |part: f64, times: usize| part.powi(i32::try_from(times).unwrap_or(i32::MAX));
    // Each failure might have been a success.
    let failed = seen.iter().filter(|one| one.fails && one.luck() <= SURE);
    let refused = failed.filter(|one| candidates.iter().any(|member| has(one, member))).count();
    let passed = seen.iter().filter(|one| !one.fails && !one.doubtful);
    let told = passed.map(|one| {
        let offered = taken.iter().filter(|other| has(one, &other.member));
        match offered.clone().any(Taken::is_certain) {
            true => 1.0,
            false => 1.0 - power(1.0 - NEVER_TRIED, offered.count()),
        }
    });
    let certain: Vec<&Member> =
        taken.iter().filter(|one| one.is_certain()).map(|one| &one.member).collect();
    let is_new_kind = |at: &usize| {
        let (before, from) = certain.split_at(*at);
        !from.first().is_some_and(|one| before.iter().any(|other| is_of_a_kind(list, one, other)))
    };
    let kinds = (0..certain.len()).filter(is_new_kind).count();
    let of_certain = match kinds {
        0 => 1.0,
        several => ONE * power(ANOTHER, several - 1) * power(OF_THE_SAME, certain.len() - several),
    };
    let own = seen.first().map(|subject| subject.facts.list(list)).unwrap_or_default();
    let passed = seen.iter().filter(|one| !one.fails && !one.doubtful);
    let passed_over = passed.filter(|one| {
        own.iter().any(|member| has(one, member))
            && candidates.iter().any(|member| one.chose(list, member))
    });
    let passed = seen.iter().filter(|one| !one.fails && !one.doubtful);
    // Of the other lists one version takes what another does not.
    let of_its_own = passed.filter(|one| {
        list == List::CipherSuites && own.iter().any(|member| one.chose(list, member))
    });
    // What passed without any of them was foretold wrongly, and counts as that.
    power(REFUSED, refused)
        * power(PASSED_OVER, passed_over.count())
        * power(OF_ITS_OWN, of_its_own.count())
        * of_certain
        * told.filter(|told| *told > 0.0).product::<f64>()
}

/// Whether a server that takes one takes the other for the same reason: suites with the same exchange
/// of keys and the same authentication.
fn is_of_a_kind(list: List, one: &Member, other: &Member) -> bool {
    let methods = |member: &Member| match member {
        Member::Number(number) if list == List::CipherSuites => {
            let suite = CipherSuite(*number);
            Some((suite.key_exchange(), suite.authentication()))
        }
        _ => None,
    };
    methods(one).is_some_and(|own| methods(other) == Some(own))
}

/// How likely a hello is to have none of what the server takes.
pub fn has_none(list: List, taken: &[Taken], facts: &Facts) -> f64 {
    if is_empty_by_right(list, facts) {
        return 0.0;
    }
    let offered = taken.iter().filter(|one| facts.has(list, None, &one.member));
    offered.map(|one| 1.0 - one.likelihood).product()
}

/// Whether a hello has none of what stood in hellos that passed.
pub fn holds(list: List, taken: &[Taken], facts: &Facts) -> bool {
    let mut known = taken.iter().filter(|one| !one.is_new());
    !is_empty_by_right(list, facts) && !known.any(|one| facts.has(list, None, &one.member))
}

/// A hello need not name protocols at all, RFC 7301 section 3.1.
fn is_empty_by_right(list: List, facts: &Facts) -> bool {
    list == List::Alpn && facts.list(list).is_empty()
}

/// That a hello has none of what the server takes, as far as that is known.
pub fn condition(list: List, taken: &[Taken]) -> Condition {
    // As long as nothing is certain, all that may be.
    let most = taken.iter().map(|one| one.likelihood).fold(0.0, f64::max);
    let known = taken.iter().filter(|one| one.likelihood >= most);
    let members: Vec<Member> = known.map(|one| one.member.clone()).collect();
    let none = match &members[..] {
        [one] => Condition::Lacks(list.into(), one.clone()),
        _ => Condition::LacksAll(list.into(), members),
    };
    match list {
        List::Alpn => {
            let alpn = ExtensionType::application_layer_protocol_negotiation;
            Condition::All(vec![Condition::has_extension(alpn), none])
        }
        _ => none,
    }
}

/// The list of which a condition says that something is missing, and what.
pub fn missing(condition: &Condition) -> Option<(List, Vec<Member>)> {
    let counts = |list: List| LISTS.iter().any(|(own, _)| *own == list);
    match condition {
        Condition::Lacks(entries, member) if counts(entries.list) => {
            Some((entries.list, vec![member.clone()]))
        }
        Condition::LacksAll(entries, members) if counts(entries.list) => {
            Some((entries.list, members.clone()))
        }
        Condition::All(parts) => parts.iter().find_map(missing),
        _ => None,
    }
}

/// What a server chose of the lists of a hello.
pub fn chosen(reaction: &Reaction) -> Vec<(List, Member)> {
    let Kind::Accepted { cipher_suite, group, .. } = reaction.kind else { return Vec::new() };
    let suite = cipher_suite.map(|suite| (List::CipherSuites, Member::Number(suite.0)));
    let group = group.map(|group| (List::SupportedGroups, Member::Number(group.0)));
    suite.into_iter().chain(group).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hello::named::NamedHello;
    use crate::names::Code;

    const REFUSED_SUITE: CipherSuite = CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA;
    const OPEN: CipherSuite = CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256;
    const CHOSEN: CipherSuite = CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384;
    const NEW: CipherSuite = CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA;

    fn member(suite: CipherSuite) -> Member {
        Member::Number(suite.0)
    }

    /// A hello without a suite for ECDSA but these.
    fn seen(suites: &[CipherSuite], fails: bool, chosen: &[CipherSuite]) -> Seen {
        let added: Vec<String> = suites
            .iter()
            .map(|suite| format!(",+cipher_suites.{}", suite.name().unwrap()))
            .collect();
        let name = format!("tls12-only,cipher_suites-=TLS_ECDHE_ECDSA_*{}", added.concat());
        let spec = NamedHello::parse(&name).unwrap().recorded().unwrap().spec;
        let facts = Facts::of_spec(&spec);
        let chosen = chosen.iter().map(|suite| (List::CipherSuites, member(*suite))).collect();
        Seen { spec, facts, fails, risk: 0.01, doubtful: false, sure: false, chosen }
    }

    #[test]
    fn what_failed_is_not_taken_and_what_was_chosen_is() {
        let list = List::CipherSuites;
        let candidates = [REFUSED_SUITE, OPEN, CHOSEN, NEW].map(member);
        let all = [
            seen(&[], true, &[]),
            seen(&[REFUSED_SUITE], true, &[]),
            seen(&[REFUSED_SUITE, OPEN, CHOSEN], false, &[CHOSEN]),
        ];
        let taken = taken(list, &candidates, &all);
        let likelihoods: Vec<_> =
            taken.iter().map(|one| (one.member.clone(), one.likelihood)).collect();
        let expected =
            [(OPEN, AMONG_OTHERS), (CHOSEN, 1.0), (NEW, NEVER_TRIED)].map(|(s, l)| (member(s), l));
        assert_eq!(likelihoods, expected);
        assert_eq!(condition(list, &taken), Condition::Lacks(list.into(), member(CHOSEN)));
        let fails = |suites: &[CipherSuite]| has_none(list, &taken, &seen(suites, true, &[]).facts);
        assert_eq!(fails(&[]), 1.0);
        assert_eq!(fails(&[OPEN]), 1.0 - AMONG_OTHERS);
        assert_eq!(fails(&[OPEN, CHOSEN]), 0.0);
        assert!(all.iter().all(|one| holds(list, &taken, &one.facts) == one.fails));
    }

    #[test]
    fn what_has_to_be_fitted_more_often_weighs_less() {
        let list = List::CipherSuites;
        let candidates = [REFUSED_SUITE, OPEN, CHOSEN, NEW].map(member);
        let weight = |all: &[Seen]| fit(list, &candidates, &taken(list, &candidates, all), all);
        let first = [seen(&[], true, &[])];
        let refused = [&first[..], &[seen(&[REFUSED_SUITE], true, &[])]].concat();
        let passed = [&refused[..], &[seen(&[CHOSEN], false, &[CHOSEN])]].concat();
        assert_eq!(weight(&first), 1.0);
        assert!(weight(&refused) < weight(&first));
        assert!(weight(&passed) < weight(&refused));
    }

    /// A server that chose what the subject has misses nothing in that list.
    #[test]
    fn what_the_subject_has_is_not_chosen_by_who_misses_something() {
        let list = List::CipherSuites;
        let candidates = [REFUSED_SUITE, OPEN, CHOSEN, NEW].map(member);
        let own = CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256;
        let weight = |chosen: CipherSuite| {
            let all = [seen(&[], true, &[]), seen(&[CHOSEN, OPEN], false, &[chosen])];
            fit(list, &candidates, &taken(list, &candidates, &all), &all)
        };
        assert!(weight(own) < weight(CHOSEN) / 10.0, "{} {}", weight(own), weight(CHOSEN));
    }

    #[test]
    fn a_hello_need_not_name_a_protocol() {
        let facts =
            |name: &str| Facts::of_spec(&NamedHello::parse(name).unwrap().recorded().unwrap().spec);
        let h2 = Taken { member: Member::Text("h2".to_owned()), likelihood: 1.0 };
        let fails = |name: &str| has_none(List::Alpn, std::slice::from_ref(&h2), &facts(name));
        assert_eq!(fails("tls12-only,alpn=foo"), 1.0);
        assert_eq!(fails("tls12-only,alpn=foo,+alpn.h2"), 0.0);
        assert_eq!(fails("tls12-only"), 0.0);
    }
}

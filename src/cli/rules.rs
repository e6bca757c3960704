//! What is wrong with a server of the lab, as it is asked for: rules in the order in which they
//! stand on the command line, each with what stands behind it.

use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};

use crate::cli::Usage;
use crate::hello::Condition;
use crate::lab::{Rate, Rule};
use crate::quirks::{Quirk, Response};
use crate::report::lab::NamedRule;

/// The options of rules, and what stands behind them, in their order.
#[derive(Clone, Debug)]
pub struct RuleArguments(Vec<(What, String)>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Quirk,
    When,
    React,
    Rate,
}

impl What {
    const ALL: [What; 4] = [What::Quirk, What::When, What::React, What::Rate];

    fn option(self) -> &'static str {
        match self {
            What::Quirk => "quirk",
            What::When => "when",
            What::React => "react",
            What::Rate => "rate",
        }
    }

    fn value_name(self) -> &'static str {
        match self {
            What::Quirk => "ID",
            What::When => "CONDITION",
            What::React => "REACTION",
            What::Rate => "SHARE",
        }
    }

    fn help(self) -> &'static str {
        match self {
            What::Quirk => {
                "What is wrong with it, by a quirk's id; may be given several times. Of all rules \
                 the first that holds strikes"
            }
            What::When => {
                "When it goes wrong: handshake.length=256..511, extensions has padding, \
                 cipher_suites.count>=65, server_name is null, with `and`, `or`, `not` and \
                 parentheses; or a condition in JSON. May be given several times"
            }
            What::React => {
                "What it does then, for the --when or --quirk before it: silence (where nothing is \
                 said), close, reset, alert:NAME, alert:warning:NAME, plaintext:TEXT, \
                 garbage[:BYTES], stall:BYTES (the beginning of its answer, then nothing), version \
                 (a ServerHello of one that was not offered), version:VERSION, suite:NAME and \
                 group:NAME (whatever was offered), warning:NAME (an alert, then its answer), \
                 certificate (its answer with another server's)"
            }
            What::Rate => {
                "How often the rule before it strikes, as 0.3 or 30%; before all rules, each of them"
            }
        }
    }
}

impl Args for RuleArguments {
    fn augment_args(command: Command) -> Command {
        What::ALL.into_iter().fold(command, |command, what| {
            let arg = Arg::new(what.option()).long(what.option()).action(ArgAction::Append);
            command.arg(arg.value_name(what.value_name()).help(what.help()))
        })
    }

    fn augment_args_for_update(command: Command) -> Command {
        RuleArguments::augment_args(command)
    }
}

impl FromArgMatches for RuleArguments {
    fn from_arg_matches(matches: &ArgMatches) -> Result<RuleArguments, clap::Error> {
        let mut given = Vec::new();
        for what in What::ALL {
            let places = matches.indices_of(what.option()).into_iter().flatten();
            let values = matches.get_many::<String>(what.option()).into_iter().flatten();
            given.extend(places.zip(values).map(|(place, value)| (place, what, value.clone())));
        }
        given.sort_by_key(|(place, _, _)| *place);
        Ok(RuleArguments(given.into_iter().map(|(_, what, value)| (what, value)).collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = RuleArguments::from_arg_matches(matches)?;
        Ok(())
    }
}

impl RuleArguments {
    /// The first of them, as it was given.
    pub fn first(&self) -> Option<String> {
        self.0.first().map(|(what, value)| format!("--{} {value}", what.option()))
    }

    /// The rules.
    ///
    /// # Errors
    /// Where one is wrong, or something stands behind no rule.
    pub fn rules(&self) -> Result<Vec<NamedRule>, Usage> {
        let mut rules: Vec<Asked> = Vec::new();
        let mut rate_of_all = None;
        for (what, value) in &self.0 {
            let wrong =
                |error: String| Usage::new(format_args!("--{} {value}", what.option()), error);
            let whose = if rules.is_empty() { "all rules have" } else { "the rule before it has" };
            let twice = || wrong(format!("{whose} a --{} already", what.option()));
            match (what, rules.last_mut()) {
                (What::Quirk, _) => {
                    let quirk = Quirk::find(value).map_err(|error| wrong(error.to_string()))?;
                    rules.push(Asked::quirk(quirk));
                }
                (What::When, _) => {
                    let condition = value.parse::<Condition>();
                    let condition = condition.map_err(|error| wrong(error.to_string()))?;
                    rules.push(Asked::when(value, condition));
                }
                (What::React, rule) => {
                    let response = value.parse::<Response>();
                    let response = response.map_err(|error| wrong(error.to_string()))?;
                    let rule = rule.ok_or_else(|| {
                        wrong("it belongs behind a --when or a --quirk".to_owned())
                    })?;
                    if rule.response.replace(response).is_some() {
                        return Err(twice());
                    }
                }
                (What::Rate, rule) => {
                    let rate = value.parse::<Rate>().map_err(|error| wrong(error.to_string()))?;
                    let place = rule.map_or(&mut rate_of_all, |rule| &mut rule.rate);
                    if place.replace(rate).is_some() {
                        return Err(twice());
                    }
                }
            }
        }
        if let (Some(rate), []) = (rate_of_all, &rules[..]) {
            let what = "there is no rule that could strike; --when or --quirk says one";
            return Err(Usage::new(format_args!("--rate {rate}"), what));
        }
        Ok(rules.into_iter().map(|rule| rule.named(rate_of_all)).collect())
    }
}

/// A rule as far as it was said.
struct Asked {
    quirk: Option<String>,
    /// The condition as it was given, or the quirk's id.
    words: String,
    condition: Condition,
    /// What is done where nothing else is said.
    usual: Response,
    response: Option<Response>,
    rate: Option<Rate>,
}

impl Asked {
    fn quirk(quirk: &Quirk) -> Asked {
        Asked {
            quirk: Some(quirk.id.clone()),
            words: quirk.id.clone(),
            condition: quirk.condition.clone(),
            usual: quirk.reaction.clone(),
            response: None,
            rate: None,
        }
    }

    fn when(words: &str, condition: Condition) -> Asked {
        let usual = Response::Silence;
        Asked { quirk: None, words: words.to_owned(), condition, usual, response: None, rate: None }
    }

    fn named(self, rate_of_all: Option<Rate>) -> NamedRule {
        let as_catalogued = self.quirk.is_some() && self.response.is_none();
        let response = self.response.unwrap_or(self.usual);
        NamedRule {
            quirk: self.quirk,
            words: (!as_catalogued).then_some(self.words),
            rule: Rule { condition: self.condition, response },
            rate: self.rate.or(rate_of_all).unwrap_or(Rate::ALWAYS),
        }
    }
}

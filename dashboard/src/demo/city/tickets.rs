//! The sample's 1,760 tickets: the published counts exactly, everything else as a real half year might be.
//!
//! Must never leave a published figure to chance: which ticket is late or open is dealt, not drawn.

use super::{
    calendar::{date, end_of, is_spring_festival, is_worked, midnight, office_time, working_day_after},
    material::{REPLY_TEXTS, TICKET_TEXTS, TicketText},
    places::Scene,
    random::Random,
};
use chrono::{Datelike, NaiveDate, NaiveDateTime, TimeDelta, Timelike};
use ingest::record::TicketType;

/// The published types: 1,760 in all.
pub(super) const TYPES: [(TicketType, usize); 5] = [
    (TicketType::Help, 1_285),
    (TicketType::Complaint, 197),
    (TicketType::Inquiry, 236),
    (TicketType::Suggestion, 26),
    (TicketType::Praise, 16),
];
/// Not resolved on 30 June, and past due.
pub(super) const OPEN: usize = 21;
/// Resolved, but late.
pub(super) const LATE: usize = 1;
/// Callers, of whom some call again. Fewer callers than tickets make repeat callers.
const CALLERS: usize = 2_900;
/// Calls by hour of day.
const HOURS: [u32; 24] = [
    2, 1, 1, 1, 1, 3, 8, 18, 42, 58, 60, 46, 26, 30, 48, 52, 50, 44, 30, 26, 22, 16, 9, 4,
];

/// One row of the hotline's export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SampleTicket {
    pub(super) no: String,
    pub(super) accepted_at: NaiveDateTime,
    pub(super) channel: &'static str,
    pub(super) caller: Option<String>,
    pub(super) r#type: TicketType,
    pub(super) topic: &'static str,
    pub(super) region: &'static str,
    pub(super) title: String,
    pub(super) body: String,
    /// Answered at the hotline itself, without dispatch.
    pub(super) direct: bool,
    pub(super) unit: &'static str,
    pub(super) due_at: NaiveDateTime,
    pub(super) dispatched_at: Option<NaiveDateTime>,
    pub(super) signed_at: Option<NaiveDateTime>,
    pub(super) contacted_at: Option<NaiveDateTime>,
    pub(super) resolved_at: Option<NaiveDateTime>,
    pub(super) reply: Option<String>,
    pub(super) called_back_at: Option<NaiveDateTime>,
    pub(super) satisfaction: &'static str,
    pub(super) solved: &'static str,
}

/// How a ticket ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    OnTime,
    Late,
    Open,
}

/// All tickets, by the time of acceptance.
pub(super) fn tickets(seed: u64) -> Vec<SampleTicket> {
    let mut random = Random::new(seed, 1);
    let mut types: Vec<TicketType> = TYPES
        .iter()
        .flat_map(|&(kind, count)| std::iter::repeat_n(kind, count))
        .collect();
    random.shuffle(&mut types);
    let mut moments: Vec<NaiveDateTime> = acceptance(types.len(), &mut random);
    moments.sort();
    let ends = ends(&types, &mut random);
    let mut decks = TicketType::ALL.map(Deck::new);
    let mut numbers = Numbers::default();
    let rows = types.into_iter().zip(moments).zip(ends);
    rows.map(|((kind, accepted_at), end)| {
        let text = decks[kind as usize].deal(&mut random);
        ticket(
            numbers.next(accepted_at.date()),
            accepted_at,
            text,
            end,
            &mut random,
        )
    })
    .collect()
}

/// When the hotline took down each ticket: less on weekends and in the Spring Festival, more from month to month.
fn acceptance(count: usize, random: &mut Random) -> Vec<NaiveDateTime> {
    let last = date(2016, 5, 31);
    let days: Vec<NaiveDate> = date(2016, 1, 1)
        .iter_days()
        .take_while(|day| *day <= last)
        .collect();
    let weight = |day: &NaiveDate| {
        let season = 100 + 12 * (day.month() - 1) + if *day >= date(2016, 5, 25) { 60 } else { 0 };
        let share = match (is_spring_festival(*day), is_worked(*day)) {
            (true, _) => 25,
            (_, false) => 55,
            _ => 100,
        };
        season * share
    };
    let weights: Vec<u32> = days.iter().map(weight).collect();
    let moment = |random: &mut Random| {
        let day = days.get(random.weighted(&weights)).copied().unwrap_or(last);
        let hour = random.weighted(&HOURS) as i64;
        midnight(day) + TimeDelta::seconds(hour * 3600 + random.between(0, 3599))
    };
    (0..count).map(|_| moment(random)).collect()
}

/// Deals the open and the late tickets to requests and complaints; all others end on time.
fn ends(types: &[TicketType], random: &mut Random) -> Vec<End> {
    let mut eligible: Vec<usize> = (0..types.len())
        .filter(|&at| matches!(types[at], TicketType::Help | TicketType::Complaint))
        .collect();
    random.shuffle(&mut eligible);
    let mut ends = vec![End::OnTime; types.len()];
    for (dealt, at) in eligible.into_iter().take(OPEN + LATE).enumerate() {
        ends[at] = if dealt < OPEN { End::Open } else { End::Late };
    }
    ends
}

/// The texts of one type, each dealt once before any is dealt again.
struct Deck {
    texts: Vec<&'static TicketText>,
    at: usize,
}

impl Deck {
    fn new(kind: TicketType) -> Self {
        let texts: Vec<_> = TICKET_TEXTS.iter().filter(|text| text.r#type == kind).collect();
        Self {
            at: texts.len(),
            texts,
        }
    }

    fn deal(&mut self, random: &mut Random) -> &'static TicketText {
        if self.at >= self.texts.len() {
            random.shuffle(&mut self.texts);
            self.at = 0;
        }
        self.at += 1;
        self.texts[self.at - 1]
    }
}

/// Ticket numbers: the day and a count within it.
#[derive(Default)]
struct Numbers(Option<(NaiveDate, u32)>);

impl Numbers {
    fn next(&mut self, day: NaiveDate) -> String {
        let count = self
            .0
            .filter(|(last, _)| *last == day)
            .map_or(1, |(_, count)| count + 1);
        self.0 = Some((day, count));
        format!("YP{}{count:04}", day.format("%Y%m%d"))
    }
}

fn ticket(
    no: String,
    accepted_at: NaiveDateTime,
    text: &'static TicketText,
    end: End,
    random: &mut Random,
) -> SampleTicket {
    let scene = Scene::new(None, random);
    let r#type = text.r#type;
    let direct_percent = match r#type {
        TicketType::Inquiry => 28,
        TicketType::Praise | TicketType::Suggestion => 12,
        TicketType::Help | TicketType::Complaint => 2,
    };
    let direct = end == End::OnTime && random.chance(direct_percent);
    let days = match r#type {
        TicketType::Inquiry => 3,
        TicketType::Help | TicketType::Praise => 5,
        TicketType::Complaint => 7,
        TicketType::Suggestion => 10,
    };
    let channel = ["电话", "网站", "微信", "APP"][random.weighted(&[76, 9, 11, 4])];
    let mut ticket = SampleTicket {
        no,
        accepted_at,
        channel,
        caller: caller(channel, random),
        r#type,
        topic: text.topic,
        region: scene.street(),
        title: scene.fill(text.title, random),
        body: scene.fill(text.body, random),
        direct,
        unit: if direct { "" } else { text.unit },
        due_at: end_of(working_day_after(accepted_at.date(), days)),
        dispatched_at: None,
        signed_at: None,
        contacted_at: None,
        resolved_at: None,
        reply: None,
        called_back_at: None,
        satisfaction: "",
        solved: "",
    };
    if direct {
        ticket.resolved_at = Some(accepted_at + TimeDelta::seconds(random.between(180, 1500)));
    } else {
        hand_on(&mut ticket, random);
        ticket.resolved_at = resolution(&ticket, days, end, random);
    }
    close(&mut ticket, &scene, random);
    ticket
}

/// Invented numbers, all of one pattern. They are masked on the way in like any other.
fn caller(channel: &str, random: &mut Random) -> Option<String> {
    let anonymous = channel != "电话" && random.chance(15);
    (!anonymous).then(|| {
        // Some callers call again and again.
        let range = if random.chance(6) { 25 } else { CALLERS };
        format!("1380000{:04}", 1000 + random.below(range) * 3)
    })
}

/// Dispatch, signing and the first contact.
fn hand_on(ticket: &mut SampleTicket, random: &mut Random) {
    // At night the dispatcher's desk is empty: dispatched at the start of the next day.
    let night = ticket.accepted_at.hour() >= 20 || ticket.accepted_at.hour() < 8;
    let dispatched_at = if night {
        let morning = ticket.accepted_at + TimeDelta::hours(12);
        let day = if ticket.accepted_at.hour() < 8 {
            ticket.accepted_at.date()
        } else {
            morning.date()
        };
        midnight(day) + TimeDelta::seconds(random.between(8 * 3600, 9 * 3600))
    } else {
        ticket.accepted_at + TimeDelta::seconds(random.between(300, 5400))
    };
    // Most sign within hours, some on the next day, a few after more than a day, and a few never do.
    let delay = match random.weighted(&[78, 13, 6, 3]) {
        0 => Some(random.between(10, 210)),
        1 => Some(random.between(240, 1200)),
        2 => Some(random.between(1500, 2400)),
        _ => None,
    };
    ticket.dispatched_at = Some(dispatched_at);
    ticket.signed_at = delay.map(|minutes| dispatched_at + TimeDelta::minutes(minutes));
    let known = ticket.signed_at.unwrap_or(dispatched_at);
    ticket.contacted_at = random
        .chance(93)
        .then(|| known + TimeDelta::minutes(random.between(15, 600)));
}

/// When the unit was done; `None` while it is not.
fn resolution(ticket: &SampleTicket, days: usize, end: End, random: &mut Random) -> Option<NaiveDateTime> {
    let due = ticket.due_at.date();
    let handed = ticket
        .signed_at
        .or(ticket.dispatched_at)
        .unwrap_or(ticket.accepted_at);
    match end {
        End::Open => None,
        End::Late => Some(office_time(working_day_after(due, 2), random)),
        End::OnTime => {
            // Rather towards the end: two draws, the later counts.
            let day = (1 + random.below(days)).max(1 + random.below(days));
            let at = office_time(working_day_after(ticket.accepted_at.date(), day), random);
            let earliest = handed + TimeDelta::minutes(random.between(40, 180));
            Some(at.max(earliest).min(ticket.due_at))
        }
    }
}

/// What followed the resolution: the answer and the call back.
fn close(ticket: &mut SampleTicket, scene: &Scene, random: &mut Random) {
    let Some(resolved_at) = ticket.resolved_at else {
        return;
    };
    ticket.contacted_at = ticket.contacted_at.map(|at| at.min(resolved_at));
    let replies: Vec<&str> = REPLY_TEXTS
        .iter()
        .filter(|(kind, _)| *kind == ticket.r#type)
        .map(|(_, text)| *text)
        .collect();
    ticket.reply = random
        .chance(97)
        .then(|| scene.fill(random.pick(&replies), random));
    if !random.chance(if ticket.direct { 25 } else { 72 }) {
        return;
    }
    let day = working_day_after(resolved_at.date(), 1 + random.below(4));
    ticket.called_back_at = Some(office_time(day, random));
    (ticket.satisfaction, ticket.solved) = match random.weighted(&[58, 20, 5, 4, 3, 10]) {
        0 => ("满意", "已解决"),
        1 => ("基本满意", "已解决"),
        2 => ("满意", "未解决"),
        3 => ("不满意", "未解决"),
        4 => ("不满意", "已解决"),
        _ => ("未接通", ""),
    };
}

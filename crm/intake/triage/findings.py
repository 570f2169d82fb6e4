"""What triage says about a message, and the words it says it in."""

from dataclasses import dataclass

LEVELS = ("crisis", "urgent", "routine", "none")
# What calls for the script, the alarm and the acknowledgement (docs/domain.md, "Triage"); "urgent" alone does not.
DANGER_SIGNALS = (
    "overdose", "suicide", "medical", "violence", "child_danger", "withdrawal", "pregnant", "self_harm",
    "passive_death_wish",
)
RISK_SIGNALS = (
    *DANGER_SIGNALS, "relapse", "discharge", "medication_gap", "homeless", "legal_deadline", "missing_person",
    "distress",
)
NOT_A_LEAD = ("spam", "job", "media", "wrong_number", "test", "other")


@dataclass(frozen=True)
class Finding:
    """One place in the text and the rule that found it. `start` and `end` are indices into the original text."""

    rule: str
    signal: str
    start: int
    end: int
    context: str  # "" (present now), "negated", "past", "feared", "other topic", "quoted", "idiom"
    why: str  # in the front desk's words


@dataclass(frozen=True)
class Assessment:
    """What the machine thinks of a message. It orders the queue; a human reads every message whatever it says."""

    level: str
    lead: bool
    signals: tuple[str, ...]  # present now
    dangers: tuple[str, ...]  # those of them that call for the script and the alarm
    findings: tuple[Finding, ...]
    not_a_lead: str  # "" or one of NOT_A_LEAD
    language: str  # en, es, mixed, other
    assessed: bool  # False: nobody can say what is in it, so it counts as urgent
    version: str

    @property
    def priority(self) -> str:
        """P0 danger to life, P1 urgent, P2 a danger mentioned or a language we cannot read, P3 the rest."""
        if self.level == "crisis":
            return "P0"
        elif self.level == "urgent":
            return "P1"
        elif self.lead and (self.language == "other" or any(f.signal in DANGER_SIGNALS for f in self.findings)):
            return "P2"
        else:
            return "P3"

"""What is true: every table of the service, one noun a file."""

from crm.models.alarm import SourceAlarm
from crm.models.attempt import Attempt
from crm.models.consent import Consent
from crm.models.event import Event, Seal
from crm.models.followup import FollowUp
from crm.models.import_run import ImportPiece, ImportRejection, ImportRun
from crm.models.lead import Assignment, Lead, SearchKey
from crm.models.likeness import Likeness, MatchKey, Merge
from crm.models.message import Message
from crm.models.note import Note
from crm.models.operation import JobRun, Setting, WorkerBeat
from crm.models.person import ContactPoint, Household, Person
from crm.models.source import Source, SourceSecret
from crm.models.staff import OneTimeLink, SignIn, SignInFailure, Staff
from crm.models.submission import Submission, SubmissionUpdate
from crm.models.triage import TriageEntry
from crm.models.workflow import BusinessHours, Holiday, Reason, Status, Transition

__all__ = [
    "Assignment",
    "Attempt",
    "BusinessHours",
    "Consent",
    "ContactPoint",
    "Event",
    "FollowUp",
    "Holiday",
    "Household",
    "ImportPiece",
    "ImportRejection",
    "ImportRun",
    "JobRun",
    "Lead",
    "Likeness",
    "MatchKey",
    "Merge",
    "Message",
    "Note",
    "OneTimeLink",
    "Person",
    "Reason",
    "Seal",
    "SearchKey",
    "Setting",
    "SignIn",
    "SignInFailure",
    "Source",
    "SourceAlarm",
    "SourceSecret",
    "Staff",
    "Status",
    "Submission",
    "SubmissionUpdate",
    "Transition",
    "TriageEntry",
    "WorkerBeat",
]

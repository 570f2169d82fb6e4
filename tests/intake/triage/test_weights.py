"""The weights are those that the rated messages teach now, and nobody's hand changed them."""

from dataclasses import replace

import triage_weights as tool
from crm.intake.triage.files import toml

AGAIN = "messages, rules or weights have changed: python tools/triage_weights.py learn"


def test_the_weights_were_learned_from_the_messages_and_rules_there_are():
    """By the mark the tool leaves: learning takes too long for every run."""
    learned = toml("weights")
    examples = tool.read_all(sorted(tool.MESSAGES.glob("*.jsonl")))

    assert tool.mark(examples, learned["weights"]) == learned["mark"], AGAIN


def test_another_message_another_rule_or_a_changed_weight_would_be_caught():
    """The known-bad variants."""
    some, weights = tool.read_all([tool.MESSAGES / "calm.jsonl"]), {"": (1, 2, 3), "pills": (4, 5, 6)}
    first = some[0]
    marks = {
        tool.mark(some, weights),
        tool.mark(some[1:], weights),
        tool.mark([replace(first, level="crisis"), *some[1:]], weights),
        tool.mark([replace(first, says=first.says | {"<pill>", "pills"}), *some[1:]], weights),
        tool.mark(some, {**weights, "pills": (4, 5, 7)}),
    }

    assert len(marks) == 5

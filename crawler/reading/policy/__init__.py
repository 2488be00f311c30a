"""A policy: read from its TOML file, checked, compiled to answer fast, and told in words and pictures."""

from crawler.reading.policy.file import Alliance, PolicyFile, PolicyStore, check_policy
from crawler.reading.policy.local_time import moment_words
from crawler.reading.policy.names import Known
from crawler.reading.policy.picture import sentences, timeline_rows, timeline_svg, timeline_text
from crawler.reading.policy.policy import NOT_A_PLATFORM, Place, Policy, load_policy, read_policy
from crawler.reading.policy.timeline import EVER, Segment, Timeline

__all__ = [
    "EVER",
    "NOT_A_PLATFORM",
    "Alliance",
    "Known",
    "Place",
    "Policy",
    "PolicyFile",
    "PolicyStore",
    "Segment",
    "Timeline",
    "check_policy",
    "load_policy",
    "moment_words",
    "read_policy",
    "sentences",
    "timeline_rows",
    "timeline_svg",
    "timeline_text",
]

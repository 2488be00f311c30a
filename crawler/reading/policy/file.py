"""The policy file: what it may say, key by key, and messages that name the line, the key and the cure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator

from crawler.errors import PolicyError
from crawler.reading.policy.contradiction import contradictions
from crawler.reading.policy.local_time import Days, read_days
from crawler.reading.policy.names import Known, unknown_names
from crawler.reading.toml_file import Problem, problems_of, syntax_fault, told

Severity: TypeAlias = Literal["critical", "major", "minor", "info"]
Listed: TypeAlias = Literal["violation", "undetermined", "allowed"]
PolicyStore: TypeAlias = Literal[
    "tmall", "tmall_global", "taobao_personal", "taobao_enterprise", "jd_self_operated", "jd_pop", "other_store"
]
"""The store types that a policy can be about. The others say that a shop is not known, or that there is none."""
WrittenDays: TypeAlias = Annotated[Days, BeforeValidator(read_days)]
Name: TypeAlias = Annotated[str, Field(min_length=1, pattern="^[a-z0-9_]+$")]
Words: TypeAlias = Annotated[str, Field(min_length=1)]


def _as_prefix(value: str) -> str:
    """How a word of an address may begin. Every word begins with nothing, and none with what stands between words."""
    if not value:
        raise ValueError("is empty, and so fits every address; write how a promoter's number begins, such as 'mm_'")
    if not re.fullmatch(r"\w+", value):
        raise ValueError(f"no number begins with {value!r}; write letters, digits and _ alone, such as 'mm_'")
    return value


Prefix: TypeAlias = Annotated[str, AfterValidator(_as_prefix)]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Clause(_Strict):
    """A sentence of the policy and where it was said."""

    text: Words
    source: str = ""


class Scope(_Strict):
    """Whom and where a window or a ban is about. An empty list means every one."""

    id: Name
    clause: Name
    stores: list[PolicyStore] = []
    platforms: list[str] = []
    kinds: list[str] = []
    sites: list[str] = []
    surfaces: list[str] = []
    except_surfaces: list[str] = []
    start: WrittenDays | None = Field(default=None, alias="from")
    end: WrittenDays | None = Field(default=None, alias="to")
    disputed: list[WrittenDays] = []
    note: str = ""


class Window(Scope):
    """A time in which links to some stores may be published.

    ``listed``: what a link is that still stands on the shelf more than ``grace_days`` after the window closed.
    """

    certainty: Literal["stated", "disputed"] = "stated"
    listed: Listed = "violation"
    grace_days: int = Field(default=0, ge=0, le=3660)


class Ban(Scope):
    """Stores or platforms that may never be linked. ``others``: every one for which no window was ever written."""

    others: bool = False


class Waiver(_Strict):
    """A shop, an item or a page owner that somebody excepted until a day. All that is named must fit."""

    approved_by: Words
    reason: Words
    until: WrittenDays
    start: WrittenDays | None = Field(default=None, alias="from")
    rules: list[str] = []
    shop_id: Words | None = None
    item_id: Words | None = None
    owner_id: Words | None = None


class RuleSetting(_Strict):
    """How a policy uses a rule. ``enabled`` is open where the rule's own default is meant."""

    enabled: bool | None = None
    severity: Severity | None = None
    clause: Name | None = None
    surfaces: list[str] = []


class Alliance(_Strict):
    """How a link through a commission alliance is known: its hosts, or a parameter's beginning (``mm_``)."""

    stores: list[PolicyStore]
    hosts: list[str]
    pid_prefixes: list[Prefix] = []


class PolicyFile(_Strict):
    """A whole policy file."""

    name: Name
    version: Words
    title: Words
    time_zone: str
    begins: WrittenDays
    sites: list[str] = []
    accuse_on: Literal["proved", "likely"] = "proved"
    unresolvable: Literal["undetermined", "violation"] = "undetermined"
    clauses: dict[Name, Clause]
    windows: list[Window] = []
    bans: list[Ban] = []
    exceptions: list[Waiver] = []
    rules: dict[str, RuleSetting] = {}
    alliances: dict[Name, Alliance] = {}

    @field_validator("time_zone")
    @classmethod
    def _is_a_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError):
            raise ValueError("write the name of a time zone, such as Asia/Shanghai") from None
        return value


def read_file(text: str, where: str, known: Known | None = None) -> PolicyFile:
    """The checked content of a policy file.

    Args:
        text: its TOML text.
        where: its path, for messages.
        known: the names that there are; without them nobody asks whether a rule or surface exists.

    Raises:
        PolicyError: the first problem, as ``file:line: key: cure``.
    """
    found = _read(text, where, known)
    if isinstance(found, PolicyFile):
        return found
    raise PolicyError(first_of(found))


def first_of(problems: Sequence[str]) -> str:
    """The first of several problems in one line, with how to be told the others."""
    more = f" (and {len(problems) - 1} more: cartwatch policy check names all)" if len(problems) > 1 else ""
    return problems[0] + more


def check_policy(path: Path, known: Known | None = None) -> list[str]:
    """Every problem of a policy file, one line each, as ``file:line: key: cure``; none for a sound one.

    Args:
        path: the file.
        known: the names that there are; without them nobody asks whether a rule or surface exists.
    """
    try:
        found = _read(read_text(path), str(path), known)
    except PolicyError as error:
        return [str(error)]
    return [] if isinstance(found, PolicyFile) else found


def read_text(path: Path) -> str:
    """The text of a policy file.

    Raises:
        PolicyError: it is not there, not readable, or not UTF-8.
    """
    try:
        return path.read_bytes().decode("utf-8-sig")  # some editors write a mark at the start
    except OSError as error:
        raise PolicyError(f"{path}: cannot be read ({error.strerror}); give the path of a policy file") from None
    except UnicodeDecodeError as error:
        raise PolicyError(f"{path}: byte {error.start} is not UTF-8; save the file as UTF-8") from None


def _read(text: str, where: str, known: Known | None = None) -> PolicyFile | list[str]:
    """The content of a policy file, or every problem that it has: one fault hides no other, whatever its kind."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return [syntax_fault(error, text, where)]
    content, problems = _validated(raw)
    problems += contradictions(raw)
    problems += unknown_names(raw, known) if known else []
    return content if content and not problems else told(problems, text, where)


def _validated(raw: dict[str, Any]) -> tuple[PolicyFile | None, list[Problem]]:
    try:
        return PolicyFile.model_validate(raw), []
    except ValidationError as error:
        return None, list(problems_of(error, PolicyFile))

"""The policy file: what it may say, key by key, and messages that name the line, the key and the cure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias, get_args
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator, model_validator

from crawler.errors import PolicyError
from crawler.reading.policy.local_time import ONE_DAY, Days, month

Severity: TypeAlias = Literal["critical", "major", "minor", "info"]
Listed: TypeAlias = Literal["violation", "undetermined", "allowed"]
PolicyStore: TypeAlias = Literal[
    "tmall", "tmall_global", "taobao_personal", "taobao_enterprise", "jd_self_operated", "jd_pop", "other_store"
]
"""The store types that a policy can be about. The others say that a shop is not known, or that there is none."""
Key: TypeAlias = "str | int"
Problem: TypeAlias = tuple[tuple[Key, ...], str]
"""Where in the file, and what to do about it."""

YEARS = range(2000, 2101)
DATE = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?\Z")


def _days(value: object) -> object:
    if isinstance(value, datetime):
        # a TypeError would pass through pydantic as a fault of ours
        raise ValueError('name a local day (2022-10-28) or a month ("2022-10"), not a moment')  # noqa: TRY004
    if isinstance(value, date):
        return _in_range(Days(value, value))
    if not isinstance(value, str):
        return value
    match = DATE.match(value)
    if not match:
        raise ValueError('write a day as 2022-10-28, or a month of which the day is not known as "2022-10"')
    year, number, day = (int(part) if part else 0 for part in match.groups())
    return _in_range(Days(date(year, number, day), date(year, number, day)) if day else month(year, number))


def _in_range(days: Days) -> Days:
    if days.first.year not in YEARS:
        raise ValueError(f"the year must lie between {YEARS[0]} and {YEARS[-1]}")
    return days


WrittenDays: TypeAlias = Annotated[Days, BeforeValidator(_days)]
Name: TypeAlias = Annotated[str, Field(min_length=1, pattern="^[a-z0-9_]+$")]
Words: TypeAlias = Annotated[str, Field(min_length=1)]


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

    @model_validator(mode="after")
    def _starts_before_it_ends(self) -> Scope:
        if self.start and self.end and self.end.last < self.start.first:
            raise ValueError(f"`to` ({self.end}) lies before `from` ({self.start}); swap or correct them")
        return self


class Window(Scope):
    """A time in which links to some stores may be published.

    ``listed``: what a link is that still stands on the shelf more than ``grace_days`` after the window closed.
    """

    certainty: Literal["stated", "disputed"] = "stated"
    listed: Listed = "violation"
    grace_days: int = Field(default=0, ge=0, le=3660)

    @model_validator(mode="after")
    def _names_somebody(self) -> Window:
        if not self.stores and not self.platforms:
            raise ValueError("a window opens for somebody: name `stores` or `platforms`")
        return self


class Ban(Scope):
    """Stores or platforms that may never be linked. ``others``: every one for which no window was ever written."""

    others: bool = False

    @model_validator(mode="after")
    def _names_somebody(self) -> Ban:
        if self.others == bool(self.stores or self.platforms):
            raise ValueError("name `stores` or `platforms`, or else say `others = true`")
        return self


class Waiver(_Strict):
    """A shop, an item or a page owner that somebody excepted until a day. All that is named must fit."""

    approved_by: Words
    reason: Words
    until: WrittenDays
    start: WrittenDays | None = Field(default=None, alias="from")
    rules: list[str] = []
    shop_id: str | None = None
    item_id: str | None = None
    owner_id: str | None = None

    @model_validator(mode="after")
    def _names_somebody(self) -> Waiver:
        if not (self.shop_id or self.item_id or self.owner_id):
            raise ValueError("name the `shop_id`, `item_id` or `owner_id` that is excepted")
        return self

    @model_validator(mode="after")
    def _starts_before_it_ends(self) -> Waiver:
        if self.start and self.until.last < self.start.first:
            raise ValueError(f"`until` ({self.until}) lies before `from` ({self.start}); swap or correct them")
        return self


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
    pid_prefixes: list[str] = []


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


def read_file(text: str, where: str) -> PolicyFile:
    """The checked content of a policy file.

    Args:
        text: its TOML text.
        where: its path, for messages.

    Raises:
        PolicyError: the first problem, as ``file:line: key: cure``.
    """
    found = _read(text, where)
    if isinstance(found, PolicyFile):
        return found
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    raise PolicyError(found[0] + more)


def check_policy(path: Path) -> list[str]:
    """Every problem of a policy file, one line each, as ``file:line: key: cure``; none for a sound one."""
    try:
        found = _read(read_text(path), str(path))
    except PolicyError as error:
        return [str(error)]
    return [] if isinstance(found, PolicyFile) else found


def read_text(path: Path) -> str:
    """The text of a policy file.

    Raises:
        PolicyError: it is not there, not readable, or not UTF-8.
    """
    try:
        return path.read_bytes().decode("utf-8")
    except OSError as error:
        raise PolicyError(f"{path}: cannot be read ({error.strerror}); give the path of a policy file") from None
    except UnicodeDecodeError as error:
        raise PolicyError(f"{path}: byte {error.start} is not UTF-8; save the file as UTF-8") from None


def _syntax(message: str, text: str, where: str) -> str:
    match = re.search(r"\(at line (\d+), column \d+\)", message)
    if match is None:
        return f"{where}: not TOML: {message}; correct it"
    line = text.splitlines()[int(match[1]) - 1].strip()
    return (
        f"{where}:{match[1]}: {line[:80]}: not TOML: {message}; correct this line (a day is 2022-12-31, text is quoted)"
    )


def _read(text: str, where: str) -> PolicyFile | list[str]:
    """The content of a policy file, or every problem that it has."""
    try:
        content = PolicyFile.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        return [_syntax(str(error), text, where)]
    except ValidationError as error:
        return told([(item["loc"], _cure(item, item["loc"])) for item in error.errors(include_url=False)], text, where)
    return told([*_references(content), *_strays(content)], text, where) or content


def told(problems: Iterable[Problem], text: str, where: str) -> list[str]:
    """Problems as a person reads them, ``file:line: key: cure``, in the order of the file."""
    placed = sorted((line_of(text, place), ".".join(map(str, place)), cure) for place, cure in problems)
    return [f"{where}:{line}: {key + ': ' if key else ''}{cure}" for line, key, cure in placed]


def _references(content: PolicyFile) -> Iterator[Problem]:
    """What a file cites and does not hold, and what it calls by the name of something else."""
    scopes: list[tuple[tuple[Key, ...], Scope]] = [(("windows", n), scope) for n, scope in enumerate(content.windows)]
    scopes += [(("bans", n), scope) for n, scope in enumerate(content.bans)]
    cited = [((*place, "clause"), scope.clause) for place, scope in scopes]
    cited += [(("rules", name, "clause"), rule.clause) for name, rule in content.rules.items() if rule.clause]
    for place, clause in cited:
        if clause not in content.clauses:
            yield place, f"there is no clause {clause!r} in this file; {suggest(clause, content.clauses)}"
    used: set[str] = set()
    for place, scope in scopes:
        if scope.id in used:
            yield (*place, "id"), f"{scope.id!r} is the id of another one above; give each window and ban its own"
        used.add(scope.id)


def _strays(content: PolicyFile) -> Iterator[Problem]:
    """Disputed days that lie apart from their window or ban: a slip of the pen, a year mistyped as a rule."""
    dated: list[tuple[str, int, Days | None, Scope]]
    dated = [("windows", n, window.start, window) for n, window in enumerate(content.windows)]
    dated += [("bans", n, ban.start or content.begins, ban) for n, ban in enumerate(content.bans)]
    for table, number, start, scope in dated:
        first, last = _reach(start, scope.end, scope.disputed)
        words = " ".join([f"from {start}"] * bool(start) + [f"to {scope.end}"] * bool(scope.end))
        for position, days in enumerate(scope.disputed):
            if days.first < first or days.last > last:
                cure = (
                    f"{days} lies apart from the days {words}; name one of them or one next to them, or correct those"
                )
                yield (table, number, "disputed", position), cure


def _reach(start: Days | None, end: Days | None, disputed: Iterable[Days]) -> tuple[date, date]:
    """The first and the last day of a window, with the disputed days that adjoin it without a gap."""
    first, last = start.first if start else date.min, end.last if end else date.max
    for days in sorted(disputed, key=lambda days: days.last, reverse=True):
        if days.last + ONE_DAY >= first:
            first = min(first, days.first)
    for days in sorted(disputed, key=lambda days: days.first):
        if days.first - ONE_DAY <= last:
            last = max(last, days.last)
    return first, last


def _cure(item: Any, place: tuple[Key, ...]) -> str:  # noqa: ANN401 - pydantic's error details are an untyped mapping
    match item["type"]:
        case "missing":
            return f"is missing; add `{place[-1]} = ...`"
        case "extra_forbidden":
            return f"is not a key here; {suggest(str(place[-1]), _keys(place))}"
        case "literal_error":
            known = re.findall(r"'([^']+)'", item["ctx"]["expected"])
            return f"{item['input']!r} is not known here; {suggest(str(item['input']), known)}"
        case "value_error":
            return str(item["ctx"]["error"])
        case _:
            return f"{item['msg']}, not {item['input']!r}"


def suggest(word: str, known: Iterable[str]) -> str:
    """What somebody may have meant by a word that is not known: the nearest one, or all of them."""
    names = sorted(known)
    close = get_close_matches(word, names, n=1)
    return f"did you mean {close[0]!r}?" if close else f"known are: {', '.join(names) or 'none'}"


def _keys(place: tuple[Key, ...]) -> list[str]:
    """The keys that may stand beside the last of ``place``."""
    model: type[BaseModel] | None = PolicyFile
    for part in place[:-1]:
        if isinstance(part, str) and model and part in model.model_fields:
            nested = [inner for inner in get_args(model.model_fields[part].annotation) if isinstance(inner, type)]
            model = next((inner for inner in nested if issubclass(inner, BaseModel)), model)
    return [info.alias or name for name, info in (model or PolicyFile).model_fields.items()]


def line_of(text: str, place: tuple[Key, ...]) -> int:
    """The line (from 1) on which a key stands, or its table begins; 1 where it cannot be told."""
    lines = text.splitlines()
    start, keys = _table(lines, place)
    for number in range(start, len(lines)):
        if number > start and lines[number].lstrip().startswith("["):
            break
        if keys and re.match(rf"\s*[\"']?{re.escape(str(keys[0]))}[\"']?\s*[=.]", lines[number]):
            return number + 1
    return start + 1


def _table(lines: list[str], place: tuple[Key, ...]) -> tuple[int, tuple[Key, ...]]:
    """Where the table begins that holds ``place``, counted from 0, and what of ``place`` lies within it."""
    for depth in range(len(place), 0, -1):
        *names, last = place[:depth]
        index = last if isinstance(last, int) else 0
        path = ".".join(str(name) for name in (names if isinstance(last, int) else place[:depth]))
        header = re.compile(rf"\s*\[+\s*{re.escape(path)}\s*\]+")
        heads = [number for number, line in enumerate(lines) if header.match(line)]
        if len(heads) > index:
            return heads[index], place[depth:]
    return 0, place

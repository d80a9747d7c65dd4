"""Errors a user can act on: each takes facts, writes one sentence, and never holds text of a visit."""

from __future__ import annotations

from pathlib import Path


class AllianceError(Exception):
    """Root of every error this package raises on purpose; ``str(error)`` is one clear sentence."""


class UnreadableFile(AllianceError):
    """A file, or a place in it, that cannot be read as visits.

    Args:
        path: the file.
        why: what is wrong there, without quoting the visit.
        remedy: what the user can do about it.
        line: line of the file, counted from 1, where one is known.

    >>> str(UnreadableFile("a.txt", "the file is empty", "remove it or export the visit again"))
    'a.txt: the file is empty; remove it or export the visit again.'
    """

    def __init__(self, path: Path | str, why: str, remedy: str, line: int | None = None) -> None:
        self.path, self.why, self.remedy, self.line = str(path), why, remedy, line
        place = self.path if line is None else f"{self.path}, line {line}"
        super().__init__(f"{place}: {why}; {remedy}.")


class NoVisits(AllianceError):
    """A path that holds no visit at all."""

    def __init__(self, path: Path | str) -> None:
        super().__init__(f"{path}: no visit found there; give a file or folder with transcripts or notes.")


class BadOption(AllianceError):
    """A command line option or argument with a value that makes no sense.

    >>> str(BadOption("--roles", "Dana=boss", "use provider, patient or other"))
    '--roles Dana=boss: use provider, patient or other.'
    """

    def __init__(self, option: str, value: str, remedy: str) -> None:
        super().__init__(f"{option} {value}: {remedy}.")


class MissingExtra(AllianceError):
    """An optional part of the package that is not installed.

    >>> str(MissingExtra("reading captions", "formats"))
    "reading captions needs more packages; install them with: pip install 'alliance_nlp[formats]'."
    """

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(f"{what} needs more packages; install them with: pip install 'alliance_nlp[{extra}]'.")


class RunRefused(AllianceError):
    """A run that cannot begin, or go on, with what stands beside its output.

    >>> str(RunRefused("out.csv", "another run is writing it", "wait for it or give another name"))
    'out.csv: another run is writing it; wait for it or give another name.'
    """

    def __init__(self, output: Path | str, why: str, remedy: str) -> None:
        super().__init__(f"{output}: {why}; {remedy}.")


class RunStopped(AllianceError):
    """A run that began and cannot go on; what it did is kept.

    >>> str(RunStopped("out.csv", "No space left on device", "make room and go on with --resume"))
    'out.csv: the run has stopped (No space left on device); make room and go on with --resume.'
    """

    def __init__(self, output: Path | str, why: str, remedy: str) -> None:
        super().__init__(f"{output}: the run has stopped ({why}); {remedy}.")


class BadModel(AllianceError):
    """A model folder that is incomplete, changed, or made by an incompatible version."""

    def __init__(self, path: Path | str, why: str, remedy: str = "install the model again or train a new one") -> None:
        super().__init__(f"model {path}: {why}; {remedy}.")


class BadCorpus(AllianceError):
    """Gold data that breaks a rule of the codebook or does not fit its visit."""

    def __init__(self, place: str, why: str, remedy: str) -> None:
        self.place, self.why, self.remedy = place, why, remedy
        super().__init__(f"{place}: {why}; {remedy}.")


class BadOffsets(AllianceError):
    """Offsets that fall outside a text or do not fit its tokens.

    >>> str(BadOffsets("v1", 3, 0, 99))
    'visit v1, turn 3: characters 0 to 99 are not within the text; check the offsets.'
    """

    def __init__(self, visit_id: str, turn: int | None, start: int, end: int) -> None:
        place = f"visit {visit_id}" if turn is None else f"visit {visit_id}, turn {turn}"
        super().__init__(f"{place}: characters {start} to {end} are not within the text; check the offsets.")


class BadAudit(AllianceError):
    """An audit that is not there, cannot be reached, or does not allow what is asked of it.

    >>> str(BadAudit("visit v1", "goal is not rated yet", "rate it before the tool's view"))
    "visit v1: goal is not rated yet; rate it before the tool's view."
    """

    def __init__(self, where: str, why: str, remedy: str) -> None:
        super().__init__(f"{where}: {why}; {remedy}.")


class ChangedMeanwhile(AllianceError):
    """Something in an audit that was changed between its being shown and its being saved; nothing was overwritten."""

    def __init__(self) -> None:
        super().__init__("this was changed meanwhile, and nothing was overwritten; reload it and save again.")


class BadCalibration(AllianceError):
    """A clinic's calibration that is none, or for another model."""

    def __init__(self, path: Path | str, why: str) -> None:
        super().__init__(f"{path}: {why}; make it again with alliance audit calibrate.")

"""From exceptions to exit codes: a command never ends in a traceback."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import Any

import typer
from typer.core import TyperGroup

from cmf.errors import InputError, LimitReached, MissingExtra

DONE = 0
NO = 1
WRONG = 2
LIMIT = 3
FAULT = 70
BROKEN_PIPE = 128 + 13


class GuardedGroup(TyperGroup):
    """A group of commands whose exceptions become messages and exit codes."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command.

        Raises
        ------
        Exit
            With the exit code of the contract.
        """
        try:
            return super().invoke(ctx)
        except InputError as error:
            code = _say(_faults(error), WRONG)
        except MissingExtra as error:
            code = _say(f"error: {error}", WRONG)
        except LimitReached as error:
            code = _say(f"limit: {error}", LIMIT)
        except MemoryError:
            code = _say("limit: out of memory", LIMIT)
        except BrokenPipeError:
            code = BROKEN_PIPE
        except OSError as error:
            code = _say(f"error: {_refused(error)}", WRONG)
        except Exception as error:
            if os.environ.get("CMF_DEBUG") or _is_usage(error):
                raise
            code = _say(_report_this(error), FAULT)
        raise typer.Exit(code)


def _say(text: str, code: int) -> int:
    with suppress(BrokenPipeError):
        print(text, file=sys.stderr, flush=True)  # noqa: T201
    return code


def _refused(error: OSError) -> str:
    """What the system refuses, and for which file."""
    reason = error.strerror or str(error)
    return f"{error.filename}: {reason}" if error.filename else reason


def _faults(error: InputError) -> str:
    number = len(error.diagnostics)
    summary = f"\n{number} mistakes" if number > 1 else ""
    return "\n".join(d.render() for d in error.diagnostics) + summary


def _is_usage(error: Exception) -> bool:
    """Whether the command line library has its own words for it."""
    return isinstance(error, typer.Exit | typer.Abort | typer.TyperException)


def _report_this(error: Exception) -> str:
    text = " ".join(str(error).split())[:200]
    return (
        f"cmf: unexpected {type(error).__name__}: {text}; please report it "
        "(CMF_DEBUG=1 shows where it happened)"
    )

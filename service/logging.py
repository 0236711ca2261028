"""Logs: one JSON object a line, or coloured lines on a terminal. They carry ids, never contacts."""

import logging
import sys

import structlog


def set_up_logging(level: str) -> None:
    """Send structlog and the standard library's warnings to standard error."""
    number = logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
    on_terminal = sys.stderr.isatty()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.StackInfoRenderer(),
            *([] if on_terminal else [structlog.processors.format_exc_info]),
            _lines() if on_terminal else structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    logging.basicConfig(
        level=max(number, logging.WARNING), stream=sys.stderr, format="%(levelname)s %(name)s %(message)s"
    )


def _lines() -> structlog.dev.ConsoleRenderer:
    """Coloured lines with plain tracebacks: pretty ones print local variables (contacts, keys) and take seconds."""
    return structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)

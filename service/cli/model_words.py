"""Why a night learned a model, or did not, in words."""

TEXTS: dict[str, str] = {
    "kept": "The model of an earlier night speaks: {version}.",
    "first": "A first model was learned and kept: {version}.",
    "asked": "A new model was learned, as you asked: {version}.",
    "unreadable": "The kept model cannot be read, or is another program version's; a new one was learned: {version}.",
    "young": "The history is young, so each night learns a new model: {version}.",
    "aged": "The kept model was old enough; a new one was learned: {version}.",
    "members_changed": "Members look different than when the kept model was learned; a new one was learned: {version}.",
    "chances_off": "Earlier chances did not come true; a new model was learned: {version}.",
}
"""By the name of `scoring.kept.trust.Training`."""

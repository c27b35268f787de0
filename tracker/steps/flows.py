"""Flows 流程表: every life as a table of steps.

A row says from where to where, who may, whose earlier step it checks, and whether a reason is
needed. A new step is a new row; the button appears by itself. Here stand the lives on the path of
the money; ``side_flows`` has those beside it.
"""

from tracker.errors import mark
from tracker.steps.agreeing import LEVELLED, with_agreeing
from tracker.steps.side_flows import SIDE_FLOWS
from tracker.steps.step import COMMERCE, FINANCE, FIRM, LEAGUE, Step

MONEY_FLOWS: dict[str, tuple[Step, ...]] = {
    "application": (
        Step("prepare", mark("Pass on to the manager"), ("draft",), "prepared", ("firm_clerk",)),
        Step("reopen", mark("Open again"), ("prepared",), "draft", FIRM),
        Step("apply", mark("Apply"), ("prepared",), "applied", ("firm_manager",), checks="prepare"),
        Step("withdraw", mark("Withdraw"), ("draft", "prepared"), "withdrawn", FIRM),
        Step(
            "recall", mark("Take it back to correct it"), ("applied",), "draft", ("firm_manager",)
        ),
        Step(
            "first_review",
            mark("Finish the first review"),
            ("applied",),
            "first_reviewed",
            ("league_officer",),
        ),
        Step(
            "return",
            mark("Return"),
            ("applied", "first_reviewed", "passed"),
            "draft",
            LEAGUE,
            needs_reason=True,
        ),
        Step(
            "pass",
            mark("Pass"),
            ("first_reviewed",),
            "passed",
            ("league_approver",),
            checks="first_review",
        ),
        Step(
            "decline",
            mark("Decline"),
            ("first_reviewed",),
            "declined",
            ("league_approver",),
            checks="first_review",
            needs_reason=True,
        ),
    ),
    "filing": (
        Step("prepare", mark("Pass on for approval"), ("draft",), "prepared", ("league_officer",)),
        Step("reopen", mark("Open again"), ("prepared",), "draft", LEAGUE),
        Step("file", mark("File"), ("prepared",), "filed", ("league_approver",), checks="prepare"),
        Step("withdraw", mark("Withdraw"), ("draft",), "withdrawn", ("league_officer",)),
        Step(
            "propose",
            mark("Propose the allocation"),
            ("filed",),
            "proposed",
            ("commerce_officer",),
        ),
        Step(
            "endorse",
            mark("Endorse the proposal"),
            ("proposed",),
            "endorsed",
            ("commerce_approver",),
            checks="propose",
        ),
        Step(
            "allocate",
            mark("Review the allocation"),
            ("endorsed",),
            "allocated",
            ("finance_officer",),
        ),
        Step(
            "approve",
            mark("Approve"),
            ("allocated",),
            "approved",
            ("finance_approver",),
            checks="allocate",
        ),
        Step(
            "return",
            mark("Return"),
            ("filed", "proposed", "endorsed", "allocated"),
            "returned",
            (*COMMERCE, *FINANCE),
            needs_reason=True,
        ),
        Step(
            "decline",
            mark("Decline"),
            ("proposed",),
            "declined",
            ("commerce_approver",),
            checks="propose",
            needs_reason=True,
        ),
    ),
    "division": (
        Step("prepare", mark("Pass on for approval"), ("draft",), "prepared", ("league_officer",)),
        Step("reopen", mark("Open again"), ("prepared",), "draft", LEAGUE),
        Step(
            "divide",
            mark("Divide the pool"),
            ("prepared",),
            "divided",
            ("league_approver",),
            checks="prepare",
        ),
        Step("withdraw", mark("Withdraw"), ("draft",), "withdrawn", ("league_officer",)),
    ),
    "allotment": (
        Step("prepare", mark("Pass on for approval"), ("draft",), "prepared", ("finance_officer",)),
        Step(
            "allot",
            mark("Allot"),
            ("prepared",),
            "allotted",
            ("finance_approver",),
            checks="prepare",
        ),
        Step("withdraw", mark("Withdraw"), ("draft", "prepared"), "withdrawn", FINANCE),
        Step(
            "propose_carry_over",
            mark("Propose to carry over what is left"),
            ("allotted",),
            "carrying",
            ("finance_officer",),
            needs_reason=True,
        ),
        Step(
            "carry_over",
            mark("Carry over to the next year"),
            ("carrying",),
            "allotted",
            ("finance_approver",),
            checks="propose_carry_over",
        ),
        Step(
            "propose_lapse",
            mark("Propose to take back what is left"),
            ("allotted", "lapsed"),
            "lapsing",
            ("finance_officer",),
            needs_reason=True,
        ),
        Step(
            "lapse",
            mark("Take back what is left"),
            ("lapsing",),
            "lapsed",
            ("finance_approver",),
            checks="propose_lapse",
        ),
        Step(
            "uphold",
            mark("Leave what is left with the league"),
            ("carrying", "lapsing"),
            "allotted",
            FINANCE,
        ),
    ),
    "disbursement": (
        Step("prepare", mark("Pass on for approval"), ("draft",), "prepared", ("league_finance",)),
        Step(
            "instruct",
            mark("Instruct the treasury"),
            ("prepared",),
            "instructed",
            ("league_approver",),
            checks="prepare",
        ),
        Step("withdraw", mark("Withdraw"), ("draft", "prepared"), "withdrawn", ("league_finance",)),
        Step(
            "confirm",
            mark("The bank confirmed"),
            ("instructed",),
            "disbursed",
            ("league_finance",),
        ),
        Step(
            "fail",
            mark("The bank refused"),
            ("instructed",),
            "failed",
            ("league_finance",),
            needs_reason=True,
        ),
        Step(
            "bounce",
            mark("The bank sent it back"),
            ("disbursed",),
            "failed",
            ("league_finance",),
            needs_reason=True,
        ),
    ),
    "adjustment": (
        Step(
            "propose",
            mark("Propose the adjustment"),
            ("asked",),
            "proposed",
            ("league_officer",),
        ),
        Step(
            "adjust",
            mark("Adjust"),
            ("proposed",),
            "adjusted",
            ("league_approver",),
            checks="propose",
        ),
        Step("return", mark("Return"), ("proposed",), "asked", LEAGUE, needs_reason=True),
        Step(
            "decline",
            mark("Do not adjust"),
            ("asked", "proposed"),
            "declined",
            LEAGUE,
            needs_reason=True,
        ),
        Step("withdraw", mark("Withdraw"), ("asked",), "withdrawn", (*FIRM, "league_officer")),
    ),
    "recovery": (
        Step("prepare", mark("Pass on for approval"), ("draft",), "prepared", ("league_officer",)),
        Step("reopen", mark("Open again"), ("prepared",), "draft", LEAGUE),
        Step(
            "recover",
            mark("Demand it back"),
            ("prepared",),
            "recoverable",
            ("league_approver",),
            checks="prepare",
        ),
        Step("withdraw", mark("Withdraw"), ("draft",), "withdrawn", ("league_officer",)),
        Step(
            "receive",
            mark("A part came back"),
            ("recoverable",),
            "recoverable",
            ("league_finance",),
        ),
        Step(
            "close", mark("All of it came back"), ("recoverable",), "recovered", ("league_finance",)
        ),
        Step(
            "propose_lift",
            mark("Propose to lift the demand"),
            ("recoverable",),
            "lifting",
            ("league_officer",),
            needs_reason=True,
        ),
        Step("uphold", mark("Uphold the demand"), ("lifting",), "recoverable", LEAGUE),
        Step(
            "lift",
            mark("Lift the demand"),
            ("lifting",),
            "lifted",
            ("league_approver",),
            checks="propose_lift",
        ),
    ),
}
FLOWS = {
    **SIDE_FLOWS,
    **MONEY_FLOWS,
    **{kind: with_agreeing(kind, MONEY_FLOWS[kind]) for kind in LEVELLED},
}
"""Kind of thing -> its steps, those of agreeing among them."""

TAKING_BACK = ("recall",)
"""Steps of those who gave a thing away, while others have it."""
BACKWARD = (
    *TAKING_BACK,
    *("return", "withdraw", "decline", "reopen", "fail", "bounce"),
    *("close", "propose_lift", "uphold", "correct", "propose_carry_over", "propose_lapse"),
    *("sustain", "dismiss", "propose_end"),
)
"""Steps that do not carry a thing forward, or choose, so they do not say whose turn it is."""

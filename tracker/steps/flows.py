"""Flows 流程表: every life as a table of steps, and the codes a reason may have.

A row says from where to where, who may, whose earlier step it checks, and whether a reason is
needed. A new step is a new row; the button appears by itself.
"""

from tracker.errors import mark
from tracker.steps.step import COMMERCE, FINANCE, FIRM, LEAGUE, Step

FLOWS: dict[str, tuple[Step, ...]] = {
    "method": (
        Step(
            "submit",
            mark("Submit for record"),
            ("draft", "returned"),
            "submitted",
            ("league_officer",),
        ),
        Step("examine", mark("Examined"), ("submitted",), "examined", ("commerce_officer",)),
        Step(
            "record",
            mark("Record"),
            ("examined",),
            "recorded",
            ("commerce_approver",),
            checks="examine",
        ),
        Step(
            "return",
            mark("Return"),
            ("submitted", "examined"),
            "returned",
            COMMERCE,
            needs_reason=True,
        ),
        Step("withdraw", mark("Withdraw"), ("draft", "returned"), "withdrawn", ("league_officer",)),
    ),
    "matter": (
        Step("submit", mark("Submit to the league"), ("draft",), "submitted", FIRM),
        Step(
            "return",
            mark("Return"),
            ("submitted",),
            "draft",
            ("league_officer",),
            needs_reason=True,
        ),
        Step("confirm", mark("Confirm"), ("submitted",), "confirmed", ("league_officer",)),
        Step("correct", mark("Open for correction"), ("confirmed",), "draft", FIRM),
        Step(
            "reopen",
            mark("Open again"),
            ("confirmed",),
            "submitted",
            ("league_officer",),
            needs_reason=True,
        ),
        Step("withdraw", mark("Withdraw"), ("draft", "submitted", "confirmed"), "withdrawn", FIRM),
    ),
    "proposal": (
        Step(
            "submit",
            mark("Propose to Commerce"),
            ("draft",),
            "submitted",
            ("league_officer", "commerce_officer"),
        ),
        Step(
            "approve",
            mark("Approve, in force from a day"),
            ("submitted",),
            "approved",
            ("commerce_approver",),
            checks="submit",
        ),
        Step("return", mark("Return"), ("submitted",), "returned", COMMERCE, needs_reason=True),
        Step(
            "withdraw",
            mark("Withdraw"),
            ("draft",),
            "withdrawn",
            ("league_officer", "commerce_officer"),
        ),
    ),
    "application": (
        Step("prepare", mark("Pass on to the manager"), ("draft",), "prepared", ("firm_clerk",)),
        Step("reopen", mark("Open again"), ("prepared",), "draft", FIRM),
        Step("apply", mark("Apply"), ("prepared",), "applied", ("firm_manager",), checks="prepare"),
        Step("withdraw", mark("Withdraw"), ("draft", "prepared"), "withdrawn", FIRM),
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
            ("applied", "first_reviewed"),
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
    "forecast": (
        Step("prepare", mark("Pass on for approval"), ("draft",), "prepared", ("league_officer",)),
        Step("reopen", mark("Open again"), ("prepared",), "draft", LEAGUE),
        Step(
            "submit",
            mark("Submit to the province"),
            ("prepared",),
            "submitted",
            ("league_approver",),
            checks="prepare",
        ),
        Step("withdraw", mark("Withdraw"), ("draft",), "withdrawn", ("league_officer",)),
        Step(
            "recall",
            mark("Recall"),
            ("submitted",),
            "recalled",
            ("league_approver",),
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

BACKWARD = (
    *("return", "withdraw", "decline", "reopen", "fail", "bounce"),
    *("close", "propose_lift", "uphold", "correct", "propose_carry_over", "propose_lapse"),
    "recall",
)
"""Steps that do not carry a thing forward, so they do not say whose turn it is."""

REASON_CODES: dict[str, str] = {
    "calculation": mark("Calculation corrected"),
    "evidence_missing": mark("Evidence missing"),
    "not_ecommerce": mark("Not cross-border e-commerce"),
    "outside_corridor": mark("Outside the corridor"),
    "outside_period": mark("Outside the period"),
    "duplicate": mark("Claimed already"),
    "weight_differs": mark("Weight differs from customs"),
    "freight_unproven": mark("Freight not proven"),
    "account_wrong": mark("Account details wrong"),
    "bank_refused": mark("Refused by the bank"),
    "year_end": mark("End of the fiscal year"),
    "other": mark("Other, as written"),
}
"""Reason code -> English msgid; ``other`` needs words of its own."""

RECOVERY_CODES: dict[str, str] = {
    "overpaid": mark("More was paid than is due"),
    "untrue_papers": mark("Papers untrue"),
    "doubled_support": mark("The same shipment was supported elsewhere"),
    "audit_finding": mark("Finding of an audit"),
    "other": mark("Other, as written"),
}
"""Reason code of a recovery -> English msgid."""

POSTING_CODES: dict[str, str] = {
    **REASON_CODES,
    **RECOVERY_CODES,
    "recomputed": mark("Computed anew"),
    "route_changed": mark("Another route or league now"),
    "withdrawn": mark("The upload was withdrawn"),
    "matter_withdrawn": mark("The matter was withdrawn"),
}
"""Reason code of a posting, a person's or our own -> English msgid."""

STAGES: dict[str, str] = {
    "entitlement": mark("Entitlement"),
    "accrued": mark("Accrued"),
    "applied": mark("Applied for"),
    "filed": mark("Filed to the province"),
    "approved": mark("Approved"),
    "instructed": mark("Instructed"),
    "disbursed": mark("Disbursed"),
    "recoverable": mark("To be recovered"),
    "granted": mark("Granted limit"),
    "headroom": mark("Left to use"),
    "used": mark("Used"),
}
"""Where money or a limit stands -> English msgid."""

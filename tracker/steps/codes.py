"""Codes 原因与阶段: what a reason may be, and where money or a limit stands, with their words."""

from tracker.errors import mark

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

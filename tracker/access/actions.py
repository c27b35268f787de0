"""Actions 权限表: what people do that is no step of a flow, and the roles that may."""

from tracker.models.people import FIRM_ROLES, LEAGUE_ROLES, PROVINCE_ROLES

COMMERCE_ROLES = ("commerce_officer", "commerce_approver")
FINANCE_ROLES = ("finance_officer", "finance_approver")
BUSINESS_ROLES = (*FIRM_ROLES, *LEAGUE_ROLES, *PROVINCE_ROLES, "auditor")

POLICY: dict[str, tuple[str, ...]] = {
    "upload_manifest": FIRM_ROLES,
    "see_manifests": (*FIRM_ROLES, "auditor"),
    "open_inbox": ("firm_manager",),
    "see_inbox": (*FIRM_ROLES, "admin"),
    "see_shipments": (*FIRM_ROLES, *LEAGUE_ROLES, *COMMERCE_ROLES, "auditor"),
    "see_contests": (*LEAGUE_ROLES, *COMMERCE_ROLES, "auditor"),
    "see_methods": BUSINESS_ROLES,
    "replay_methods": (*LEAGUE_ROLES, *COMMERCE_ROLES, "auditor"),
    "see_composed": (*LEAGUE_ROLES, *PROVINCE_ROLES, "auditor"),
    "compose_rule": ("league_officer",),
    "see_networks": BUSINESS_ROLES,
    "draft_proposal": ("league_officer", "commerce_officer"),
    "see_proposals": (*LEAGUE_ROLES, *COMMERCE_ROLES, "auditor"),
    "draft_matter": FIRM_ROLES,
    "state_matter": (*FIRM_ROLES, "league_officer"),
    "see_matters": (*FIRM_ROLES, *LEAGUE_ROLES, *COMMERCE_ROLES, "auditor"),
    "draft_application": FIRM_ROLES,
    "see_applications": (*FIRM_ROLES, *LEAGUE_ROLES, *COMMERCE_ROLES, "auditor"),
    "review_lines": ("league_officer",),
    "draft_filing": ("league_officer",),
    "see_filings": (*LEAGUE_ROLES, *PROVINCE_ROLES, "auditor"),
    "see_filing_lines": (*LEAGUE_ROLES, *COMMERCE_ROLES, "auditor"),
    "draft_division": ("league_officer",),
    "see_divisions": (*LEAGUE_ROLES, "auditor"),
    "reduce_filing": ("commerce_officer",),
    "see_funds": (*PROVINCE_ROLES, "auditor"),
    "record_fund": ("finance_approver",),
    "draft_allotment": ("finance_officer",),
    "see_allotments": (*LEAGUE_ROLES, *PROVINCE_ROLES, "auditor"),
    "draft_disbursement": ("league_finance",),
    "see_disbursements": (*FIRM_ROLES, *LEAGUE_ROLES, *FINANCE_ROLES, "auditor"),
    "make_instruction_list": ("league_finance",),
    "see_instruction_lists": (*LEAGUE_ROLES, "auditor"),
    "correct_account": ("firm_manager",),
    "draft_recovery": ("league_officer",),
    "see_recoveries": BUSINESS_ROLES,
    "see_evidence": BUSINESS_ROLES,
    "add_evidence": (*FIRM_ROLES, *LEAGUE_ROLES, *PROVINCE_ROLES),
    "issue_receipt": (*FIRM_ROLES, *LEAGUE_ROLES, *COMMERCE_ROLES),
    "see_receipts": (*FIRM_ROLES, *LEAGUE_ROLES, *COMMERCE_ROLES, "auditor"),
    "upload_track": FIRM_ROLES,
    "see_track_files": (*FIRM_ROLES, "auditor"),
    "see_tracks": (*FIRM_ROLES, *LEAGUE_ROLES, *COMMERCE_ROLES, "auditor"),
    "see_ledger": BUSINESS_ROLES,
    "see_jobs": ("admin", "auditor"),
    "see_audit": ("admin", "auditor"),
    "manage_users": ("admin",),
}
"""Action -> roles that may. Steps of a flow name their own roles in ``steps.flow``."""

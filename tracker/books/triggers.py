"""Triggers 触发器: what must be installed for the books to be kept, compared with what is.

The statements themselves live with the migrations, which never change. Here stand the names and a
hash of each definition as installed, so that a trigger that was dropped, switched off or altered
is found when the tracker starts. Whoever owns the database can still drop them afterwards: that is
what the chain and its anchors are for.
"""

import hashlib

from sqlalchemy import text
from sqlalchemy.orm import Session

INSTALLED = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": (
        "SELECT tgname, concat_ws(' ', relname, tgtype, tgenabled, prosrc)"
        " FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
        " JOIN pg_proc ON pg_proc.oid = tgfoid"
        " WHERE NOT tgisinternal AND relnamespace = current_schema()::regnamespace"
        " UNION ALL"
        " SELECT conname, contype::text FROM pg_constraint"
        " WHERE contype = 'x' AND connamespace = current_schema()::regnamespace"
    ),
}
EXPECTED: dict[str, dict[str, str]] = {
    "sqlite": {
        "account_no_delete": "d07847c6bb120f6adc50e8373f593904",
        "account_opens": "661ff1fe696577c055c554e0b43bb91f",
        "account_stays": "e4d02a40a2a11911fdea6b62e4a68a84",
        "allotment_match_no_delete": "e0724b6728520378d1b9a80fd3428af9",
        "allotment_match_no_replace": "07b9af14ea0473073cf8aa41bca0bfa5",
        "allotment_match_no_update": "356a7b28b4fb320c35a36744bdbdc751",
        "assessment_no_delete": "017c51fb5b73a27f60e68bd3bb7f8da1",
        "assessment_no_replace": "45cf775a4dd2c371790e3454652d5e0b",
        "assessment_no_update": "9a94fb7611059ff1c00d60ca580cd20f",
        "audit_event_follows": "f1a54c51de4d24ec8e856c6e3fc7f397",
        "audit_event_no_delete": "83b10b821626c2e825ba331808f559a5",
        "audit_event_no_update": "9c0774cef4068947b0305a68845c761a",
        "bank_file_no_delete": "d6be7da5bf9428c32a74bf2d51fe49dd",
        "bank_file_no_replace": "fb250bb8709942c2715c2c48ff60abf1",
        "bank_file_no_update": "f149f343dc6c27f99f3711f0d614cc62",
        "chain_head_moves": "74a46712f3d5a1044a11f531cf467937",
        "chain_head_no_delete": "8c70fcea6e00541346fd72908dc39f7c",
        "chain_head_no_insert": "7f25cd9e9d5562f6ad0656dc199e5e99",
        "claim_key_no_delete": "aa4bdf90862377b2adcbc6e994372e1a",
        "claim_key_no_replace": "5f2a29af6a146acae11d0f6d7765a34e",
        "claim_key_releases": "cb59cee17eacfa970522fcd6cadedb64",
        "composed_rule_no_delete": "6f72eb6542d1a4544c0acf6b0baf4e99",
        "composed_rule_no_replace": "65c6e29d13181b35814870d7a3e220a6",
        "composed_rule_no_update": "1a299965c2f34a6baa5bc8100e91190d",
        "decision_checks": "8e2d0b092ab0c78d9d4a696c7ae84993",
        "decision_no_delete": "526d25534eedb84a4179645f42a87a6b",
        "decision_no_update": "581c6e952c0829d41eb5dbfbf89d2293",
        "division_no_delete": "d0056b8c0dad6d9218ba3737e437b027",
        "division_no_replace": "6906d684431850263aecef35a9c5f96f",
        "division_stays": "d608b916bc1da56cf0ae66d46b1db59c",
        "entry_follows": "6cc3733453cab131ab14324c600a1cd0",
        "entry_heads": "b22ca65bbe798f763fcaa8082c03d54b",
        "entry_no_delete": "1cf03a0e319541929375839a7f73902b",
        "entry_no_update": "2992427eecfce91132ee2110b7f25b84",
        "evidence_link_fits": "a504a728736d9a576c57c57a85fb270c",
        "evidence_link_no_delete": "84726ff4e6e537782aea260b0caacb82",
        "evidence_link_removes": "f198b07396c594d5eaa63cb985e8d2a6",
        "evidence_no_delete": "4e299042b4d4f65c3d57322dde8d763d",
        "evidence_no_replace": "5f3e277055be62c7bca874ccb3e6b06e",
        "evidence_stays": "e4b9a6b5cf95f09dedcc4d53e919a1d5",
        "held_line_no_delete": "701b1b91850962078139edbb2890819c",
        "held_line_no_replace": "f3116b2c150ba0492090b74f8fe9e620",
        "held_line_no_update": "b726e8836a5662489f8e874b6efdbe2d",
        "hold_no_delete": "d7d4a3932e6f7f3b82db036ff42ddf81",
        "hold_no_replace": "0fe443e114063032e0dd5d45f02d4b6c",
        "hold_stays": "4391b060f998ccff04a048802bda5d1f",
        "instruction_list_line_no_delete": "c76348e6adfa806508817ef4d26835e9",
        "instruction_list_line_no_replace": "71c1f337f60c4de7a6d383a33b18624a",
        "instruction_list_line_no_update": "db3fbec2e18010ee7b9020f6d6226103",
        "instruction_list_no_delete": "1892057bd600a1f6833d35257d986611",
        "instruction_list_no_replace": "5011dd35b88735a61eebbad9b4a148e2",
        "instruction_list_no_update": "ac01d846c210f83242b3391063f47c7b",
        "item_no_delete": "2bca24572c25e8ea980cff42f1e641d0",
        "item_no_replace": "810ed35944608483ca02814c023f62d0",
        "item_no_update": "2e573cb637e1abfcaa8f9e4fb023c513",
        "level_no_delete": "746bb67cff69308e64372023401c1d50",
        "level_no_replace": "a5e6aa0af0b6d873d2838aa0441f7f3b",
        "level_stays": "f667f54fe93fcb2f536f56d46fc6d893",
        "matter_no_delete": "dfe66d5ea291e789fec37d5899a36307",
        "matter_no_replace": "f373166e07635f8c2f495b0538a5618b",
        "matter_stays": "0023407717e5e9d05bb67865ebf53535",
        "matter_version_no_delete": "08b5d39f1d9640542c331d6ffc44d333",
        "matter_version_no_replace": "09c39d904894cc37efd7a33acfc907d4",
        "matter_version_no_update": "038006cd95456cf67479ba3cf990b363",
        "method_insert_apart": "5de9c202c71d4b4448e91842ddb7dd87",
        "method_no_delete": "44b5fac38ff0d13fcc2caaaf1ae42990",
        "method_stays": "32cff268670eaf4cab817bc53223035c",
        "method_trial_no_delete": "4767c1a79fa0331bc0e208ac062fbf92",
        "method_trial_no_replace": "743e67a405b14b773e8e269578f1dac0",
        "method_trial_no_update": "7ba3689ea0ec00fab3affd45db0f3f25",
        "method_update_apart": "3f7aa4f68760c8c96fe0b1b5afd22b3a",
        "network_version_no_delete": "02ae90f739eb0105c1df5d7d0b7bdce4",
        "network_version_no_replace": "3ab4cade4e00e43fb3d4521ce31562b3",
        "network_version_no_update": "e2adf2a8c66fa8b65c704ab843834fa6",
        "payee_account_no_delete": "a0793215a72d2648f2a86104f2a6fe32",
        "payee_account_no_replace": "a65b7ace9141bb23ac2d044ed24f7a3a",
        "payee_account_no_update": "de9013deb1f8cdd31dcc90b4b520bc63",
        "pin_no_delete": "2e7e807307a0f39dfd1d7c29b655225b",
        "pin_no_replace": "1c5cfc881bb2bcf04bd911d85c01c25c",
        "pin_no_update": "e9c934049bc172e8794707f43124f33d",
        "posting_fits": "1b7c3251afa2689f37e92a973c8c1d80",
        "posting_moves": "7e92d8ced484db1bc1790a0d6dcb68f8",
        "posting_no_delete": "f08dd561921ff31a38128d13f7d4e28c",
        "posting_no_update": "fb01d05baa2872b432308f6fa97591d7",
        "proposal_no_delete": "23d8a9b0823245be40c5ce83e407de01",
        "proposal_no_replace": "8352977c15bd8e74c87d44f27ba445d1",
        "proposal_stays": "e0db53996486594606e476ea111e91be",
        "receipt_no_delete": "25475d2e2b18608970dd48f7183f234d",
        "receipt_no_replace": "5cb02fb2a17407aeb929fb0def9b7054",
        "receipt_no_update": "f4c8c90ab1b77c788a016155ed0e82dc",
        "track_check_ends": "32cb21a40a7b2919b07652a503a545d8",
        "track_check_no_delete": "be0b02e617c4644a24c04b0d125f9b4c",
        "track_check_no_replace": "0d864c02cae969e84ce92a2d6306f3f4",
        "track_file_no_delete": "dad620ff316db5ebf61bdabb15d80579",
        "track_file_no_replace": "0e5a995cf67c37da134fdf201be1cc99",
        "track_file_stays": "f4b179e3bac8306ec8812d6b609fa5c9",
        "track_link_no_delete": "af1a36f5765cf06e1a553ab3c854b392",
        "track_link_no_replace": "f3b8e3444087cdf4234161c8e55575b2",
        "track_link_removes": "6d20d48be0e54cd52fb0e2f10bac5d5f",
        "track_no_delete": "c5a8617852a8d6c8573f6e2660db80b9",
        "track_no_replace": "5df32dff5aa2ce2f9bd85850ef76229f",
        "track_no_update": "b8116405e17aa2477026d87d75204f26",
    },
    "postgresql": {
        "account_no_delete": "c650207203766ff709a5f0db06a4fc38",
        "account_opens": "bd0615ed42ed7bfc7e8253b8c1778f2f",
        "account_stays": "d77192d4b41d993be5b8fdd6927d3935",
        "allotment_match_only_added_to": "dddba3afa11e53244bc5ff7b4cccb50b",
        "assessment_only_added_to": "5c403e995ee9e0fcec002df65809e8bc",
        "audit_event_follows": "0bbf201e28258bb926b510b9cb1c6089",
        "audit_event_only_added_to": "de4f3f44280bfb0213ffe9f604e1289c",
        "bank_file_only_added_to": "b1aa5b686647997ab8a7398f88753203",
        "chain_head_moves": "4a7525c6f8eaa6bf610f8443ffedc567",
        "chain_head_stays": "6c8f11606ffc0eb71d65a4b4cfb4d755",
        "claim_key_no_delete": "d17de5ed552db4dde4cfef4e5396033e",
        "claim_key_releases": "ae441a5abcb170550d2a528b025a1174",
        "composed_rule_only_added_to": "c5f048cb248cb2be057e08251eff732e",
        "decision_checks": "f9ec61061f896f8c6d68422ba9e178b8",
        "decision_only_added_to": "3d03019a6459272bafad147bbdf97767",
        "division_no_delete": "1724cad9ff0c7ec59837869e9abcb2f6",
        "division_stays": "be857e98186b9fdf78cf72c5d880dd23",
        "entry_follows": "e61b62a912230fc1da0bc3fc08e5b8c7",
        "entry_heads": "d34f571f8b001fb5ba73332503e45a58",
        "entry_only_added_to": "9284afe0425ad6ad256d6afe3a65fa92",
        "evidence_link_fits": "88081a0ec0ac0569edc53da5a2e8d8d3",
        "evidence_link_no_delete": "3414ef88acb783e189e602484f43097b",
        "evidence_link_removes": "ad0a4e70ffde943cc62c8455ea2c5f7c",
        "evidence_no_delete": "34cec9373a232df33b8fce305ff94c87",
        "evidence_stays": "5dc6a091d20bcd229fd91a0275401dac",
        "ex_method_recorded": "2d711642b726b04401627ca9fbac32f5",
        "held_line_only_added_to": "e10065da8df8950d54189c56a6dc5a16",
        "hold_no_delete": "318f5d9fd716c107d6b4f9220234fb08",
        "hold_stays": "67a224a206f6d2b92755fdf23d6cb9e0",
        "instruction_list_line_only_added_to": "4cab08fa40853e7b09c50a97c2c0bc44",
        "instruction_list_only_added_to": "646e75283200044f6249a301320a15a9",
        "item_only_added_to": "ca9c07843227e796c9c47a5c51d04ae9",
        "level_no_delete": "a5175487ee96f42e03a9fa865c6421c8",
        "level_stays": "762c5eb613025565c3943d7bf62ea030",
        "matter_no_delete": "603c77b3e0e5e776a2c60a7b61f95a7d",
        "matter_stays": "2a6c2374e5f1a5d3f2efc341ab1982fe",
        "matter_version_only_added_to": "fb53d405733685bb45e1e3f1d2a1097e",
        "method_no_truncate": "8b0652d50c6d4d99192506e3655c63fd",
        "method_stays": "2c3b43a13072caedb94df5a14dc021c5",
        "method_trial_only_added_to": "40dc6a7137c4d4728afefd11c3f562c2",
        "network_version_only_added_to": "976503f02ad4e542f3d2ca0ec468c333",
        "payee_account_only_added_to": "d31381230617a0a3ffff0e311c1c8ea0",
        "pin_only_added_to": "6952bc479bae7c42395f7e9bfb82e66e",
        "posting_moves": "6769dc8f1f2589fc3706c2b309f37077",
        "posting_only_added_to": "0ac45e12c9b96fd815b12a4a73e0b574",
        "proposal_no_delete": "a5d91a48601fe212502c23e33eeaeb8f",
        "proposal_stays": "dfa4e7237bba9b9f038b22b84a5b9bb2",
        "receipt_only_added_to": "2a01dd24fa4593b7045b452621b2bb85",
        "track_check_ends": "db7a3cb07316beb207ce0d0fbe6a67f2",
        "track_check_no_delete": "ed1d123eb01a69e5784d685a9857180b",
        "track_file_no_delete": "ce66dda065b20c75737deb27edfcafcf",
        "track_file_stays": "40dbcd2970502642a9a2403234b388e2",
        "track_link_no_delete": "fd32459a7875678b3b524a367d45f8bf",
        "track_link_removes": "4f270b9661d8fc1edee0d15d8b80b59f",
        "track_only_added_to": "14ba681abbf10410a4ad134bcd84ba05",
    },
}
"""Kind of database -> name -> hash, as ``installed`` gives it after the newest migration."""


def installed(session: Session) -> dict[str, str]:
    """Name of each trigger or exclusion constraint -> half of the SHA-256 of what it does."""
    rows = session.execute(text(INSTALLED[session.get_bind().dialect.name]))
    return {name: hashlib.sha256(said.encode()).hexdigest()[:32] for name, said in rows}


def missing(session: Session) -> list[str]:
    """Names of the triggers that are missing or are not what they must be; empty when all is well.

    Triggers nobody expects are named too: one of those could undo what the others keep.
    """
    expected = EXPECTED[session.get_bind().dialect.name]
    found = installed(session)
    return sorted({name for name, _ in expected.items() ^ found.items()})

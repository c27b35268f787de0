"""ISO 20022 报文: whether a message is as the standard's own schema has it (``data/iso20022``)."""

from functools import cache
from pathlib import Path

from lxml import etree

FOLDER = Path(__file__).parent / "data" / "iso20022"
INITIATION, STATUS = "pain.001.001.09", "pain.002.001.12"
REPORT = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.12"><CstmrPmtStsRpt>
<GrpHdr><MsgId>HD-1</MsgId><CreDtTm>2026-06-02T09:00:00+08:00</CreDtTm></GrpHdr>
<OrgnlGrpInfAndSts><OrgnlMsgId>ZF-00001</OrgnlMsgId>
<OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId></OrgnlGrpInfAndSts>
<OrgnlPmtInfAndSts><OrgnlPmtInfId>ZF-00001</OrgnlPmtInfId>
<TxInfAndSts><OrgnlEndToEndId>DF-0001-001</OrgnlEndToEndId><TxSts>ACSC</TxSts>
<AcctSvcrRef>HD-7</AcctSvcrRef>
<OrgnlTxRef><Amt><InstdAmt Ccy="CNY">1234.56</InstdAmt></Amt></OrgnlTxRef></TxInfAndSts>
<TxInfAndSts><OrgnlEndToEndId>DF-0001-002</OrgnlEndToEndId><TxSts>RJCT</TxSts>
<StsRsnInf><Rsn><Cd>AC01</Cd></Rsn><AddtlInf>账号有误</AddtlInf></StsRsnInf></TxInfAndSts>
<TxInfAndSts><OrgnlEndToEndId>DF-0001-003</OrgnlEndToEndId><TxSts>ACSP</TxSts></TxInfAndSts>
</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>"""
"""What a bank answers: paid, refused, on its way."""


@cache
def schema(name: str) -> etree.XMLSchema:
    """The schema of a message."""
    return etree.XMLSchema(etree.parse(FOLDER / f"{name}.xsd"))


def fault(raw: bytes, name: str = INITIATION) -> str:
    """What of the message is not as its schema has it first; nothing where all is."""
    try:
        schema(name).assertValid(etree.fromstring(raw))
    except etree.DocumentInvalid as error:
        return str(error)
    return ""

"""The 32 business measures of the founding policy are matters of the list, with the lead departments the policy names."""

import pytest

import catalogue

# measure, matter, lead named by the policy
MEASURES = [
    (1, "涉企办事指南编目", "ZWSJJ"),
    (2, "肇小I智能助手问题", "ZWSJJ"),
    (3, "办不成事反映窗口", "ZWSJJ"),
    (4, "电子证照缺失或信息错误", "ZWSJJ"),
    (5, "复杂诉求多部门推诿", "ZWSJJ"),
    (6, "中介超市服务超时", "ZWSJJ"),
    (7, "行政审批退件延期", "ZWSJJ"),
    (8, "跨域通办", "ZWSJJ"),
    (9, "政企联络点诉求", "ZWSJJ"),
    (10, "免申即享惠企平台", "ZWSJJ"),
    (11, "招投标数字化监管见证", "ZWSJJ"),
    (12, "移动数字证书互认", "ZWSJJ"),
    (13, "工业混合用地供应", "ZRZYJ"),
    (14, "招商用地弹性出让", "ZRZYJ"),
    (15, "小微企业融资对接", "FGJ"),
    (15, "企业贷款无还本续贷", "JRJGFJ"),
    (15, "信用中国信用修复", "FGJ"),
    (16, "知识产权质押融资贴息", "SCJGJ"),
    (17, "就业驿站与用工保障", "RSJ"),
    (18, "高层次人才一站式服务", "RSJ"),
    (19, "水电气网联合报装", "ZJJ"),
    (19, "小微低压接入外线零投资", "ZJJ"),
    (19, "水电气停供预警", "ZJJ"),
    (20, "水电气网领域违规收费", "FGJ"),
    (21, "无事不扰白名单", "SCJGJ"),
    (22, "多头入企检查频次", "SFJ"),
    (23, "非现场执法争议", "SFJ"),
    (24, "首违不罚轻微免罚", "SFJ"),
    (25, "牟利性举报敲诈商户", "SCJGJ"),
    (26, "执法事后督导回访", "SCJGJ"),
    (27, "专利资助与高价值培育中心", "SCJGJ"),
    (28, "重点区域治安防控", "GAJ"),
    (29, "综治中心矛盾纠纷调处", "ZFW"),
    (30, "涉案银行卡资金冻结", "GAJ"),
    (31, "涉法维权绿色通道", "JCY"),
    (32, "涉企案件挂案趋利执法", "JCY"),
]


@pytest.mark.parametrize(("measure", "name", "lead"), MEASURES)
def test_measure_is_a_matter_with_its_lead(measure, name, lead):
    lists = catalogue.load()
    found = [matter for matter in lists.matters.values() if name == matter.name]
    assert found, f"举措 {measure} 没有事项「{name}」"
    assert lists.clause_for(found[0].code, {}).lead == lead

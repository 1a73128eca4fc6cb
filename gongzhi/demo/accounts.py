"""Who can sign in to the demo: one account for each kind of caller."""

import msgspec

from gongzhi.core.actors.kinds import Position
from gongzhi.demo.organizations import AUDIT, OFFICE
from gongzhi.demo.scenario import HOME


class DemoAccount(msgspec.Struct, frozen=True):
    """A sign-in of the demo. The issuer is the development key's, the subject is the code.

    `may` says what its role allows under the shipped policy; `organization` is the code of where it holds `position`.
    """

    code: str
    title: str
    title_en: str
    may: str
    may_en: str
    organization: str
    position: Position


DEMO_ACCOUNTS = (
    DemoAccount(
        "demo-district-admin",
        "区级管理员",
        "district administrator",
        "管理全区的辖区、机构、账号和清单，发布清单版本",
        "keeps places, organizations, accounts and lists of the district; publishes editions",
        OFFICE,
        Position.administrator,
    ),
    DemoAccount(
        "demo-party-secretary",
        "东园社区综合党组织书记",
        "Party secretary of Dongyuan community",
        "查看本社区人员和审计记录，任免本社区职务，退回送审清单",
        "sees people and the audit log of the community, appoints there, sends editions back",
        f"{HOME}-party",
        Position.secretary,
    ),
    DemoAccount(
        "demo-committee-director",
        "东园社区居委会主任",
        "director of Dongyuan's residents' committee",
        "管理本居委会的信息、成员、服务供给和事项处置",
        "keeps the committee's own records, members, offerings and dispositions",
        f"{HOME}-committee",
        Position.director,
    ),
    DemoAccount(
        "demo-station-head",
        "东园社区工作站站长",
        "head of Dongyuan's workstation",
        "管理本工作站的信息、人员、服务供给和事项处置",
        "keeps the workstation's own records, staff, offerings and dispositions",
        f"{HOME}-station",
        Position.head,
    ),
    DemoAccount(
        "demo-org-manager",
        "东园社区党群服务中心负责人",
        "manager of Dongyuan's service centre",
        "管理本机构的信息、人员和服务供给",
        "keeps the centre's own records, staff and offerings",
        f"{HOME}-centre",
        Position.manager,
    ),
    DemoAccount(
        "demo-resident",
        "东园社区居民",
        "resident of Dongyuan community",
        "查看公开信息和本社区任职情况，维护自己的账号",
        "reads what is public and who holds which post in the community; keeps the own account",
        f"{HOME}-committee",
        Position.resident,
    ),
    DemoAccount(
        "demo-auditor",
        "审计员",
        "auditor",
        "查看全部记录和审计记录，不能修改",
        "reads every record and the audit log, changes nothing",
        AUDIT,
        Position.auditor,
    ),
)

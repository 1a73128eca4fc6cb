"""Labels of the enums of actors, territory, provenance and figures."""

from gongzhi.core.actors.kinds import ActorKind, Education, OrganizationSubkind, Position
from gongzhi.core.actors.records import AccountStatus, OrganizationStatus
from gongzhi.core.figures.registry import Qualifier
from gongzhi.core.labels.shape import Labels
from gongzhi.core.provenance import Provenance
from gongzhi.core.territory.records import ChangeKind, Level

LABELS: Labels = {
    ActorKind: {
        "party": ("社区综合党组织", "community general Party organization"),
        "committee": ("居委会", "residents' committee"),
        "station": ("社区工作站", "community workstation"),
        "org": ("参与共治的组织", "organization taking part in co-governance"),
        "department": ("政府部门", "government department"),
    },
    OrganizationSubkind: {
        "general_party_organization": ("社区综合党组织", "community general Party organization"),
        "residents_committee": ("居委会", "residents' committee"),
        "public_service_committee": ("公共服务委员会", "public service committee"),
        "property_management_committee": ("物业管理委员会", "property management committee"),
        "peoples_mediation_committee": ("人民调解委员会", "people's mediation committee"),
        "health_committee": ("公共卫生委员会", "public health committee"),
        "security_committee": ("治安保卫委员会", "public security committee"),
        "culture_committee": ("文化体育委员会", "culture and sports committee"),
        "welfare_committee": ("社会福利委员会", "social welfare committee"),
        "workstation": ("社区工作站", "community workstation"),
        "service_center": ("党群服务中心", "Party-mass service centre"),
        "social_organization": ("社会组织", "social organization"),
        "property_company": ("物业服务企业", "property service enterprise"),
        "owners_committee": ("业委会", "owners' committee"),
        "resident_institution": ("驻区单位", "resident institution"),
        "foundation": ("社区基金会", "community foundation"),
        "u_station": ("社区U站", "community U-station"),
        "health_center": ("社康中心", "community health service centre"),
        "market_provider": ("市场服务机构", "market provider"),
        "district_office": ("区级部门", "district office"),
        "subdistrict_office": ("街道办事处", "subdistrict office"),
        "line_department": ("职能部门", "line department"),
        "supervision_panel": ("评议监督小组", "appraisal and supervision panel"),
    },
    Position: {
        "secretary": ("书记", "secretary"),
        "deputy_secretary": ("副书记", "deputy secretary"),
        "first_secretary": ("第一书记", "first secretary"),
        "concurrent_member": ("兼职委员", "concurrent (part-time) member"),
        "director": ("主任", "director"),
        "deputy_director": ("副主任", "deputy director"),
        "head": ("负责人", "head"),
        "deputy_head": ("副负责人", "deputy head"),
        "member": ("委员", "member"),
        "clerk": ("文员", "clerk"),
        "manager": ("经理", "manager"),
        "staff": ("工作人员", "staff member"),
        "officer": ("专员", "officer"),
        "grid_officer": ("网格员", "grid officer"),
        "supervisor": ("监督员", "supervisor"),
        "administrator": ("管理员", "administrator"),
        "auditor": ("审计员", "auditor"),
        "resident": ("居民", "resident"),
    },
    Education: {
        "primary": ("小学", "primary school"),
        "secondary": ("中学", "secondary school"),
        "college": ("大专", "college"),
        "bachelor": ("本科", "bachelor's degree"),
        "master": ("硕士", "master's degree"),
        "doctor": ("博士", "doctorate"),
    },
    OrganizationStatus: {
        "active": ("存续", "active"),
        "merged": ("已合并", "merged"),
        "dissolved": ("已撤销", "dissolved"),
    },
    AccountStatus: {
        "active": ("正常", "active"),
        "suspended": ("停用", "suspended"),
        "erased": ("已删除", "erased"),
    },
    Level: {
        "district": ("区", "district"),
        "subdistrict": ("街道", "subdistrict"),
        "community": ("社区", "community"),
        "grid": ("网格", "grid"),
    },
    ChangeKind: {
        "split": ("拆分", "split"),
        "merge": ("合并", "merger"),
    },
    Provenance: {
        "official": ("正式", "official"),
        "reference": ("参考", "reference"),
        "synthetic": ("虚构示例", "synthetic"),
    },
    Qualifier: {
        "exact": ("确数", "exact"),
        "more_than": ("余", "more than"),
        "at_most": ("至多", "at most"),
        "reaches": ("达", "reaches"),
        "initial": ("起步", "initial"),
        "first_batch": ("首批", "first batch"),
        "implied": ("由原文推得", "implied by the source"),
    },
}
